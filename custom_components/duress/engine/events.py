"""What happened, in the past tense. These are the lines of the journal: add to them, never change a meaning."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .model import Actor, Call, Place, Plan, Press


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A press opened an incident; `follows` names the one it comes after when that is still open."""

    at: datetime
    incident: str
    secret: str
    press: Press
    place: Place
    plan: Plan
    follows: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRepeated:
    """The trigger point of an open incident was used again."""

    at: datetime
    press: Press


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step began; its calls are being sent from this moment on."""

    at: datetime
    round: int
    step: int
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyToCall:
    """A step fell due and none of its responders could be called."""

    at: datetime
    round: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStarted:
    """Another attempt at a message began."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The other side took a message. No person has seen it for that."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """An attempt at a message failed."""

    at: datetime
    message: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A person took the incident."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A person said that it is over."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The program came back after being away; `in_doubt` names the messages it sends a second time."""

    at: datetime
    away: timedelta
    in_doubt: tuple[str, ...]


type Event = (
    Opened
    | PressRepeated
    | StepStarted
    | NobodyToCall
    | DeliveryStarted
    | HandedOver
    | DeliveryFailed
    | Acknowledged
    | Resolved
    | Resumed
)
