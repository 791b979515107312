"""Steps and rounds: who is called when nobody answers."""

from dataclasses import replace

from custom_components.duress.engine import next_due
from custom_components.duress.engine.events import (
    Event,
    Exhausted,
    NobodyToCall,
    Opened,
    StepsMissed,
    StepStarted,
)
from custom_components.duress.engine.kinds import MessageKind, Reply
from custom_components.duress.engine.plan import Step
from custom_components.duress.engine.reach import Channel, Reach
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, HANDLE_PRESS, SECOND, T0, Story, press_with, reach

THREE = (
    Step(after=0 * SECOND, responders=("ann",)),
    Step(after=60 * SECOND, responders=("bob",)),
    Step(after=60 * SECOND, responders=("cas",)),
)


def called(event: Event) -> list[str]:
    assert isinstance(event, StepStarted)
    return [call.responder for call in event.calls]


def test_a_tick_too_early_changes_nothing(story: Story) -> None:
    story.hand_over(1)
    assert story.tick(59.9) == []


def test_h13_rounds_follow_one_another_without_end(story: Story) -> None:
    time = 0
    for round_ in range(1, 50):
        time += 60
        story.hand_over(time)
        assert story.tick(time) == [StepStarted]
        assert (story.now.round, story.now.step) == (round_ - 1, 1)
        time += 90
        assert story.tick(time) == [StepStarted]
        assert (story.now.round, story.now.step) == (round_, 0)
    assert len(story.now.messages) <= 4  # endless rounds take up no more room than two


def test_h13_after_the_last_round_of_a_limited_plan_everybody_is_called_every_five_minutes() -> None:
    story = Story()
    story.at(0, press_with(rounds=1, repeat_after=600 * SECOND))
    story.tick(60)
    assert story.tick(660) == [Exhausted, StepStarted]
    assert called(story.latest[-1]) == ["ann", "bob", "cas"]
    assert story.whys == [Why.ROUNDS_OVER]
    assert next_due(story.now) == T0 + 960 * SECOND
    assert story.tick(960) == [StepStarted]
    assert called(story.latest[-1]) == ["ann", "bob", "cas"]
    assert story.tick(1260, reach()) == [NobodyToCall]
    assert story.tick(1560) == [StepStarted]


def test_a_step_after_no_time_begins_with_the_one_before() -> None:
    story = Story()
    steps = (THREE[0], replace(THREE[1], after=0 * SECOND), THREE[2])
    assert story.at(0, press_with(steps=steps)) == [Opened, StepStarted, StepStarted]
    assert story.whys == [Why.PRESSED, Why.PRESSED, Why.AT_ONCE]
    story.hand_over(0)
    assert next_due(story.now) == T0 + 60 * SECOND


def test_an_empty_step_is_told_and_the_next_is_not_waited_for() -> None:
    story = Story()
    assert story.at(0, replace(HANDLE_PRESS, reach=reach(bob="b"))) == [Opened, NobodyToCall, StepStarted]
    assert story.now.step == 1
    assert story.whys == [Why.PRESSED, Why.NOBODY_REACHABLE, Why.STEP_EMPTY]


def test_when_nobody_of_the_plan_can_be_reached_everybody_else_is_called() -> None:
    story = Story()
    story.at(0, replace(HANDLE_PRESS, reach=reach(cas="c")))
    assert called(story.latest[-1]) == ["cas"]


def test_h47_a_plan_on_whose_channels_nobody_can_answer_also_calls_those_who_can() -> None:
    story = Story()
    speaker = Reach(channels={"bob": (Channel(id="speaker:hall", answerable=False),), **reach(cas="c").channels})
    plan = press_with(steps=(Step(after=0 * SECOND, responders=("bob",)),))
    story.at(0, replace(plan, reach=speaker))
    assert called(story.latest[-1]) == ["bob", "cas"]


def test_h37_after_a_gap_each_is_called_once_and_what_was_missed_is_one_line() -> None:
    story = Story()
    story.at(0, press_with(steps=THREE))
    assert story.tick(3600) == [StepsMissed, StepStarted]
    missed, started = story.latest
    assert isinstance(missed, StepsMissed)
    # A round of this plan takes 210 s, so that 17 rounds and 30 s have passed: Ann's step of round 17 is due.
    assert (missed.count, missed.since) == (50, T0 + 60 * SECOND)
    assert sorted(called(started)) == ["ann", "bob", "cas"]
    assert (story.now.round, story.now.step) == (17, 0)
    story.hand_over(3600)
    assert next_due(story.now) == T0 + 3660 * SECOND


def test_h37_a_gap_within_a_round_calls_those_who_fell_due_in_it() -> None:
    story = Story()
    story.at(0, press_with(steps=THREE))
    assert story.tick(125) == [StepsMissed, StepStarted]
    assert (called(story.latest[1]), story.now.step) == (["bob", "cas"], 2)
    assert next_due(story.now) == T0 + 215 * SECOND


def test_h37_steps_that_begin_together_count_as_two_when_they_are_missed() -> None:
    story = Story()
    steps = (THREE[0], THREE[1], replace(THREE[2], after=0 * SECOND), Step(after=60 * SECOND, responders=("ann",)))
    story.at(0, press_with(steps=steps))
    assert story.tick(125) == [StepsMissed, StepStarted]
    assert isinstance(story.latest[0], StepsMissed)
    assert (story.latest[0].count, story.now.step) == (2, 3)


def test_who_cannot_go_is_not_called_again_in_this_round_but_in_the_next() -> None:
    story = Story()
    story.at(0, press_with(steps=(THREE[0], Step(after=60 * SECOND, responders=("ann", "bob")))))
    story.answer(5, ANN, Reply.CANNOT_GO)
    assert story.tick(5) == [StepStarted]
    assert (called(story.latest[0]), story.whys) == (["bob"], [Why.ALL_DECLINED])
    assert story.tick(95) == [StepStarted]
    assert called(story.latest[0]) == ["ann"]


def test_when_everybody_of_the_plan_cannot_go_everybody_else_is_called() -> None:
    story = Story()
    story.at(0, press_with(steps=(THREE[0], Step(after=60 * SECOND, responders=("ann",)))))
    story.answer(5, ANN, Reply.CANNOT_GO)
    assert story.tick(5) == [StepStarted]
    assert called(story.latest[0]) == ["bob", "cas"]


def test_when_nobody_at_all_can_go_the_next_round_asks_them_again() -> None:
    story = Story()
    story.at(0, press_with(steps=(THREE[0], Step(after=60 * SECOND, responders=("ann",)))))
    story.answer(5, ANN, Reply.CANNOT_GO)
    assert story.tick(5, reach(ann="a")) == [NobodyToCall]
    assert story.whys == [Why.ALL_DECLINED]
    assert story.tick(94.9, reach(ann="a")) == []
    assert story.tick(95, reach(ann="a")) == [StepStarted]


def test_after_an_answer_came_to_nothing_all_who_were_told_of_it_are_called_again(story: Story) -> None:
    story.tick(60)
    story.answer(61, BOB, Reply.GOING)
    assert story.told(61) == {"ann": MessageKind.NOTICE, "bob": MessageKind.CONFIRMATION}
    story.answer(70, BOB, Reply.CANNOT_GO)
    assert story.tick(70) == [StepStarted]
    assert story.whys == [Why.TAKER_DECLINED]
    assert called(story.latest[0]) == ["ann", "bob"]  # a new round: Bob is asked again, too


def test_an_incident_that_waits_for_nothing_is_taken_up_again(story: Story) -> None:
    story.incident = replace(story.now, deadline=None)
    assert story.tick(7) == [StepStarted]
    assert story.whys == [Why.FOUND_IDLE]
    assert called(story.latest[0]) == ["bob"]
