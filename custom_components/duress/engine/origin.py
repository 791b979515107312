"""What is said where a call came from: that somebody is there, or that it is over.

Whoever presses there may be whom the call is about, or whom it is against. So it counts only with a person behind it
who has taken the call or is known, and else changes nothing but what those read who come (hazard H17).
"""

from datetime import datetime

from .answering import arrived, is_known_to_be_there
from .commands import AtOrigin, Signal
from .events import Event, Resolved, TakenBack
from .kinds import Origin, Phase, Progress, Proof, ResolveReason, is_stronger
from .model import Actor, Incident
from .plan import CallType, Plan
from .why import Why

NEVER = (CallType.HOLD_UP, CallType.STAFF_DURESS)
"""Calls against somebody who may stand there: they never end where they came from."""


def signal(incident: Incident, command: Signal, now: datetime) -> list[Event]:
    """Return what follows from a signal at the trigger point."""
    if not incident.is_open:
        return []
    by = _person(incident, command)
    if command.what is AtOrigin.SOMEBODY_IS_THERE:
        if by is None or (command.by is None and never_ends_there(incident.plan)):
            return []  # whoever pressed may be whom the call is against
        there = is_known_to_be_there(incident, by)
        proves_more = not there or (is_stronger(command.proof, incident.proof) and incident.is_taken_by(by))
        return [arrived(incident, by, command.proof, now)] if proves_more else []
    only_in_the_room = incident.plan.ends_at_origin and command.proof is not Proof.ROOM
    if by is None or only_in_the_room or never_ends_there(incident.plan):
        return [_taken_back(incident, command, now)]
    return [Resolved(at=now, by=by, reason=ResolveReason.HELPED, proof=command.proof)]


def _person(incident: Incident, command: Signal) -> Actor | None:
    """Return who is there, as far as can be told: what an app could have made up proves nothing (hazard H21)."""
    if command.press.origin is Origin.REMOTE:
        return None
    if command.by is not None:
        return command.by if command.by.responder not in {None, *incident.shielded} else None
    is_coming = incident.progress in (Progress.EN_ROUTE, Progress.ON_SCENE)
    return incident.taken_by if command.proof is Proof.ROOM and is_coming else None


def never_ends_there(plan: Plan) -> bool:
    """Return whether a call is never ended where it came from."""
    return plan.covert or plan.against_somebody or plan.call_type in NEVER


def _taken_back(incident: Incident, command: Signal, now: datetime) -> TakenBack:
    """Have those told who were called, once: it goes on all the same."""
    never = never_ends_there(incident.plan)
    is_calling = incident.phase is Phase.ACTIVE and incident.step >= 0 and not incident.stale
    elsewhere = command.press.origin is Origin.REMOTE or (
        incident.plan.ends_at_origin and command.proof is not Proof.ROOM
    )
    why = Why.NEVER_AT_ORIGIN if never else Why.NOT_FROM_THE_ROOM if elsewhere else Why.NOT_TAKEN
    tell = is_calling and why is Why.NOT_TAKEN and incident.taken_back_at is None
    # Who has still to be called reads it then, in a call as loud as it is.
    unread = {message.channel for message in incident.messages.values() if not message.is_finished}
    told = (c for c in incident.told if c.channel not in unread and c.responder not in incident.declined)
    return TakenBack(at=now, press=command.press, why=why, calls=tuple(told) if tell else ())
