"""What the world is still owed, read off an incident's state."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .kinds import DeliveryState, Phase, Progress
from .looking import looks_at
from .messages import calls_of_step, has_failed
from .model import Incident, Message

POSITION_FOR = timedelta(minutes=60)
"""How long after a press a phone may be asked where it is (hazard H43)."""

OVERDUE = timedelta(seconds=5)
"""How late an incident may be looked at before that is taken for a fault."""
HANDED_OVER_WITHIN = timedelta(seconds=10)
"""How long a step waits for any of its messages to be handed over: the internet may be gone (hazard H33)."""


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
    times += filter(None, (incident.remind_at, incident.arrive_by, looks_at(incident)))
    if (moment := waits_in_vain_until(incident)) is not None:
        times.append(moment)
    return min(times, default=None)


def waits_in_vain_until(incident: Incident) -> datetime | None:
    """Return when the next step begins because nothing of this one was handed over, or None if that is not so (H33).

    What a start found in doubt has its time anew: it may have been handed over before.
    """
    others_left = 0 <= incident.step < len(incident.plan.steps) - 1
    waits = incident.phase is Phase.ACTIVE and not incident.stale and not incident.step_reached
    if not waits or not others_left or incident.step_at is None:
        return None
    calls = [message for message in calls_of_step(incident) if message.issued_at == incident.step_at]
    in_vain = all(has_failed(m) or (m.state is DeliveryState.SENDING and m.attempts == 1) for m in calls)
    return incident.step_at + HANDED_OVER_WITHIN if calls and in_vain else None


def retries_due(incident: Incident, now: datetime) -> list[Message]:
    """Return the messages whose next attempt has come."""
    return [m for m in _retries(incident) if m.retry_at is not None and m.retry_at <= now]


def tracks_position(incident: Incident, now: datetime) -> bool:
    """Return whether the phone of whoever pressed may still be asked where it is.

    Only until somebody is there or it is over, and no longer than an hour after the last press (hazard H43).
    """
    looked_for = incident.is_open and not incident.stale and incident.progress is not Progress.ON_SCENE
    return incident.tracks and looked_for and now - (incident.pressed_at or incident.opened_at) < POSITION_FOR


def is_idle(incident: Incident) -> bool:
    """Return whether it is open and waits for nothing, which must not be: nobody would be called any more.

    A stale incident waits for a person, who was asked.
    """
    return incident.is_open and not incident.stale and incident.deadline is None


def is_overlooked(incident: Incident, now: datetime) -> bool:
    """Return whether it should have been looked at some time ago, or waits for nothing."""
    wanted = next_due(incident)
    return is_idle(incident) or (wanted is not None and wanted < now - OVERDUE)


def _retries(incident: Incident) -> Iterable[Message]:
    return (m for m in incident.messages.values() if m.state is DeliveryState.OWED)
