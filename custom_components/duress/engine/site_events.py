"""What happened to a site or to its record, and belongs to no incident. Lines of the journal, as in `events`."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .door_events import DoorMoved, LockdownChanged
from .duty import Duty
from .model import PRIVATE, Press
from .why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class WentDeaf:
    """A trigger point, or the whole site where `point` is None, is not heard from now on."""

    at: datetime
    point: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAgain:
    """A trigger point, or the whole site, is heard again after it was not since `since` (hazard H11)."""

    at: datetime
    since: datetime
    point: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """Months of the record were removed: the lines `first` to `last`, the last of them with this hash."""

    at: datetime
    first: int
    last: int
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChanged:
    """A source whose state is a level rose or fell: after an outage it calls only if it had not risen (hazard H36)."""

    at: datetime
    source: str
    raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PressHeld:
    """The first of the two actions that a trigger point asks for: by itself it calls nobody."""

    at: datetime
    press: Press


@dataclass(frozen=True, slots=True, kw_only=True)
class PressProved:
    """A press that somebody was just asked for, to see that it is heard: it called nobody."""

    at: datetime
    press: Press


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyChanged:
    """A trigger point was lent, given back, or said to be lost or found, by this user."""

    at: datetime
    point: str
    what: str
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChanged:
    """A responder's duty stands so from now on; `by` is the user who said so, where it was one."""

    at: datetime
    responder: str
    duty: Duty
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOn:
    """One of a post's people has its shared phone from now on, or nobody who is known (hazard H31)."""

    at: datetime
    post: str
    by: str
    carrier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """Somebody was at a trigger point, which those who go there next can be told (hazard H35)."""

    at: datetime
    point: str


class Path(StrEnum):
    """A way out of the house, or back into it."""

    OUTSIDE = "outside"
    """Answers come in from outside (hazard H14)."""
    OWN_CONNECTION = "own_connection"
    """A phone can be called without the internet (hazard H33)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSeen:
    """It was seen that a path is there; noted once a day."""

    at: datetime
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationChanged:
    """A part of a site was added, changed or removed, by this user where it was one (hazard H28).

    `before` and `after` are JSON objects; one of them is None where the part was added or removed.
    """

    at: datetime
    what: str
    part: str
    by: str | None = None
    digest: str | None = None
    """Of what it is from now on, so that a start can tell whether it was changed while nothing ran."""
    before: str | None = field(default=None, metadata=PRIVATE)
    after: str | None = field(default=None, metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTyped:
    """Somebody's code ended an incident. Not on that incident's record: there every code looks alike (hazard H41)."""

    at: datetime
    incident: str
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRead:
    """Somebody who only audits the site read what is on record about an incident."""

    at: datetime
    incident: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExported:
    """Somebody was given all of an incident to hand out; `digest` stands for what that was."""

    at: datetime
    incident: str
    by: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSeen:
    """Somebody was given a picture of an incident."""

    at: datetime
    incident: str
    picture: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesMarked:
    """Somebody had the pictures of an incident kept longer than others, or no longer."""

    at: datetime
    incident: str
    marked: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesPurged:
    """The pictures of an incident were removed, so many. Their hashes stay in the record."""

    at: datetime
    incident: str
    count: int
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLost:
    """A responder's phone was said to be lost, by this user: it is called no more, and no answer of it counts."""

    at: datetime
    responder: str
    phone: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """The site was disabled or removed, by this user where it was one."""

    at: datetime
    by: str | None = None


type SiteEvent = (
    WentDeaf
    | HeardAgain
    | Purged
    | LevelChanged
    | PressHeld
    | PressProved
    | CustodyChanged
    | DutyChanged
    | SignedOn
    | Visited
    | PathSeen
    | ConfigurationChanged
    | CodeTyped
    | RecordRead
    | RecordExported
    | PictureSeen
    | PicturesMarked
    | PicturesPurged
    | PhoneLost
    | DoorMoved
    | LockdownChanged
    | SwitchedOff
)
"""What happened to the site or to its record, and belongs to no incident."""
