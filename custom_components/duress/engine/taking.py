"""Who has an incident: the state after somebody takes it, joins, arrives, or cannot go after all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from .events import Acknowledged, Arrived, Declined, MoreHelpAsked
from .kinds import DeliveryState, MessageKind, Phase, Progress
from .messages import answered, calls_of_step, has_failed, issued, newest_kind
from .model import Actor, Call, Incident
from .why import Why


def acknowledged(incident: Incident, event: Acknowledged) -> Incident:
    """Have somebody go, or have seen it."""
    incident = _taken(incident, event, event.progress)
    if not event.joins:
        incident = replace(incident, proof=None)
    return _tell_who_has_it(incident, incident.told, event)


def arrived(incident: Incident, event: Arrived) -> Incident:
    """Have somebody be there."""
    known = incident.is_taken_by(event.by)
    incident = replace(_taken(incident, event, Progress.ON_SCENE), proof=event.proof)
    told = [call for call in incident.told if call.responder == event.by.responder or not known]
    return _tell_who_has_it(incident, told, event)


def _taken(incident: Incident, event: Acknowledged | Arrived, progress: Progress) -> Incident:
    """Have somebody go, or be there: by themselves, with whoever does already, or in that person's place."""
    by = event.by
    is_second = event.joins or (incident.second is not None and incident.second.user == by.user)
    incident = answered(incident, by)
    if not event.more:
        incident = replace(incident, phase=Phase.ACKNOWLEDGED, deadline=event.until or event.at, stood_down=True)
    elif incident.phase is not Phase.ACTIVE or incident.deadline is None:
        incident = replace(incident, phase=Phase.ACTIVE, deadline=event.at, next_why=Why.NEEDS_TWO)
    incident = replace(
        incident,
        stale=False,
        taken_at=event.at,
        remind_at=event.remind_at,
        answers=incident.answers + 1,
    )
    if not is_second:
        incident = replace(incident, taken_by=by, progress=progress)
        return given_up(incident, event.at, Why.NEEDS_TWO) if event.more else incident
    if progress is not Progress.ON_SCENE or incident.progress is Progress.ON_SCENE:
        return replace(incident, second=by, second_progress=progress)
    # Whoever is there is the first from now on.
    return replace(
        incident, taken_by=by, progress=progress, second=incident.taken_by, second_progress=incident.progress
    )


def _tell_who_has_it(incident: Incident, told: Iterable[Call], event: Acknowledged | Arrived) -> Incident:
    """Tell everybody how it stands; who is still called is only told that somebody goes, without another ring."""
    for call in told:
        kind = newest_kind(incident, incident.progress_of(call.responder))
        if kind is MessageKind.CALL and call.responder in incident.declined:
            continue
        incident = issued(
            incident, [call], f"answer{incident.answers}", kind, event.at, critical=kind is not MessageKind.CALL
        )
    return incident


def more_help_asked(incident: Incident, event: MoreHelpAsked) -> Incident:
    """Call everybody anew, beside whoever goes or is there already."""
    takes_part = bool(incident.going)
    incident = replace(
        incident,
        plan=event.plan or incident.plan,
        phase=Phase.ACTIVE,
        stale=False,
        exhausted=False,
        round=incident.round + 1,
        step=-1,
        deadline=event.at,
        next_why=Why.MORE_HELP,
        stood_down=True,
        declined=frozenset(),
        taken_by=incident.taken_by if takes_part else None,
        progress=incident.progress if takes_part else None,
        second=None,
        second_progress=None,
        people_needed=2 if takes_part else incident.people_needed,
        asides=incident.asides + 1,
    )
    told = [c for c in incident.told if incident.progress_of(c.responder)]
    for call in told:
        kind = newest_kind(incident, incident.progress_of(call.responder))
        incident = issued(incident, [call], f"more{incident.asides}", kind, event.at)
    return incident


def declined(incident: Incident, event: Declined) -> Incident:
    """Have somebody not go, and others be called if that one had it."""
    by = event.by
    incident = answered(incident, by)
    if by.responder is not None:
        incident = replace(incident, declined=incident.declined | {by.responder})
    if (left := [actor for actor in incident.going if actor.user != by.user]) and incident.is_taken_by(by):
        return _left_alone(incident, left[0], event.at)
    if incident.phase is Phase.ACKNOWLEDGED or incident.is_taken_by(by):
        return replace(asked_anew(incident, event.at, Why.TAKER_DECLINED), stood_down=True)
    return given_up(incident, event.at, Why.ALL_DECLINED)


def _left_alone(incident: Incident, by: Actor, at: datetime) -> Incident:
    """Call for another again: of the two who went only this one is left."""
    return replace(
        incident,
        phase=Phase.ACTIVE,
        taken_by=by,
        progress=incident.second_progress if by == incident.second else incident.progress,
        second=None,
        second_progress=None,
        deadline=at,
        next_why=Why.TAKER_DECLINED,
    )


def given_up(incident: Incident, at: datetime, why: Why) -> Incident:
    """Go on at once when nobody of those called last can be hoped for any more.

    A message that failed is tried again, but the next people are not kept waiting for that. After the last step there
    is nobody else: who cannot go is not asked again before it is time.
    """
    calls = calls_of_step(incident)
    failed = [m for m in calls if m.state is DeliveryState.FAILED]
    others_left = incident.step + 1 < len(incident.plan.steps)
    lost = [m for m in calls if has_failed(m)] if others_left else failed
    out = incident.declined | {actor.responder for actor in incident.going}
    hopeless = all(m in lost or m.responder in out for m in calls)
    somewhere_to_go = bool(failed) or others_left
    if incident.phase is Phase.ACTIVE and not incident.stale and calls and hopeless and somewhere_to_go:
        return replace(incident, deadline=at, next_why=why)
    return incident


def asked_anew(incident: Incident, at: datetime, why: Why) -> Incident:
    """Have nobody any more who has it; whatever was answered until now was answered to an earlier question."""
    return replace(
        incident,
        phase=Phase.ACTIVE,
        progress=None,
        taken_by=None,
        taken_at=None,
        second=None,
        second_progress=None,
        proof=None,
        remind_at=None,
        asked=incident.asked + 1,
        deadline=at,
        next_why=why,
    )
