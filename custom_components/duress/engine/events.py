"""What happened, in the past tense. These are the lines of the journal: add to them, never change a meaning.

Each says why and until when, so that replaying it needs no rule and a later rule cannot change what was.
Fields marked PRIVATE are kept beside the chain of the journal, under a key that can be destroyed (hazard H30).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .delivery_events import Cleared, DeliveryFailed, DeliveryStarted, HandedOver, Received, Reissued
from .door_events import DoorReported, UnlockAsked
from .kinds import Progress, Proof, Reply, ResolveReason
from .model import NO_PLACE, PRIVATE, Actor, Call, Place, Position, Press
from .picture_events import LookedAround, PictureKept, PictureMissed
from .plan import Plan
from .review_events import Closed, ReviewProposed
from .why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A press opened an incident; `follows` names the one it comes after when that is still open.

    With `until` nobody is called before then: the press can be taken back or, where it was `found` at a start, waits
    for others that were.
    """

    at: datetime
    incident: str
    press: Press
    plan: Plan
    why: Why = Why.PRESSED
    follows: str | None = None
    until: datetime | None = None
    found: bool = False
    tracks: bool = False
    drill: bool = False
    holders: tuple[str, ...] = ()
    place: Place = field(default=NO_PLACE, metadata=PRIVATE)
    position: Position | None = field(default=None, metadata=PRIVATE)
    secret: str | None = field(default=None, metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Presses that a start found are called together: the first call of `leader` names all places (hazard H36).

    Its own call follows at `until`, unless it is the leader.
    """

    at: datetime
    leader: str
    until: datetime | None = None
    also: tuple[Place, ...] = field(default=(), metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionReported:
    """The phone of whoever pressed said where it is (hazard H43)."""

    at: datetime
    position: Position | None = field(default=None, metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRepeated:
    """The trigger point of an open incident was used again; `calls` go to whoever had taken it."""

    at: datetime
    press: Press
    why: Why = Why.ALREADY_CALLING
    calls: tuple[Call, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondActivation:
    """It was pressed again, here or elsewhere, so long after the first time that this tells more (BS 8243)."""

    at: datetime
    press: Press
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsMissed:
    """So many steps fell due from `since` on, while nothing ran. They are not made up for one by one."""

    at: datetime
    since: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step began; its calls are being sent from this moment on, and the next begins at `until`."""

    at: datetime
    round: int
    step: int
    calls: tuple[Call, ...]
    why: Why = Why.NOT_ANSWERED
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyToCall:
    """A step fell due and none of its responders could be called."""

    at: datetime
    round: int
    step: int
    why: Why = Why.NOBODY_REACHABLE
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """The last round that the plan allows is over without an answer: from now on everybody is called."""

    at: datetime
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A person took the incident, and has it until `until`.

    Who `joins` goes with somebody who has it already; `more` have to go than do yet, so the others go on being called.
    """

    at: datetime
    by: Actor
    progress: Progress = Progress.EN_ROUTE
    until: datetime | None = None
    remind_at: datetime | None = None
    joins: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A person is on scene, as far as the proof goes. `joins` and `more` as in `Acknowledged`."""

    at: datetime
    by: Actor
    until: datetime | None = None
    remind_at: datetime | None = None
    proof: Proof = Proof.TAP
    joins: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreHelpAsked:
    """A person asks for more help: everybody is called again, by another plan if there is one for that."""

    at: datetime
    by: Actor
    plan: Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """Whoever has it is reminded of it, and again at `until`."""

    at: datetime
    calls: tuple[Call, ...]
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Somebody at the trigger point asks that nobody come, which ends nothing: those who were called are told (H17)."""

    at: datetime
    press: Press
    why: Why
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAsked:
    """A person who ends it is asked why, as no reason that was offered fits."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A person cannot go, or cannot go after all."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLapsed:
    """The person who had it did not do in time what the answer promised."""

    at: datetime
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRefused:
    """An answer came that does not count; whoever gave it is told how things stand."""

    at: datetime
    by: Actor
    reply: Reply
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSetAside:
    """An answer came from somebody who holds the trigger point: it changes nothing, and nobody is told (hazard H2)."""

    at: datetime
    by: Actor
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class WentStale:
    """It has been left so long that calling everybody would be wrong: these are asked, and a person decides."""

    at: datetime
    why: Why
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNeeded:
    """A person says that the incident found open is still needed."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A person said that it is over."""

    at: datetime
    by: Actor
    reason: ResolveReason = ResolveReason.HELPED
    proof: Proof | None = None
    """What shows that it was said where the call came from, where it was."""
    note: str | None = field(default=None, metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The program came back after being away; `in_doubt` names the messages it sends a second time."""

    at: datetime
    away: timedelta
    in_doubt: tuple[str, ...]
    secret: str | None = field(default=None, metadata=PRIVATE)


type Event = (
    Opened
    | Gathered
    | PositionReported
    | PressRepeated
    | SecondActivation
    | StepsMissed
    | StepStarted
    | NobodyToCall
    | Exhausted
    | DeliveryStarted
    | Reissued
    | HandedOver
    | Received
    | DeliveryFailed
    | Cleared
    | LookedAround
    | PictureKept
    | PictureMissed
    | DoorReported
    | UnlockAsked
    | Acknowledged
    | Arrived
    | MoreHelpAsked
    | Reminded
    | TakenBack
    | ReasonAsked
    | Declined
    | AnswerLapsed
    | AnswerRefused
    | AnswerSetAside
    | WentStale
    | FoundNeeded
    | Resolved
    | ReviewProposed
    | Closed
    | Resumed
)
"""What happened to an incident."""
