"""Events in, state out. No rules here: an event that was decided, or read back, simply happened.

An incident whose record is damaged goes on from every line that reads, so nothing here may fail on a
gap: an event about an unknown message changes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from .events import (
    Acknowledged,
    DeliveryFailed,
    DeliveryStarted,
    Event,
    HandedOver,
    NobodyToCall,
    Opened,
    PressRepeated,
    Resolved,
    Resumed,
    StepStarted,
)
from .model import Actor, Call, DeliveryState, Incident, Message, MessageKind, Phase

ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=15)
ANSWER_AGAIN_WITHIN = timedelta(seconds=60)
"""How long the taker has to answer a repeated press before everybody is called again: one default step (H1)."""


def replay(events: Iterable[Event]) -> Incident | None:
    """Return the incident that these events of its journal lead to, or None without its opening."""
    incident: Incident | None = None
    for event in events:
        if incident is not None or isinstance(event, Opened):
            incident = evolve(incident, event)
    return incident


def evolve(incident: Incident | None, event: Event) -> Incident:
    """Return the incident after the event. Only `Opened` may come to nothing; it starts an incident anew."""
    if isinstance(event, Opened):
        return Incident(
            id=event.incident,
            secret=event.secret,
            press=event.press,
            place=event.place,
            plan=event.plan,
            opened_at=event.at,
            follows=event.follows,
            next_step_at=event.at,
            step=-1,
        )
    assert incident is not None, "an incident begins with Opened"
    match event:
        case PressRepeated():
            return _pressed_again(incident, event.at)
        case StepStarted():
            return _at_step(
                replace(incident, messages=_with_calls(incident, event.calls, f"{event.round}.{event.step}")), event
            )
        case NobodyToCall():
            return _at_step(incident, event)
        case DeliveryStarted():
            message = incident.messages.get(event.message)
            attempts = message.attempts + 1 if message else 0
            return _changed(incident, event.message, state=DeliveryState.SENDING, attempts=attempts, retry_at=None)
        case HandedOver():
            return _changed(incident, event.message, state=DeliveryState.HANDED_OVER)
        case DeliveryFailed():
            return _failed(incident, event)
        case Acknowledged():
            return _acknowledged(incident, event.at, event.by)
        case Resolved():
            return _resolved(incident, event.by)
        case Resumed():
            for message_id in event.in_doubt:
                incident = _owed_again(incident, message_id, event.at)
            return incident
        case _:
            assert_never(event)


def _at_step(incident: Incident, event: StepStarted | NobodyToCall) -> Incident:
    return replace(
        incident,
        phase=Phase.ACTIVE,
        round=event.round,
        step=event.step,
        next_step_at=event.at + incident.plan.wait_after(event.step),
    )


def _pressed_again(incident: Incident, at: datetime) -> Incident:
    """Count the press; where somebody has the incident, call that person again, and the others if no answer comes."""
    incident = replace(incident, presses=incident.presses + 1)
    if incident.phase is not Phase.ACKNOWLEDGED or incident.taken_by is None:
        return incident
    calls = tuple(call for call in incident.called if call.responder == incident.taken_by.responder)
    return replace(
        incident,
        phase=Phase.ACTIVE,
        next_step_at=at + (ANSWER_AGAIN_WITHIN if calls else timedelta(0)),
        messages=_with_calls(incident, calls, f"press{incident.presses}"),
    )


def _acknowledged(incident: Incident, at: datetime, by: Actor) -> Incident:
    messages = {
        m.id: replace(m, state=DeliveryState.ANSWERED)
        if m.kind is MessageKind.CALL and m.channel == by.channel and m.state is not DeliveryState.FAILED
        else m
        for m in _without_retries(incident).values()
    }
    answers = incident.answers + 1
    for call in incident.called:
        kind = MessageKind.CONFIRMATION if call.responder == by.responder else MessageKind.NOTICE
        messages |= _new_message(f"answer{answers}", kind, call)
    return replace(
        incident,
        phase=Phase.ACKNOWLEDGED,
        taken_by=by,
        taken_at=at,
        answers=answers,
        next_step_at=None,
        messages=messages,
    )


def _resolved(incident: Incident, by: Actor) -> Incident:
    messages = _without_retries(incident)
    for call in incident.called:
        messages |= _new_message("over", MessageKind.OVER, call)
    return replace(incident, phase=Phase.RESOLVED, resolved_by=by, next_step_at=None, messages=messages)


def _failed(incident: Incident, event: DeliveryFailed) -> Incident:
    message = incident.messages.get(event.message)
    if message is None or message.attempts < ATTEMPTS:
        return _owed_again(incident, event.message, event.at + RETRY_AFTER)
    incident = _changed(incident, event.message, state=DeliveryState.FAILED)
    prefix = f"{incident.round}.{incident.step}."
    step = [m for m in incident.messages.values() if m.id.startswith(prefix)]
    if incident.phase is Phase.ACTIVE and step and all(m.state is DeliveryState.FAILED for m in step):
        return replace(incident, next_step_at=event.at)  # nobody of this step was reached: do not wait for them
    return incident


def _owed_again(incident: Incident, message_id: str, at: datetime) -> Incident:
    """Have a message sent once more, unless it is a call that nobody has to answer any more."""
    message = incident.messages.get(message_id)
    if message is not None and message.kind is MessageKind.CALL and incident.phase is not Phase.ACTIVE:
        return _changed(incident, message_id, state=DeliveryState.EXPIRED)
    return _changed(incident, message_id, state=DeliveryState.OWED, retry_at=at)


def _with_calls(incident: Incident, calls: Iterable[Call], prefix: str) -> dict[str, Message]:
    messages = dict(incident.messages)
    for call in calls:
        messages |= _new_message(prefix, MessageKind.CALL, call)
    return messages


def _new_message(prefix: str, kind: MessageKind, call: Call) -> dict[str, Message]:
    """Return a message that is being sent from now on. Its id is the same however often it is worked out."""
    message_id = f"{prefix}.{call.responder}.{call.channel}"
    message = Message(
        id=message_id, kind=kind, responder=call.responder, channel=call.channel, state=DeliveryState.SENDING
    )
    return {message_id: message}


def _without_retries(incident: Incident) -> dict[str, Message]:
    """Return the messages with those expired that were still to be tried again: what they said is no longer so."""
    return {
        m.id: replace(m, state=DeliveryState.EXPIRED, retry_at=None) if m.state is DeliveryState.OWED else m
        for m in incident.messages.values()
    }


def _changed(
    incident: Incident,
    message_id: str,
    *,
    state: DeliveryState,
    attempts: int | None = None,
    retry_at: datetime | None = None,
) -> Incident:
    message = incident.messages.get(message_id)
    if message is None:
        return incident
    changed = replace(
        message, state=state, attempts=message.attempts if attempts is None else attempts, retry_at=retry_at
    )
    return replace(incident, messages={**incident.messages, message_id: changed})
