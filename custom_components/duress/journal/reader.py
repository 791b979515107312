"""What a start makes of the record: the incidents that may still be open, from every line that reads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import Any

from ..engine.events import Event
from .checkpoint import Checkpoint, OpenIncident, last_alive
from .keys import Keys
from .lines import Entry, Line, entry, line_at, lines, parse, segments

_LOGGER = logging.getLogger(__name__)

STILL_OWED = timedelta(hours=1)
"""So long before the end of the record an ended incident may still have owed somebody a word."""


@dataclass(slots=True)
class Found:
    """What a start found on the disk. `histories` holds every incident that may be open, as far as its lines read.

    `known_open` has the trigger points of those that were open for certain, even if no line of them reads.
    `restored` tells that the record came out of a backup or lost its end, `damaged` that something did not read.
    """

    histories: dict[str, list[Event]] = field(default_factory=dict)
    known_open: dict[str, str] = field(default_factory=dict)
    newest: datetime | None = None
    alive: datetime | None = None
    restored: bool = False
    damaged: bool = False
    checkpoint: Checkpoint = field(default_factory=Checkpoint)


class Reader:
    """Reads the record once: from its checkpoint on where that fits, else from the beginning."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        """Read what is in the folder."""
        self._folder = folder
        self._keys = keys
        self._found = Found(alive=last_alive(folder))
        self._records: dict[str, list[dict[str, Any]]] = {}
        self._sound: set[str] = set()
        self._newest = ""

    def read(self) -> Found:
        """Return what the disk gives back; an error of the disk is part of it, not raised."""
        found = self._found
        before = self._checkpoint()
        if before is not None and self._fits(before):
            found.checkpoint = before
            self._read_open(before)
        elif before is not None:
            found.damaged = True
            found.checkpoint.open = {i: OpenIncident(known.point) for i, known in before.open.items()}
        if before is not None:
            found.known_open = {i: known.point for i, known in before.open.items()}
            self._newest = before.newest or ""
        self._read_tail()
        if before is not None and found.checkpoint.sequence < before.sequence:
            found.restored = True
            found.checkpoint.sequence = before.sequence
        if self._newest:
            found.newest = datetime.fromisoformat(self._newest)
            found.checkpoint.newest = self._newest
        self._decode()
        return found

    def _checkpoint(self) -> Checkpoint | None:
        try:
            checkpoint = Checkpoint.read(self._folder)
        except FileNotFoundError:
            self._found.restored = bool(segments(self._folder))
            return None
        if checkpoint is None:
            self._found.damaged = True
        return checkpoint

    def _fits(self, checkpoint: Checkpoint) -> bool:
        if checkpoint.last is None:
            return True
        line = line_at(self._folder, checkpoint.last)
        return line is not None and line.hash == checkpoint.head

    def _read_open(self, checkpoint: Checkpoint) -> None:
        for incident, known in checkpoint.open.items():
            for position in known.lines:
                line = line_at(self._folder, position)
                record = parse(line) if line is not None else None
                if record is not None and record.get("incident") == incident:
                    self._records.setdefault(incident, []).append(record)
                else:
                    self._found.damaged = True

    def _read_tail(self) -> None:
        last = self._found.checkpoint.last
        segment, offset = (last.segment, last.end) if last is not None else ("", 0)
        previous: tuple[Line, dict[str, Any] | None] | None = None
        for line in lines(self._folder, self._on_error, segment=segment, offset=offset):
            record = parse(line)
            if previous is not None:
                fits = record is None or record.get("prev") == previous[0].hash
                self._take(*previous, fits=fits)
            previous = (line, record)
        if previous is not None:
            self._take(*previous, fits=True)

    def _take(self, line: Line, record: dict[str, Any] | None, *, fits: bool) -> None:
        """Take in a line, of which the next one tells whether it is as it was written."""
        checkpoint = self._found.checkpoint
        checkpoint.head, checkpoint.last = line.hash, line.at
        if record is None or not fits:
            _LOGGER.warning("A line of the incident record after line %s was damaged", checkpoint.sequence)
            self._found.damaged = True
        if record is None:
            return
        checkpoint.sequence = max(checkpoint.sequence, record["seq"])
        if fits:
            self._newest = max(self._newest, _moment(record))
        incident, event = record.get("incident"), record["event"]
        if not isinstance(incident, str):
            checkpoint.note(event)
            return
        if fits:
            self._sound.add(incident)
        known = checkpoint.open.setdefault(incident, OpenIncident(point=""))
        known.lines.append(line.at)
        if event.get("type") == "Opened" and isinstance(event.get("press"), dict):
            known.point = str(event["press"].get("point"))
        self._records.setdefault(incident, []).append(record)

    def _decode(self) -> None:
        """Turn the lines of what may be open into events, and leave out what is over for certain."""
        found = self._found
        for incident in [*found.checkpoint.open]:
            records = self._records.get(incident, [])
            certain = incident in found.known_open or incident in self._sound
            if self._is_over(records) or not certain:
                found.checkpoint.forget([incident])
                continue
            entries: list[Entry[Event] | None] = [entry(record, self._keys) for record in records]
            found.damaged |= None in entries
            found.histories[incident] = [e.event for e in entries if e is not None]

    def _is_over(self, records: list[dict[str, Any]]) -> bool:
        ended = any(record["event"].get("type") in ("Resolved", "ReviewProposed", "Closed") for record in records)
        if not ended or self._found.newest is None:
            return False
        return max(map(_moment, records)) < (self._found.newest - STILL_OWED).isoformat()

    def _on_error(self, _error: OSError) -> None:
        self._found.damaged = True


def _moment(record: dict[str, Any]) -> str:
    """Return the time of a line's event as ISO text, which sorts by itself, or "" if it has none that reads."""
    moment = str(record["event"].get("at"))
    try:
        return moment if datetime.fromisoformat(moment).tzinfo is not None else ""
    except ValueError:
        return ""
