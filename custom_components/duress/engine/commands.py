"""What may be asked of the engine. All that it cannot know arrives inside: ids, secrets, who can be reached."""

from dataclasses import dataclass
from datetime import timedelta

from .model import Actor, Place, Plan, Press, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlePress:
    """A trigger point was used. `incident` and `secret` are for the incident that this may open."""

    press: Press
    place: Place
    plan: Plan
    incident: str
    secret: str
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The time that `next_due` named has come."""

    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The program was away and is back; the deliveries it had begun are in doubt."""

    away: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelivery:
    """One attempt at a message ended, well if `error` is None."""

    message: str
    attempt: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """A person takes it."""

    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """A person says that it is over."""

    by: Actor


type Command = HandlePress | Tick | Resume | ReportDelivery | Acknowledge | Resolve
