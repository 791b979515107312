"""A door is moved as it is wanted, is believed only once its lock goes on saying it, and comes back to what it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.duress.engine.doors import Bolt, Live, Movement, Order, Stage
from custom_components.duress.engine.moving import ATTEMPTS, Guard, is_told, look_again_at, moved
from custom_components.duress.engine.why import Why

from .story import SECOND, T0

LOCKED, UNLOCKED = Live(bolt=Bolt.LOCKED), Live(bolt=Bolt.UNLOCKED)
TURNING, AWAY = Live(), Live(available=False)
JAMMED = Live(jammed=True)
LOCK = Order(door="back", bolt=Bolt.LOCKED, until=T0 + 600 * SECOND, incident="i")
UNLOCK = replace(LOCK, bolt=Bolt.UNLOCKED)


class Door:
    """A door that things happen to, which may be locked."""

    def __init__(self, order: Order | None = None, **guard: object) -> None:
        self.order = order
        self.guard = Guard(**{"may_lock": True, "started": T0 - timedelta(hours=1), **guard})  # type: ignore[arg-type]
        self.known: Movement | None = None

    def at(self, seconds: float, live: Live, **order: object) -> tuple[Bolt, Stage, Why | None]:
        """Look at the door so long after the call, when its lock says this."""
        self.known = moved(self.known, self.order, live, self.guard, T0 + seconds * SECOND)
        assert self.known is not None
        return self.known.bolt, self.known.stage, self.known.why

    def look_again(self, seconds: float) -> float | None:
        assert self.known is not None
        at = look_again_at(self.known, self.guard.started, T0 + seconds * SECOND)
        return (at - T0).total_seconds() if at is not None else None

    def is_told(self, live: Live) -> bool:
        """Return whether the lock is told anything when it says this."""
        assert self.known is not None
        return is_told(self.known, live)

    @property
    def is_over(self) -> bool:
        assert self.known is not None
        return self.known.is_over

    @property
    def attempt(self) -> int:
        assert self.known is not None
        return self.known.attempt

    def locked(self) -> Door:
        """Have it locked, which it was not before."""
        for seconds, live in ((0, UNLOCKED), (2, LOCKED), (9, LOCKED)):
            self.at(seconds, live)
        return self

    def unlocked(self) -> Door:
        """Have it unlocked, which it was not before."""
        for seconds, live in ((0, LOCKED), (2, UNLOCKED), (9, UNLOCKED)):
            self.at(seconds, live)
        return self


def test_a_lock_is_believed_once_it_has_gone_on_saying_it_for_seven_seconds() -> None:
    door = Door(LOCK)
    assert door.at(0, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    assert door.is_told(UNLOCKED)
    assert door.at(1, TURNING) == (Bolt.LOCKED, Stage.MOVING, None)
    assert door.at(2, LOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    assert not door.is_told(LOCKED)
    assert door.look_again(3) == 9
    assert door.at(8.9, LOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    assert door.at(9, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)
    assert door.look_again(9) is None


def test_a_lock_that_takes_back_what_it_said_has_not_locked_and_is_tried_again_twice() -> None:
    door = Door(LOCK)
    door.at(0, UNLOCKED)
    for attempt in range(1, ATTEMPTS + 1):
        began = 20 * (attempt - 1)
        door.at(began + 1, LOCKED)
        assert door.at(began + 6, UNLOCKED) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_WENT_BACK)
        if attempt < ATTEMPTS:
            assert door.look_again(began + 6) == began + 16
            assert door.at(began + 20, UNLOCKED)[1] is Stage.MOVING
    assert door.look_again(46) is None
    assert door.at(300, UNLOCKED)[1] is Stage.FAILED


def test_a_jam_counts_only_once_it_cannot_be_left_from_an_earlier_attempt() -> None:
    door = Door(LOCK)
    assert door.at(0, replace(UNLOCKED, jammed=True))[1] is Stage.MOVING
    assert door.look_again(0) == 3
    assert door.at(2, replace(LOCKED, jammed=True))[1] is Stage.MOVING
    assert door.at(3, replace(LOCKED, jammed=True)) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_JAMMED)
    assert door.at(5, JAMMED)[1] is Stage.FAILED


def test_a_lock_that_says_nothing_is_told_again_after_twenty_seconds() -> None:
    door = Door(LOCK)
    door.at(0, UNLOCKED)
    assert door.look_again(4) == 20
    assert door.at(20, UNLOCKED) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_SILENT)
    assert door.at(30, UNLOCKED)[1] is Stage.MOVING
    assert door.attempt == 2


def test_a_lock_that_is_away_is_reported_at_once_and_moved_when_it_is_back() -> None:
    door = Door(LOCK)
    assert door.at(0, AWAY) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_GONE)
    assert door.at(5, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    door.at(6, LOCKED)
    assert door.at(13, LOCKED)[1] is Stage.DONE


def test_a_lock_that_is_not_up_yet_after_a_start_is_waited_for() -> None:
    door = Door(LOCK, started=T0 - 5 * SECOND)
    assert door.at(0, AWAY)[1] is Stage.MOVING
    assert door.at(20, AWAY) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_GONE)
    assert door.at(25, UNLOCKED)[1] is Stage.MOVING


def test_a_lock_that_goes_away_while_it_says_it_proves_nothing() -> None:
    door = Door(LOCK)
    door.at(0, UNLOCKED)
    door.at(1, LOCKED)
    assert door.at(3, AWAY) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_GONE)


def test_a_lock_that_only_repeats_what_it_was_told_is_told_and_reported_as_unverifiable() -> None:
    assumed = replace(LOCKED, assumed=True)
    door = Door(LOCK)
    assert door.at(0, assumed)[1] is Stage.MOVING
    assert door.is_told(assumed)
    door.at(1, assumed)
    assert door.at(8, assumed) == (Bolt.LOCKED, Stage.DONE, Why.UNVERIFIABLE)


def test_what_never_says_how_it_is_is_taken_to_have_been_the_other_way() -> None:
    nothing = Live(assumed=True)
    door = Door(UNLOCK)
    door.at(0, nothing)
    door.at(1, replace(UNLOCKED, assumed=True))
    assert door.at(8, replace(UNLOCKED, assumed=True)) == (Bolt.UNLOCKED, Stage.DONE, Why.UNVERIFIABLE)
    door.order = None
    assert door.at(60, replace(UNLOCKED, assumed=True)) == (Bolt.LOCKED, Stage.MOVING, None)


def test_a_door_that_is_as_wanted_is_not_moved_and_not_brought_back() -> None:
    door = Door(LOCK, released_at=T0 + 60 * SECOND)
    door.at(0, LOCKED)
    assert not door.is_told(LOCKED)
    assert door.at(7, LOCKED)[1] is Stage.DONE
    door.order = None
    assert door.at(60, LOCKED) == (Bolt.LOCKED, Stage.KEPT, None)
    assert door.is_over
    assert door.at(61, LOCKED) == (Bolt.LOCKED, Stage.KEPT, None)


def test_h08_a_door_is_an_escape_route_until_somebody_in_charge_says_otherwise() -> None:
    door = Door(LOCK, may_lock=False)
    assert door.at(0, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.ESCAPE_ROUTE)
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.ESCAPE_ROUTE)
    door.guard = replace(door.guard, may_lock=True)
    assert door.at(61, UNLOCKED)[1] is Stage.MOVING
    door = Door(UNLOCK, may_lock=False)
    assert door.at(0, LOCKED)[1] is Stage.MOVING


def test_h08_a_fire_unlocks_what_we_locked_and_nothing_is_locked_while_it_lasts() -> None:
    door = Door(LOCK).locked()
    door.guard = replace(door.guard, fire=True)
    assert door.at(20, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)
    door.at(21, UNLOCKED)
    assert door.at(28, UNLOCKED) == (Bolt.UNLOCKED, Stage.DONE, None)
    assert door.at(29, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.FIRE)
    door.guard = replace(door.guard, fire=False)
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    fresh = Door(LOCK, fire=True)
    assert fresh.at(0, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.FIRE)


def test_h09_an_unlocked_door_is_secured_when_the_answer_ends() -> None:
    door = Door(UNLOCK).unlocked()
    door.order = None
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    door.at(62, LOCKED)
    assert door.at(69, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)
    assert door.is_over
    assert door.at(70, UNLOCKED) == (Bolt.LOCKED, Stage.DONE, None)


def test_h09_a_door_is_looked_at_when_its_time_is_over() -> None:
    door = Door(UNLOCK).unlocked()
    assert door.look_again(9) == 600


def test_h09_a_door_that_cannot_be_secured_again_is_left_to_a_person() -> None:
    door = Door(UNLOCK).unlocked()
    door.order = None
    door.at(60, UNLOCKED)
    for began in (60, 90, 120):
        assert door.at(began, UNLOCKED)[1] is Stage.MOVING
        door.at(began + 20, UNLOCKED)
    assert door.at(141, UNLOCKED) == (Bolt.LOCKED, Stage.LEFT_OPEN, Why.DOOR_SILENT)
    assert door.at(150, UNLOCKED)[1] is Stage.LEFT_OPEN
    assert door.at(200, LOCKED) == (Bolt.LOCKED, Stage.DONE, Why.BY_HAND)


def test_h09_a_door_is_not_locked_again_while_there_is_a_fire() -> None:
    door = Door(UNLOCK).unlocked()
    door.order, door.guard = None, replace(door.guard, fire=True)
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.LEFT_OPEN, Why.FIRE)
    assert door.at(61, UNLOCKED) == (Bolt.LOCKED, Stage.LEFT_OPEN, Why.FIRE)


def test_h09_nothing_is_moved_after_a_start_that_comes_too_late() -> None:
    door = Door(UNLOCK).unlocked()
    door.order, door.guard = None, replace(door.guard, started=T0 + 3600 * SECOND)
    assert door.at(3601, AWAY)[1] is Stage.DONE
    assert door.look_again(3601) == 3690
    assert door.at(3610, UNLOCKED) == (Bolt.LOCKED, Stage.LEFT_OPEN, Why.TOO_LATE)


def test_h09_a_door_whose_lock_does_not_come_up_after_a_late_start_is_for_a_person() -> None:
    door = Door(UNLOCK).unlocked()
    door.order, door.guard = None, replace(door.guard, started=T0 + 3600 * SECOND)
    assert door.at(3690, AWAY) == (Bolt.LOCKED, Stage.LEFT_OPEN, Why.TOO_LATE)


def test_a_late_start_that_finds_the_door_locked_has_nothing_to_do() -> None:
    door = Door(UNLOCK).unlocked()
    door.order, door.guard = None, replace(door.guard, started=T0 + 3600 * SECOND)
    assert door.at(3601, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)


def test_a_start_within_the_time_secures_the_door() -> None:
    door = Door(UNLOCK).unlocked()
    door.order, door.guard = None, replace(door.guard, started=T0 + 60 * SECOND)
    assert door.at(61, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)


def test_what_is_wanted_too_late_is_not_done() -> None:
    door = Door(LOCK)
    assert door.at(600, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.TOO_LATE)
    assert door.at(601, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.TOO_LATE)
    door = Door(LOCK)
    door.at(595, UNLOCKED)
    assert door.at(600, UNLOCKED) == (Bolt.LOCKED, Stage.FAILED, Why.TOO_LATE)


def test_a_locked_door_stays_so_without_the_word_of_a_person_and_is_unlocked_at_it() -> None:
    door = Door(LOCK).locked()
    door.order = None
    assert door.at(60, LOCKED) == (Bolt.LOCKED, Stage.KEPT, None)
    door = Door(LOCK, released_at=T0 + 7190 * SECOND, started=T0 + 3600 * SECOND).locked()
    door.order = None
    assert door.at(7200, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)


def test_h09_a_door_that_was_released_before_a_long_power_cut_stays_locked_and_one_that_was_open_calls() -> None:
    door = Door(LOCK, released_at=T0 + 60 * SECOND).locked()
    door.order = None
    assert door.at(3600, LOCKED) == (Bolt.UNLOCKED, Stage.KEPT, Why.TOO_LATE)
    assert door.is_over
    door = Door(UNLOCK, released_at=T0 + 60 * SECOND).unlocked()
    door.order = None
    door.guard = replace(door.guard, started=T0 + 3600 * SECOND)
    assert door.at(3600, UNLOCKED) == (Bolt.LOCKED, Stage.LEFT_OPEN, Why.TOO_LATE)


def test_h08_a_fire_unlocks_what_was_locked_however_long_ago() -> None:
    door = Door(LOCK, released_at=T0 + 60 * SECOND).locked()
    door.guard = replace(door.guard, fire=True)
    assert door.at(3600, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)


def test_a_door_that_cannot_be_unlocked_again_is_told_and_left() -> None:
    door = Door(LOCK, released_at=T0 + 60 * SECOND).locked()
    door.order = None
    for began in (60, 90, 120):
        door.at(began, LOCKED)
        door.at(began + 20, LOCKED)
    assert door.at(141, LOCKED) == (Bolt.UNLOCKED, Stage.KEPT, Why.DOOR_SILENT)


def test_h09_a_lock_that_says_something_else_for_a_moment_was_not_turned_by_hand() -> None:
    door = Door(UNLOCK).unlocked()
    assert door.at(20, LOCKED) == (Bolt.UNLOCKED, Stage.DONE, None)
    assert door.look_again(20) == 27
    assert door.at(21, UNLOCKED) == (Bolt.UNLOCKED, Stage.DONE, None)
    assert door.at(28, LOCKED) == (Bolt.UNLOCKED, Stage.DONE, None)
    door.order = None
    assert door.at(29, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)


def test_what_somebody_turns_by_hand_is_left_to_them() -> None:
    door = Door(LOCK).locked()
    door.at(13, UNLOCKED)
    assert door.look_again(13) == 20
    assert door.at(20, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.BY_HAND)
    assert door.at(30, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, Why.BY_HAND)
    door.order = None
    assert door.at(40, UNLOCKED) == (Bolt.LOCKED, Stage.KEPT, None)


def test_a_door_that_locked_itself_is_opened_anew_for_whoever_goes_next() -> None:
    door = Door(UNLOCK).unlocked()
    door.at(23, LOCKED)
    assert door.at(30, LOCKED) == (Bolt.UNLOCKED, Stage.KEPT, Why.BY_HAND)
    door.order = replace(UNLOCK, until=UNLOCK.until + 60 * SECOND)
    assert door.at(60, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)


@pytest.mark.parametrize("since", [20, 29])
@pytest.mark.parametrize(("incident", "again"), [("i", False), (None, True)])
def test_what_somebody_turned_by_hand_is_locked_again_only_by_a_new_lockdown(
    incident: str | None, again: bool, since: float
) -> None:
    door = Door(LOCK).locked()
    door.at(since, UNLOCKED)
    door.at(29, UNLOCKED)
    door.order = replace(LOCK, until=LOCK.until - 60 * SECOND, incident=incident)
    assert (door.at(30, UNLOCKED)[1] is Stage.MOVING) is again
    assert (door.at(40, UNLOCKED)[1] is Stage.MOVING) is again


def test_h08_unlocking_is_not_given_up_while_there_is_a_fire() -> None:
    door = Door(LOCK).locked()
    door.guard = replace(door.guard, fire=True)
    for began in range(60, 1200, 30):
        assert door.at(began, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)
        assert door.at(began + 20, LOCKED) == (Bolt.UNLOCKED, Stage.FAILED, Why.DOOR_SILENT)
    assert door.look_again(1190) == 1200


def test_h08_a_door_that_turns_out_to_be_an_escape_route_is_unlocked() -> None:
    door = Door(LOCK).locked()
    door.guard = replace(door.guard, may_lock=False)
    assert door.at(60, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)


def test_h09_a_bolt_that_is_on_its_way_to_what_is_not_wanted_any_more_is_told_and_not_believed_at_once() -> None:
    door = Door(UNLOCK)
    door.at(0, LOCKED)
    door.order = None
    assert door.at(2, LOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    assert door.is_told(LOCKED)
    assert door.at(12, LOCKED)[1] is Stage.MOVING
    assert door.at(13, UNLOCKED)[1] is Stage.MOVING
    assert door.at(22, UNLOCKED) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_SILENT)
    assert door.at(32, UNLOCKED)[1] is Stage.MOVING
    door.at(33, LOCKED)
    assert door.at(40, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)


def test_h09_a_door_that_we_had_opened_and_that_was_wanted_locked_in_between_is_still_secured() -> None:
    door = Door(UNLOCK).unlocked()
    door.order = replace(LOCK, incident=None)
    for began in (20, 50, 80):
        door.at(began, UNLOCKED)
        door.at(began + 20, UNLOCKED)
    door.order = None
    assert door.at(120, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    door.at(121, LOCKED)
    assert door.at(128, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)
    assert door.is_over


def test_a_door_that_was_locked_all_along_and_jams_is_not_said_to_have_been_opened() -> None:
    door = Door(LOCK)
    door.at(0, LOCKED)
    assert door.at(5, JAMMED) == (Bolt.LOCKED, Stage.FAILED, Why.DOOR_JAMMED)
    door.order = None
    assert door.at(6, JAMMED) == (Bolt.LOCKED, Stage.KEPT, None)


def test_a_bolt_that_says_locked_and_jams_is_no_door_that_was_secured_by_hand() -> None:
    door = Door(UNLOCK).unlocked()
    door.order = None
    for began in (60, 90, 120):
        door.at(began, UNLOCKED)
        door.at(began + 20, UNLOCKED)
    assert door.at(141, replace(LOCKED, jammed=True))[1] is Stage.LEFT_OPEN
    assert door.at(150, LOCKED) == (Bolt.LOCKED, Stage.DONE, Why.BY_HAND)


def test_a_lockdown_that_is_begun_later_goes_before_a_call_that_lasts_longer() -> None:
    door = Door(replace(LOCK, until=T0 + 3600 * SECOND)).locked()
    door.at(20, UNLOCKED)
    door.at(30, UNLOCKED)
    door.order = replace(LOCK, until=T0 + 1800 * SECOND, incident=None)
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)


def test_a_door_that_did_not_lock_is_tried_anew_by_a_new_lockdown() -> None:
    door = Door(replace(LOCK, incident=None))
    for began in (0, 30, 60):
        door.at(began, UNLOCKED)
        door.at(began + 20, UNLOCKED)
    assert door.look_again(80) is None
    door.order = replace(LOCK, until=LOCK.until + 60 * SECOND, incident=None)
    assert door.at(90, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)


def test_a_door_that_failed_is_tried_anew_for_whoever_asks_next() -> None:
    door = Door(UNLOCK)
    for began in (0, 30, 60):
        door.at(began, LOCKED)
        door.at(began + 20, LOCKED)
    assert door.look_again(80) is None
    door.order = replace(UNLOCK, until=UNLOCK.until + 60 * SECOND)
    assert door.at(90, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)
    assert door.attempt == 1


def test_a_door_that_is_wanted_otherwise_meanwhile_still_comes_back_to_what_it_was_first() -> None:
    door = Door(LOCK, released_at=T0 + 60 * SECOND).locked()
    door.order = replace(UNLOCK, asked=True)
    assert door.at(20, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)
    door.at(21, UNLOCKED)
    door.at(28, UNLOCKED)
    door.order = LOCK
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    door.at(61, LOCKED)
    door.at(68, LOCKED)
    door.order = None
    assert door.at(90, LOCKED) == (Bolt.UNLOCKED, Stage.MOVING, None)


def test_h09_a_door_of_which_nothing_was_known_when_it_was_unlocked_is_secured_as_well() -> None:
    door = Door(UNLOCK)
    assert door.at(0, TURNING) == (Bolt.UNLOCKED, Stage.MOVING, None)
    door.at(1, UNLOCKED)
    door.at(8, UNLOCKED)
    door.order = None
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)


def test_h09_a_door_that_was_opened_for_somebody_in_a_long_lockdown_is_locked_again() -> None:
    door = Door(LOCK).locked()
    door.order = replace(UNLOCK, until=T0 + 1500 * SECOND, asked=True)
    for seconds, live in ((900, LOCKED), (901, UNLOCKED), (908, UNLOCKED)):
        door.at(seconds, live)
    door.order = LOCK
    assert door.at(1500, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    assert door.at(1501, LOCKED) == (Bolt.LOCKED, Stage.MOVING, None)
    assert door.at(1508, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)
    assert door.at(1509, LOCKED)[1] is Stage.MOVING
    assert not door.is_told(LOCKED)
    assert door.at(1516, LOCKED) == (Bolt.LOCKED, Stage.DONE, None)


def test_a_lock_that_was_away_when_it_was_wanted_comes_back_to_what_it_was_then() -> None:
    door = Door(UNLOCK)
    door.at(0, AWAY)
    door.at(5, LOCKED)
    door.at(6, UNLOCKED)
    door.at(13, UNLOCKED)
    door.order = None
    assert door.at(60, UNLOCKED) == (Bolt.LOCKED, Stage.MOVING, None)


@pytest.mark.parametrize("known", [None])
def test_a_door_that_nobody_wants_anything_of_is_left_alone(known: Movement | None) -> None:
    assert moved(known, None, LOCKED, Guard(started=T0), T0) is None
