"""A small world for Duress to live in: simulated radios and phones around a real Home Assistant."""
