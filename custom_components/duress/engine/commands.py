"""What may be asked of the engine. All that it cannot know arrives inside: ids, secrets, who can be reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from .cameras import Camera, Taken
from .doors import Bolt, Stage
from .kinds import CloseCode, Proof, Reply, ResolveReason
from .model import Actor, Place, Position, Press
from .plan import Plan
from .reach import Reach
from .why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlePress:
    """A trigger point was used. `incident` and `secret` are for the incident that this may open.

    `holders` are the responders who carry the trigger point, or are where it is. One that was `found` at a start waits
    for a moment for others, one that is `late` is asked about instead of called (hazard H36).
    """

    press: Press
    place: Place
    plan: Plan
    incident: str
    secret: str
    reach: Reach
    holders: tuple[str, ...] = ()
    tracks: bool = False
    position: Position | None = None
    found: bool = False
    late: bool = False
    drill: bool = False
    """Whether somebody practises: the plan runs, marked as a drill, beside whatever is real (hazard H38)."""
    why: Why = Why.PRESSED
    follows: str | None = None
    """The incident that somebody may have been made to end, of which this one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedElsewhere:
    """Another trigger point with the same plan was used. Whoever pressed, or `holders` of it, are where it is."""

    press: Press
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """All presses that a start found are in: the first call of `leader` also names the places of the others."""

    leader: str
    also: tuple[Place, ...]
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover:
    """The record knows an incident that may be open, but not how it began.

    `opening` has what is still known of that; `last_seen` is the newest that reads.
    """

    opening: HandlePress
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The time that `next_due` named has come."""

    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The program was away and is back; the deliveries it had begun are in doubt.

    `restored` tells that the record came out of a backup, or lost its end. `secret` is for an incident that lost
    its own.
    """

    away: timedelta
    secret: str
    reach: Reach
    restored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelivery:
    """One attempt at a message ended, well if `error` is None."""

    message: str
    attempt: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOn:
    """Cameras begin to look on. It comes after the first call has gone out, which it must not delay."""

    cameras: tuple[Camera, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPicture:
    """A camera gave a picture, or none, for that reason."""

    picture: str
    reach: Reach
    taken: Taken | None = None
    why: Why = Why.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDoor:
    """How far a door is that was wanted locked or unlocked."""

    door: str
    name: str
    bolt: Bolt
    stage: Stage
    reach: Reach
    securing: bool = False
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskUnlock:
    """Somebody who goes wants a door unlocked for them."""

    by: Actor
    door: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPosition:
    """The phone of whoever pressed says where it is."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReceipt:
    """The phone itself said that a message arrived. No person has read it for that."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCleared:
    """What stood on a channel was wiped away, and nobody answered it (hazard H23)."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person answers. `asked` is the question it replies to, where it is the reply to a message.

    Whoever is `busy` has another incident in hand. `upgrade` is the plan that more help is called by, where that is
    another one.
    """

    by: Actor
    reply: Reply
    asked: int | None = None
    busy: bool = False
    upgrade: Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """A person says that it is over. `asked` as for an answer.

    Whoever is `in_charge` and leaves a note can end also what others can end only where it came from.
    """

    by: Actor
    reason: ResolveReason
    note: str | None = None
    asked: int | None = None
    in_charge: bool = False
    proof: Proof | None = None
    """What shows that it is said where the call came from."""


class AtOrigin(Enum):
    """What can be said where a call came from, by something that is there for it."""

    SOMEBODY_IS_THERE = "somebody_is_there"
    IT_IS_OVER = "it_is_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something where a call came from was used to say how it stands: a button, a tag.

    `by` is the person behind it, where that is known.
    """

    press: Press
    what: AtOrigin
    proof: Proof
    by: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A person has reviewed it and says what it was."""

    by: Actor
    code: CloseCode
    note: str | None = None
    alone: bool = False
    """Whether nobody else may review it, so that a quiet one need not wait for a second person."""


type IncidentCommand = (
    PressedElsewhere
    | Gather
    | Tick
    | Resume
    | ReportDelivery
    | ReportReceipt
    | ReportCleared
    | ReportPosition
    | LookOn
    | ReportPicture
    | ReportDoor
    | Answer
    | Signal
    | AskUnlock
    | Resolve
    | Close
)
"""What means nothing without the incident that it concerns."""

type Command = HandlePress | Recover | IncidentCommand
