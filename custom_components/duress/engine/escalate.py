"""Which step is due and who is called in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .events import Event, Exhausted, NobodyToCall, StepsMissed, StepStarted
from .kinds import DeliveryState, MessageKind, Phase
from .model import Call, Incident
from .plan import Plan
from .reach import MANAGERS, Reach
from .why import Why

LONGEST_SILENCE = timedelta(minutes=5)
"""How often everybody is called, at the least, once a limited plan is through (hazard H13)."""
DUTY_COUNTS_FOR = 2
"""Rounds after which nobody is spared any more for being off duty: those who are on duty do not answer (H12)."""


def escalate(incident: Incident, reach: Reach, now: datetime, why: Why) -> list[Event]:
    """Start the step that is due, and with it all that need not be waited for.

    Those are the steps after 0 s, and any after a step in which nobody could be called, or only people who have
    another incident in hand (hazard H15). Steps that fell due earlier, while nothing ran, are one line; their
    responders are called with the step that is due now, each once (hazard H37). After people were told that somebody
    goes, they are all called again with it. From the second round on those in charge are called too.
    """
    plan = incident.plan
    everybody = plan.allowed(reach, incident.holders)
    round_, step, missed, responders = _catch_up(incident, everybody, now)
    going = _going(incident)
    events: list[Event] = []
    if missed:
        events.append(StepsMissed(at=now, since=incident.deadline or now, count=missed))
    if plan.rounds is not None and round_ >= plan.rounds:
        return events + _after_the_last_round(incident, round_, everybody.without(going), now)
    declined = going | (incident.declined if round_ == incident.round else frozenset())
    reach = _spared(plan, everybody, round_)
    if incident.stood_down:
        responders += [call.responder for call in incident.called]
    called: set[str] = set()
    while True:
        wait = plan.wait_after(step)
        last = step + 1 == len(plan.steps)
        responders += plan.steps[step].calls(reach)
        if last and round_ and plan.widens:
            responders += (r for r in reach.groups.get(MANAGERS, ()) if r not in called)
        if last and _is_hopeless(plan, reach, declined):
            reach = _wider(reach, everybody, declined)
            responders += (r for r in reach.channels if r not in called)  # better the wrong person than none
        calls = calls_to((r for r in responders if r not in declined), reach)
        busy = reach.all_busy(call.responder for call in calls)
        spared = not _can_be_answered(calls, reach) and any(
            everybody.can_answer(r) for r in responders if r not in declined
        )
        ends = last or (bool(calls) and bool(wait) and not busy and not spared)
        until = now + wait if ends else now
        called.update(call.responder for call in calls)
        if calls:
            events.append(StepStarted(at=now, round=round_, step=step, calls=calls, why=why, until=until))
            why = Why.ALL_BUSY if busy else Why.NOBODY_ON_DUTY if spared else Why.AT_ONCE
        else:
            empty = _why_nobody(responders, everybody, declined, going)
            events.append(NobodyToCall(at=now, round=round_, step=step, why=empty, until=until))
            why = Why.STEP_EMPTY
        if ends:
            return events
        responders = []
        step += 1


def _spared(plan: Plan, reach: Reach, round_: int) -> Reach:
    """Return whom a round calls: those on duty, unless they did not answer for long, or a button is tried out."""
    return reach if plan.for_trying or round_ >= DUTY_COUNTS_FOR else reach.on_duty


def _can_be_answered(calls: Iterable[Call], reach: Reach) -> bool:
    return any(reach.can_answer(call.responder) for call in calls)


def _is_hopeless(plan: Plan, reach: Reach, declined: frozenset[str]) -> bool:
    """Return whether nobody of a plan is left who could answer, or who could come."""
    hoped_for = [r for r in plan.calls(reach) if r not in declined]
    return not plan.can_be_answered(reach, declined) or (plan.widens and reach.all_busy(hoped_for))


def _wider(reach: Reach, everybody: Reach, declined: frozenset[str]) -> Reach:
    """Return whom to call where nobody of the plan is left: others on duty, and those off duty if there are none."""
    left = any(reach.is_free(r) for r in reach.channels if r not in declined)
    return reach if left else everybody


def _why_nobody(responders: Iterable[str], everybody: Reach, declined: frozenset[str], going: frozenset[str]) -> Why:
    wanted = set(responders)
    if wanted and wanted <= going:
        return Why.ALREADY_GOING
    if any(everybody.of(responder) for responder in wanted - declined):
        return Why.NOBODY_ON_DUTY
    return Why.ALL_DECLINED if wanted & declined else Why.NOBODY_REACHABLE


def are_called_all_busy(incident: Incident, reach: Reach) -> bool:
    """Return whether all whom the present step calls have another incident in hand by now, and others are left.

    Who cannot go, or could not be called, is not hoped for either.
    """
    plan, step = incident.plan, incident.step
    if incident.phase is not Phase.ACTIVE or incident.stale or not 0 <= step < len(plan.steps):
        return False
    reach = plan.allowed(reach, incident.holders)
    reach = _spared(plan, reach, incident.round)
    failed = (m for m in incident.messages.values() if m.state is DeliveryState.FAILED)
    lost = {m.responder for m in failed if m.kind is not MessageKind.UPDATE}
    lost |= _going(incident)
    if not reach.all_busy(r for r in plan.steps[step].calls(reach) if r not in incident.declined | lost):
        return False
    if step + 1 < len(plan.steps):
        return True
    called = {call.responder for call in incident.called} | _going(incident)
    return plan.widens and any(reach.is_free(r) for r in reach.channels if r not in called)


def _going(incident: Incident) -> frozenset[str]:
    return frozenset(actor.responder for actor in incident.going if actor.responder is not None)


def calls_to(responders: Iterable[str], reach: Reach) -> tuple[Call, ...]:
    """Return the calls to these responders on every channel they can be reached on, each once."""
    return tuple(
        Call(responder=responder, channel=channel.id, follows_up=channel.follows_up)
        for responder in dict.fromkeys(responders)
        for channel in reach.of(responder)
    )


def _after_the_last_round(incident: Incident, round_: int, reach: Reach, now: datetime) -> list[Event]:
    plan = incident.plan
    until = now + min(plan.repeat_after, LONGEST_SILENCE)
    last = len(plan.steps) - 1
    events: list[Event] = [] if incident.exhausted else [Exhausted(at=now, rounds=round_)]
    if calls := calls_to(reach.channels, reach):
        events.append(StepStarted(at=now, round=round_, step=last, calls=calls, why=Why.ROUNDS_OVER, until=until))
    else:
        events.append(NobodyToCall(at=now, round=round_, step=last, until=until))
    return events


def _catch_up(incident: Incident, reach: Reach, now: datetime) -> tuple[int, int, int, list[str]]:
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
        responders += plan.calls(reach)
    while (wait := plan.wait_after(end := _together(plan, step))) and due + wait <= now:
        due += wait
        missed += end + 1 - step
        responders += (r for s in plan.steps[step : end + 1] for r in s.calls(reach))
        round_, step = _after(plan, round_, end)
    return round_, step, missed, responders


def _after(plan: Plan, round_: int, step: int) -> tuple[int, int]:
    return (round_, step + 1) if step + 1 < len(plan.steps) else (round_ + 1, 0)


def _together(plan: Plan, step: int) -> int:
    """Return the last of the steps that begin together with this one."""
    while step + 1 < len(plan.steps) and not plan.wait_after(step):
        step += 1
    return step
