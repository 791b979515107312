"""The messages of an incident: how they come to be, replace one another and stop being true."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from .delivery_events import (
    Cleared,
    DeliveryEvent,
    DeliveryFailed,
    DeliveryStarted,
    HandedOver,
    Received,
    Reissued,
)
from .kinds import DeliveryState, MessageKind, Phase, Progress
from .model import Actor, Call, Incident, Message
from .why import Why


def issued(
    incident: Incident, calls: Iterable[Call], prefix: str, kind: MessageKind, at: datetime, *, critical: bool = True
) -> Incident:
    """Return the incident with a message on each of these channels that is being sent from now on.

    A message's id is the same however often it is worked out. What the channel was still owed is replaced by
    it, and what was done with is dropped, so that endless rounds take up no more room than one. An update
    replaces only another: it is no call.
    """
    calls = tuple(calls)
    channels = {call.channel for call in calls}
    messages = {
        m.id: m
        for m in incident.messages.values()
        if m.channel not in channels
        or m.state is DeliveryState.SENDING
        or (kind is MessageKind.UPDATE and m.kind is not MessageKind.UPDATE)
    }
    for call in calls:
        message_id = f"{prefix}.{call.responder}.{call.channel}"
        messages[message_id] = Message(
            id=message_id,
            kind=kind,
            responder=call.responder,
            channel=call.channel,
            state=DeliveryState.SENDING,
            issued_at=at,
            critical=critical,
            asked=incident.asked,
        )
    called = tuple(dict.fromkeys((*incident.called, *calls)))
    return replace(incident, messages=messages, called=called)


def _reissued(incident: Incident, message: Message, at: datetime) -> Incident:
    """Return the incident with a new message in the place of one. How often that was wiped away is kept."""
    call = Call(responder=message.responder, channel=message.channel)
    prefix = message.id.removesuffix(f".{message.responder}.{message.channel}")
    incident = issued(incident, [call], f"{prefix}+", message.kind, at, critical=message.critical)
    new = incident.messages[f"{prefix}+.{message.responder}.{message.channel}"]
    return changed(incident, new, cleared=message.cleared)


def delivered(incident: Incident, event: DeliveryEvent) -> Incident:
    """Return the incident after what became of one of its messages; an unknown one changes nothing."""
    message = incident.messages.get(event.message)
    if message is None:
        return incident
    match event:
        case DeliveryStarted():
            attempts = message.attempts + 1
            return changed(incident, message, state=DeliveryState.SENDING, attempts=attempts, retry_at=None)
        case HandedOver():
            return changed(incident, message, state=DeliveryState.HANDED_OVER)
        case Received():
            return changed(incident, message, state=DeliveryState.RECEIVED)
        case DeliveryFailed(retry_at=None):
            return changed(incident, message, state=DeliveryState.FAILED)
        case DeliveryFailed():
            return changed(
                incident,
                message,
                state=DeliveryState.OWED,
                retry_at=event.retry_at,
                retry_why=Why.FAILED_BEFORE,
            )
        case Cleared():
            return changed(
                incident,
                message,
                state=DeliveryState.OWED,
                retry_at=event.retry_at,
                retry_why=Why.CLEARED,
                cleared=message.cleared + 1,
            )
        case Reissued():
            return _reissued(incident, message, event.at)
        case _:
            assert_never(event)


def calls_of_step(incident: Incident) -> list[Message]:
    """Return the calls of the step that began last."""
    began = incident.step_at or incident.opened_at
    return [m for m in incident.messages.values() if m.kind is MessageKind.CALL and m.issued_at >= began]


def has_failed(message: Message) -> bool:
    """Return whether the last attempt at a message failed."""
    waits = message.state is DeliveryState.OWED and message.retry_why is Why.FAILED_BEFORE
    return waits or message.state is DeliveryState.FAILED


def answered(incident: Incident, by: Actor) -> Incident:
    """Return the incident with the calls answered that were on the channel the answer came from.

    Whoever has answered is not rung any more on another.
    """
    for message in incident.messages.values():
        if message.kind is not MessageKind.CALL:
            continue
        if message.channel == by.channel and message.is_finished:
            incident = changed(incident, message, state=DeliveryState.ANSWERED)
        elif message.state is DeliveryState.OWED and message.responder == by.responder:
            incident = changed(incident, message, state=DeliveryState.EXPIRED, retry_at=None)
    return incident


def expired(incident: Incident) -> Incident:
    """Return the incident without attempts still to come at messages that are not true any more."""
    for message in incident.messages.values():
        if message.state is DeliveryState.OWED and not _is_true(message, incident):
            incident = changed(incident, message, state=DeliveryState.EXPIRED, retry_at=None)
    return incident


def is_update(incident: Incident, message_id: str) -> bool:
    """Return whether a message only adds to what was said before."""
    message = incident.messages.get(message_id)
    return message is not None and message.kind is MessageKind.UPDATE


def said_with(incident: Incident, message: Message) -> MessageKind:
    """Return the kind of message whose words stand in one: an update comes with what is true at the moment."""
    if message.kind is not MessageKind.UPDATE:
        return message.kind
    return newest_kind(incident, incident.progress_of(message.responder))


def newest_kind(incident: Incident, own: Progress | None) -> MessageKind:
    """Return the kind of message that tells how the incident stands to somebody who is so far with it, if at all."""
    if not incident.is_open:
        return MessageKind.OVER
    if incident.stale:
        return MessageKind.STALE
    if own is not None and own is not Progress.SEEN:
        return MessageKind.ARRIVAL if own is Progress.ON_SCENE else MessageKind.CONFIRMATION
    if incident.phase is not Phase.ACKNOWLEDGED:
        return MessageKind.CALL
    return MessageKind.SEEN if incident.progress is Progress.SEEN else MessageKind.NOTICE


def changed(incident: Incident, message: Message, **changes: Any) -> Incident:
    """Return the incident with one of its messages changed."""
    return replace(incident, messages={**incident.messages, message.id: replace(message, **changes)})


def _is_true(message: Message, incident: Incident) -> bool:
    """Return whether a message still tells its responder how things stand."""
    if message.kind is MessageKind.REASON:
        return incident.is_open
    newest = newest_kind(incident, incident.progress_of(message.responder))
    if message.kind is MessageKind.BUSY:
        return newest is MessageKind.CALL
    if message.kind is MessageKind.UPDATE:
        return newest in (MessageKind.CALL, MessageKind.CONFIRMATION, MessageKind.ARRIVAL)
    if message.kind is MessageKind.REMINDER:
        return newest in (MessageKind.CONFIRMATION, MessageKind.ARRIVAL)
    return message.kind is newest
