"""Command in, events out. Every rule of the product about who is called and when is here."""

from datetime import datetime, timedelta
from typing import assert_never

from .agenda import retries_due
from .commands import Acknowledge, Command, HandlePress, ReportDelivery, Resolve, Resume, Tick
from .events import (
    Acknowledged,
    DeliveryFailed,
    DeliveryStarted,
    Event,
    HandedOver,
    NobodyToCall,
    Opened,
    PressRepeated,
    Resolved,
    Resumed,
    StepStarted,
)
from .model import Call, DeliveryState, Incident, Phase, Plan, Reach

ANSWER_GOES_STALE = timedelta(minutes=15)
"""A press this long after the last answer is taken for a new fall, not for impatience (hazard H1)."""


def decide(incident: Incident | None, command: Command, now: datetime) -> list[Event]:
    """Return what follows from a command, given the incident it concerns, or None where there is none.

    The events all belong to that incident, unless the first is `Opened`: then they belong to the new one.
    """
    if isinstance(command, HandlePress):
        return _press(incident, command, now)
    if incident is None:
        return []
    match command:
        case Tick():
            return _tick(incident, command.reach, now)
        case Resume():
            in_doubt = tuple(m.id for m in incident.messages.values() if m.state is DeliveryState.SENDING)
            return [Resumed(at=now, away=command.away, in_doubt=in_doubt)]
        case ReportDelivery():
            return _report(incident, command, now)
        case Acknowledge():
            return [Acknowledged(at=now, by=command.by)] if incident.phase is Phase.ACTIVE else []
        case Resolve():
            return [Resolved(at=now, by=command.by)] if incident.is_open else []
        case _:
            assert_never(command)


def _press(incident: Incident | None, command: HandlePress, now: datetime) -> list[Event]:
    if incident is not None and incident.is_open and not _answer_is_stale(incident, now):
        return [PressRepeated(at=now, press=command.press)]
    opened = Opened(
        at=now,
        incident=command.incident,
        secret=command.secret,
        press=command.press,
        place=command.place,
        plan=command.plan,
        follows=incident.id if incident is not None and incident.is_open else None,
    )
    return [opened, *_steps_from(command.plan, 0, 0, command.reach, now)]


def _answer_is_stale(incident: Incident, now: datetime) -> bool:
    return incident.taken_at is not None and now - incident.taken_at >= ANSWER_GOES_STALE


def _tick(incident: Incident, reach: Reach, now: datetime) -> list[Event]:
    events: list[Event] = [DeliveryStarted(at=now, message=m.id) for m in retries_due(incident, now)]
    if incident.next_step_at is not None and incident.next_step_at <= now:
        step, round_ = incident.step + 1, incident.round
        if step >= len(incident.plan.steps):
            step, round_ = 0, round_ + 1
        events += _steps_from(incident.plan, round_, step, reach, now)
    return events


def _steps_from(plan: Plan, round_: int, step: int, reach: Reach, now: datetime) -> list[Event]:
    """Start a step, and with it all that need not be waited for: those after 0 s, and any after an empty one."""
    events: list[Event] = []
    while True:
        calls = tuple(
            Call(responder=responder, channel=channel)
            for responder in plan.steps[step].responders
            for channel in reach.get(responder, ())
        )
        last = step + 1 == len(plan.steps)
        if last and not plan.reaches_anybody(reach):
            # Better the wrong person than none.
            calls = tuple(Call(responder=r, channel=channel) for r, channels in reach.items() for channel in channels)
        if calls:
            events.append(StepStarted(at=now, round=round_, step=step, calls=calls))
        else:
            events.append(NobodyToCall(at=now, round=round_, step=step))
        step += 1
        if last or (calls and plan.steps[step].after):
            return events


def _report(incident: Incident, command: ReportDelivery, now: datetime) -> list[Event]:
    message = incident.messages.get(command.message)
    if message is None or message.attempts != command.attempt:
        return []
    if command.error is not None and message.state in (DeliveryState.SENDING, DeliveryState.HANDED_OVER):
        return [DeliveryFailed(at=now, message=message.id, error=command.error)]
    if command.error is None and message.state is DeliveryState.SENDING:
        return [HandedOver(at=now, message=message.id)]
    return []
