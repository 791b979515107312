"""Closing an incident that is over: what a review found it to be. A quiet one takes two people."""

from datetime import datetime, timedelta

from .commands import Close
from .events import Event
from .kinds import Phase
from .model import Incident
from .review_events import Closed, ReviewProposed

ALONE_AFTER = timedelta(hours=12)
"""How long after the end of a quiet call the only one in charge may close it alone, with a note (hazard H50)."""


def close(incident: Incident, command: Close, now: datetime) -> list[Event]:
    """Return what a review comes to: nothing where it may not be closed, or not like that."""
    if incident.phase is not Phase.RESOLVED:
        return []
    closed = Closed(at=now, by=command.by, code=command.code, note=command.note)
    if not incident.plan.covert or incident.drill:
        return [closed]
    if command.alone:
        waited = incident.resolved_at is not None and now - incident.resolved_at >= ALONE_AFTER
        return [closed] if waited and command.note else []
    first = incident.reviewed_by
    if first is not None and first.user != command.by.user and incident.proposed is command.code:
        return [closed]
    return [ReviewProposed(at=now, by=command.by, code=command.code, note=command.note)]
