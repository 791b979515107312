"""What is wanted of doors, and what became of it: the nouns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .why import Why


class Bolt(StrEnum):
    """How a lock is."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"


class Moment(StrEnum):
    """When a plan wants something of a door."""

    AT_ONCE = "at_once"
    GOING = "going"
    """Once somebody goes whose name is known."""
    ON_SCENE = "on_scene"
    """Once somebody is there whose name is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDoor:
    """What a plan wants of a door, and when."""

    door: str
    bolt: Bolt
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted of a door right now. After `until` nothing is moved for it any more.

    One that somebody `asked` for by name goes before what holds for everybody. Without an incident it is a lockdown's.
    """

    door: str
    bolt: Bolt
    until: datetime
    incident: str | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a lock says of itself. `bolt` is None while it moves, or where it does not know."""

    bolt: Bolt | None = None
    available: bool = True
    jammed: bool = False
    assumed: bool = False
    """Whether it only repeats what it was told."""


class Stage(StrEnum):
    """How far a door is with what is wanted of it."""

    MOVING = "moving"
    DONE = "done"
    FAILED = "failed"
    """It may be tried again."""
    KEPT = "kept"
    """It was left as it is, on purpose."""
    LEFT_OPEN = "left_open"
    """We unlocked it, and it could not be secured again: a person has to (hazard H9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What was last wanted of a door, and how far that is."""

    door: str
    bolt: Bolt
    stage: Stage
    since: datetime
    """When this attempt began."""
    until: datetime
    before: Bolt | None = None
    """What it was before we first moved it, where that is known."""
    securing: bool = False
    """Whether it brings the door back to what it was."""
    attempt: int = 1
    against: bool = False
    """Whether the lock was told the other way just before, and may still do that."""
    opened: bool = False
    """Whether we had unlocked it before it was wanted locked."""
    right_since: datetime | None = None
    """Since when the lock has said what is wanted, without a break; of a door that is done, what is not wanted."""
    again_at: datetime | None = None
    why: Why | None = None
    incident: str | None = None
    """The incident that wanted it, None for a lockdown."""

    @property
    def is_over(self) -> bool:
        """Return whether nothing of it is left to be looked after."""
        return self.securing and self.stage in (Stage.DONE, Stage.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorResult:
    """What became of a door in an incident."""

    name: str
    bolt: Bolt
    stage: Stage
    why: Why | None = None
    securing: bool = False
