"""How long the record is kept, and how months of it go: with a line that says so, and with their keys."""

from datetime import datetime
import logging
from pathlib import Path

from ..engine.site_events import Purged
from .keys import Keys
from .lines import Line, lines, parse, segments

_LOGGER = logging.getLogger(__name__)

KEPT_YEARS = 5
"""What alarm receiving centres keep their logs for."""


def outdated(folder: Path, now: datetime, wanted: set[str]) -> list[Path]:
    """Return the oldest months that need not be kept any longer, up to the first that is still wanted."""
    first_kept = f"{now.year - KEPT_YEARS:04}-{now.month:02}.jsonl"
    paths = []
    for path in segments(folder):
        if path.name >= first_kept or path.name in wanted:
            break
        paths.append(path)
    return paths


def summary(folder: Path, outgoing: list[Path], at: datetime) -> tuple[Purged, set[int]] | None:
    """Return the line that will stand for these months, and the numbers of the keys to be destroyed with them.

    None where the disk does not give them back: then they stay.
    """
    errors: list[OSError] = []
    sequences: list[int] = []
    keys: set[int] = set()
    last: Line | None = None
    for line in lines(folder, errors.append):
        if line.at.segment > outgoing[-1].name:
            break
        last = line
        if (record := parse(line)) is not None:
            sequences.append(record["seq"])
            if isinstance(record.get("key"), int):
                keys.add(record["key"])
    if errors or last is None or not sequences:
        return None
    return Purged(at=at, first=min(sequences), last=max(sequences), head=last.hash), keys


def remove(outgoing: list[Path], keys: Keys, numbers: set[int]) -> None:
    """Destroy the keys, then the lines."""
    try:
        if numbers:
            keys.destroy(numbers)
        for path in outgoing:
            path.unlink()
    except OSError as error:
        _LOGGER.warning("Old months of the incident record could not be removed: %s", error)
