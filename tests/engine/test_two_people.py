"""Some calls need two people, and whoever goes can ask for more help: the others go on being called for that."""

from dataclasses import replace
from itertools import product

import pytest

from custom_components.duress.engine import due, next_due
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
    TakenBack,
)
from custom_components.duress.engine.kinds import MessageKind, Phase, Progress, Proof, Reply
from custom_components.duress.engine.model import Actor
from custom_components.duress.engine.plan import CallType, Step
from custom_components.duress.engine.reach import Channel, Reach

from .story import ANN, BOB, DESK, FIRST_CALL, HANDLE_PRESS, PLAN, PRESS, REACH, SECOND, T0, Story, press_with, reach

CAS = Actor(user="u-cas", responder="cas", channel="phone:c")
TOGETHER = (Step(after=0 * SECOND, responders=("ann", "bob")), Step(after=60 * SECOND, responders=("cas",)))


def needing_two() -> Story:
    """Return a call that needs two people, for which Ann and Bob are called at once and Cas a minute later."""
    story = Story()
    story.at(0, press_with(steps=TOGETHER, needs_two=True))
    story.hand_over(1)
    return story


def ann_goes_alone() -> Story:
    """Return a call that needs two people, for which Ann goes, who was called alone, and Bob is called after her."""
    story = Story()
    story.at(0, press_with(needs_two=True))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
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
    story = ann_goes_alone()
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
    story = ann_goes_alone()
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


def test_whoever_is_beside_the_one_who_goes_can_ask_for_more_help_but_not_in_a_quiet_call() -> None:
    for covert in (False, True):
        story = Story()
        story.at(0, press_with(covert=covert))
        story.answer(10, ANN, Reply.GOING)
        assert story.answer(20, BOB, Reply.MORE_HELP) == ([] if covert else [MoreHelpAsked])


def test_nobody_is_rung_for_more_help_while_a_button_is_tried_out() -> None:
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
        assert story.now.phase is Phase.ACTIVE or len(story.now.going) >= story.now.people_needed


def test_a_call_that_needs_two_calls_more_than_the_plan_where_that_has_only_one() -> None:
    story = Story()
    story.at(0, replace(press_with(steps=PLAN.steps[:1], needs_two=True), reach=reach(ann="a", dan="d")))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.tick(90, reach(ann="a", dan="d"))
    assert called(story) == {"dan"}


ONLY_ANN = reach(ann="a")


def rung(story: Story, until: float, who: Reach = REACH) -> set[str]:
    """Let time pass; returns who was called meanwhile."""
    found: set[str] = set()
    while (wanted := next_due(story.now)) is not None and (seconds := (wanted - T0).total_seconds()) <= until:
        story.tick(seconds, who)
        found |= called(story)
        story.hand_over(seconds)
    return found


def test_h18_who_goes_alone_where_two_are_needed_and_never_arrives_is_called_again_like_everybody() -> None:
    story = Story()
    story.at(0, replace(press_with(steps=PLAN.steps[:1], needs_two=True), reach=ONLY_ANN))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.hand_over(11)
    assert "ann" not in rung(story, 600, ONLY_ANN)
    assert "ann" in rung(story, 700, ONLY_ANN)
    assert story.now.going == ()


def test_h18_a_power_cut_longer_than_the_way_takes_calls_again_whoever_went_alone() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.hand_over(11)
    story.resume(5 * 3600, 5 * 3600 - 20)
    story.tick(5 * 3600)
    assert "ann" in called(story)


def test_h18_asking_for_more_help_gives_whoever_goes_no_more_time_to_arrive() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, ANN, Reply.MORE_HELP)
    rung(story, 609)
    assert story.now.is_taken_by(ANN)
    rung(story, 611)
    assert not story.now.is_taken_by(ANN)


@pytest.mark.parametrize("leaves", [ANN, BOB])
def test_whoever_is_left_alone_is_told_so(leaves: Actor) -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.GOING)
    story.hand_over(21)
    story.answer(30, leaves, Reply.CANNOT_GO)
    stays = "bob" if leaves is ANN else "ann"
    assert story.told(31)[stays] is MessageKind.CONFIRMATION


def test_a_third_is_called_where_two_ask_for_more_help_and_neither_is_forgotten() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.GOING)
    story.hand_over(21)
    story.answer(30, ANN, Reply.MORE_HELP)
    story.tick(30)
    story.tick(30)
    story.hand_over(31)
    story.answer(35, BOB, Reply.ON_SCENE)
    assert (story.now.phase, len(story.now.going)) == (Phase.ACTIVE, 2)
    story.answer(40, CAS, Reply.GOING)
    assert (story.now.phase, len(story.now.going)) == (Phase.ACKNOWLEDGED, 3)


def test_asking_for_more_help_again_does_not_begin_the_plan_anew() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    seen: set[str] = set()
    for moment in range(20, 200, 50):
        assert story.answer(moment, ANN, Reply.MORE_HELP) == [AnswerRefused]
        seen |= rung(story, moment + 49)
    assert "cas" in seen


def test_h17_a_call_that_was_quiet_cannot_be_ended_where_it_came_from_once_it_is_open() -> None:
    worse = replace(PLAN, id="worse", call_type=CallType.MEDICAL, against_somebody=True)
    story = Story()
    story.at(0, press_with(call_type=CallType.STAFF_DURESS, covert=True))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    story.at(20, Answer(by=ANN, reply=Reply.MORE_HELP, upgrade=worse))
    over = Signal(press=PRESS, what=AtOrigin.IT_IS_OVER, proof=Proof.ROOM)
    assert story.at(30, over) == [TakenBack]


def test_a_plan_for_worse_that_needs_two_needs_two() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.at(10, Answer(by=BOB, reply=Reply.MORE_HELP, upgrade=replace(PLAN, id="worse", needs_two=True)))
    story.answer(20, ANN, Reply.GOING)
    assert story.now.phase is Phase.ACTIVE


def test_a_ring_that_has_not_arrived_yet_is_not_made_a_soft_one() -> None:
    story = Story()
    story.at(0, press_with(steps=TOGETHER, needs_two=True))
    story.report(1, FIRST_CALL)
    story.report(1, "0.0.bob.phone:b", error="500")
    story.answer(10, ANN, Reply.GOING)
    story.tick(16)
    (message,) = [m for m in story.now.messages.values() if m.responder == "bob"]
    assert message.critical


def test_a_tag_tells_that_the_second_is_there_and_a_weaker_proof_takes_none_away() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.at(20, Signal(press=PRESS, what=AtOrigin.SOMEBODY_IS_THERE, proof=Proof.ROOM))
    there = Signal(press=PRESS, what=AtOrigin.SOMEBODY_IS_THERE, proof=Proof.TAG, by=BOB)
    assert story.at(30, there) == [Arrived]
    assert (story.now.phase, story.now.proof) == (Phase.ACKNOWLEDGED, Proof.ROOM)
    assert story.at(40, replace(there, by=CAS)) == []


def test_whoever_takes_over_from_one_of_two_who_are_there_keeps_nobody_waiting_for_an_arrival() -> None:
    story = needing_two()
    for by in (ANN, BOB):
        story.answer(10, by, Reply.ON_SCENE)
    story.answer(20, CAS, Reply.TAKE_OVER)
    assert story.now.progress is Progress.ON_SCENE
    assert AnswerLapsed not in [type(e) for e in story.history]
    assert rung(story, 3600) == set()


def test_h01_both_who_go_are_asked_when_it_is_pressed_again() -> None:
    story = needing_two()
    story.answer(10, ANN, Reply.GOING)
    story.answer(20, BOB, Reply.GOING)
    story.hand_over(21)
    story.at(30, press_with(steps=TOGETHER, needs_two=True))
    assert story.told(31) == {"ann": MessageKind.CALL, "bob": MessageKind.CALL}


def test_after_the_last_round_whoever_goes_is_not_called() -> None:
    story = Story()
    story.at(0, press_with(steps=TOGETHER, needs_two=True, rounds=1))
    story.hand_over(1)
    story.answer(10, ANN, Reply.GOING)
    assert "ann" not in rung(story, 500)


def test_whoever_has_answered_is_not_rung_on_another_way_that_had_failed() -> None:
    two_ways = Reach(
        channels={"ann": (Channel(id="phone:a"), Channel(id="actions:a", answerable=False, follows_up=False))}
    )
    story = Story()
    story.at(0, replace(press_with(needs_two=True), reach=two_ways))
    story.report(1, FIRST_CALL)
    story.report(1, "0.0.ann.actions:a", error="busy")
    story.answer(10, ANN, Reply.GOING)
    story.tick(20, two_ways)
    assert not [m for m in due(story.now) if m.channel == "actions:a"]


def test_who_goes_without_having_been_called_starts_no_round_at_every_look() -> None:
    busy = replace(REACH, busy=frozenset({"ann"}))
    story = Story()
    story.at(0, replace(press_with(steps=PLAN.steps[:1], needs_two=True), reach=busy))
    story.hand_over(1)
    story.answer(5, CAS, Reply.GOING)
    before = story.now.round
    for _ in range(5):
        story.tick(6, busy)
        story.hand_over(6)
    assert story.now.round <= before + 1
