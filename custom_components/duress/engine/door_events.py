"""What became of doors. Lines of the journal, as in `events`."""

from dataclasses import dataclass, field
from datetime import datetime

from .doors import Bolt, Movement, Stage
from .model import PRIVATE, Actor, Call
from .why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorReported:
    """A door was moved for an incident, or was not. `calls` are told so with what they were told before."""

    at: datetime
    door: str
    bolt: Bolt
    stage: Stage
    securing: bool = False
    why: Why | None = None
    calls: tuple[Call, ...] = ()
    name: str = field(default="", metadata=PRIVATE)
    """What the door was called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockAsked:
    """Somebody who goes asked for a door to be unlocked, until then."""

    at: datetime
    by: Actor
    door: str
    until: datetime
    name: str = field(default="", metadata=PRIVATE)


type DoorEvent = DoorReported | UnlockAsked
"""What became of doors for an incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMoved:
    """How far a door is with what is wanted of it. The newest of each door is gone on from after a start."""

    at: datetime
    door: str
    movement: Movement
    called: str | None = None
    """The incident by which people are called to a door that was left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockdownChanged:
    """These doors of an area, or of the whole site, are to be locked from now on, or were released."""

    at: datetime
    area: str
    """Empty for the whole site."""
    doors: tuple[str, ...]
    by: str
    released: bool = False
