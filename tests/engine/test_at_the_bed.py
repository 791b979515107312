"""Whoever goes is reminded; what is said where the call came from counts for what it proves."""

from dataclasses import replace

import pytest

from custom_components.duress.engine.commands import AtOrigin, Close, HandlePress, Resolve, Signal
from custom_components.duress.engine.events import (
    Acknowledged,
    AnswerLapsed,
    AnswerRefused,
    Arrived,
    PressRepeated,
    ReasonAsked,
    Reminded,
    Resolved,
    StepStarted,
    TakenBack,
)
from custom_components.duress.engine.kinds import CloseCode, MessageKind, Origin, Phase, Proof, Reply, ResolveReason
from custom_components.duress.engine.model import Actor
from custom_components.duress.engine.plan import ARRIVAL_WITHIN, CallType, Step
from custom_components.duress.engine.reach import MANAGERS, Channel
from custom_components.duress.engine.review_events import Closed
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, DESK, HANDLE_PRESS, PRESS, REACH, SECOND, Story, press_with, reach

MEDICAL = press_with(call_type=CallType.MEDICAL, arrival_within=ARRIVAL_WITHIN[CallType.MEDICAL])
IN_THE_ROOM = press_with(ends_at_origin=True)


def at_bed(
    what: AtOrigin = AtOrigin.IT_IS_OVER,
    by: Actor | None = None,
    proof: Proof = Proof.ROOM,
    origin: Origin = Origin.LOCAL,
) -> Signal:
    return Signal(press=replace(PRESS, source="room", origin=origin), what=what, proof=proof, by=by)


def going(command: HandlePress = HANDLE_PRESS) -> Story:
    """Return a call to which Ann is going since five seconds after it."""
    story = Story()
    story.at(0, command)
    story.hand_over(1)
    story.answer(5, ANN, Reply.GOING)
    story.hand_over(6)
    return story


def test_whoever_goes_is_reminded_until_they_are_there_and_then_everybody_is_called_again() -> None:
    story = going(MEDICAL)
    assert story.tick(65) == [Reminded]
    assert story.told(65) == {"ann": MessageKind.REMINDER}
    assert story.tick(125) == [Reminded]
    assert story.told(125) == {"ann": MessageKind.REMINDER}
    assert story.tick(185) == [AnswerLapsed, StepStarted]
    assert story.tick(186) == []


def test_who_is_there_is_reminded_every_half_hour_that_the_call_is_open() -> None:
    story = going()
    story.answer(60, ANN, Reply.ON_SCENE)
    story.hand_over(60)
    assert story.tick(1859) == []
    for half_hour in range(1, 4):
        assert story.tick(60 + half_hour * 1800) == [Reminded]
        assert story.told(60 + half_hour * 1800) == {"ann": MessageKind.REMINDER}


def test_who_cannot_be_reached_at_one_moment_is_reminded_at_the_next() -> None:
    story = going(MEDICAL)
    assert story.tick(65, reach(bob="b")) == [Reminded]
    assert story.told(65) == {}
    assert story.tick(125) == [Reminded]
    assert story.told(125) == {"ann": MessageKind.REMINDER}


def test_a_desk_without_a_phone_is_not_reminded() -> None:
    story = Story()
    story.at(0, MEDICAL)
    story.hand_over(1)
    story.answer(5, DESK, Reply.GOING)
    story.hand_over(6)
    assert story.tick(65) == [Reminded]
    assert story.told(65) == {}
    assert story.tick(125) == []


def test_a_reminder_that_is_sent_as_a_new_one_is_no_louder_than_it_was() -> None:
    story = going(press_with(covert=True, call_type=CallType.STAFF_DURESS))
    story.answer(60, ANN, Reply.ON_SCENE)
    story.hand_over(60)
    story.tick(1860)
    story.resume(1860 + 660, away=660)
    story.tick(1860 + 660)
    (reminder,) = [m for m in story.now.messages.values() if m.kind is MessageKind.REMINDER]
    assert not reminder.critical


def test_a_reminder_that_failed_is_not_sent_again_once_it_is_over() -> None:
    story = going(MEDICAL)
    story.tick(65)
    story.report(66, "remind1.ann.phone:a", error="500")
    story.tick(81)
    assert story.told(81) == {"ann": MessageKind.REMINDER}
    story.tick(125)
    story.report(126, "remind2.ann.phone:a", error="500")
    story.resolve(130)
    assert story.told(150)["ann"] is MessageKind.OVER


def test_who_finds_no_reason_that_fits_is_asked_for_another_and_it_stays_open() -> None:
    story = going()
    story.answer(60, ANN, Reply.ON_SCENE)
    story.hand_over(60)
    assert story.answer(70, ANN, Reply.ANOTHER_REASON) == [ReasonAsked]
    assert story.told(70) == {"ann": MessageKind.REASON}
    assert story.now.is_open
    assert story.at(80, Resolve(by=ANN, reason=ResolveReason.TEST)) == [Resolved]
    assert story.at(90, Close(by=DESK, code=CloseCode.TEST, note="Weekly test")) == [Closed]


def test_h44_the_record_says_what_shows_that_somebody_is_there() -> None:
    story = going()
    proofs = []
    assert story.answer(60, ANN, Reply.ON_SCENE) == [Arrived]
    proofs.append(story.now.proof)
    assert story.at(70, at_bed(AtOrigin.SOMEBODY_IS_THERE, ANN, Proof.TAG)) == [Arrived]
    assert story.at(80, at_bed(AtOrigin.SOMEBODY_IS_THERE)) == [Arrived]
    proofs.append(story.now.proof)
    assert story.at(90, at_bed(AtOrigin.SOMEBODY_IS_THERE, ANN, Proof.TAG)) == []
    proofs.append(story.now.proof)
    assert proofs == [Proof.TAP, Proof.ROOM, Proof.ROOM]


def test_h44_the_button_in_the_room_shows_that_whoever_was_going_is_there() -> None:
    story = going()
    assert story.at(60, at_bed(AtOrigin.SOMEBODY_IS_THERE)) == [Arrived]
    assert (story.now.taken_by, story.now.proof) == (ANN, Proof.ROOM)


def test_h44_a_tag_counts_only_for_the_person_whose_phone_read_it() -> None:
    story = going()
    assert story.at(50, at_bed(AtOrigin.SOMEBODY_IS_THERE, None, Proof.TAG)) == []
    assert story.at(60, at_bed(AtOrigin.SOMEBODY_IS_THERE, BOB, Proof.TAG)) == [Arrived]
    assert (story.now.taken_by, story.now.proof) == (BOB, Proof.TAG)


def test_h21_what_an_app_could_have_made_up_proves_no_arrival_and_ends_nothing() -> None:
    story = going()
    assert story.at(50, at_bed(AtOrigin.SOMEBODY_IS_THERE, ANN, origin=Origin.REMOTE)) == []
    assert story.at(60, at_bed(by=ANN, origin=Origin.REMOTE)) == [TakenBack]
    assert story.whys == [Why.NOT_FROM_THE_ROOM]
    assert story.now.phase is Phase.ACKNOWLEDGED


def test_h17_a_reset_before_anybody_has_taken_it_ends_nothing_and_whoever_comes_is_told() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    assert story.at(10, at_bed()) == [TakenBack]
    assert story.whys == [Why.NOT_TAKEN]
    assert story.told(10) == {"ann": MessageKind.CALL}
    assert story.now.is_open
    assert story.at(11, at_bed()) == [TakenBack]
    assert story.told(11) == {}, "once is enough"
    assert story.tick(60) == [StepStarted]


def test_h17_a_press_after_a_reset_calls_at_once() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    story.at(10, at_bed())
    assert story.at(20, HANDLE_PRESS) == [PressRepeated, StepStarted]
    assert story.now.taken_back_at is None


def test_h17_a_reset_while_a_press_can_still_be_taken_back_does_not_keep_the_call_from_being_made() -> None:
    story = Story()
    story.at(0, press_with(cancel_window=30 * SECOND))
    assert story.at(10, at_bed()) == [TakenBack]
    assert story.told(10) == {}
    assert story.tick(30) == [StepStarted]
    assert story.now.taken_back_at is not None


def test_h17_a_reset_ends_it_once_somebody_has_taken_it_and_counts_for_that_person() -> None:
    story = going()
    assert story.at(60, at_bed()) == [Resolved]
    assert (story.now.resolved_by, story.now.proof) == (ANN, Proof.ROOM)
    there = going()
    there.answer(60, ANN, Reply.ON_SCENE)
    assert there.at(70, at_bed()) == [Resolved]
    assert there.at(80, at_bed()) == []


def test_h17_having_only_seen_it_ends_nothing_in_the_room() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.answer(5, ANN, Reply.SEEN)
    assert story.at(10, at_bed()) == [TakenBack]
    assert story.now.is_open


def test_h17_whoever_is_known_and_was_called_can_end_it_in_the_room_without_having_answered() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    assert story.at(10, at_bed(by=Actor(user="u-resident", responder=None))) == [TakenBack]
    assert story.at(20, at_bed(by=ANN)) == [Resolved]


@pytest.mark.parametrize("call_type", [CallType.HOLD_UP, CallType.STAFF_DURESS])
@pytest.mark.parametrize("covert", [True, False])
def test_h17_a_call_against_somebody_who_may_stand_there_never_ends_there(call_type: CallType, covert: bool) -> None:
    story = going(press_with(call_type=call_type, covert=covert))
    assert story.at(60, at_bed(by=ANN)) == [TakenBack]
    assert story.whys == [Why.NEVER_AT_ORIGIN]
    assert story.told(60) == {}
    assert story.now.taken_back_at is None
    assert story.now.is_open


def test_a_call_that_ends_only_in_the_room_is_not_ended_from_a_phone() -> None:
    story = going(IN_THE_ROOM)
    story.answer(60, ANN, Reply.ON_SCENE)
    assert story.resolve(70) == [AnswerRefused]
    assert story.whys == [Why.ONLY_AT_ORIGIN]
    story.at(80, at_bed(AtOrigin.SOMEBODY_IS_THERE))
    assert story.resolve(90) == [Resolved]


def test_a_call_that_ends_only_in_the_room_is_ended_from_afar_by_those_in_charge_with_a_note() -> None:
    story = going(IN_THE_ROOM)
    end = Resolve(by=DESK, reason=ResolveReason.FALSE, in_charge=True)
    assert story.at(70, end) == [AnswerRefused]
    assert story.at(80, replace(end, note="The button was broken", in_charge=False)) == [AnswerRefused]
    assert story.at(90, replace(end, note="The button was broken")) == [Resolved]


def test_a_call_that_ends_only_in_the_room_and_was_forgotten_can_be_ended_from_anywhere() -> None:
    story = going(IN_THE_ROOM)
    story.answer(60, ANN, Reply.ON_SCENE)
    story.tick(60 + 43200)
    assert story.now.stale
    assert story.resolve(60 + 43201) == [Resolved]


def test_those_in_charge_are_called_from_the_second_round_on() -> None:
    story = Story()
    everybody = replace(REACH, groups={MANAGERS: ("cas",)})
    one_step = press_with(steps=(Step(after=0 * SECOND, responders=("ann",)),))
    story.at(0, replace(one_step, reach=everybody))
    assert set(story.told(0)) == {"ann"}
    story.tick(90, everybody)
    assert set(story.told(90)) == {"ann", "cas"}
    covert = Story()
    covert.at(0, replace(one_step, reach=everybody, plan=replace(one_step.plan, covert=True)))
    covert.hand_over(0)
    covert.tick(90, everybody)
    assert set(covert.told(90)) == {"ann"}


def test_h21_a_reset_from_elsewhere_changes_nothing_that_anybody_reads() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    assert story.at(10, at_bed(origin=Origin.REMOTE)) == [TakenBack]
    assert story.told(10) == {}
    assert story.now.taken_back_at is None


def test_h17_who_was_not_reached_yet_is_not_called_more_softly_because_of_a_reset() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.report(1, "0.0.ann.phone:a", error="500")
    story.at(5, at_bed())
    (call,) = [m for m in story.now.messages.values() if m.responder == "ann"]
    assert (call.id, call.critical) == ("0.0.ann.phone:a", True)


def test_h17_who_cannot_go_is_not_told_that_it_was_taken_back() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    story.answer(5, ANN, Reply.CANNOT_GO)
    story.at(10, at_bed())
    assert story.told(10) == {}


def test_h17_a_press_right_after_a_reset_is_not_taken_for_the_one_before_it() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.at(0.2, at_bed())
    assert PressRepeated in story.at(0.4, HANDLE_PRESS)
    assert story.now.taken_back_at is None


def test_h17_whoever_stands_at_a_hold_up_does_not_pass_for_the_one_who_sees_to_it() -> None:
    story = going(press_with(call_type=CallType.HOLD_UP, covert=True))
    assert story.at(60, at_bed(AtOrigin.SOMEBODY_IS_THERE)) == []
    assert story.at(70, at_bed(AtOrigin.SOMEBODY_IS_THERE, BOB, Proof.TAG)) == [Arrived]


def test_a_call_that_ends_only_in_the_room_is_not_ended_by_a_tag() -> None:
    story = going(IN_THE_ROOM)
    assert story.at(60, at_bed(by=ANN, proof=Proof.TAG)) == [TakenBack]
    assert story.at(70, at_bed()) == [Resolved]
    assert story.now.ended_in_the_room


def test_who_tapped_that_they_are_there_is_the_same_person_at_the_button_in_the_room() -> None:
    story = going(IN_THE_ROOM)
    story.answer(60, ANN, Reply.ON_SCENE)
    without_a_phone = replace(ANN, channel=None)
    assert story.at(70, at_bed(AtOrigin.SOMEBODY_IS_THERE, without_a_phone)) == [Arrived]
    assert story.resolve(80) == [Resolved]


def test_an_answer_holds_after_a_reset_that_ended_nothing() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    story.at(10, at_bed())
    story.hand_over(10)
    assert story.answer(15, ANN, Reply.GOING, asked=0) == [Acknowledged]


def test_the_question_for_a_reason_that_was_not_handed_over_is_asked_again_while_the_call_is_open() -> None:
    story = going()
    story.answer(60, ANN, Reply.ON_SCENE)
    story.hand_over(60)
    story.answer(70, ANN, Reply.ANOTHER_REASON)
    (question,) = [m.id for m in story.now.messages.values() if m.kind is MessageKind.REASON]
    story.report(71, question, error="500")
    story.tick(86)
    assert story.told(86) == {"ann": MessageKind.REASON}


def test_a_step_in_which_only_a_siren_is_left_on_duty_is_not_waited_for() -> None:
    siren = (Channel(id="actions:siren", answerable=False),)
    everybody = replace(REACH, channels={**REACH.channels, "siren": siren}, off_duty=frozenset({"ann"}))
    story = Story()
    steps = (Step(after=0 * SECOND, responders=("siren", "ann")), Step(after=300 * SECOND, responders=("bob",)))
    story.at(0, replace(press_with(steps=steps), reach=everybody))
    assert story.whys == [Why.PRESSED, Why.PRESSED, Why.NOBODY_ON_DUTY]
    assert set(story.told(0)) == {"siren", "bob"}
