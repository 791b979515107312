"""Some calls need two people, and whoever goes can ask for more help: the others go on being called for that."""

from dataclasses import replace
from itertools import product

import pytest

from custom_components.duress.engine import due
from custom_components.duress.engine.commands import Answer, AtOrigin, Signal
from custom_components.duress.engine.events import (
    Acknowledged,
    AnswerLapsed,
    AnswerRefused,
    Arrived,
    Declined,
    MoreHelpAsked,
    NobodyToCall,
    StepStarted,
)
from custom_components.duress.engine.kinds import MessageKind, Phase, Progress, Proof, Reply
from custom_components.duress.engine.model import Actor
from custom_components.duress.engine.plan import Step

from .story import ANN, BOB, DESK, HANDLE_PRESS, PLAN, PRESS, SECOND, Story, press_with, reach

CAS = Actor(user="u-cas", responder="cas", channel="phone:c")
TOGETHER = (Step(after=0 * SECOND, responders=("ann", "bob")), Step(after=60 * SECOND, responders=("cas",)))


def needing_two() -> Story:
    """Return a call that needs two people, for which Ann and Bob are called at once and Cas a minute later."""
    story = Story()
    story.at(0, press_with(steps=TOGETHER, needs_two=True))
    story.hand_over(1)
    return story


def called(story: Story) -> set[str]:
    """Return who was called by what followed last."""
    return {call.responder for event in story.latest if isinstance(event, StepStarted) for call in event.calls}


def test_the_others_go_on_being_called_until_a_second_person_goes() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    assert story.now.phase is Phase.ACTIVE
    assert story.told(11) == {"ann": MessageKind.CONFIRMATION, "bob": MessageKind.CALL}
    story.tick(60)
    assert called(story) == {"cas"}
    story.answer(70, BOB, Reply.GOING)
    assert (story.now.phase, story.now.going) == (Phase.ACKNOWLEDGED, (ANN, BOB))
    told = story.told(71)
    assert told == {"ann": MessageKind.CONFIRMATION, "bob": MessageKind.CONFIRMATION, "cas": MessageKind.NOTICE}


def test_where_one_of_two_goes_and_nobody_else_is_in_the_step_the_next_begins_at_once() -> None:
    story = Story()
    story.at(0, press_with(needs_two=True))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.tick(10)
    assert called(story) == {"bob"}


def test_whoever_goes_is_not_called_again_by_the_rounds_that_look_for_a_second() -> None:
    story = Story()
    story.at(0, press_with(steps=PLAN.steps[:1], needs_two=True))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    for round_ in range(3):
        kinds = story.tick(90 * (round_ + 1))
        assert kinds == [StepStarted]  # nobody else is in the plan, so whoever can be called is
        assert called(story) == {"bob", "cas"}
        story.hand_over(90 * (round_ + 1) + 1)


def test_a_step_of_which_everybody_goes_already_says_so_on_record() -> None:
    story = Story()
    story.at(0, press_with(needs_two=True))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.tick(10)
    story.hand_over(11)
    story.tick(100)
    assert [type(event) for event in story.latest] == [NobodyToCall, StepStarted]
    assert story.whys[0] == "already_going"


def test_when_one_of_the_two_cannot_go_after_all_another_is_called_and_the_first_is_kept() -> None:
    for leaves, stays in ((ANN, BOB), (BOB, ANN)):
        story = needing_two()
        story.answer(10, ANN, Reply.GOING)
        story.answer(20, BOB, Reply.GOING)
        story.hand_over(21)
        assert story.answer(30, leaves, Reply.CANNOT_GO) == [Declined]
        assert (story.now.phase, story.now.going) == (Phase.ACTIVE, (stays,))
        story.tick(30)
        story.tick(30)
        assert "cas" in {c.responder for e in story.history if isinstance(e, StepStarted) for c in e.calls}
        assert leaves.responder not in called(story)


def test_when_the_only_one_who_goes_cannot_after_all_everybody_is_called_anew() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, ANN, Reply.CANNOT_GO)
    assert story.now.going == ()
    story.tick(20)
    assert called(story) == {"bob", "cas"}


@pytest.mark.parametrize("first", [ANN, BOB])
def test_whichever_of_the_two_arrives_first_nobody_is_called_again_for_want_of_an_arrival(first: Actor) -> None:
    story = needing_two()
    other = BOB if first is ANN else ANN
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.GOING)
    story.answer(60, first, Reply.ON_SCENE)
    assert story.now.taken_by == first
    assert story.told(61)[first.responder or ""] is MessageKind.ARRIVAL
    assert AnswerLapsed not in story.tick(3000)
    assert story.answer(3001, other, Reply.ON_SCENE) == [Arrived]
    assert story.told(3002)[other.responder or ""] is MessageKind.ARRIVAL
    assert story.answer(3003, other, Reply.ON_SCENE) == []


def test_neither_of_the_two_arrives_and_everybody_is_called_again() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.GOING)
    story.hand_over(21)
    kinds = story.tick(20 + PLAN.arrival_within.total_seconds())
    assert kinds[0] is AnswerLapsed
    assert called(story) == {"ann", "bob", "cas"}
    assert story.now.going == ()


def test_whoever_is_there_alone_where_two_are_needed_is_there_while_others_are_called() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, ANN, Reply.ON_SCENE)
    assert (story.now.phase, story.now.progress) == (Phase.ACTIVE, Progress.ON_SCENE)
    assert story.told(21)["ann"] is MessageKind.ARRIVAL
    story.tick(60)
    assert called(story) == {"cas"}
    story.answer(70, CAS, Reply.GOING)
    assert story.now.phase is Phase.ACKNOWLEDGED
    assert story.told(71)["cas"] is MessageKind.CONFIRMATION


def test_a_second_who_is_simply_there_is_taken_for_the_second() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.ON_SCENE)
    assert (story.now.phase, story.now.going) == (Phase.ACKNOWLEDGED, (BOB, ANN))


def test_the_button_in_the_room_shows_that_the_first_of_two_is_there() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    there = Signal(press=PRESS, what=AtOrigin.SOMEBODY_IS_THERE, proof=Proof.ROOM)
    assert story.at(20, there) == [Arrived]
    assert (story.now.progress, story.now.proof, story.now.phase) == (Progress.ON_SCENE, Proof.ROOM, Phase.ACTIVE)


def test_who_has_only_seen_it_does_not_count_as_one_of_the_two() -> None:
    story = needing_two()
    story.answer(10, DESK, Reply.SEEN)
    assert story.now.going == ()
    story.answer(20, ANN, Reply.GOING)
    assert (story.now.phase, len(story.now.going)) == (Phase.ACTIVE, 1)
    assert story.answer(30, DESK, Reply.SEEN) == [AnswerRefused]


def test_whoever_goes_can_ask_for_more_help_and_is_kept() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.hand_over(11)
    assert story.answer(20, ANN, Reply.MORE_HELP) == [MoreHelpAsked]
    assert story.told(20) == {"ann": MessageKind.CONFIRMATION}
    assert len(story.now.going) == 1
    story.tick(20)
    assert called(story) == {"bob"}  # of the first step only Ann is called, who goes
    assert all(message.critical for message in due(story.now))
    story.answer(30, BOB, Reply.GOING)
    assert (story.now.phase, len(story.now.going)) == (Phase.ACKNOWLEDGED, 2)


def test_more_help_is_called_by_the_plan_that_is_for_that() -> None:
    worse = replace(PLAN, id="worse", steps=(Step(after=0 * SECOND, responders=("cas",)),))
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.answer(10, ANN, Reply.ON_SCENE)
    story.at(20, Answer(by=ANN, reply=Reply.MORE_HELP, upgrade=worse))
    assert story.now.plan.id == "worse"
    story.tick(20)
    assert called(story) == {"cas"}
    assert story.now.progress is Progress.ON_SCENE


def test_a_call_that_gets_worse_before_anybody_goes_follows_the_other_plan_from_its_beginning() -> None:
    worse = replace(PLAN, id="worse", steps=(Step(after=0 * SECOND, responders=("cas",)),))
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.answer(10, DESK, Reply.SEEN)
    story.at(20, Answer(by=BOB, reply=Reply.MORE_HELP, upgrade=worse))
    story.tick(20)
    assert called(story) == {"ann", "cas"}
    assert (story.now.going, story.now.people_needed) == ((), 1)


def test_who_does_not_go_cannot_ask_for_more_help_and_nobody_is_rung_while_a_button_is_tried_out() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.answer(10, ANN, Reply.GOING)
    assert story.answer(20, BOB, Reply.MORE_HELP) == []
    trying = Story()
    trying.at(0, press_with(for_trying=True))
    trying.answer(10, ANN, Reply.GOING)
    assert trying.answer(20, ANN, Reply.MORE_HELP) == []


def test_a_press_while_a_second_is_still_called_for_keeps_whoever_goes() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.at(20, press_with(steps=TOGETHER, needs_two=True))
    assert story.now.going == (ANN,)
    story.tick(60)
    assert called(story) == {"cas"}


def test_taking_over_from_one_of_two_leaves_the_other() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.GOING)
    assert story.answer(30, CAS, Reply.TAKE_OVER) == [Acknowledged]
    assert story.now.going == (CAS, BOB)


def test_the_one_who_goes_is_reminded_while_a_second_is_called_for() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    for seconds in (60, 150, 211):
        story.tick(seconds)
        story.hand_over(seconds)
    story.tick(211)
    assert story.now.reminders == 1


def test_h46_an_old_take_over_that_is_tapped_when_more_help_is_wanted_joins() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, ANN, Reply.MORE_HELP)
    assert story.answer(30, BOB, Reply.TAKE_OVER, asked=0) == [Acknowledged]
    assert story.now.going == (ANN, BOB)


def test_nobody_waits_for_ever_whatever_two_people_answer() -> None:
    replies = (Reply.GOING, Reply.ON_SCENE, Reply.CANNOT_GO, Reply.MORE_HELP)
    for first, second, third in product(replies, repeat=3):
        story = needing_two()
        story.answer(10, ANN, first)
        story.answer(20, BOB, second)
        story.answer(30, ANN, third)
        assert story.now.deadline is not None
        assert len(story.now.going) == 2 or story.now.phase is Phase.ACTIVE


def test_a_call_that_needs_two_calls_more_than_the_plan_where_that_has_only_one() -> None:
    story = Story()
    story.at(0, replace(press_with(steps=PLAN.steps[:1], needs_two=True), reach=reach(ann="a", dan="d")))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.tick(90, reach(ann="a", dan="d"))
    assert called(story) == {"dan"}
