"""What follows from a person's answer, and which answers do not count."""

from datetime import datetime, timedelta

from .commands import Answer, Resolve
from .events import Acknowledged, AnswerRefused, AnswerSetAside, Arrived, Declined, Event, FoundNeeded, Resolved
from .model import Actor, Incident, Phase, Progress, Reply
from .why import Why

SEEN_LAPSES = timedelta(seconds=60)
"""How long "I have seen it" holds the others back, while nobody says "I'm going" (hazard H18)."""
HOLD_OTHERS_BACK = (Reply.SEEN, Reply.GOING, Reply.TAKE_OVER, Reply.ON_SCENE)
"""Replies after which the others are not called for a while: they do not count from whoever is busy (hazard H15)."""
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
    until = now + incident.plan.arrival_within
    match command.reply:
        case Reply.SEEN if not taken:
            return [Acknowledged(at=now, by=by, progress=Progress.SEEN, until=now + SEEN_LAPSES)]
        case Reply.GOING | Reply.TAKE_OVER if not taken or incident.progress is Progress.SEEN:
            return [Acknowledged(at=now, by=by, progress=Progress.EN_ROUTE, until=until)]
        case Reply.TAKE_OVER if not own:
            return [Acknowledged(at=now, by=by, progress=Progress.EN_ROUTE, until=until)]
        case Reply.ON_SCENE if incident.progress is not Progress.ON_SCENE:
            return [Arrived(at=now, by=by, until=now + UNATTENDED)]
        case Reply.CANNOT_GO if own or not (taken or by.responder in incident.declined):
            return [Declined(at=now, by=by)]
        case Reply.STILL_NEEDED if incident.stale:
            return [FoundNeeded(at=now, by=by)]
        case Reply.SEEN | Reply.GOING | Reply.ON_SCENE if not own:
            return [AnswerRefused(at=now, by=by, reply=command.reply, why=Why.TAKEN)]
    return []


def resolve(incident: Incident, command: Resolve, now: datetime) -> list[Event]:
    """Return what follows when a person says that it is over."""
    if (fenced := _fence(incident, command.by, Reply.OVER, command.asked, now)) is not None:
        return [fenced]
    return [Resolved(at=now, by=command.by, reason=command.reason)]


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
