"""What is wanted of doors follows from the calls that are open, and is wanted of no door at a press alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
import pytest

from custom_components.duress.engine.commands import Answer, AskUnlock, ReportDoor
from custom_components.duress.engine.door_events import DoorReported, LockdownChanged, UnlockAsked
from custom_components.duress.engine.doors import Bolt, Live, Moment, Movement, Order, PlanDoor, Stage
from custom_components.duress.engine.kinds import MessageKind, Origin, Reply, ResolveReason
from custom_components.duress.engine.model import Actor
from custom_components.duress.engine.moving import SECURE_FOR, Guard, is_told, look_again_at, moved
from custom_components.duress.engine.orders import orders_of, orders_of_lockdown, releases, strongest
from custom_components.duress.engine.plan import CallType
from custom_components.duress.engine.reach import Channel, Reach
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, HANDLE_PRESS, PRESS, SECOND, T0, Story, press_with

FRONT = PlanDoor(door="front", bolt=Bolt.UNLOCKED, moment=Moment.GOING)
BACK = PlanDoor(door="back", bolt=Bolt.LOCKED, moment=Moment.AT_ONCE)
NOBODY_KNOWN = Actor(user="u-x", responder=None)


def story_of(*doors: PlanDoor, call_type: CallType = CallType.STAFF_DURESS, **plan: Any) -> Story:
    story = Story()
    story.at(0, press_with(doors=doors, call_type=call_type, **plan))
    return story


def wanted(story: Story, seconds: float) -> dict[str, Bolt]:
    return {order.door: order.bolt for order in orders_of(story.now, T0 + seconds * SECOND)}


def test_h09_a_door_opens_only_for_somebody_who_goes_and_is_known() -> None:
    story = story_of(FRONT)
    assert wanted(story, 1) == {}
    story.answer(1, ANN, Reply.SEEN)
    assert wanted(story, 2) == {}
    story.answer(3, NOBODY_KNOWN, Reply.GOING)
    assert wanted(story, 4) == {}
    story.answer(5, ANN, Reply.TAKE_OVER)
    assert wanted(story, 6) == {"front": Bolt.UNLOCKED}
    assert wanted(story, 604) == {"front": Bolt.UNLOCKED}
    assert wanted(story, 605) == {}
    story.answer(10, ANN, Reply.CANNOT_GO)
    assert wanted(story, 11) == {}


def test_h09_no_plan_opens_a_door_at_once() -> None:
    story = story_of(replace(FRONT, moment=Moment.AT_ONCE))
    story.answer(1, ANN, Reply.GOING)
    assert wanted(story, 2) == {}


def test_h21_a_press_that_anybody_can_forge_opens_no_door_by_itself() -> None:
    story = Story()
    plan = press_with(doors=(FRONT,)).plan
    story.at(0, replace(HANDLE_PRESS, plan=plan, press=replace(PRESS, origin=Origin.REMOTE)))
    story.answer(1, ANN, Reply.GOING)
    assert wanted(story, 2) == {}
    assert story.at(3, AskUnlock(by=ANN, door="front", name="Front")) == [UnlockAsked]
    assert wanted(story, 4) == {"front": Bolt.UNLOCKED}


def test_a_door_can_wait_until_somebody_is_there() -> None:
    story = story_of(replace(FRONT, moment=Moment.ON_SCENE))
    story.answer(1, ANN, Reply.GOING)
    assert wanted(story, 2) == {}
    story.answer(60, ANN, Reply.ON_SCENE)
    assert wanted(story, 61) == {"front": Bolt.UNLOCKED}
    assert wanted(story, 659) == {"front": Bolt.UNLOCKED}
    story.resolve(100)
    assert wanted(story, 101) == {}


@pytest.mark.parametrize("call_type", CallType)
def test_h08_only_calls_against_a_person_lock_anything(call_type: CallType) -> None:
    story = story_of(BACK, call_type=call_type)
    locks = call_type in (CallType.HOLD_UP, CallType.STAFF_DURESS)
    assert wanted(story, 1) == ({"back": Bolt.LOCKED} if locks else {})


def test_a_lock_is_wanted_as_long_as_the_call_is_open() -> None:
    story = story_of(BACK)
    assert wanted(story, 3600) == {"back": Bolt.LOCKED}
    assert orders_of(story.now, T0)[0].until == T0 + timedelta(minutes=10)


@pytest.mark.parametrize("change", [{"for_trying": True}, {"cancel_window": 15 * SECOND}])
def test_what_is_tried_out_or_can_still_be_taken_back_moves_no_door(change: dict[str, Any]) -> None:
    assert wanted(story_of(BACK, **change), 1) == {}


def test_a_drill_moves_no_door() -> None:
    story = Story()
    story.at(0, replace(press_with(doors=(BACK,), call_type=CallType.HOLD_UP), drill=True))
    assert wanted(story, 1) == {}


def test_what_was_found_open_after_long_moves_no_door() -> None:
    story = story_of(BACK)
    story.resume(86400, 86400)
    assert story.now.stale
    assert wanted(story, 86401) == {}


def test_a_plan_that_takes_over_later_has_its_time_from_then() -> None:
    story = story_of(call_type=CallType.RESIDENT)
    worse = press_with(doors=(BACK,), call_type=CallType.HOLD_UP).plan
    story.answer(1, ANN, Reply.GOING)
    story.at(3600, Answer(by=ANN, reply=Reply.MORE_HELP, upgrade=worse))
    (order,) = orders_of(story.now, T0 + 3601 * SECOND)
    assert order.until == T0 + 4200 * SECOND


def test_only_whoever_goes_can_ask_for_a_door() -> None:
    story = story_of(FRONT)
    assert story.at(1, AskUnlock(by=ANN, door="front", name="Front")) == []
    story.answer(2, ANN, Reply.GOING)
    assert story.at(3, AskUnlock(by=BOB, door="front", name="Front")) == []
    assert story.at(4, AskUnlock(by=replace(ANN, responder=None), door="front", name="Front")) == []
    assert story.at(5, AskUnlock(by=ANN, door="front", name="Front")) == [UnlockAsked]
    story.resolve(6)
    assert story.at(7, AskUnlock(by=ANN, door="front", name="Front")) == []
    assert wanted(story, 8) == {}


def test_what_somebody_asked_for_goes_before_a_lockdown_and_that_before_what_a_plan_opens() -> None:
    opens = Order(door="front", bolt=Bolt.UNLOCKED, until=T0 + 600 * SECOND, incident="i")
    lockdown = LockdownChanged(at=T0, area="", doors=("front", "back"), by="u")
    locks = orders_of_lockdown(lockdown)[0]
    asked = replace(opens, asked=True)
    assert strongest([]) is None
    assert strongest([opens, locks]) == locks
    assert strongest([asked, locks, opens]) == asked
    assert locks.until == T0 + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("reason", "by", "restored", "expected"),
    [
        (ResolveReason.HELPED, ANN, True, True),
        (ResolveReason.HELPED, ANN, False, False),
        (ResolveReason.CANCELLED, ANN, True, False),
        (ResolveReason.HELPED, NOBODY_KNOWN, True, False),
        (ResolveReason.HELPED, None, True, False),
    ],
)
def test_what_was_locked_is_unlocked_only_at_the_word_of_a_known_person(
    reason: ResolveReason, by: Actor | None, restored: bool, expected: bool
) -> None:
    story = story_of(BACK, doors_restored=restored)
    assert releases(replace(story.now, resolved_by=by, reason=reason)) is expected


def report(stage: Stage = Stage.DONE, why: Why | None = None, **more: Any) -> ReportDoor:
    channels = {name: (Channel(id=f"phone:{name[0]}", updates=True),) for name in ("ann", "bob", "cas")}
    return ReportDoor(
        door="front", name="Front", bolt=Bolt.UNLOCKED, stage=stage, why=why, reach=Reach(channels=channels), **more
    )


def test_what_became_of_a_door_is_told_once_to_whoever_goes() -> None:
    story = story_of(FRONT, call_type=CallType.RESIDENT)
    story.hand_over(0.1)
    story.answer(1, ANN, Reply.GOING)
    story.hand_over(1.1)
    assert story.at(10, report()) == [DoorReported]
    assert story.told(11) == {"ann": MessageKind.UPDATE}
    assert story.at(12, report()) == []
    assert story.at(13, report(Stage.FAILED, Why.DOOR_JAMMED)) == [DoorReported]
    story.resolve(20)
    story.hand_over(21)
    assert story.at(22, report(securing=True)) == [DoorReported]
    assert story.told(23) == {}


def test_of_an_open_call_whoever_is_called_is_told_as_well_and_of_a_quiet_one_nobody_who_has_not_answered() -> None:
    for covert, told in ((False, {"ann": MessageKind.UPDATE}), (True, {})):
        story = story_of(FRONT, covert=covert)
        story.hand_over(0.1)
        story.at(1, report())
        assert story.told(2) == told


class Doors(RuleBasedStateMachine):
    """A door to which anything can happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = T0
        self.guard = Guard(started=T0)
        self.known: Movement | None = None
        self.order: Order | None = None
        self.live = Live(bolt=Bolt.LOCKED)
        self.tells: list[tuple[Bolt, Order | None, Guard, bool]] = []
        self.word: datetime | None = None
        """When it was last said that the door need not stay locked, by a person or a fire."""
        self.told_late: list[timedelta | None] = []
        """How long after that its lock was told to open again."""

    @rule(bolt=st.sampled_from(Bolt), seconds=st.integers(1, 900), asked=st.booleans())
    def is_wanted(self, bolt: Bolt, seconds: int, asked: bool) -> None:
        self.order = Order(door="d", bolt=bolt, until=self.now + seconds * SECOND, incident="i", asked=asked)
        self.look()

    @rule()
    def is_not_wanted(self) -> None:
        self.order = None
        self.look()

    @rule(bolt=st.sampled_from([None, *Bolt]), available=st.booleans(), jammed=st.booleans(), assumed=st.booleans())
    def says(self, bolt: Bolt | None, available: bool, jammed: bool, assumed: bool) -> None:
        self.live = Live(bolt=bolt, available=available, jammed=jammed, assumed=assumed)
        self.look()

    @rule(may_lock=st.booleans(), fire=st.booleans(), released=st.booleans())
    def is_guarded(self, may_lock: bool, fire: bool, released: bool) -> None:
        self.guard = replace(self.guard, may_lock=may_lock, fire=fire, released_at=self.now if released else None)
        self.word = self.now if released else self.word
        self.look()

    @rule(seconds=st.integers(1, 4000))
    def time_goes_by(self, seconds: int) -> None:
        self.now += seconds * SECOND
        if self.order is not None and self.order.bolt is Bolt.UNLOCKED and self.order.until <= self.now:
            self.order = None
        self.look()

    @rule()
    def starts_anew(self) -> None:
        self.guard = replace(self.guard, started=self.now)
        self.look()

    def look(self) -> None:
        before = self.known
        self.word = self.now if self.guard.fire else self.word
        self.known = moved(self.known, self.order, self.live, self.guard, self.now)
        if self.known is not None and self.known != before and is_told(self.known, self.live):
            self.tells.append((self.known.bolt, self.order, self.guard, self.known.securing))
            if self.known.bolt is Bolt.UNLOCKED and self.known.securing:
                self.told_late.append(self.now - self.word if self.word is not None else None)

    @invariant()
    def nothing_is_locked_that_must_not_be(self) -> None:
        for bolt, order, guard, securing in self.tells:
            if bolt is Bolt.LOCKED:
                assert not guard.fire
                assert securing or (order is not None and guard.may_lock)

    @invariant()
    def nothing_is_opened_that_nobody_wants_open(self) -> None:
        for bolt, order, _guard, securing in self.tells:
            if bolt is Bolt.UNLOCKED:
                assert securing or (order is not None and order.bolt is bolt)

    @invariant()
    def nothing_is_opened_again_without_the_word_of_somebody_or_long_after_it(self) -> None:
        assert all(late is not None and late <= 2 * SECURE_FOR for late in self.told_late)

    @invariant()
    def a_door_we_opened_is_not_forgotten(self) -> None:
        known = self.known
        if known is not None and known.bolt is Bolt.UNLOCKED and known.stage is Stage.DONE and not known.securing:
            assert known.before is None or not known.is_over

    @invariant()
    def what_moves_is_looked_at_again(self) -> None:
        if self.known is not None and self.known.stage is Stage.MOVING:
            assert look_again_at(self.known, self.guard.started, self.now) is not None


TestDoors = Doors.TestCase
