"""What is said where a call came from: that somebody is there, or that it is over.

Whoever presses there may be whom the call is about, or whom it is against. So it counts only with a person behind it
who has taken the call or is known, and else changes nothing but what those read who come (hazard H17).
"""

from datetime import datetime

from .answering import arrived
from .commands import AtOrigin, Signal
from .events import Event, Resolved, TakenBack
from .model import Actor, Incident, Origin, Phase, Progress, Proof, ResolveReason
from .plan import CallType
from .why import Why

NEVER = (CallType.HOLD_UP, CallType.STAFF_DURESS)
"""Calls against somebody who may stand there: they never end where they came from."""


def signal(incident: Incident, command: Signal, now: datetime) -> list[Event]:
    """Return what follows from a signal at the trigger point."""
    if not incident.is_open:
        return []
    by = _person(incident, command)
    there = incident.progress is Progress.ON_SCENE
    if command.what is AtOrigin.SOMEBODY_IS_THERE:
        proves_more = not there or (_is_stronger(command.proof, incident.proof) and incident.taken_by == by)
        return [arrived(by, command.proof, now)] if by is not None and proves_more else []
    if by is None or _never_ends_there(incident):
        return [_taken_back(incident, command, now)]
    return [Resolved(at=now, by=by, reason=ResolveReason.HELPED, proof=command.proof)]


def _person(incident: Incident, command: Signal) -> Actor | None:
    """Return who is there, as far as can be told: what an app could have made up proves nothing (hazard H21)."""
    in_the_room = command.proof is Proof.ROOM
    if in_the_room and command.press.origin is Origin.REMOTE:
        return None
    if command.by is not None:
        return command.by if command.by.responder not in {None, *incident.shielded} else None
    is_coming = incident.progress in (Progress.EN_ROUTE, Progress.ON_SCENE)
    return incident.taken_by if in_the_room and is_coming else None


def _never_ends_there(incident: Incident) -> bool:
    return incident.plan.covert or incident.plan.call_type in NEVER


def _is_stronger(proof: Proof, other: Proof | None) -> bool:
    order = [None, *Proof]
    return order.index(proof) > order.index(other)


def _taken_back(incident: Incident, command: Signal, now: datetime) -> TakenBack:
    """Have those told who were called, once: it goes on all the same."""
    never = _never_ends_there(incident)
    is_calling = incident.phase is Phase.ACTIVE and incident.step >= 0 and not incident.stale
    tell = is_calling and not never and incident.taken_back_at is None
    remote = command.press.origin is Origin.REMOTE
    why = Why.NEVER_AT_ORIGIN if never else Why.NOT_FROM_THE_ROOM if remote else Why.NOT_TAKEN
    return TakenBack(at=now, press=command.press, why=why, calls=incident.told if tell else ())
