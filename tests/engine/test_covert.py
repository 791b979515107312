"""Who holds the button may be standing beside the person who makes them press it; not every call is an alarm."""

from dataclasses import replace

import pytest

from custom_components.duress.engine import due
from custom_components.duress.engine.events import AnswerSetAside, NobodyToCall, StepStarted, WentStale
from custom_components.duress.engine.kinds import Phase, Reply
from custom_components.duress.engine.plan import CallType, Step
from custom_components.duress.engine.reach import Channel, Reach

from .story import ANN, BOB, PLAN, SECOND, Story, press_with, reach

COVERT = replace(
    press_with(
        covert=True,
        call_type=CallType.HOLD_UP,
        steps=(Step(after=0 * SECOND, responders=("ann", "bob")), Step(after=60 * SECOND, responders=("ann",))),
    ),
    holders=("ann",),
)


def called(story: Story) -> set[str]:
    return {message.responder for message in due(story.now)}


def test_h02_who_holds_the_button_is_not_called_by_a_covert_plan() -> None:
    story = Story()
    story.at(0, COVERT)
    assert called(story) == {"bob"}
    story.hand_over(1)
    story.tick(60)
    assert NobodyToCall in [type(event) for event in story.latest]
    assert called(story) == set()


def test_h02_not_even_where_nobody_else_can_be_reached() -> None:
    story = Story()
    story.at(0, replace(COVERT, reach=reach(ann="a")))
    assert called(story) == set()
    story.tick(3600, reach(ann="a"))
    assert called(story) == set()
    story.resume(14 * 3600, away=13 * 3600)
    assert [type(event) for event in story.latest][-1] is WentStale
    assert "ann" not in called(story)


@pytest.mark.parametrize("reply", [reply for reply in Reply if reply is not Reply.OVER])
def test_h02_an_answer_of_who_holds_the_button_changes_nothing(reply: Reply) -> None:
    story = Story()
    story.at(0, COVERT)
    before = story.now
    assert story.answer(5, ANN, reply) == [AnswerSetAside]
    assert story.now == before


def test_h02_who_holds_the_button_cannot_end_it_and_others_can() -> None:
    story = Story()
    story.at(0, COVERT)
    assert story.resolve(5, ANN) == [AnswerSetAside]
    assert story.now.is_open
    story.resolve(6, BOB)
    assert story.now.phase is Phase.RESOLVED


def test_h02_in_an_open_plan_who_carries_the_button_counts_like_everybody_else() -> None:
    story = Story()
    story.at(0, replace(COVERT, plan=replace(COVERT.plan, covert=False)))
    assert called(story) == {"ann", "bob"}
    story.answer(5, ANN, Reply.GOING)
    assert story.now.phase is Phase.ACKNOWLEDGED


def test_h34_a_call_that_starts_softly_breaks_through_from_the_second_step_on() -> None:
    soft, loud = replace(PLAN.steps[0], critical=False), PLAN.steps[1]
    story = Story()
    story.at(0, press_with(steps=(soft, loud)))
    assert [(m.responder, m.critical) for m in due(story.now)] == [("ann", False)]
    story.hand_over(1)
    story.tick(60)
    assert [(m.responder, m.critical) for m in due(story.now)] == [("bob", True)]
    story.hand_over(61)
    story.tick(150)
    assert [(m.responder, m.critical) for m in due(story.now)] == [("ann", True)]


def test_h34_whoever_is_called_again_after_an_answer_came_to_nothing_is_called_loudly() -> None:
    story = Story()
    story.at(0, press_with(steps=(replace(PLAN.steps[0], critical=False),)))
    story.answer(5, ANN, Reply.GOING)
    story.hand_over(5)
    story.answer(6, ANN, Reply.CANNOT_GO)
    story.tick(6)
    assert StepStarted in [type(event) for event in story.latest]
    assert {m.critical for m in due(story.now)} == {True}


def test_h06_a_covert_call_is_made_on_no_channel_that_shows() -> None:
    channels = (Channel(id="phone:b"), Channel(id="notify:mail", discreet=False))
    story = Story()
    story.at(0, replace(COVERT, reach=Reach(channels={"bob": channels})))
    assert [message.channel for message in due(story.now)] == ["phone:b"]
    open_call = Story()
    open_call.at(0, replace(COVERT, plan=replace(COVERT.plan, covert=False), reach=Reach(channels={"bob": channels})))
    assert [message.channel for message in due(open_call.now)] == ["phone:b", "notify:mail"]


def test_h02_a_press_on_an_answered_covert_call_goes_past_channels_that_show_too() -> None:
    channels = Reach(channels={"bob": (Channel(id="phone:b"), Channel(id="notify:mail", discreet=False))})
    story = Story()
    story.at(0, replace(COVERT, reach=channels))
    story.answer(5, BOB, Reply.GOING)
    story.at(20, replace(COVERT, reach=channels))
    assert {message.channel for message in story.now.messages.values()} == {"phone:b"}
