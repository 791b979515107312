"""The nouns: what an incident is, and what it keeps of the plan it was opened with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

type Channels = tuple[str, ...]
"""Channel ids on which one responder may be called, such as `phone:<registration>`."""

type Reach = Mapping[str, Channels]
"""Who may be called right now: responder id to channels. A responder who may not is absent or empty."""


class Phase(StrEnum):
    """Where an incident stands. Active and acknowledged incidents are open."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class MessageKind(StrEnum):
    """What a message tells its responder."""

    CALL = "call"
    """Somebody needs help; can be answered."""
    CONFIRMATION = "confirmation"
    """Your answer counted: you have it."""
    NOTICE = "notice"
    """Somebody else has it."""
    OVER = "over"
    """It is resolved."""


class DeliveryState(StrEnum):
    """How far a message got. There is no `sent`: handing over proves nothing about the person."""

    OWED = "owed"
    SENDING = "sending"
    HANDED_OVER = "handed_over"
    ANSWERED = "answered"
    FAILED = "failed"
    EXPIRED = "expired"


class Origin(StrEnum):
    """Where a press was heard: here, or told to us by an app or another machine (hazard H21)."""

    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Call these responders, `after` the step before began. The first step is never waited for."""

    after: timedelta
    responders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is called and when. Rounds of steps repeat without end, `repeat_after` the last step began."""

    id: str
    steps: tuple[Step, ...]
    repeat_after: timedelta

    def reaches_anybody(self, reach: Reach) -> bool:
        """Return whether any step would call anybody right now."""
        return any(reach.get(responder) for step in self.steps for responder in step.responders)

    def wait_after(self, step: int) -> timedelta:
        """Return how long the plan waits once this step has begun."""
        return self.steps[step + 1].after if step + 1 < len(self.steps) else self.repeat_after


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind an answer: a Home Assistant user, and the responder it is, if it is one."""

    user: str
    responder: str | None
    channel: str | None = None
    """The channel the answer came in on, when it came as a reply to a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One responder to be called on one channel."""

    responder: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one responder is owed on one channel."""

    id: str
    kind: MessageKind
    responder: str
    channel: str
    state: DeliveryState
    attempts: int = 1
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What a press opened, as far as its events tell. `secret` makes what its phones are shown unguessable."""

    id: str
    secret: str
    press: Press
    place: Place
    plan: Plan
    opened_at: datetime
    follows: str | None = None
    phase: Phase = Phase.ACTIVE
    round: int = 0
    step: int = 0
    presses: int = 1
    answers: int = 0
    next_step_at: datetime | None = None
    messages: Mapping[str, Message] = field(default_factory=dict)
    taken_by: Actor | None = None
    taken_at: datetime | None = None
    resolved_by: Actor | None = None

    @property
    def is_open(self) -> bool:
        """Return whether somebody still has to do something about it."""
        return self.phase is not Phase.RESOLVED

    @property
    def called(self) -> list[Call]:
        """Return everybody who was called so far, on each channel once, in the order of the first call."""
        calls = (
            Call(responder=m.responder, channel=m.channel) for m in self.messages.values() if m.kind is MessageKind.CALL
        )
        return list(dict.fromkeys(calls))

    @property
    def is_settled(self) -> bool:
        """Return whether it is over and nobody is owed a word about it any more."""
        return not self.is_open and not any(
            m.state in (DeliveryState.OWED, DeliveryState.SENDING) for m in self.messages.values()
        )
