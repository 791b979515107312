"""Command in, events out. Every rule of the product about who is called and when is here and in escalate."""

from datetime import datetime, timedelta
from functools import reduce
from typing import assert_never

from .agenda import is_idle, retries_due, waits_in_vain_until
from .answering import REMIND_ON_SCENE, UNATTENDED, answer, resolve
from .commands import (
    Answer,
    AskUnlock,
    Close,
    Command,
    Gather,
    HandlePress,
    IncidentCommand,
    LookOn,
    PressedElsewhere,
    Recover,
    ReportCleared,
    ReportDelivery,
    ReportDoor,
    ReportPicture,
    ReportPosition,
    ReportReceipt,
    Resolve,
    Resume,
    Signal,
    Tick,
)
from .delivery_events import DeliveryStarted, Reissued
from .doorkeeping import unlock_asked
from .escalate import are_called_all_busy, calls_to, escalate
from .events import (
    AnswerLapsed,
    Event,
    Gathered,
    Opened,
    PressRepeated,
    Reminded,
    Resumed,
    SecondActivation,
    WentStale,
)
from .evolve import evolve
from .kinds import DeliveryState, Phase, Progress
from .looking import left_undone, look_due, look_on
from .model import Call, Incident, Press
from .origin import signal
from .reach import MANAGERS, Reach
from .reports import reported
from .review import close
from .why import Why

ANSWER_GOES_STALE = timedelta(minutes=15)
"""A press this long after the last answer is taken for a new fall, not for impatience (hazard H1)."""
ANSWER_AGAIN_WITHIN = timedelta(seconds=60)
"""How long the taker has to answer a repeated press before everybody is called again: one default step (H1)."""
RESTORE_GRACE = timedelta(hours=1)
"""A restored record at most this old is taken for a move to another machine: its calls go on (hazard H29)."""
SAME_PRESS = timedelta(milliseconds=500)
"""What comes so soon after a press of the same trigger point is that press, heard twice: radios repeat, and a button
may be heard in more than one way. Nothing is lost: the call has just been made."""
SECOND_ACTIVATION_AFTER = timedelta(minutes=2)
"""How far apart two hold-up signals are at the least that count as more than one press (BS 8243)."""
GATHER_FOR = timedelta(seconds=3)
"""How long a press that a start found waits for others: forty pendants that wake together are one message (H36)."""
NAMED_FOR = timedelta(seconds=60)
"""How long the call of another that names a press stands for its own: one default step (H36)."""
REISSUE_AFTER = timedelta(minutes=10)
"""A message that could not be handed over for this long is sent as a new one (hazard H7)."""


def decide(incident: Incident | None, command: Command, now: datetime) -> list[Event]:
    """Return what follows from a command, given the incident it concerns, or None where there is none.

    The events all belong to that incident, unless the first is `Opened`: then they belong to the new one.
    """
    if isinstance(command, HandlePress):
        return _press(incident, command, now)
    if isinstance(command, Recover):
        return _recover(command, now)
    return _go_on(incident, command, now) if incident is not None else []


def _go_on(incident: Incident, command: IncidentCommand, now: datetime) -> list[Event]:
    match command:
        case Gather() | PressedElsewhere():
            return _told_by_others(incident, command, now)
        case Tick():
            return _tick(incident, command.reach, now)
        case Resume():
            return _resume(incident, command, now)
        case ReportDelivery() | ReportReceipt() | ReportCleared() | ReportPosition() | ReportPicture() | ReportDoor():
            return reported(incident, command, now)
        case Answer():
            return answer(incident, command, now)
        case Resolve():
            return resolve(incident, command, now)
        case AskUnlock():
            return [*unlock_asked(incident, command, now)]
        case LookOn():
            return [*look_on(incident, command, now)]
        case Signal():
            return signal(incident, command, now)
        case Close():
            return close(incident, command, now)
        case _:
            assert_never(command)


def _press(incident: Incident | None, command: HandlePress, now: datetime) -> list[Event]:
    events = _pressed(incident, command, now)
    if incident is not None and events and isinstance(events[0], PressRepeated):
        events += _second_activation(reduce(evolve, events, incident), command.press, now)
    return events


def _pressed(incident: Incident | None, command: HandlePress, now: datetime) -> list[Event]:
    if incident is None or not incident.is_open:
        return _open(command, command.why, now, follows=command.follows)
    if incident.stale:
        return _open(command, Why.PRESSED_WHILE_STALE, now, follows=incident.id)
    is_same = incident.pressed_at is not None and now - incident.pressed_at < SAME_PRESS
    if is_same and incident.taken_back_at is None:
        return []
    match incident.phase:
        case Phase.PENDING | Phase.ACTIVE if incident.step < 0 or incident.taken_back_at is not None:
            repeated = PressRepeated(at=now, press=command.press, why=Why.PRESSED_AGAIN, until=now)
            return [repeated, *escalate(evolve(incident, repeated), command.reach, now, Why.PRESSED_AGAIN)]
        case Phase.ACTIVE:
            return [PressRepeated(at=now, press=command.press, until=incident.deadline)]
    if incident.progress is Progress.ON_SCENE:
        return _open(command, Why.PRESSED_ON_SCENE, now, follows=incident.id)
    if incident.taken_at is not None and now - incident.taken_at >= ANSWER_GOES_STALE:
        return _open(command, Why.PRESSED_LONG_AFTER_ANSWER, now, follows=incident.id)
    takers = (incident.taken_by, *(joined.actor for joined in incident.joined))
    known = [taker.responder for taker in takers if taker is not None and taker.responder is not None]
    calls = calls_to(known, incident.plan.allowed(command.reach, incident.holders))
    why = Why.TAKER_CALLED_AGAIN if calls else Why.TAKER_NOT_REACHABLE
    until = now + ANSWER_AGAIN_WITHIN if calls else now
    return [PressRepeated(at=now, press=command.press, why=why, calls=calls, until=until)]


def _second_activation(incident: Incident, press: Press, now: datetime, holders: tuple[str, ...] = ()) -> list[Event]:
    tells = incident.plan.second_activation and incident.is_open and incident.activated_again_at is None
    late_enough = now - incident.opened_at >= SECOND_ACTIVATION_AFTER
    return [SecondActivation(at=now, press=press, holders=holders)] if tells and late_enough else []


def _open(command: HandlePress, why: Why, now: datetime, *, follows: str | None = None) -> list[Event]:
    if command.late:
        opened = _opened(command, Why.FOUND_LATE, now)
        return [opened, _went_stale(evolve(None, opened), Why.FOUND_LATE, command.reach, now)]
    if command.found:
        return [_opened(command, Why.FOUND_AT_START, now, follows=follows, until=now + GATHER_FOR)]
    window = command.plan.cancel_window
    opened = _opened(command, why, now, follows=follows, until=now + window if window else None)
    if window:
        return [opened]
    return [opened, *escalate(evolve(None, opened), command.reach, now, why)]


def _told_by_others(incident: Incident, command: Gather | PressedElsewhere, now: datetime) -> list[Event]:
    if isinstance(command, Gather):
        return _gather(incident, command, now)
    return _second_activation(incident, command.press, now, command.holders)


def _gather(incident: Incident, command: Gather, now: datetime) -> list[Event]:
    """Call for all presses that a start found at once, in the words of the first of them."""
    if incident.phase is not Phase.ACTIVE or incident.stale or incident.step >= 0:
        return []  # pressed again meanwhile, or answered, or only asked about
    if command.leader != incident.id:
        return [Gathered(at=now, leader=command.leader, until=now + NAMED_FOR)]
    gathered = Gathered(at=now, leader=command.leader, also=command.also)
    return [gathered, *escalate(evolve(incident, gathered), command.reach, now, Why.FOUND_AT_START)]


def _recover(command: Recover, now: datetime) -> list[Event]:
    """Open again what the record has lost the beginning of: a call too many is better than one too few."""
    why, reach = Why.RECORD_DAMAGED, command.opening.reach
    opened = _opened(command.opening, why, now)
    incident = evolve(None, opened)
    if now - command.last_seen < UNATTENDED:
        return [opened, *escalate(incident, reach, now, why)]
    return [opened, _went_stale(incident, why, reach, now)]


def _opened(
    command: HandlePress, why: Why, now: datetime, *, follows: str | None = None, until: datetime | None = None
) -> Opened:
    return Opened(
        at=now,
        incident=command.incident,
        secret=command.secret,
        press=command.press,
        place=command.place,
        plan=command.plan,
        holders=command.holders,
        why=why,
        follows=follows,
        until=until,
        found=command.found,
        tracks=command.tracks,
        drill=command.drill,
        position=command.position,
    )


def _tick(incident: Incident, reach: Reach, now: datetime) -> list[Event]:
    events = _overdue(incident, reach, now)
    incident = reduce(evolve, events, incident)
    events += look_due(incident, now)
    for message in retries_due(incident, now):
        if message.retry_why is Why.CLEARED:
            events.append(Reissued(at=now, message=message.id, why=Why.CLEARED))
        elif now - message.issued_at >= REISSUE_AFTER:
            events.append(Reissued(at=now, message=message.id))
        else:
            events.append(DeliveryStarted(at=now, message=message.id, why=message.retry_why))
    return events


def _overdue(incident: Incident, reach: Reach, now: datetime) -> list[Event]:
    """Return what happens because nobody did anything in time."""
    if is_idle(incident):
        return escalate(incident, reach, now, Why.FOUND_IDLE)
    if incident.arrive_by is not None and incident.arrive_by <= now:
        return _lapsed(incident, reach, now)
    if are_called_all_busy(incident, reach):
        return escalate(incident, reach, now, Why.ALL_BUSY)
    if incident.deadline is None or incident.deadline > now:
        if (in_vain := waits_in_vain_until(incident)) is not None and in_vain <= now:
            return escalate(incident, reach, now, Why.NOT_HANDED_OVER)
        return _reminders(incident, reach, now)
    if incident.phase is not Phase.ACKNOWLEDGED:
        return escalate(incident, reach, now, incident.next_why)
    if incident.progress is Progress.ON_SCENE:
        return [_went_stale(incident, Why.UNATTENDED, reach, now)]
    return _lapsed(incident, reach, now)


def _lapsed(incident: Incident, reach: Reach, now: datetime) -> list[Event]:
    """Call everybody again: who said that they go did not come in time."""
    why = Why.NOBODY_IS_GOING if incident.progress is Progress.SEEN else Why.NOT_ARRIVED
    lapsed = AnswerLapsed(at=now, why=why)
    return [lapsed, *escalate(evolve(incident, lapsed), reach, now, why)]


def _reminders(incident: Incident, reach: Reach, now: datetime) -> list[Event]:
    """Remind whoever has it, where they can answer."""
    if incident.remind_at is None or incident.remind_at > now:
        return []
    there = incident.progress is Progress.ON_SCENE
    taker = incident.taken_by.responder if incident.taken_by else None
    channels = incident.plan.allowed(reach, incident.holders).of(taker) if taker else ()
    calls = tuple(Call(responder=taker, channel=c.id) for c in channels if taker and c.answerable)
    until = now + (REMIND_ON_SCENE if there else incident.plan.remind_every)
    return [Reminded(at=now, calls=calls, until=until if taker else None)]


def _resume(incident: Incident, command: Resume, now: datetime) -> list[Event]:
    events: list[Event] = [
        Resumed(
            at=now,
            away=command.away,
            in_doubt=tuple(m.id for m in incident.messages.values() if m.state is DeliveryState.SENDING),
            secret=command.secret if incident.secret is None else None,
        ),
        *left_undone(incident, now),
    ]
    if incident.is_open and not incident.stale:
        overdue = now - (incident.deadline or now)
        if command.restored and command.away >= RESTORE_GRACE:
            events.append(_went_stale(incident, Why.RESTORED, command.reach, now))
        elif overdue >= UNATTENDED:
            events.append(_went_stale(incident, Why.UNATTENDED, command.reach, now))
    return events


def _went_stale(incident: Incident, why: Why, reach: Reach, now: datetime) -> WentStale:
    """Ask everybody who was called or would have been; where nobody of those can be reached, everybody.

    What is only found after long is for those in charge, where there are any (hazards H29, H36).
    """
    reach = incident.plan.allowed(reach, incident.holders)
    known = (*(call.responder for call in incident.called), *incident.plan.calls(reach))
    in_charge = [r for r in reach.groups.get(MANAGERS, ()) if reach.can_answer(r)]
    if why in (Why.FOUND_LATE, Why.RESTORED) and incident.plan.widens and in_charge:
        known = (*(call.responder for call in incident.called), *in_charge)  # who was called must hear that it rests
    if any(reach.on_duty.can_answer(responder) for responder in known):
        reach = reach.on_duty
    calls = calls_to(known, reach) or calls_to(reach.channels, reach)
    return WentStale(at=now, why=why, calls=calls)
