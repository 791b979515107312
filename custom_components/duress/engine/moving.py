"""How a door comes to be as it is wanted, and how it comes back: one step at a time, by what its lock says.

What a lock is told proves nothing: some say `locked` while the bolt still moves, some return without an error and jam.
Only what a lock goes on saying for a while counts.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from .doors import Bolt, Live, Movement, Order, Stage
from .why import Why

SETTLES = timedelta(seconds=7)
"""How long a lock has to go on saying it: real ones took back `locked` after 5.7 s, when the bolt had not moved."""
JAM_COUNTS_AFTER = timedelta(seconds=3)
"""How old an attempt has to be before a jam is one of its own: what an earlier one left takes a moment to go."""
ATTEMPT = timedelta(seconds=20)
"""How long a lock may take to say it: a slow bolt takes 10 s, and what sleeps wakes within 15."""
AGAIN_AFTER = timedelta(seconds=10)
ATTEMPTS = 3
SECURE_FOR = timedelta(minutes=10)
"""How long a door is tried to be brought back."""
COMES_UP_WITHIN = timedelta(seconds=90)
"""How long after a start a lock may be away: its radio starts after us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What holds at the moment for a door, whoever wants what of it."""

    may_lock: bool = False
    """Whether those in charge said that it opens from inside without key, code or power (hazard H8)."""
    fire: bool = False
    """Whether something that overrules everything says that nobody may be locked in."""
    released_at: datetime | None = None
    """When somebody who may said that it need not stay locked, None if nobody did."""
    started: datetime
    """When this run of the program began: what was over before then is not made up for."""


def moved(known: Movement | None, order: Order | None, live: Live, guard: Guard, now: datetime) -> Movement | None:
    """Return how far a door is now, given what is wanted of it; `known` itself where nothing changed."""
    refused = _refusal(order, guard) if order is not None else None
    if order is None or (refused and _is_ours(known)):
        return _brought_back(known, live, replace(guard, released_at=now) if guard.fire or refused else guard, now)
    if refused:
        return _kept(known, order, refused, now)
    if known is not None and order.until <= now and _is_opened(known):
        return _brought_back(known if known.securing else replace(known, before=order.bolt), live, guard, now)
    if known is None or known.securing or known.bolt is not order.bolt or _is_renewed(known, order, guard):
        return _begun(known, order, live, guard, now)
    if known.stage is Stage.KEPT:
        return known
    return _gone_on(replace(known, until=max(known.until, order.until), incident=order.incident), live, now)


def look_again_at(movement: Movement, started: datetime, now: datetime) -> datetime | None:
    """Return when a door has to be looked at again, whatever its lock says until then."""
    settles = movement.right_since + SETTLES if movement.right_since else None
    times: list[datetime | None] = [settles]
    if _awaits_a_look(movement) and movement.until <= started:
        times = [started + COMES_UP_WITHIN]
    elif movement.stage is Stage.MOVING:
        times = [movement.since + JAM_COUNTS_AFTER, movement.since + ATTEMPT, settles]
    elif movement.stage is Stage.FAILED:
        times = [movement.again_at]
    elif _awaits_a_look(movement):
        times = [movement.until, settles]
    return min((time for time in times if time is not None and time > now), default=None)


def is_told(movement: Movement, live: Live) -> bool:
    """Return whether an attempt has to tell the lock what is wanted: not what it is already, if it knows."""
    is_right = live.bolt is movement.bolt and not live.assumed and not movement.against
    return movement.stage is Stage.MOVING and live.available and not is_right


def _awaits_a_look(movement: Movement) -> bool:
    """Return whether a door is to be secured again once its time is over."""
    ours = movement.stage in (Stage.MOVING, Stage.FAILED, Stage.DONE) and not movement.securing
    return ours and movement.bolt is Bolt.UNLOCKED


def _refusal(order: Order, guard: Guard) -> Why | None:
    if order.bolt is Bolt.UNLOCKED:
        return None
    if guard.fire:
        return Why.FIRE
    return None if guard.may_lock else Why.ESCAPE_ROUTE


def _is_ours(known: Movement | None) -> bool:
    """Return whether a door was moved by us, or is being."""
    return known is not None and known.stage is not Stage.KEPT and not known.is_over


def _is_opened(known: Movement) -> bool:
    """Return whether we opened a door, or are bringing it back: that is done however late something else began."""
    return _is_ours(known) and (known.bolt is Bolt.UNLOCKED or known.securing)


def _is_renewed(known: Movement, order: Order, guard: Guard) -> bool:
    """Return whether it is worth beginning anew: why it was left is over, or somebody wants it once more.

    What somebody turned by hand is not locked again by a call, which may not know why they did.
    """
    was = known.why if known.stage is Stage.KEPT else None
    if (was is Why.FIRE and not guard.fire) or (was is Why.ESCAPE_ROUTE and guard.may_lock):
        return True
    turned = known.stage is Stage.DONE and known.right_since is not None
    given_up = turned or known.stage is Stage.KEPT or (known.stage is Stage.FAILED and known.again_at is None)
    for_lockdown = order.incident is None
    may = order.bolt is Bolt.UNLOCKED or for_lockdown or not (turned or known.why is Why.BY_HAND)
    return given_up and may and (order.until > known.until or (for_lockdown and known.incident is not None))


def _kept(known: Movement | None, order: Order, why: Why, now: datetime) -> Movement:
    if known is not None and (known.stage, known.why, known.bolt) == (Stage.KEPT, why, order.bolt):
        return known
    return Movement(
        door=order.door,
        bolt=order.bolt,
        stage=Stage.KEPT,
        why=why,
        since=now,
        until=order.until,
        incident=order.incident,
    )


def _begun(known: Movement | None, order: Order, live: Live, guard: Guard, now: datetime) -> Movement:
    if order.until <= now and live.bolt is not order.bolt:
        return _kept(known, order, Why.TOO_LATE, now)
    ours = known if known is not None and not known.is_over and known.stage is not Stage.KEPT else None
    begun = Movement(
        door=order.door,
        bolt=order.bolt,
        stage=Stage.MOVING,
        since=now,
        until=order.until,
        before=ours.before if ours is not None else None,
        against=_is_against(known, order.bolt),
        opened=ours is not None and (ours.opened or ours.bolt is Bolt.UNLOCKED),
        incident=order.incident,
    )
    if not live.available and now >= guard.started + COMES_UP_WITHIN:
        return _failed(begun, Why.DOOR_GONE, now)
    return _with_before(begun, live) if live.assumed else _gone_on(begun, live, now)


def _is_against(known: Movement | None, bolt: Bolt | None) -> bool:
    """Return whether a door is on its way to what is not wanted any more: a slow bolt may yet get there."""
    return known is not None and known.stage in (Stage.MOVING, Stage.FAILED) and known.bolt is not bolt


def _with_before(movement: Movement, live: Live) -> Movement:
    """Return a movement with what the door was before: the other way, where its lock does not say and is told now."""
    if movement.before is not None or not live.available:
        return movement
    return replace(movement, before=live.bolt or _other(movement.bolt))


def _other(bolt: Bolt) -> Bolt:
    return Bolt.UNLOCKED if bolt is Bolt.LOCKED else Bolt.LOCKED


def _gone_on(movement: Movement, live: Live, now: datetime) -> Movement:
    movement = _with_before(movement, live)
    match movement.stage:
        case Stage.MOVING:
            return _watched(movement, live, now)
        case Stage.FAILED:
            return _tried_again(movement, live, now)
        case Stage.DONE if not movement.securing:
            return _looked_after(movement, live, now)
        case Stage.LEFT_OPEN if live.bolt is movement.bolt and live.available and not live.jammed:
            return replace(movement, stage=Stage.DONE, why=Why.BY_HAND, since=now)
        case Stage.DONE | Stage.KEPT | Stage.LEFT_OPEN:
            return movement
        case _:
            assert_never(movement.stage)


def _looked_after(movement: Movement, live: Live, now: datetime) -> Movement:
    """Return a door that is as wanted. What somebody turns by hand is theirs, once its lock has gone on saying so."""
    if not live.available or live.bolt in (None, movement.bolt):
        return replace(movement, right_since=None)
    turned_since = movement.right_since or now
    if now - turned_since < SETTLES:
        return replace(movement, right_since=turned_since)
    return replace(movement, stage=Stage.KEPT, why=Why.BY_HAND, before=None, since=now, right_since=None)


def _watched(movement: Movement, live: Live, now: datetime) -> Movement:
    """Return how far an attempt is."""
    if live.jammed and live.available:
        if now - movement.since < JAM_COUNTS_AFTER:
            return replace(movement, right_since=None)
        return _failed(movement, Why.DOOR_JAMMED, now)
    if movement.against:
        if now - movement.since < ATTEMPT:
            return movement
        movement = replace(movement, against=False)
    if live.available and live.bolt is movement.bolt:
        right_since = movement.right_since or now
        if now - right_since < SETTLES:
            return replace(movement, right_since=right_since)
        return replace(movement, stage=Stage.DONE, right_since=None, why=Why.UNVERIFIABLE if live.assumed else None)
    if movement.right_since is not None:
        return _failed(movement, Why.DOOR_WENT_BACK if live.available else Why.DOOR_GONE, now)
    if now >= movement.until:
        return _failed(movement, Why.TOO_LATE, now)
    if now - movement.since < ATTEMPT:
        return movement
    return _failed(movement, Why.DOOR_SILENT if live.available else Why.DOOR_GONE, now)


def _failed(movement: Movement, why: Why, now: datetime) -> Movement:
    again = movement.attempt < ATTEMPTS and now + AGAIN_AFTER < movement.until
    failed = replace(
        movement,
        stage=Stage.FAILED,
        why=why,
        since=now,
        right_since=None,
        again_at=now + AGAIN_AFTER if again else None,
    )
    if again or not movement.securing:
        return failed
    return replace(failed, stage=Stage.LEFT_OPEN if movement.bolt is Bolt.LOCKED else Stage.KEPT)


def _tried_again(movement: Movement, live: Live, now: datetime) -> Movement:
    """Try again when it is time, or when a lock that was away is back."""
    back = movement.why is Why.DOOR_GONE and live.available
    is_right = live.available and live.bolt is movement.bolt and not live.jammed
    due = movement.again_at is not None and movement.again_at <= now
    if not (is_right or ((back or due) and now < movement.until)):
        return movement
    attempt = replace(
        movement, stage=Stage.MOVING, why=None, again_at=None, since=now, attempt=movement.attempt + 1, against=False
    )
    return _watched(attempt, live, now)


def _brought_back(known: Movement | None, live: Live, guard: Guard, now: datetime) -> Movement | None:
    """Return a door on its way back to what it was, or none that has to be looked after any more."""
    if known is None or known.is_over:
        return known
    if known.securing or known.stage is Stage.LEFT_OPEN:
        return _secured(known, live, guard, now)
    if not _is_to_be_moved_back(known, guard):
        return _let_be(known, now)
    back = replace(
        known,
        bolt=known.before or known.bolt,
        stage=Stage.MOVING,
        securing=True,
        against=_is_against(known, known.before),
        since=now,
        attempt=1,
        right_since=None,
        again_at=None,
        why=None,
    )
    if back.bolt is Bolt.UNLOCKED and guard.released_at is not None and guard.released_at + SECURE_FOR <= now:
        return replace(_let_be(back, now), why=Why.TOO_LATE)  # the power failed in between: nothing opens hours late
    if back.bolt is Bolt.LOCKED and known.until <= guard.started:
        return _found_late(known, back, live, guard, now)
    return _secured(replace(back, until=now + SECURE_FOR), live, guard, now)


def _is_to_be_moved_back(known: Movement, guard: Guard) -> bool:
    """Return whether a door is to be what it was before: at the word of a person, if that means to unlock it."""
    if known.stage is Stage.KEPT or known.before is None:
        return False
    if known.before is known.bolt:  # it is so, unless we had unlocked it, and it has not been locked since
        return known.opened and known.bolt is Bolt.LOCKED and known.stage is not Stage.DONE
    return known.bolt is Bolt.UNLOCKED or guard.released_at is not None


def _secured(back: Movement, live: Live, guard: Guard, now: datetime) -> Movement:
    """Return how far a door on its way back is. In a fire none is locked, and unlocking one is not given up."""
    if guard.fire and back.bolt is Bolt.LOCKED and back.stage is not Stage.LEFT_OPEN:
        return replace(back, stage=Stage.LEFT_OPEN, why=Why.FIRE, since=now)
    back = _gone_on(back, live, now)
    if guard.fire and back.stage is Stage.KEPT:
        again_at = now + AGAIN_AFTER
        return replace(back, stage=Stage.FAILED, attempt=1, again_at=again_at, until=now + SECURE_FOR)
    return back


def _found_late(known: Movement, back: Movement, live: Live, guard: Guard, now: datetime) -> Movement:
    """Move nothing hours late: a door that is found open, or whose lock does not come up, is for a person."""
    if live.available and live.bolt is Bolt.LOCKED:
        return replace(back, stage=Stage.DONE, until=now)
    if live.available or now >= guard.started + COMES_UP_WITHIN:
        return replace(back, stage=Stage.LEFT_OPEN, why=Why.TOO_LATE, until=now)
    return known


def _let_be(known: Movement, now: datetime) -> Movement:
    """Return a door that stays as it is."""
    return replace(known, securing=True, stage=Stage.KEPT, since=now, why=None, again_at=None, right_since=None)
