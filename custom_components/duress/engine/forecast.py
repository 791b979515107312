"""Who would be called after a press, when nobody answers: found out by the very rules that would call them."""

from datetime import datetime, timedelta
from functools import reduce

from .agenda import due, next_due
from .commands import HandlePress, ReportDelivery, Tick
from .decide import decide
from .events import NobodyToCall, StepStarted
from .evolve import evolve
from .kinds import Origin
from .model import NO_PLACE, Incident, Press
from .plan import Plan
from .reach import Reach

type Expected = tuple[timedelta, StepStarted | NobodyToCall]
"""How long after the press, and what happens then."""


def forecast(plan: Plan, holders: tuple[str, ...], reach: Reach, now: datetime) -> list[Expected]:
    """Return the first round of calls after a press at this moment, as things stand."""
    press = Press(point="", source="", gesture="", heard_at=now, origin=Origin.LOCAL, user=None)
    command = HandlePress(press=press, place=NO_PLACE, plan=plan, incident="", secret="", reach=reach, holders=holders)
    events = decide(None, command, now)
    incident = _handed_over(reduce(evolve, events, None), now)
    expected: list[Expected] = []
    while incident.round == 0:
        steps = (event for event in events if isinstance(event, StepStarted | NobodyToCall))
        expected += ((event.at - now, event) for event in steps)
        moment = next_due(incident) or now
        events = decide(incident, Tick(reach=reach), moment)
        incident = _handed_over(reduce(evolve, events, incident), moment)
    return expected


def _handed_over(incident: Incident | None, at: datetime) -> Incident:
    """Return the incident once all that is being sent has been handed over: nobody knows that it will not be."""
    assert incident is not None, "a press opens an incident"
    for message in due(incident):
        report = ReportDelivery(message=message.id, attempt=message.attempts)
        incident = reduce(evolve, decide(incident, report, at), incident)
    return incident
