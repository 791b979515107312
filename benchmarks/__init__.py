"""How fast it is, always beside a control in the same run. `scripts/bench` runs these; no test measures time."""
