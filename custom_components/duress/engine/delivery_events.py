"""What became of the messages of an incident. Lines of the journal, as in `events`."""

from dataclasses import dataclass
from datetime import datetime

from .why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStarted:
    """Another attempt at a message began."""

    at: datetime
    message: str
    why: Why = Why.FAILED_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissued:
    """A message is sent as a new one: it could not be handed over for long, or was wiped off the phone."""

    at: datetime
    message: str
    why: Why = Why.TOO_OLD


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The other side took a message. No person has seen it for that."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The phone itself said that a message arrived. No person has read it for that."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """An attempt at a message failed; there is another at `retry_at`, or none."""

    at: datetime
    message: str
    error: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """A call was wiped off a phone without an answer; it is sent again at `retry_at`."""

    at: datetime
    message: str
    retry_at: datetime


type DeliveryEvent = DeliveryStarted | Reissued | HandedOver | Received | DeliveryFailed | Cleared
"""What became of a message."""
