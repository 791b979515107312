"""A press opens an incident, and no later press goes unanswered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.duress.engine import decide, due, next_due
from custom_components.duress.engine.commands import Close, Gather, ReportDelivery, ReportReceipt, Tick
from custom_components.duress.engine.events import (
    Event,
    Gathered,
    NobodyToCall,
    Opened,
    PressRepeated,
    Resolved,
    StepStarted,
    WentStale,
)
from custom_components.duress.engine.kinds import CloseCode, DeliveryState, MessageKind, Phase, Reply, ResolveReason
from custom_components.duress.engine.model import Place
from custom_components.duress.engine.reach import Reach
from custom_components.duress.engine.why import Why

from .story import ANN, DESK, FIRST_CALL, HANDLE_PRESS, REACH, SECOND, T0, Story, press_with, reach


def test_a_press_opens_an_incident_and_its_first_calls_are_being_sent_in_the_same_breath(story: Story) -> None:
    assert [type(e) for e in story.history] == [Opened, StepStarted]
    assert [(m.id, m.state, m.attempts) for m in due(story.now)] == [(FIRST_CALL, DeliveryState.SENDING, 1)]
    story.hand_over(0)
    assert next_due(story.now) == T0 + 60 * SECOND


def test_without_an_incident_nothing_but_a_press_means_anything() -> None:
    commands = (
        Tick(reach=Reach(channels={})),
        ReportDelivery(message="m", attempt=1),
        ReportReceipt(message="m"),
        Close(by=ANN, code=CloseCode.GENUINE),
    )
    for command in commands:
        assert decide(None, command, T0) == []


def test_every_phone_of_a_person_is_called() -> None:
    story = Story()
    phones = Reach(channels={"ann": (*reach(ann="a").of("ann"), *reach(ann="tablet").of("ann"))})
    story.at(0, replace(HANDLE_PRESS, reach=phones))
    assert [m.channel for m in due(story.now)] == ["phone:a", "phone:tablet"]


def test_nobody_is_called_before_the_cancel_window_is_over() -> None:
    story = Story()
    assert story.at(0, press_with(cancel_window=10 * SECOND)) == [Opened]
    assert (story.now.phase, due(story.now), story.now.is_open) == (Phase.PENDING, [], True)
    assert story.tick(9.9) == []
    assert story.tick(10) == [StepStarted]
    assert (story.now.phase, story.whys) == (Phase.ACTIVE, [Why.CANCEL_WINDOW_OVER])


def test_a_press_that_is_taken_back_in_its_cancel_window_calls_nobody() -> None:
    story = Story()
    story.at(0, press_with(cancel_window=10 * SECOND))
    assert story.resolve(5, DESK) == [Resolved]
    assert (due(story.now), story.now.is_settled, story.tick(10)) == ([], True, [])


def test_a_second_press_in_the_cancel_window_calls_at_once() -> None:
    story = Story()
    story.at(0, press_with(cancel_window=10 * SECOND))
    assert story.at(2, HANDLE_PRESS) == [PressRepeated, StepStarted]
    assert (story.now.phase, story.now.presses) == (Phase.ACTIVE, 2)
    assert story.whys == [Why.PRESSED_AGAIN, Why.PRESSED_AGAIN]


def test_h01_a_repeated_press_is_counted_and_hurries_nobody_who_is_being_called(story: Story) -> None:
    story.hand_over(1)
    assert story.at(10, HANDLE_PRESS) == [PressRepeated]
    assert (story.now.presses, story.now.step, next_due(story.now)) == (2, 0, T0 + 60 * SECOND)
    assert story.whys == [Why.ALREADY_CALLING]


@pytest.mark.parametrize("reply", [Reply.SEEN, Reply.GOING])
def test_h01_a_press_after_an_answer_calls_the_taker_again_and_a_step_later_everybody(
    story: Story, reply: Reply
) -> None:
    story.tick(60)
    story.answer(61, ANN, reply)
    story.hand_over(61)
    assert story.at(70, HANDLE_PRESS) == [PressRepeated]
    assert story.whys == [Why.TAKER_CALLED_AGAIN]
    assert (story.now.phase, story.told(70)) == (Phase.ACTIVE, {"ann": MessageKind.CALL})
    assert story.tick(129.9) == []
    assert story.tick(130) == [StepStarted]
    assert (story.whys, story.told(130)) == (
        [Why.NOT_ANSWERED],
        {"ann": MessageKind.CALL, "bob": MessageKind.CALL},
    )


def test_h01_a_press_after_an_answer_from_a_desk_without_a_phone_resumes_at_once(story: Story) -> None:
    story.answer(5, DESK, Reply.GOING)
    story.at(10, HANDLE_PRESS)
    assert story.whys == [Why.TAKER_NOT_REACHABLE]
    assert story.tick(10) == [StepStarted]


@pytest.mark.parametrize(("minutes", "kinds"), [(14.9, [PressRepeated]), (15, [Opened, StepStarted])])
def test_h01_a_press_long_after_the_answer_opens_a_linked_incident(minutes: float, kinds: list[type[Event]]) -> None:
    story = Story()
    story.at(0, press_with(arrival_within=timedelta(hours=1)))
    story.answer(0, ANN, Reply.GOING)
    events = decide(story.now, replace(HANDLE_PRESS, incident="j"), T0 + minutes * 60 * SECOND)
    assert [type(event) for event in events] == kinds
    if isinstance(events[0], Opened):
        assert (events[0].incident, events[0].follows) == ("j", "i")
        assert events[0].why is Why.PRESSED_LONG_AFTER_ANSWER


def test_h01_a_press_while_somebody_is_on_scene_opens_a_linked_incident(story: Story) -> None:
    story.answer(5, ANN, Reply.ON_SCENE)
    opened, started = decide(story.now, replace(HANDLE_PRESS, incident="j"), T0 + 6 * SECOND)
    assert isinstance(opened, Opened)
    assert (opened.follows, opened.why) == ("i", Why.PRESSED_ON_SCENE)
    assert isinstance(started, StepStarted)


def test_a_press_after_the_end_opens_a_new_incident_that_follows_nothing(story: Story) -> None:
    story.resolve(5)
    opened, *_ = decide(story.now, replace(HANDLE_PRESS, incident="j"), T0 + 6 * SECOND)
    assert isinstance(opened, Opened)
    assert opened.follows is None


def test_a_press_that_reaches_nobody_is_told_and_tried_again() -> None:
    story = Story()
    assert story.at(0, replace(HANDLE_PRESS, reach=Reach(channels={}))) == [Opened, NobodyToCall, NobodyToCall]
    assert next_due(story.now) == T0 + 90 * SECOND
    assert story.whys == [Why.PRESSED, Why.NOBODY_REACHABLE, Why.NOBODY_REACHABLE]
    assert story.tick(90) == [StepStarted]


def test_an_incident_is_closed_once_it_is_over_and_not_before(story: Story) -> None:
    close = Close(by=DESK, code=CloseCode.ACCIDENTAL)
    assert story.at(1, close) == []
    story.resolve(2)
    story.hand_over(3)
    story.at(100, close)
    assert (story.now.phase, story.now.code, story.now.reason) == (
        Phase.CLOSED,
        CloseCode.ACCIDENTAL,
        ResolveReason.HELPED,
    )
    assert story.now.is_settled


FOUND = replace(HANDLE_PRESS, found=True)
OTHERS = (Place(point="Till", area="Shop"),)


def test_h36_a_press_that_a_start_found_calls_with_the_others_and_names_them() -> None:
    story = Story()
    assert story.at(0, FOUND) == [Opened]
    assert (story.now.phase, due(story.now)) == (Phase.ACTIVE, [])
    assert story.at(2, Gather(leader="i", also=OTHERS, reach=REACH)) == [Gathered, StepStarted]
    assert story.now.also == OTHERS
    assert story.at(2, Gather(leader="i", also=OTHERS, reach=REACH)) == []


def test_h36_a_press_that_another_call_named_calls_by_itself_a_minute_later() -> None:
    story = Story()
    story.at(0, FOUND)
    assert story.at(2, Gather(leader="other", also=(), reach=REACH)) == [Gathered]
    assert story.tick(61.9) == []
    assert story.tick(62) == [StepStarted]


def test_h36_a_press_that_a_start_found_calls_though_nothing_gathers_it() -> None:
    story = Story()
    story.at(0, FOUND)
    assert story.tick(3) == [StepStarted]


def test_h36_a_second_press_is_not_held_back_with_what_a_start_found() -> None:
    story = Story()
    story.at(0, FOUND)
    assert story.at(1, HANDLE_PRESS) == [PressRepeated, StepStarted]


def test_h36_a_press_found_too_late_is_asked_about_once() -> None:
    story = Story()
    assert story.at(0, replace(HANDLE_PRESS, late=True)) == [Opened, WentStale]
    assert story.told(1) == {"ann": MessageKind.STALE, "bob": MessageKind.STALE}
    assert next_due(story.now) is None
