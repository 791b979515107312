"""How far the record had got and which incidents were open, so that a start need not read it all.

Its name ends in `.log` on purpose: Home Assistant's backups leave such files out, both its own and the
Supervisor's. A record without its checkpoint has therefore come out of a backup (hazard H29).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ..engine.door_events import DoorMoved, LockdownChanged
from ..engine.site_events import ConfigurationChanged, DutyChanged, LevelChanged, PathSeen, SignedOn, Visited
from .lines import NO_LINE, Position

FILE = "checkpoint.log"
ALIVE = "alive.log"
REMEMBERED = {
    ConfigurationChanged.__name__: "part",
    DoorMoved.__name__: "door",
    DutyChanged.__name__: "responder",
    LockdownChanged.__name__: "area",
    PathSeen.__name__: "path",
    SignedOn.__name__: "post",
    Visited.__name__: "point",
}
"""Lines of which the last one counts, and the field that says about what."""


@dataclass(slots=True)
class OpenIncident:
    """Where the lines of an incident are, and the trigger point it came from."""

    point: str
    lines: list[Position] = field(default_factory=list)


@dataclass(slots=True)
class Checkpoint:
    """The state of the record at one moment: its newest line, and the incidents that were open."""

    sequence: int = 0
    head: str = NO_LINE
    newest: str | None = None
    """The newest time of an event, as ISO text."""
    last: Position | None = None
    open: dict[str, OpenIncident] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)
    """Sources whose level had risen and not fallen since."""
    remembered: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The last line about each thing that the site remembers."""

    def write(self, folder: Path) -> None:
        """Put it in the place of the one before, whole or not at all."""
        state = json.dumps(asdict(self), separators=(",", ":")).encode()
        content = hashlib.sha256(state).hexdigest().encode() + b"\n" + state
        replace_file(folder / FILE, content)

    @classmethod
    def read(cls, folder: Path) -> Checkpoint | None:
        """Return what was written, or None if it does not read; raises FileNotFoundError if there is none."""
        try:
            check, _, state = (folder / FILE).read_bytes().partition(b"\n")
        except FileNotFoundError:
            raise
        except OSError:
            return None
        if hashlib.sha256(state).hexdigest().encode() != check:
            return None
        try:
            return cls._of(json.loads(state))
        except KeyError, TypeError, ValueError:
            return None  # a newer version's

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Checkpoint:
        return cls(
            sequence=data["sequence"],
            head=data["head"],
            newest=data["newest"],
            last=Position(**data["last"]) if data["last"] else None,
            raised=list(data.get("raised", ())),
            remembered=dict(data.get("remembered", {})),
            open={
                incident: OpenIncident(found["point"], [Position(**line) for line in found["lines"]])
                for incident, found in data["open"].items()
            },
        )

    def note(self, event: Mapping[str, Any]) -> None:
        """Note what the site has to remember of a line that belongs to no incident."""
        if event.get("type") == LevelChanged.__name__:
            source = str(event.get("source"))
            risen = [source] if event.get("raised") is True else []
            self.raised = [each for each in self.raised if each != source] + risen
        elif (about := REMEMBERED.get(str(event.get("type")))) is not None:
            self.remembered[f"{event['type']} {event.get(about)}"] = dict(event)

    def forget(self, incidents: Iterable[str]) -> None:
        """Leave out incidents that are settled."""
        for incident in incidents:
            self.open.pop(incident, None)


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all, even if the power fails."""
    fresh = path.with_suffix(".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)
    fresh.replace(path)
    sync_directory(path.parent)


def sync_directory(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def mark_alive(folder: Path, wall: datetime) -> None:
    """Note that this machine is up. Not flushed: a minute more or less does not matter, the disk's life does."""
    (folder / ALIVE).write_text(wall.isoformat(), "ascii")


def last_alive(folder: Path) -> datetime | None:
    """Return when this machine was last known to be up, or None if that cannot be told."""
    try:
        moment = datetime.fromisoformat((folder / ALIVE).read_text("ascii"))
    except OSError, ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
