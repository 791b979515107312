"""Every message is owed until it was handed over, given up, or not true any more."""

from dataclasses import replace

import pytest

from custom_components.duress.engine import due, next_due
from custom_components.duress.engine.commands import AtOrigin, ReportCleared, ReportReceipt, Signal
from custom_components.duress.engine.delivery_events import (
    Cleared,
    DeliveryFailed,
    DeliveryStarted,
    HandedOver,
    Received,
    Reissued,
)
from custom_components.duress.engine.events import Event, Resolved, StepStarted
from custom_components.duress.engine.kinds import DeliveryState, MessageKind, Phase, Proof, Reply
from custom_components.duress.engine.plan import Step
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, DESK, FIRST_CALL, HANDLE_PRESS, REACH, SECOND, T0, Story, press_with, reach


def test_a_handed_over_call_is_not_sent_again(story: Story) -> None:
    assert story.report(1, FIRST_CALL) == [HandedOver]
    assert due(story.now) == []


def test_a_receipt_is_noted_and_changes_nothing_else(story: Story) -> None:
    assert story.at(1, ReportReceipt(message=FIRST_CALL)) == [Received]
    assert story.at(2, ReportReceipt(message=FIRST_CALL)) == []
    assert story.at(2, ReportReceipt(message="unknown")) == []
    assert story.report(3, FIRST_CALL) == []
    assert story.report(3, FIRST_CALL, error="late") == []
    assert (story.now.phase, next_due(story.now)) == (Phase.ACTIVE, T0 + 60 * SECOND)


def test_a_failed_call_is_tried_three_times_a_quarter_of_a_minute_apart() -> None:
    story = Story()
    story.at(0, press_with(steps=press_with().plan.steps[:1]))
    for attempt, time in ((1, 1), (2, 16), (3, 31)):
        assert story.report(time, FIRST_CALL, attempt, "500") == [DeliveryFailed]
        if attempt < 3:
            assert story.tick(time + 14.9) == []
            assert story.tick(time + 15) == [DeliveryStarted]
            assert story.whys == [Why.FAILED_BEFORE]
    assert story.now.messages[FIRST_CALL].state is DeliveryState.FAILED


def test_a_step_in_which_every_call_failed_is_not_waited_for_while_it_is_tried_again(story: Story) -> None:
    story.report(1, FIRST_CALL, 1, "500")
    assert story.tick(1) == [StepStarted]
    assert (story.now.step, story.whys) == (1, [Why.STEP_FAILED])
    assert story.tick(16) == [DeliveryStarted]


def test_h33_a_step_of_which_nothing_is_handed_over_in_ten_seconds_is_not_waited_for(story: Story) -> None:
    assert story.tick(9.9) == []
    assert story.tick(10) == [StepStarted]
    assert (story.now.step, story.whys) == (1, [Why.NOT_HANDED_OVER])
    assert next_due(story.now) == T0 + 100 * SECOND


def test_h33_what_is_handed_over_is_waited_for_and_so_is_what_a_start_sends_again(story: Story) -> None:
    story.resume(5, away=3)
    assert story.tick(5) == [DeliveryStarted]
    assert story.tick(12) == []
    story.hand_over(13)
    assert next_due(story.now) == T0 + 60 * SECOND


def test_after_the_last_step_what_failed_is_tried_before_everybody_is_called_again() -> None:
    story = Story()
    story.at(0, press_with(steps=press_with().plan.steps[:1]))
    for attempt, time in ((1, 1), (2, 16), (3, 31)):
        story.report(time, FIRST_CALL, attempt, "500")
        assert story.tick(time) == ([] if attempt < 3 else [StepStarted])
        story.tick(time + 15)


def test_a_step_in_which_one_failed_and_one_was_handed_over_is_waited_for() -> None:
    story = Story()
    story.at(0, press_with(steps=(press_with().plan.steps[0], press_with().plan.steps[1])))
    both = press_with().plan.steps[0]
    story = Story()
    story.at(0, press_with(steps=(type(both)(after=both.after, responders=("ann", "bob")), press_with().plan.steps[1])))
    story.report(1, "0.0.bob.phone:b")
    for attempt, time in ((1, 1), (2, 16), (3, 31)):
        story.report(time, FIRST_CALL, attempt, "500")
        story.tick(time + 15)
    assert story.now.step == 0


def test_a_failed_call_does_not_hurry_a_later_step_that_had_nobody_to_call(story: Story) -> None:
    ann_only = reach(ann="a")
    for attempt, time in ((1, 31), (2, 46)):
        story.report(time, FIRST_CALL, attempt, "500")
        story.tick(time + 15, ann_only)
    assert story.now.step == 1


def test_a_call_that_was_handed_over_can_still_turn_out_to_be_lost(story: Story) -> None:
    story.report(1, FIRST_CALL)
    assert story.report(11, FIRST_CALL, error="no answer") == [DeliveryFailed]
    assert story.now.messages[FIRST_CALL].state is DeliveryState.OWED


def test_a_report_about_an_earlier_attempt_or_an_unknown_message_changes_nothing(story: Story) -> None:
    story.report(1, FIRST_CALL, error="500")
    story.tick(16)
    assert story.report(17, FIRST_CALL) == []
    assert story.report(17, "unknown") == []
    assert story.report(18, FIRST_CALL, 2) == [HandedOver]
    assert story.report(19, FIRST_CALL, 2) == []


def test_what_was_to_be_tried_again_expires_with_the_answer(story: Story) -> None:
    story.report(1, FIRST_CALL, error="500")
    story.answer(5, BOB, Reply.GOING)
    assert [(m.kind, m.state) for m in story.now.messages.values()] == [(MessageKind.NOTICE, DeliveryState.SENDING)]


def test_a_call_that_fails_once_it_was_answered_is_not_tried_again(story: Story) -> None:
    story.answer(5, BOB, Reply.GOING)
    story.report(6, FIRST_CALL, error="500")
    assert story.now.messages[FIRST_CALL].state is DeliveryState.EXPIRED
    assert [m.kind for m in due(story.now)] == [MessageKind.NOTICE]


def test_a_call_that_is_made_anew_takes_the_place_of_one_that_was_still_owed(story: Story) -> None:
    story.tick(60)
    story.hand_over(60)
    story.report(149, FIRST_CALL)
    story.tick(150)
    story.report(151, "1.0.ann.phone:a", error="500")
    assert story.tick(210, REACH) == [StepStarted, DeliveryStarted]
    story.report(211, "1.0.ann.phone:a", 2, "500")
    assert story.tick(300) == [StepStarted]
    assert [m.id for m in story.now.messages.values() if m.channel == "phone:a"] == ["2.0.ann.phone:a"]


def test_h07_a_message_that_could_not_be_sent_for_ten_minutes_is_issued_anew() -> None:
    story = Story()
    story.at(0, press_with(repeat_after=3600 * SECOND, steps=press_with().plan.steps[:1]))
    story.report(1, FIRST_CALL, error="500")
    assert story.tick(600) == [Reissued]
    (message,) = due(story.now)
    assert (message.id, message.attempts) == ("0.0+.ann.phone:a", 1)
    assert story.whys == [Why.TOO_OLD]


def test_news_to_a_phone_waits_for_the_call_that_is_still_on_its_way_there(story: Story) -> None:
    story.answer(5, BOB, Reply.GOING)
    assert [m.id for m in due(story.now)] == [FIRST_CALL]
    story.report(6, FIRST_CALL)
    assert [m.kind for m in due(story.now)] == [MessageKind.NOTICE]


def test_a_resolved_incident_is_settled_once_everybody_has_been_told(story: Story) -> None:
    story.report(1, FIRST_CALL)
    assert story.resolve(5) == [Resolved]
    assert (story.now.phase, story.now.is_settled) == (Phase.RESOLVED, False)
    (over,) = due(story.now)
    story.report(7, over.id, error="500")
    assert not story.now.is_settled
    assert story.tick(22) == [DeliveryStarted]
    story.report(23, over.id, 2)
    assert story.now.is_settled


@pytest.mark.parametrize("reply", [Reply.GOING, Reply.SEEN, Reply.ON_SCENE])
def test_news_of_an_answer_is_tried_again_while_it_is_true(story: Story, reply: Reply) -> None:
    story.hand_over(1)
    story.answer(5, DESK, reply)
    (news,) = due(story.now)
    story.report(6, news.id, error="500")
    expected: list[type[Event]] = [DeliveryStarted]
    assert story.tick(21) == expected
    story.resolve(22)
    story.report(23, news.id, 2, "500")
    assert story.now.messages[news.id].state is DeliveryState.EXPIRED


def test_news_to_the_taker_is_tried_again_while_it_is_true(story: Story) -> None:
    story.hand_over(1)
    story.answer(5, ANN, Reply.GOING)
    (news,) = due(story.now)
    story.report(6, news.id, error="500")
    assert story.tick(21) == [DeliveryStarted]


def test_h23_a_call_that_was_wiped_away_without_an_answer_is_sent_again_two_seconds_later(story: Story) -> None:
    story.hand_over(1)
    assert story.at(10, ReportCleared(channel="phone:a")) == [Cleared]
    assert due(story.now) == []
    assert story.at(11, ReportCleared(channel="phone:a")) == []
    assert story.tick(12) == [Reissued]
    assert story.whys == ["cleared"]
    assert [(message.id, message.attempts) for message in due(story.now)] == [("0.0+.ann.phone:a", 1)]


def test_h23_a_call_wiped_away_before_its_push_service_has_answered_is_sent_again(story: Story) -> None:
    assert story.at(0.3, ReportCleared(channel="phone:a")) == [Cleared]
    assert story.report(0.5, FIRST_CALL) == []
    assert story.tick(2.3) == [Reissued]


def test_h23_a_phone_that_wipes_every_call_away_is_called_again_half_as_often_each_time() -> None:
    story = Story()
    story.at(0, press_with(repeat_after=3600 * SECOND, steps=press_with().plan.steps[:1]))
    times = []
    now = 0.0
    for _ in range(5):
        story.hand_over(now)
        story.at(now, ReportCleared(channel="phone:a"))
        wanted = next_due(story.now)
        assert wanted is not None
        now = (wanted - T0).total_seconds()
        assert story.tick(now) == [Reissued]
        times.append(now)
    assert times == [2, 6, 14, 30, 62]


def test_h23_a_call_that_was_wiped_away_has_all_its_attempts_again(story: Story) -> None:
    story.hand_over(1)
    for time in (2, 6):
        story.at(time, ReportCleared(channel="phone:a"))
        story.tick(time + 4)
        if time == 2:
            story.hand_over(time + 4)
    (call,) = due(story.now)
    story.report(11, call.id, call.attempts, "429")
    assert story.now.messages[call.id].state is DeliveryState.OWED


def test_h23_the_record_says_why_even_where_the_call_had_stood_for_long() -> None:
    story = Story()
    story.at(0, press_with(repeat_after=3600 * SECOND, steps=press_with().plan.steps[:1]))
    story.hand_over(1)
    story.at(660, ReportCleared(channel="phone:a"))
    assert story.tick(662) == [Reissued]
    assert story.whys == [Why.CLEARED]


def test_h23_a_message_that_is_not_true_any_more_may_be_wiped_away(story: Story) -> None:
    story.hand_over(1)
    story.answer(5, BOB, Reply.GOING)
    story.hand_over(6)
    assert story.at(10, ReportCleared(channel="phone:a")) == []


def test_h23_whoever_cannot_go_may_wipe_the_call_away() -> None:
    story = Story()
    story.at(0, press_with(steps=(Step(after=0 * SECOND, responders=("ann", "bob")),)))
    story.hand_over(1)
    story.answer(5, replace(ANN, channel=None), Reply.CANNOT_GO)
    assert story.at(10, ReportCleared(channel="phone:a")) == []
    assert story.at(10, ReportCleared(channel="phone:b")) == [Cleared]


def test_h23_a_call_wiped_away_just_before_it_is_answered_is_not_sent_again(story: Story) -> None:
    story.hand_over(1)
    story.at(10, ReportCleared(channel="phone:a"))
    story.answer(11, BOB, Reply.GOING)
    assert story.told(12)["ann"] is MessageKind.NOTICE
    assert story.tick(13) == []


@pytest.mark.parametrize("what", ["pressed again", "wiped away", "answered too late", "taken back"])
def test_h33_a_step_that_was_handed_over_is_waited_for_whatever_is_sent_after_it(what: str) -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    if what == "pressed again":
        story.answer(15, ANN, Reply.GOING)
        story.hand_over(15)
        story.at(100, HANDLE_PRESS)
        assert next_due(story.now) == T0 + 160 * SECOND
        return
    if what == "wiped away":
        story.at(20, ReportCleared(channel="phone:a"))
        story.tick(22)
    elif what == "answered too late":
        story.answer(20, ANN, Reply.GOING, asked=-1)
    else:
        signal = Signal(press=HANDLE_PRESS.press, what=AtOrigin.IT_IS_OVER, proof=Proof.ROOM)
        story.at(20, signal)
    assert next_due(story.now) == T0 + 60 * SECOND
