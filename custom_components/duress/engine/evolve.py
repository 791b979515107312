"""Events in, state out. No rules here: an event that was decided, or read back, simply happened.

An incident whose record is damaged goes on from every line that reads, so nothing here may fail on a
gap: an event about an unknown message changes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from .delivery_events import Cleared, DeliveryFailed, DeliveryStarted, HandedOver, Received, Reissued
from .door_events import DoorReported, UnlockAsked
from .doorkeeping import doors_changed
from .events import (
    Acknowledged,
    AnswerLapsed,
    AnswerRefused,
    AnswerSetAside,
    Arrived,
    Declined,
    Event,
    Exhausted,
    FoundNeeded,
    Gathered,
    MoreHelpAsked,
    NobodyToCall,
    Opened,
    PositionReported,
    PressRepeated,
    ReasonAsked,
    Reminded,
    Resolved,
    Resumed,
    SecondActivation,
    StepsMissed,
    StepStarted,
    TakenBack,
    WentStale,
)
from .kinds import DeliveryState, MessageKind, Phase, Proof, ResolveReason
from .looking import pictured
from .messages import changed, delivered, expired, is_update, issued, newest_kind
from .model import Actor, Call, Incident
from .picture_events import LookedAround, PictureKept, PictureMissed
from .review_events import Closed, ReviewProposed
from .taking import acknowledged, arrived, asked_anew, declined, given_up, more_help_asked, told_anew
from .why import Why


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
        return _opened(event)
    assert incident is not None, "an incident begins with Opened"
    return expired(_evolve(incident, event))


def _evolve(incident: Incident, event: Event) -> Incident:  # noqa: C901, PLR0912  one arm for each kind of event
    match event:
        case Gathered():
            return replace(incident, also=event.also, gathered_at=event.at, deadline=event.until or event.at)
        case PositionReported():
            return replace(incident, position=event.position)
        case PressRepeated():
            return _pressed_again(incident, event)
        case SecondActivation():
            return _activated_again(incident, event)
        case StepStarted() | NobodyToCall():
            return _at_step(incident, event)
        case Exhausted():
            return replace(incident, exhausted=True)
        case DeliveryStarted() | HandedOver() | Received() | DeliveryFailed() | Cleared() | Reissued():
            incident = delivered(incident, event)
            if isinstance(event, HandedOver | Received) and not is_update(incident, event.message):
                incident = replace(incident, step_reached=True)
            return given_up(incident, event.at, Why.STEP_FAILED) if isinstance(event, DeliveryFailed) else incident
        case LookedAround() | PictureKept() | PictureMissed():
            return pictured(incident, event)
        case DoorReported() | UnlockAsked():
            return doors_changed(incident, event)
        case Acknowledged():
            return acknowledged(incident, event)
        case Arrived():
            return arrived(incident, event)
        case MoreHelpAsked():
            return more_help_asked(incident, event)
        case Reminded():
            return _reminded(incident, event)
        case TakenBack():
            return _taken_back(incident, event)
        case ReasonAsked():
            incident = replace(incident, asides=incident.asides + 1)
            return _shown_to(incident, event.by, f"reason{incident.asides}", MessageKind.REASON, event.at)
        case Declined():
            return declined(incident, event)
        case AnswerLapsed():
            return replace(asked_anew(incident, event.at, event.why), stood_down=True)
        case AnswerRefused():
            return _refused(incident, event)
        case WentStale():
            incident = replace(asked_anew(incident, event.at, event.why), stale=True, stood_down=True, deadline=None)
            return issued(incident, event.calls, f"stale{incident.asked}", MessageKind.STALE, event.at)
        case FoundNeeded():
            return replace(incident, stale=False, deadline=event.at, next_why=Why.STILL_NEEDED)
        case Resolved():
            incident = replace(
                incident,
                phase=Phase.RESOLVED,
                resolved_at=event.at,
                stale=False,
                deadline=None,
                remind_at=None,
                resolved_by=event.by,
                proof=event.proof or incident.proof,
                ended_in_the_room=event.proof is Proof.ROOM and event.reason is not ResolveReason.CANCELLED,
                reason=event.reason,
            )
            return issued(incident, incident.told, "over", MessageKind.OVER, event.at)
        case ReviewProposed():
            return replace(incident, reviewed_by=event.by, proposed=event.code)
        case Closed():
            return replace(incident, phase=Phase.CLOSED, code=event.code)
        case Resumed():
            return _resumed(incident, event)
        case StepsMissed() | AnswerSetAside() | Opened():
            return incident
        case _:
            assert_never(event)


def _opened(event: Opened) -> Incident:
    return Incident(
        id=event.incident,
        secret=event.secret,
        press=event.press,
        place=event.place,
        plan=event.plan,
        opened_at=event.at,
        people_needed=event.plan.people_needed,
        began_with=event.plan.id,
        pressed_at=event.at,
        holders=event.holders,
        follows=event.follows,
        tracks=event.tracks,
        drill=event.drill,
        position=event.position,
        phase=Phase.PENDING if event.until and not event.found else Phase.ACTIVE,
        deadline=event.until or event.at,
        next_why=Why.CANCEL_WINDOW_OVER if event.until and not event.found else event.why,
    )


def _at_step(incident: Incident, event: StepStarted | NobodyToCall) -> Incident:
    calls = event.calls if isinstance(event, StepStarted) else ()
    incident = replace(
        incident,
        phase=Phase.ACTIVE,
        stale=False,
        declined=incident.declined if event.round == incident.round else frozenset(),
        round=event.round,
        step=event.step,
        step_at=event.at if calls else incident.step_at,
        step_reached=incident.step_reached and not calls,
        stood_down=incident.stood_down and not calls,
        deadline=event.until or event.at,
        next_why=Why.NOT_ANSWERED,
    )
    first = event.round == 0 and incident.asked == 0
    critical = not first or all(step.critical for step in incident.plan.steps[event.step : event.step + 1])
    return issued(incident, calls, f"{event.round}.{event.step}", MessageKind.CALL, event.at, critical=critical)


def _pressed_again(incident: Incident, event: PressRepeated) -> Incident:
    incident = replace(
        incident,
        presses=incident.presses + 1,
        pressed_at=event.at,
        taken_back_at=None,
        stood_down=incident.stood_down or incident.taken_back_at is not None,
    )
    if incident.phase is not Phase.ACKNOWLEDGED:
        return incident
    why = Why.NOT_ANSWERED if event.calls else event.why
    until = event.until or event.at
    incident = replace(asked_anew(incident, event.at, why), deadline=until, doors_stay_until=until)
    return issued(incident, event.calls, f"press{incident.presses}", MessageKind.CALL, event.at)


def _activated_again(incident: Incident, event: SecondActivation) -> Incident:
    """Tell everybody who was called how it stands, now with the second activation in it, and without another ring.

    Who pressed elsewhere, or holds what was pressed, is where it is as well.
    """
    incident = replace(
        incident,
        activated_again_at=event.press.heard_at,
        holders=tuple(dict.fromkeys((*incident.holders, *event.holders))),
        asides=incident.asides + 1,
    )
    left_out = incident.declined | incident.shielded
    told = tuple(call for call in incident.told if call.responder not in left_out)
    return told_anew(incident, told, f"again{incident.asides}", event.at)


def _refused(incident: Incident, event: AnswerRefused) -> Incident:
    incident = replace(incident, asides=incident.asides + 1)
    kind = newest_kind(incident, incident.progress_of(event.by.responder))
    if event.why is Why.BUSY and kind is MessageKind.CALL:
        kind = MessageKind.BUSY
    return _shown_to(incident, event.by, f"refused{incident.asides}", kind, event.at)


def _shown_to(incident: Incident, by: Actor, prefix: str, kind: MessageKind, at: datetime) -> Incident:
    """Show something to a person where they answered."""
    if by.responder is None or by.channel is None:
        return incident
    return issued(incident, [Call(responder=by.responder, channel=by.channel)], prefix, kind, at)


def _reminded(incident: Incident, event: Reminded) -> Incident:
    incident = replace(incident, remind_at=event.until, reminders=incident.reminders + 1)
    prefix = f"remind{incident.reminders}"
    return issued(incident, event.calls, prefix, MessageKind.REMINDER, event.at, critical=False)


def _taken_back(incident: Incident, event: TakenBack) -> Incident:
    if event.why is not Why.NOT_TAKEN:
        return incident
    incident = replace(incident, taken_back_at=event.at, asides=incident.asides + 1)
    prefix = f"taken_back{incident.asides}"
    return issued(incident, event.calls, prefix, MessageKind.CALL, event.at, critical=False)


def _resumed(incident: Incident, event: Resumed) -> Incident:
    incident = replace(incident, secret=incident.secret or event.secret)
    for message_id in event.in_doubt:
        if (message := incident.messages.get(message_id)) is not None:
            incident = changed(incident, message, state=DeliveryState.OWED, retry_at=event.at, retry_why=Why.IN_DOUBT)
    return incident
