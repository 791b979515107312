"""Which step is due and who is called in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .events import Event, Exhausted, NobodyToCall, StepsMissed, StepStarted
from .model import Call, DeliveryState, Incident, Phase
from .plan import Plan, Reach, all_busy, is_free
from .why import Why

LONGEST_SILENCE = timedelta(minutes=5)
"""How often everybody is called, at the least, once a limited plan is through (hazard H13)."""


def escalate(incident: Incident, reach: Reach, now: datetime, why: Why) -> list[Event]:
    """Start the step that is due, and with it all that need not be waited for.

    Those are the steps after 0 s, and any after a step in which nobody could be called, or only people who have
    another incident in hand (hazard H15). Steps that fell due earlier, while nothing ran, are one line; their
    responders are called with the step that is due now, each once (hazard H37). After people were told that somebody
    goes, they are all called again with it.
    """
    plan = incident.plan
    reach = plan.allowed(reach, incident.holders)
    round_, step, missed, responders = _catch_up(incident, now)
    events: list[Event] = []
    if missed:
        events.append(StepsMissed(at=now, since=incident.deadline or now, count=missed))
    if plan.rounds is not None and round_ >= plan.rounds:
        return events + _after_the_last_round(incident, round_, reach, now)
    declined = incident.declined if round_ == incident.round else frozenset()
    if incident.stood_down:
        responders += [call.responder for call in incident.called]
    called: set[str] = set()
    while True:
        wait = plan.wait_after(step)
        last = step + 1 == len(plan.steps)
        responders += plan.steps[step].responders
        hoped_for = [r for r in plan.responders if r not in declined]
        if last and (not plan.can_be_answered(reach, declined) or (plan.widens and all_busy(hoped_for, reach))):
            responders += (r for r in reach if r not in called)  # better the wrong person than none
        calls = calls_to((r for r in responders if r not in declined), reach)
        busy = all_busy((call.responder for call in calls), reach)
        ends = last or (bool(calls) and bool(wait) and not busy)
        until = now + wait if ends else now
        called.update(call.responder for call in calls)
        if calls:
            events.append(StepStarted(at=now, round=round_, step=step, calls=calls, why=why, until=until))
            why = Why.ALL_BUSY if busy else Why.AT_ONCE
        else:
            empty = Why.ALL_DECLINED if declined.intersection(responders) else Why.NOBODY_REACHABLE
            events.append(NobodyToCall(at=now, round=round_, step=step, why=empty, until=until))
            why = Why.STEP_EMPTY
        if ends:
            return events
        responders = []
        step += 1


def are_called_all_busy(incident: Incident, reach: Reach) -> bool:
    """Return whether all whom the present step calls have another incident in hand by now, and others are left.

    Who cannot go, or could not be called, is not hoped for either.
    """
    plan, step = incident.plan, incident.step
    if incident.phase is not Phase.ACTIVE or incident.stale or not 0 <= step < len(plan.steps):
        return False
    reach = plan.allowed(reach, incident.holders)
    lost = {m.responder for m in incident.messages.values() if m.state is DeliveryState.FAILED}
    if not all_busy((r for r in plan.steps[step].responders if r not in incident.declined | lost), reach):
        return False
    if step + 1 < len(plan.steps):
        return True
    called = {call.responder for call in incident.called}
    return plan.widens and any(is_free(r, reach) for r in reach if r not in called)


def calls_to(responders: Iterable[str], reach: Reach) -> tuple[Call, ...]:
    """Return the calls to these responders on every channel they can be reached on, each once."""
    return tuple(
        Call(responder=responder, channel=channel.id, follows_up=channel.follows_up)
        for responder in dict.fromkeys(responders)
        for channel in reach.get(responder, ())
    )


def _after_the_last_round(incident: Incident, round_: int, reach: Reach, now: datetime) -> list[Event]:
    plan = incident.plan
    until = now + min(plan.repeat_after, LONGEST_SILENCE)
    last = len(plan.steps) - 1
    events: list[Event] = [] if incident.exhausted else [Exhausted(at=now, rounds=round_)]
    if calls := calls_to(reach, reach):
        events.append(StepStarted(at=now, round=round_, step=last, calls=calls, why=Why.ROUNDS_OVER, until=until))
    else:
        events.append(NobodyToCall(at=now, round=round_, step=last, until=until))
    return events


def _catch_up(incident: Incident, now: datetime) -> tuple[int, int, int, list[str]]:
    """Return the round and step that are due now, and how many went by before it, with whom they would have called."""
    plan = incident.plan
    round_, step = _after(plan, incident.round, incident.step)
    due = incident.deadline or now
    missed = 0
    responders: list[str] = []
    length = sum((plan.wait_after(s) for s in range(len(plan.steps))), timedelta(0))
    if length and (rounds := (now - due) // length) > 0:
        due += rounds * length
        round_ += rounds
        missed = rounds * len(plan.steps)
        responders += plan.responders
    while (wait := plan.wait_after(end := _together(plan, step))) and due + wait <= now:
        due += wait
        missed += end + 1 - step
        responders += (r for s in plan.steps[step : end + 1] for r in s.responders)
        round_, step = _after(plan, round_, end)
    return round_, step, missed, responders


def _after(plan: Plan, round_: int, step: int) -> tuple[int, int]:
    return (round_, step + 1) if step + 1 < len(plan.steps) else (round_ + 1, 0)


def _together(plan: Plan, step: int) -> int:
    """Return the last of the steps that begin together with this one."""
    while step + 1 < len(plan.steps) and not plan.wait_after(step):
        step += 1
    return step
