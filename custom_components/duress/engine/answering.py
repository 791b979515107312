"""What follows from a person's answer, and which answers do not count."""

from datetime import datetime, timedelta

from .commands import Answer, Resolve
from .events import (
    Acknowledged,
    AnswerRefused,
    AnswerSetAside,
    Arrived,
    Declined,
    Event,
    FoundNeeded,
    MoreHelpAsked,
    ReasonAsked,
    Resolved,
)
from .kinds import Phase, Progress, Proof, Reply
from .model import Actor, Incident
from .why import Why

SEEN_LAPSES = timedelta(seconds=60)
"""How long "I have seen it" holds the others back, while nobody says "I'm going" (hazard H18)."""
HOLD_OTHERS_BACK = (Reply.SEEN, Reply.GOING, Reply.TAKE_OVER, Reply.ON_SCENE)
"""Replies after which the others are not called for a while: they do not count from whoever is busy (hazard H15)."""
REMIND_ON_SCENE = timedelta(minutes=30)
"""How often whoever is there is reminded that the call is still open: a forgotten one hides the next fall (H1)."""
UNATTENDED = timedelta(hours=12)
"""An incident that nothing was done about for this long goes stale."""


def answer(incident: Incident, command: Answer, now: datetime) -> list[Event]:
    """Return what follows from a person's answer."""
    by = command.by
    if (fenced := _fence(incident, by, command.reply, command.asked, now)) is not None:
        return [fenced]
    taken = incident.phase is Phase.ACKNOWLEDGED
    own = incident.is_taken_by(by)
    if command.busy and not (own and incident.progress is not Progress.SEEN) and command.reply in HOLD_OTHERS_BACK:
        return [AnswerRefused(at=now, by=by, reply=command.reply, why=Why.BUSY)]
    match command.reply:
        case Reply.SEEN if not (taken or incident.going):
            return [Acknowledged(at=now, by=by, progress=Progress.SEEN, until=now + SEEN_LAPSES)]
        case Reply.GOING | Reply.TAKE_OVER if incident.progress is Progress.SEEN or not (taken or own):
            return [_is_going(incident, by, now)]
        case Reply.TAKE_OVER if not own:
            return [_is_going(incident, by, now)]
        case Reply.ON_SCENE if not is_known_to_be_there(incident, by):
            return [arrived(incident, by, Proof.TAP, now)]
        case Reply.MORE_HELP:
            return _more_help(incident, command, now)
        case Reply.ANOTHER_REASON:
            return [ReasonAsked(at=now, by=by)]
        case Reply.CANNOT_GO if own or not (taken or by.responder in incident.declined):
            return [Declined(at=now, by=by)]
        case Reply.STILL_NEEDED if incident.stale:
            return [FoundNeeded(at=now, by=by)]
        case Reply.SEEN | Reply.GOING | Reply.ON_SCENE if not own:
            return [AnswerRefused(at=now, by=by, reply=command.reply, why=Why.TAKEN)]
    return []


def _more_help(incident: Incident, command: Answer, now: datetime) -> list[Event]:
    """Return what follows when more help is wanted: by whoever goes, or is beside them, but not in a covert call."""
    by, plan = command.by, incident.plan
    if plan.for_trying or (plan.covert and not incident.is_taken_by(by)):
        return []
    already_called = incident.phase is Phase.ACTIVE or not incident.going
    if already_called and command.upgrade is None:
        return [AnswerRefused(at=now, by=by, reply=command.reply, why=Why.ALREADY_CALLING)]
    return [MoreHelpAsked(at=now, by=by, plan=command.upgrade)]


def resolve(incident: Incident, command: Resolve, now: datetime) -> list[Event]:
    """Return what follows when a person says that it is over."""
    if (fenced := _fence(incident, command.by, Reply.OVER, command.asked, now)) is not None:
        return [fenced]
    in_the_room = command.proof is Proof.ROOM or _was_in_the_room(incident)
    if incident.plan.ends_at_origin and not (in_the_room or _may_end_it(incident, command)):
        return [AnswerRefused(at=now, by=command.by, reply=Reply.OVER, why=Why.ONLY_AT_ORIGIN)]
    return [Resolved(at=now, by=command.by, reason=command.reason, proof=command.proof, note=command.note)]


def arrived(incident: Incident, by: Actor, proof: Proof, now: datetime) -> Arrived:
    """Return that somebody is there, and when they are reminded that it is open."""
    return Arrived(
        at=now,
        by=by,
        proof=proof,
        until=now + UNATTENDED,
        remind_at=now + REMIND_ON_SCENE,
        joins=_joins(incident, by),
        more=_wants_more(incident, by),
    )


def _is_going(incident: Incident, by: Actor, now: datetime) -> Acknowledged:
    plan = incident.plan
    joins = _joins(incident, by)
    others = (incident.progress if joins else None, *(j.progress for j in incident.joined if j.actor.user != by.user))
    there = Progress.ON_SCENE in others  # who comes too late to that is missed there
    return Acknowledged(
        at=now,
        by=by,
        until=now + (UNATTENDED if there else plan.arrival_within),
        remind_at=now + (REMIND_ON_SCENE if there else plan.remind_every),
        joins=joins,
        more=_wants_more(incident, by),
    )


def _joins(incident: Incident, by: Actor) -> bool:
    """Return whether somebody goes already, but not enough people do."""
    return incident.is_short and not incident.is_taken_by(by)


def _wants_more(incident: Incident, by: Actor) -> bool:
    """Return whether more people have to go than those who do with this one."""
    enough = incident.phase is Phase.ACKNOWLEDGED and bool(incident.going)
    return not enough and incident.people_needed > len({actor.user for actor in (*incident.going, by)})


def is_known_to_be_there(incident: Incident, by: Actor) -> bool:
    """Return whether somebody has said that they are there; another who has it need not say so again for them."""
    own = incident.progress_of(by.responder, by.user)
    if own is None and not _joins(incident, by):
        return incident.progress is Progress.ON_SCENE
    return own is Progress.ON_SCENE


def _was_in_the_room(incident: Incident) -> bool:
    return incident.progress is Progress.ON_SCENE and incident.proof is Proof.ROOM


def _may_end_it(incident: Incident, command: Resolve) -> bool:
    """Return whether somebody may end it from afar: what was left open for long, or with a word why."""
    return incident.stale or (command.in_charge and bool(command.note))


def _fence(
    incident: Incident, by: Actor, reply: Reply, asked: int | None, now: datetime
) -> AnswerRefused | AnswerSetAside | None:
    """Refuse an answer to what is over, or to a question that has been asked anew since; pass over a holder's."""
    if by.responder in incident.shielded:
        return AnswerSetAside(at=now, by=by, reply=reply)
    if not incident.is_open:
        return AnswerRefused(at=now, by=by, reply=reply, why=Why.IS_OVER)
    if asked is not None and asked != incident.asked:
        return AnswerRefused(at=now, by=by, reply=reply, why=Why.OUT_OF_DATE)
    return None
