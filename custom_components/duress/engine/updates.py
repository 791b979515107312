"""Adds to what people were told before, without another ring: a picture, how a door is."""

from collections.abc import Callable, Iterable
from datetime import datetime

from .kinds import DeliveryState, MessageKind
from .messages import issued, newest_kind
from .model import Call, Incident
from .reach import Reach


def to_update(incident: Incident, reach: Reach, may_say: Callable[[MessageKind], bool]) -> tuple[Call, ...]:
    """Return where something is added that `may_say` allows in messages of a kind: nowhere that would ring again."""
    allowed = incident.plan.allowed(reach, incident.holders)
    updating = {channel.id for r in allowed.channels for channel in allowed.of(r) if channel.updates}
    return tuple(
        call
        for call in incident.told
        if call.channel in updating
        and call.responder not in incident.declined
        and may_say(newest_kind(incident, incident.progress_of(call.responder)))
        and _is_asked(incident, call)
    )


def updated(incident: Incident, calls: Iterable[Call], prefix: str, at: datetime) -> Incident:
    """Add to what was said on these channels, as loud as that was: not to ring again is up to phones."""
    for call in calls:
        own = [message for message in incident.messages.values() if message.channel == call.channel]
        critical = all(message.critical for message in own)
        incident = issued(incident, [call], prefix, MessageKind.UPDATE, at, critical=critical)
    return incident


def _is_asked(incident: Incident, call: Call) -> bool:
    """Return whether a channel asks, or is about to: an update waits for what is on its way, and replaces no ring.

    What could not be handed over yet says it by itself, when it is tried again.
    """
    own = [message for message in incident.messages.values() if message.channel == call.channel]
    arrived = (DeliveryState.SENDING, DeliveryState.HANDED_OVER, DeliveryState.RECEIVED)
    kinds = (MessageKind.CALL, MessageKind.CONFIRMATION, MessageKind.ARRIVAL, MessageKind.UPDATE)
    return bool(own) and all(message.state in arrived and message.kind in kinds for message in own)
