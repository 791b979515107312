"""What the world is still owed, read off an incident's state."""

from collections.abc import Iterable
from datetime import datetime

from .model import DeliveryState, Incident, Message


def due(incident: Incident) -> list[Message]:
    """Return the messages to be sending right now: one a channel, the oldest, so that none overtakes another."""
    sending: dict[str, Message] = {}
    for message in incident.messages.values():
        if message.state is DeliveryState.SENDING:
            sending.setdefault(message.channel, message)
    return list(sending.values())


def next_due(incident: Incident) -> datetime | None:
    """Return when the engine wants its next `Tick`, or None if it waits for a person or for nothing."""
    times = [message.retry_at for message in _retries(incident) if message.retry_at is not None]
    if incident.deadline is not None:
        times.append(incident.deadline)
    return min(times, default=None)


def retries_due(incident: Incident, now: datetime) -> list[Message]:
    """Return the messages whose next attempt has come."""
    return [m for m in _retries(incident) if m.retry_at is not None and m.retry_at <= now]


def is_idle(incident: Incident) -> bool:
    """Return whether it is open and waits for nothing, which must not be: nobody would be called any more.

    A stale incident waits for a person, who was asked.
    """
    return incident.is_open and not incident.stale and incident.deadline is None


def _retries(incident: Incident) -> Iterable[Message]:
    return (m for m in incident.messages.values() if m.state is DeliveryState.OWED)
