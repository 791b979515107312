"""An answer holds for as long as it means that somebody goes."""

import pytest

from custom_components.duress.engine import due, next_due
from custom_components.duress.engine.events import (
    Acknowledged,
    AnswerLapsed,
    AnswerRefused,
    Arrived,
    Declined,
    Event,
    Reminded,
    Resolved,
    StepStarted,
    WentStale,
)
from custom_components.duress.engine.kinds import DeliveryState, MessageKind, Phase, Progress, Reply
from custom_components.duress.engine.model import Actor
from custom_components.duress.engine.plan import ARRIVAL_WITHIN, CallType
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, DESK, FIRST_CALL, HANDLE_PRESS, SECOND, T0, Story, press_with


def test_going_ends_the_escalation_and_tells_everybody_who_was_called(story: Story) -> None:
    story.tick(60)
    story.hand_over(61)
    assert story.answer(70, ANN, Reply.GOING) == [Acknowledged]
    assert (story.now.phase, story.now.progress, story.now.taken_by) == (Phase.ACKNOWLEDGED, Progress.EN_ROUTE, ANN)
    assert story.told(70) == {"ann": MessageKind.CONFIRMATION, "bob": MessageKind.NOTICE}


@pytest.mark.parametrize("call_type", CallType)
def test_h18_who_does_not_arrive_in_the_time_of_the_call_type_is_not_waited_for(call_type: CallType) -> None:
    story = Story()
    limit = ARRIVAL_WITHIN[call_type]
    story.at(0, press_with(call_type=call_type, arrival_within=limit))
    story.hand_over(1)
    story.answer(5, ANN, Reply.GOING)
    assert next_due(story.now) == T0 + 5 * SECOND + limit / 3
    assert story.tick(5 + limit.total_seconds()) == [AnswerLapsed, StepStarted]
    assert story.whys == [Why.NOT_ARRIVED, Why.NOT_ARRIVED]
    assert story.told(700) == {"ann": MessageKind.CALL, "bob": MessageKind.CALL}


def test_h18_the_arrival_limits_are_three_five_and_ten_minutes() -> None:
    minutes = {kind.value: limit.total_seconds() / 60 for kind, limit in ARRIVAL_WITHIN.items()}
    assert minutes == {"resident": 10, "medical": 3, "hold_up": 5, "staff_duress": 5, "door": 10}


def test_h18_having_seen_it_lapses_after_a_minute_unless_somebody_goes(story: Story) -> None:
    story.hand_over(1)
    assert story.answer(5, DESK, Reply.SEEN) == [Acknowledged]
    assert story.told(5) == {"ann": MessageKind.SEEN}
    assert story.tick(64.9) == []
    assert story.tick(65) == [AnswerLapsed, StepStarted]
    assert story.whys == [Why.NOBODY_IS_GOING, Why.NOBODY_IS_GOING]


def test_h18_somebody_else_can_go_while_it_was_only_seen(story: Story) -> None:
    story.answer(5, DESK, Reply.SEEN)
    assert story.answer(6, ANN, Reply.GOING) == [Acknowledged]
    assert story.now.taken_by == ANN


def test_on_scene_there_is_no_arrival_limit_and_only_the_one_who_arrived_is_told(story: Story) -> None:
    story.tick(60)
    story.answer(70, ANN, Reply.GOING)
    story.hand_over(71)
    assert story.answer(200, ANN, Reply.ON_SCENE) == [Arrived]
    assert story.told(200) == {"ann": MessageKind.ARRIVAL}
    assert story.tick(3600) == [Reminded]


def test_who_arrives_without_having_said_so_before_is_told_to_everybody(story: Story) -> None:
    story.tick(60)
    story.hand_over(61)
    story.answer(70, BOB, Reply.ON_SCENE)
    assert story.told(70) == {"ann": MessageKind.NOTICE, "bob": MessageKind.ARRIVAL}


def test_on_scene_for_twelve_hours_without_a_word_is_asked_about(story: Story) -> None:
    story.answer(0, ANN, Reply.ON_SCENE)
    story.hand_over(1)
    assert story.tick(12 * 3600) == [WentStale]
    assert story.told(12 * 3600) == {"ann": MessageKind.STALE, "bob": MessageKind.STALE}
    assert next_due(story.now) is None


def test_the_taker_who_cannot_go_after_all_hands_back_at_once(story: Story) -> None:
    story.answer(5, ANN, Reply.GOING)
    assert story.answer(9, ANN, Reply.CANNOT_GO) == [Declined]
    assert next_due(story.now) == T0 + 9 * SECOND
    assert story.tick(9) == [StepStarted]
    assert story.whys == [Why.TAKER_DECLINED]


def test_when_all_of_a_step_cannot_go_the_next_is_not_waited_for(story: Story) -> None:
    story.hand_over(1)
    assert story.answer(5, ANN, Reply.CANNOT_GO) == [Declined]
    assert story.now.messages[FIRST_CALL].state is DeliveryState.ANSWERED
    assert story.tick(5) == [StepStarted]
    assert story.whys == [Why.ALL_DECLINED]


def test_saying_twice_that_one_cannot_go_changes_nothing(story: Story) -> None:
    story.answer(5, ANN, Reply.CANNOT_GO)
    assert story.answer(6, ANN, Reply.CANNOT_GO) == []


def test_somebody_else_who_cannot_go_takes_nothing_from_the_taker(story: Story) -> None:
    story.answer(5, ANN, Reply.GOING)
    assert story.answer(6, BOB, Reply.CANNOT_GO) == []


def test_a_desk_without_a_phone_can_decline_nothing_for_others(story: Story) -> None:
    story.hand_over(1)
    assert story.answer(6, DESK, Reply.CANNOT_GO) == [Declined]
    assert story.now.declined == frozenset()
    assert next_due(story.now) == T0 + 60 * SECOND


@pytest.mark.parametrize("reply", [Reply.SEEN, Reply.GOING])
def test_an_answer_to_a_call_that_somebody_else_has_is_answered_in_words(story: Story, reply: Reply) -> None:
    story.tick(60)
    story.hand_over(61)
    story.answer(65, ANN, Reply.GOING)
    story.hand_over(66)
    assert story.answer(70, BOB, reply) == [AnswerRefused]
    assert (story.whys, story.now.taken_by) == ([Why.TAKEN], ANN)
    assert story.told(70) == {"bob": MessageKind.NOTICE}


def test_a_second_arrival_is_answered_in_words(story: Story) -> None:
    story.answer(5, ANN, Reply.ON_SCENE)
    assert story.answer(6, BOB, Reply.ON_SCENE) == [AnswerRefused]
    assert story.answer(7, ANN, Reply.ON_SCENE) == []


@pytest.mark.parametrize("reply", [Reply.SEEN, Reply.GOING])
def test_the_same_answer_of_the_taker_twice_is_one(story: Story, reply: Reply) -> None:
    story.answer(5, ANN, reply)
    assert story.answer(5.001, ANN, reply) == []


def test_seen_after_going_is_no_step_back(story: Story) -> None:
    story.answer(5, ANN, Reply.GOING)
    assert story.answer(6, ANN, Reply.SEEN) == []
    assert story.now.progress is Progress.EN_ROUTE


def test_an_answer_to_an_earlier_question_does_not_count_and_is_asked_again(story: Story) -> None:
    story.hand_over(1)
    story.answer(5, ANN, Reply.GOING, asked=0)
    story.at(20, HANDLE_PRESS)
    story.hand_over(21)
    assert story.answer(30, ANN, Reply.GOING, asked=0) == [AnswerRefused]
    assert (story.whys, story.now.phase) == ([Why.OUT_OF_DATE], Phase.ACTIVE)
    (again,) = due(story.now)
    assert (again.kind, again.asked) == (MessageKind.CALL, 1)
    assert story.answer(31, ANN, Reply.GOING, asked=again.asked) == [Acknowledged]


def test_ending_it_by_an_old_button_does_not_end_what_was_pressed_again(story: Story) -> None:
    story.answer(5, ANN, Reply.GOING)
    story.at(20, HANDLE_PRESS)
    assert story.resolve(30, asked=0) == [AnswerRefused]
    assert story.resolve(31) == [Resolved]


def test_an_answer_to_what_is_over_is_answered_in_words(story: Story) -> None:
    story.resolve(5, DESK)
    story.hand_over(6)
    assert story.answer(7, ANN, Reply.GOING) == [AnswerRefused]
    assert (story.whys, story.told(7)) == ([Why.IS_OVER], {"ann": MessageKind.OVER})
    assert story.resolve(8) == [AnswerRefused]


def test_a_refused_answer_from_a_desk_has_no_phone_to_be_told_on(story: Story) -> None:
    story.answer(5, ANN, Reply.GOING)
    story.hand_over(6)
    assert story.answer(7, DESK, Reply.GOING) == [AnswerRefused]
    assert due(story.now) == []


@pytest.mark.parametrize("reply", [Reply.STILL_NEEDED, Reply.OVER])
def test_an_answer_that_fits_no_question_changes_nothing(story: Story, reply: Reply) -> None:
    assert story.answer(5, Actor(user="u", responder=None), reply) == []


def test_an_answer_in_the_cancel_window_takes_it_before_anybody_is_called() -> None:
    story = Story()
    story.at(0, press_with(cancel_window=10 * SECOND))
    expected: list[type[Event]] = [Acknowledged]
    assert story.answer(5, DESK, Reply.GOING) == expected
    assert story.tick(10) == []
    assert story.tick(605) == [AnswerLapsed, StepStarted]
