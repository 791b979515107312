"""Who would be called after a press, when nobody answers: found out by the very rules that would call them."""

from datetime import datetime, timedelta
from functools import reduce

from .agenda import next_due
from .commands import HandlePress, Tick
from .decide import decide
from .events import NobodyToCall, StepStarted
from .evolve import evolve
from .model import NO_PLACE, Origin, Press
from .plan import Plan
from .reach import Reach

type Expected = tuple[timedelta, StepStarted | NobodyToCall]
"""How long after the press, and what happens then."""


def forecast(plan: Plan, holders: tuple[str, ...], reach: Reach, now: datetime) -> list[Expected]:
    """Return the first round of calls after a press at this moment, as things stand."""
    press = Press(point="", source="", gesture="", heard_at=now, origin=Origin.LOCAL, user=None)
    command = HandlePress(press=press, place=NO_PLACE, plan=plan, incident="", secret="", reach=reach, holders=holders)
    events = decide(None, command, now)
    incident = reduce(evolve, events, None)
    assert incident is not None, "a press opens an incident"
    expected: list[Expected] = []
    while incident.round == 0:
        steps = (event for event in events if isinstance(event, StepStarted | NobodyToCall))
        expected += ((event.at - now, event) for event in steps)
        moment = next_due(incident) or now
        events = decide(incident, Tick(reach=reach), moment)
        incident = reduce(evolve, events, incident)
    return expected
