"""Who has an incident: the state after somebody takes it, joins, arrives, or cannot go after all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from .events import Acknowledged, Arrived, Declined, MoreHelpAsked
from .kinds import DeliveryState, MessageKind, Phase, Progress, is_stronger
from .messages import answered, calls_of_step, has_failed, issued, newest_kind
from .model import Call, Incident, Joined
from .why import Why


def acknowledged(incident: Incident, event: Acknowledged) -> Incident:
    """Have somebody go, or have seen it."""
    incident = _taken(incident, event, event.progress)
    if incident.progress is not Progress.ON_SCENE:
        incident = replace(incident, proof=None)
    return _tell_who_has_it(incident, incident.told, event)


def arrived(incident: Incident, event: Arrived) -> Incident:
    """Have somebody be there."""
    known = incident.is_taken_by(event.by)
    before = incident.proof if incident.progress is Progress.ON_SCENE else None
    incident = _taken(incident, event, Progress.ON_SCENE)
    incident = replace(incident, proof=event.proof if is_stronger(event.proof, before) else before)
    told = [call for call in incident.told if call.responder == event.by.responder or not known]
    return _tell_who_has_it(incident, told, event)


def _taken(incident: Incident, event: Acknowledged | Arrived, progress: Progress) -> Incident:
    """Have somebody go, or be there: by themselves, with whoever does already, or in that person's place."""
    by, first = Joined(actor=event.by, progress=progress), _first(incident)
    others = [joined for joined in incident.joined if joined.actor.user != event.by.user]
    stays = event.joins or len(others) < len(incident.joined)
    people = [first, *others, by] if stays and first is not None else [by, *others]
    incident = answered(incident, event.by)
    if not event.more:
        incident = replace(incident, phase=Phase.ACKNOWLEDGED, deadline=event.until or event.at, stood_down=True)
    elif incident.phase is not Phase.ACTIVE or incident.deadline is None:
        incident = replace(incident, phase=Phase.ACTIVE, deadline=event.at, next_why=Why.NEEDS_TWO)
    incident = replace(
        _had_by(incident, people),
        stale=False,
        taken_at=event.at,
        arrive_by=event.until if event.more else None,
        remind_at=event.remind_at,
        answers=incident.answers + 1,
    )
    return given_up(incident, event.at, Why.NEEDS_TWO) if event.more else incident


def _first(incident: Incident) -> Joined | None:
    if incident.taken_by is None or incident.progress is None:
        return None
    return Joined(actor=incident.taken_by, progress=incident.progress)


def _had_by(incident: Incident, people: Iterable[Joined]) -> Incident:
    """Have these people have it: whoever is there first, so that nobody is waited for who has come."""
    first, *others = sorted(people, key=lambda joined: joined.progress is not Progress.ON_SCENE)
    return replace(incident, taken_by=first.actor, progress=first.progress, joined=tuple(others))


def _tell_who_has_it(incident: Incident, told: Iterable[Call], event: Acknowledged | Arrived) -> Incident:
    """Tell everybody how it stands; who is still called is only told that somebody goes, without another ring."""
    awaited = {message.channel for message in incident.messages.values() if not message.is_finished}
    is_called = incident.phase is Phase.ACTIVE
    told = [
        call
        for call in told
        if not is_called
        or incident.progress_of(call.responder)
        or (call.responder not in incident.declined and call.channel not in awaited)  # that ring must still arrive
    ]
    return told_anew(incident, told, f"answer{incident.answers}", event.at)


def told_anew(incident: Incident, told: Iterable[Call], prefix: str, at: datetime) -> Incident:
    """Tell these how it stands for each of them, without another ring."""
    for call in told:
        kind = newest_kind(incident, incident.progress_of(call.responder))
        incident = issued(incident, [call], prefix, kind, at, critical=kind is not MessageKind.CALL)
    return incident


def more_help_asked(incident: Incident, event: MoreHelpAsked) -> Incident:
    """Call everybody anew, beside whoever goes or is there already."""
    plan = event.plan or incident.plan
    takes_part = bool(incident.going)
    incident = replace(
        incident,
        plan=plan,
        plan_since=event.at if event.plan is not None else incident.plan_since,
        phase=Phase.ACTIVE,
        stale=False,
        exhausted=False,
        round=incident.round + 1,
        step=-1,
        arrive_by=_arrive_by(incident) if takes_part else None,
        deadline=event.at,
        next_why=Why.MORE_HELP,
        stood_down=True,
        declined=frozenset(),
        taken_by=incident.taken_by if takes_part else None,
        progress=incident.progress if takes_part else None,
        people_needed=max(plan.people_needed, len(incident.going) + 1),
        asides=incident.asides + 1,
    )
    return told_anew(incident, _who_goes(incident), f"more{incident.asides}", event.at)


def declined(incident: Incident, event: Declined) -> Incident:
    """Have somebody not go, and others be called if that one had it."""
    by = event.by
    incident = answered(incident, by)
    if by.responder is not None:
        incident = replace(incident, declined=incident.declined | {by.responder})
    had_it = incident.is_taken_by(by)
    first = _first(incident)
    people = [joined for joined in (*([first] if first else []), *incident.joined) if joined.actor.user != by.user]
    if had_it and people:
        return _left_to(incident, people, event.at)
    if incident.phase is Phase.ACKNOWLEDGED or had_it:
        return replace(asked_anew(incident, event.at, Why.TAKER_DECLINED), stood_down=True)
    return given_up(incident, event.at, Why.ALL_DECLINED)


def _left_to(incident: Incident, people: list[Joined], at: datetime) -> Incident:
    """Leave it to these, who are told so, and call for others again in the place of whoever cannot go."""
    incident = replace(
        _had_by(incident, people),
        phase=Phase.ACTIVE,
        arrive_by=_arrive_by(incident),
        deadline=at,
        next_why=Why.TAKER_DECLINED,
        asides=incident.asides + 1,
    )
    return told_anew(incident, _who_goes(incident), f"left{incident.asides}", at)


def _arrive_by(incident: Incident) -> datetime | None:
    return incident.deadline if incident.phase is Phase.ACKNOWLEDGED else incident.arrive_by


def _who_goes(incident: Incident) -> list[Call]:
    return [call for call in incident.told if incident.progress_of(call.responder)]


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
        joined=(),
        arrive_by=None,
        proof=None,
        remind_at=None,
        asked=incident.asked + 1,
        deadline=at,
        next_why=why,
    )
