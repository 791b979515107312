"""What older versions wrote, as this version would have written it. Lines on disk are never rewritten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

VERSION = 2
"""The version of the lines that are written now."""

type Record = dict[str, Any]

_WAITS_OF_VERSION_1 = {
    "StepStarted": ("until", timedelta(seconds=60)),
    "NobodyToCall": ("until", timedelta(seconds=60)),
    "PressRepeated": ("until", timedelta(seconds=60)),
    "Acknowledged": ("until", timedelta(minutes=10)),
    "DeliveryFailed": ("retry_at", timedelta(seconds=15)),
}
"""Version 1 worked out waits when it read a line; these are its defaults."""


def upcast(record: Record, version: int) -> Record:
    """Return an event's record of a version as one of this version. Raises KeyError or ValueError if it is broken."""
    for step in _STEPS[max(version, 1) - 1 :]:
        record = step(record)
    return record


def _from_1(record: Record) -> Record:
    if (wait := _WAITS_OF_VERSION_1.get(record["type"])) is None:
        return record
    field, duration = wait
    return {**record, field: (datetime.fromisoformat(record["at"]) + duration).isoformat()}


_STEPS: tuple[Callable[[Record], Record], ...] = (_from_1,)
