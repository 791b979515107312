"""`scripts/bench press --json FILE`."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
import json
import logging
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
from typing import Any

# Ours before the test package's: it ships a `custom_components` of its own, and the first one imported wins.
import custom_components.duress  # noqa: F401  # isort: skip

from . import evidence, kill, press, restart, sources, storm

type Bench = Callable[[Path, argparse.Namespace], Coroutine[Any, Any, dict[str, float]]]

BENCHES: dict[str, Bench] = {
    "press": lambda folder, _arguments: press.measure(folder),
    "storm": lambda folder, _arguments: storm.measure(folder),
    "evidence": lambda folder, _arguments: evidence.measure(folder),
    "sources": lambda folder, _arguments: sources.measure(folder),
    "restart": lambda folder, _arguments: restart.measure(folder),
    "kill": kill.measure,
}


def main() -> int:
    """Run the named benches; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("benches", nargs="*", choices=[*BENCHES, []], help="which to run (default: all)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--folder", type=Path, default=Path(".cache"), help="a folder on the disk to be tried")
    parser.add_argument("--runs", type=int, default=300, help="how many incidents `kill` strikes")
    parser.add_argument("--seed", default="duress", help="what the random moments of `kill` are drawn from")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    arguments.folder.mkdir(exist_ok=True)
    kind = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(arguments.folder)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    print(f"disk: {kind} ({arguments.folder.resolve()})")
    if kind in ("tmpfs", "ramfs"):
        print("That is memory, not a disk: choose another with --folder", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for name in arguments.benches or BENCHES:
        folder = Path(tempfile.mkdtemp(prefix="bench-", dir=arguments.folder)).resolve()
        try:
            figures |= asyncio.run(BENCHES[name](folder, arguments))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    for key, value in figures.items():
        print(f"{key:<36} {value:10.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"disk": kind, **figures}, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
