"""What follows from what becomes of messages, pictures and doors, and from where a phone says it is."""

from datetime import datetime, timedelta

from .agenda import due, tracks_position
from .commands import ReportCleared, ReportDelivery, ReportDoor, ReportPicture, ReportPosition, ReportReceipt
from .delivery_events import Cleared, DeliveryFailed, HandedOver, Received
from .doorkeeping import door_reported
from .escalate import LONGEST_SILENCE
from .events import Event, PositionReported
from .kinds import DeliveryState, MessageKind
from .looking import picture_reported
from .messages import newest_kind
from .model import Incident

ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=15)
CLEARED_AGAIN_AFTER = timedelta(seconds=2)
"""Soon enough after a swipe by mistake. It doubles each time: a phone that wipes every call away by itself would use
up in minutes what its push service allows it in a day (H23)."""


def reported(
    incident: Incident,
    command: ReportDelivery | ReportReceipt | ReportCleared | ReportPosition | ReportPicture | ReportDoor,
    now: datetime,
) -> list[Event]:
    """Return what follows from a report of what became of something, a message or a door, or where a phone is."""
    match command:
        case ReportDelivery():
            return _attempt_ended(incident, command, now)
        case ReportReceipt():
            message = incident.messages.get(command.message)
            arrived = message is not None and message.state in (DeliveryState.SENDING, DeliveryState.HANDED_OVER)
            return [Received(at=now, message=command.message)] if arrived else []
        case ReportCleared():
            return _cleared(incident, command, now)
        case ReportPicture():
            return [*picture_reported(incident, command, now)]
        case ReportDoor():
            return [*door_reported(incident, command, now)]
        case _:
            wanted = tracks_position(incident, now) and incident.position != command.position
            return [PositionReported(at=now, position=command.position)] if wanted else []


def _attempt_ended(incident: Incident, command: ReportDelivery, now: datetime) -> list[Event]:
    message = incident.messages.get(command.message)
    if message is None or message.attempts != command.attempt:
        return []
    if command.error is not None and message.state in (DeliveryState.SENDING, DeliveryState.HANDED_OVER):
        retry_at = now + RETRY_AFTER if message.attempts < ATTEMPTS else None
        if retry_at is None and message.kind is MessageKind.STALE:
            retry_at = now + LONGEST_SILENCE  # nothing else would happen: somebody must have been asked
        return [DeliveryFailed(at=now, message=message.id, error=command.error, retry_at=retry_at)]
    if command.error is None and message.state is DeliveryState.SENDING:
        return [HandedOver(at=now, message=message.id)]
    return []


def _cleared(incident: Incident, command: ReportCleared, now: datetime) -> list[Event]:
    """Send a call as a new one that was wiped away while it is still true, unless that responder has said no.

    A phone can wipe it away before its push service has told us that it took it.
    """
    if newest_kind(incident, None) is not MessageKind.CALL:
        return []
    return [
        Cleared(at=now, message=message.id, retry_at=now + CLEARED_AGAIN_AFTER * 2**message.cleared)
        for message in incident.messages.values()
        if message.channel == command.channel
        and message.kind is MessageKind.CALL
        and (message.state in (DeliveryState.HANDED_OVER, DeliveryState.RECEIVED) or message in due(incident))
        and message.responder not in incident.declined
    ]
