"""The nouns: what an incident is, and what it keeps of the plan it was opened with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from .cameras import Camera, Picture, PictureState
from .doors import DoorResult
from .kinds import CloseCode, DeliveryState, MessageKind, Origin, Phase, Progress, Proof, ResolveReason
from .plan import Plan, shielded
from .why import Why

PRIVATE: Final[dict[str, Any]] = {"private": True}
"""Marks what is kept beside the chain of the journal, under a key that can be destroyed (hazard H30)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One use of a trigger point, as it was heard."""

    point: str
    source: str
    gesture: str
    heard_at: datetime
    """What the wall clock said, for people to read."""
    origin: Origin
    user: str | None
    """The Home Assistant user behind it, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to go, in the words of the moment of the press: registries may lose or rename things meanwhile."""

    point: str
    area: str | None
    worn: bool = False
    """Whether it is carried about, so that it may be elsewhere (hazard H45)."""
    near: str | None = None
    """Near what it was last heard, and when, where its radio tells."""
    near_at: datetime | None = None
    lent_to: str | None = None
    lost_since: datetime | None = None
    soft_until: datetime | None = None
    """Until when a repeat-caller rule softens its calls (hazard H35)."""
    visited_at: datetime | None = None
    """When somebody was last there, where such a rule wants it told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a phone says it is, WGS 84 degrees, within `accuracy` metres where it says that too."""

    latitude: float
    longitude: float
    accuracy: float | None
    at: datetime
    """When the phone said so, on the wall clock."""


NO_PLACE = Place(point="", area=None)
"""The place of an incident whose names were erased or lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind an answer: a Home Assistant user, and the responder it is, if it is one."""

    user: str
    responder: str | None
    channel: str | None = None
    """The channel the answer came in on, when it came as a reply to a message."""
    carrier: str | None = None
    """Who of a post's people had its shared phone, as far as that was known (hazard H31)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Somebody who goes with whoever has it, and how far that one is."""

    actor: Actor
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One responder to be called on one channel, which may also be told what becomes of the call."""

    responder: str
    channel: str
    follows_up: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one responder is owed on one channel; `asked` fences its answer (see Incident)."""

    id: str
    kind: MessageKind
    responder: str
    channel: str
    state: DeliveryState
    issued_at: datetime
    critical: bool = True
    asked: int = 0
    attempts: int = 1
    retry_at: datetime | None = None
    retry_why: Why = Why.FAILED_BEFORE
    cleared: int = 0
    """How often in a row it was wiped away without an answer."""

    @property
    def is_finished(self) -> bool:
        """Return whether nothing more is to be done about it."""
        return self.state not in (DeliveryState.OWED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What a press opened, as far as its events tell.

    `secret` makes what its phones are shown unguessable. `asked` counts how often everybody had to be asked
    anew, after an answer that came to nothing: an answer to an earlier question does not count any more.
    """

    id: str
    secret: str | None
    press: Press
    place: Place
    plan: Plan
    opened_at: datetime
    holders: tuple[str, ...] = ()
    """Responders who carry the trigger point, or are where it is."""
    began_with: str = ""
    """The plan it began with, where another has taken its place since."""
    follows: str | None = None
    drill: bool = False
    """Whether somebody practises: nobody needs help (hazard H38)."""
    tracks: bool = False
    """Whether the phone of whoever pressed is asked where it is, as long as `tracks_position` allows it."""
    position: Position | None = None
    phase: Phase = Phase.ACTIVE
    progress: Progress | None = None
    stale: bool = False
    exhausted: bool = False
    round: int = 0
    step: int = -1
    step_at: datetime | None = None
    step_reached: bool = False
    """Whether any call since it began was handed over."""
    deadline: datetime | None = None
    """When something happens if no person does anything; None only while it waits for a person, or is over."""
    next_why: Why = Why.PRESSED
    """Why the next step will begin."""
    also: tuple[Place, ...] = ()
    """Places of other presses that a start found, which the call of `gathered_at` names with this one."""
    gathered_at: datetime | None = None
    presses: int = 1
    pressed_at: datetime | None = None
    """When it was last pressed, on the site's clock."""
    activated_again_at: datetime | None = None
    """When a second activation came, where the plan tells of it."""
    answers: int = 0
    asides: int = 0
    """How often somebody's answer changed nothing but what they are shown."""
    asked: int = 0
    called: tuple[Call, ...] = ()
    """Everybody who was called so far, on each channel once, in the order of the first call."""
    stood_down: bool = False
    """Whether those who were called were told since that they need not go."""
    declined: frozenset[str] = frozenset()
    """Responders who cannot go, in this round."""
    messages: Mapping[str, Message] = field(default_factory=dict)
    """What is owed and what became of the newest of each channel; older ones are in the record."""
    cameras: tuple[Camera, ...] = ()
    """Which cameras look on, the one that shows most first."""
    looks: int = 0
    """How often they were looked through."""
    look_at: datetime | None = None
    """When they are looked through again, while it is open."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """Every picture that was asked for, by its id."""
    plan_since: datetime | None = None
    """Since when it goes by its plan, where that took the place of another."""
    doors: Mapping[str, DoorResult] = field(default_factory=dict)
    """What became of each door that was moved for it, or was not."""
    unlocked_for: Mapping[str, datetime] = field(default_factory=dict)
    """Which doors somebody who goes asked for, and until when."""
    doors_stay_until: datetime | None = None
    """Until when doors that are open stay so for whoever went, and is asked anew after another press."""
    taken_by: Actor | None = None
    taken_at: datetime | None = None
    people_needed: int = 1
    """How many have to go before the others are left in peace."""
    joined: tuple[Joined, ...] = ()
    """Who goes as well, where more than one is needed; whoever is there comes first of all, in `taken_by`."""
    arrive_by: datetime | None = None
    """When those who go must be there, while more are called for; otherwise that is the deadline."""
    proof: Proof | None = None
    """What shows that somebody is there."""
    remind_at: datetime | None = None
    """When whoever has it is reminded of it."""
    reminders: int = 0
    taken_back_at: datetime | None = None
    """When somebody at the trigger point asked that nobody come, and has not pressed again since (hazard H17)."""
    resolved_by: Actor | None = None
    reason: ResolveReason | None = None
    ended_in_the_room: bool = False
    """Whether a button where it came from ended it, which anybody may have pressed, and no code."""
    resolved_at: datetime | None = None
    reviewed_by: Actor | None = None
    """Who was the first to review it, where it takes two."""
    proposed: CloseCode | None = None
    """What they found it to be."""
    code: CloseCode | None = None

    @property
    def told(self) -> tuple[Call, ...]:
        """Return who was called and is also told what becomes of it."""
        return tuple(call for call in self.called if call.follows_up)

    @property
    def is_open(self) -> bool:
        """Return whether somebody still has to do something about it."""
        return self.phase not in (Phase.RESOLVED, Phase.CLOSED)

    @property
    def shielded(self) -> frozenset[str]:
        """Return the responders who are neither called nor listened to (hazard H2).

        Whoever threatens the person that pressed may hold that person's phone.
        """
        return shielded(self.plan, self.holders)

    @property
    def going(self) -> tuple[Actor, ...]:
        """Return who goes, or is there. Others may still be called for all that, where two are needed."""
        first = self.taken_by if self.progress is not Progress.SEEN else None
        return (*([first] if first else []), *(joined.actor for joined in self.joined))

    @property
    def is_short(self) -> bool:
        """Return whether somebody goes, but others are still called because more have to."""
        return self.phase is Phase.ACTIVE and bool(self.going)

    def has_going(self, user: str) -> bool:
        """Return whether a user goes, or is there."""
        return any(actor.user == user for actor in self.going)

    def is_taken_by(self, actor: Actor) -> bool:
        """Return whether this person has it."""
        takers = (self.taken_by, *(joined.actor for joined in self.joined))
        return any(taker is not None and taker.user == actor.user for taker in takers)

    def progress_of(self, responder: str | None, user: str | None = None) -> Progress | None:
        """Return how far somebody is who has it, None for everybody else."""
        for taker, progress in ((self.taken_by, self.progress), *((j.actor, j.progress) for j in self.joined)):
            if taker is not None and (taker.user == user or (responder is not None and taker.responder == responder)):
                return progress
        return None

    @property
    def is_settled(self) -> bool:
        """Return whether it is over, nobody is owed a word about it any more, and no camera is waited for."""
        taking = any(picture.state is PictureState.TAKING for picture in self.pictures.values())
        return not self.is_open and not taking and all(m.is_finished for m in self.messages.values())
