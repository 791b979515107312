"""`scripts/bench press --json FILE`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
import json
import logging
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile

# Ours before the test package's: it ships a `custom_components` of its own, and the first one imported wins.
import custom_components.duress  # noqa: F401  # isort: skip

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from . import press

type Bench = Callable[[HomeAssistant, Path], Awaitable[dict[str, float]]]

BENCHES: dict[str, Bench] = {"press": press.measure}


def main() -> int:
    """Run the named benches; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("benches", nargs="*", choices=[*BENCHES, []], help="which to run (default: all)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--folder", type=Path, default=Path(".cache"), help="a folder on the disk to be tried")
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
            figures |= asyncio.run(_run(BENCHES[name], folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    for key, value in figures.items():
        print(f"{key:<36} {value:10.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"disk": kind, **figures}, indent=2) + "\n", "utf-8")
    return 0


async def _run(bench: Bench, folder: Path) -> dict[str, float]:
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        # The test package turns asyncio's debug mode on, which slows a bare call many times over.
        hass.loop.set_debug(enabled=False)
        hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
        try:
            return await bench(hass, folder)
        finally:
            await hass.async_stop(force=True)


if __name__ == "__main__":
    sys.exit(main())
