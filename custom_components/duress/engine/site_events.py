"""What happened to a site or to its record, and belongs to no incident. Lines of the journal, as in `events`."""

from dataclasses import dataclass
from datetime import datetime

from .duty import Duty
from .model import Press


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


type SiteEvent = WentDeaf | HeardAgain | Purged | LevelChanged | PressHeld | CustodyChanged | DutyChanged
"""What happened to the site or to its record, and belongs to no incident."""
