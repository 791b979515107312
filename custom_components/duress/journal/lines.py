"""The lines of the record on the disk: where they are, what they look like, how they are made."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any, cast

from ..engine.codec import CodecError, decode
from ..engine.events import Event
from ..engine.site_events import SiteEvent
from .keys import Keys, unseal

_LOGGER = logging.getLogger(__name__)

SEGMENTS = "[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"
SITE = "site"
"""What the lines of the site are sealed for, in the place of an incident."""
NO_LINE = "0" * 64
"""What the first line has in the place of the hash of the line before."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a line is: in which month's file, from which byte on, how many bytes without its end."""

    segment: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        """Return where the next line begins."""
        return self.offset + self.length + 1


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the disk gave it back."""

    at: Position
    data: bytes

    @property
    def hash(self) -> str:
        """Return what the next line says of this one."""
        return hashlib.sha256(self.data).hexdigest()


type OnError = Callable[[OSError], None]


def lines(folder: Path, on_error: OnError, *, segment: str = "", offset: int = 0) -> Iterator[Line]:
    """Yield every line from a position on that the disk gives back, and tell of each file that it does not."""
    for path in segments(folder):
        if path.name < segment:
            continue
        at = offset if path.name == segment else 0
        try:
            with path.open("rb") as file:
                file.seek(at)
                for raw in file:
                    data = raw.rstrip(b"\n")
                    if data:
                        yield Line(Position(path.name, at, len(data)), data)
                    at += len(raw)
        except OSError as error:
            _LOGGER.error("%s of the incident record cannot be read: %s", path.name, error)  # noqa: TRY400
            on_error(error)


def line_at(folder: Path, position: Position) -> Line | None:
    """Return the line at a position, or None if the disk does not give back that many bytes."""
    try:
        file = os.open(folder / position.segment, os.O_RDONLY)
        try:
            data = os.pread(file, position.length, position.offset)
        finally:
            os.close(file)
    except OSError:
        return None
    return Line(position, data) if len(data) == position.length else None


def segments(folder: Path) -> list[Path]:
    """Return the files of the record, oldest first."""
    return sorted(folder.glob(SEGMENTS))


def parse(line: Line) -> dict[str, Any] | None:
    """Return what a line says, or None if it is not a line of ours."""
    try:
        record = json.loads(line.data)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    return record if isinstance(record.get("seq"), int) and isinstance(record.get("event"), dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry[Happened: Event | SiteEvent]:
    """One line, read back. `wall` is what the wall clock said, for people to read."""

    wall: datetime
    event: Happened


def entry[Happened: Event | SiteEvent](record: dict[str, Any], keys: Keys) -> Entry[Happened] | None:
    """Return the entry of a line, or None where it is from a version that knows more than this one.

    Without its key an entry lacks its private part. Each line names its own: an incident that lost its key
    goes on under another.
    """
    try:
        private = record.get("private")
        if "sealed" in record and (key := keys.get(record["key"])) is not None:
            private = unseal(key, record["incident"] or SITE, base64.b64decode(record["sealed"]))
        # What names an incident is about one, and what names none about the site.
        event = cast(Happened, decode(record["event"], record["v"], private))
        return Entry(wall=datetime.fromisoformat(record["wall"]), event=event)
    except (CodecError, KeyError, TypeError, ValueError) as error:
        _LOGGER.warning("Line %s of the incident record is left alone: %s", record.get("seq"), error)
        return None
