"""After a power cut, a gap or a restored backup."""

from dataclasses import replace

import pytest

from custom_components.duress.engine import decide, due, next_due, replay
from custom_components.duress.engine.commands import Recover, Resume
from custom_components.duress.engine.delivery_events import DeliveryStarted, HandedOver
from custom_components.duress.engine.events import (
    Acknowledged,
    AnswerRefused,
    FoundNeeded,
    Opened,
    Resolved,
    Resumed,
    StepStarted,
    WentStale,
)
from custom_components.duress.engine.kinds import MessageKind, Phase, Reply
from custom_components.duress.engine.model import NO_PLACE
from custom_components.duress.engine.reach import MANAGERS
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, FIRST_CALL, HANDLE_PRESS, REACH, SECOND, T0, Story, reach

HOUR = 3600.0


def test_what_was_being_sent_is_repeated_once_under_its_own_id(story: Story) -> None:
    assert story.resume(20, away=19) == [Resumed]
    assert story.tick(20) == [DeliveryStarted]
    assert story.whys == [Why.IN_DOUBT]
    (message,) = due(story.now)
    assert (message.id, message.attempts) == (FIRST_CALL, 2)


def test_a_call_in_doubt_whose_step_is_due_again_is_made_once(story: Story) -> None:
    story.hand_over(1)
    story.tick(60)
    story.hand_over(61)
    story.tick(150)
    story.resume(300, away=149)
    assert story.tick(300)[-1] is StepStarted
    assert [m.id for m in due(story.now) if m.responder == "ann"] == [
        m.id for m in story.now.messages.values() if m.responder == "ann"
    ]


def test_an_incident_keeps_its_secret_and_is_given_one_if_it_lost_it(story: Story) -> None:
    story.resume(20, away=19)
    assert story.now.secret == "x"
    lost = replay([replace(e, secret=None) if isinstance(e, Opened) else e for e in story.history])
    assert lost is not None
    story.incident = lost
    story.resume(30, away=9)
    assert story.now.secret == "new"


@pytest.mark.parametrize(("hours", "stale"), [(11.9, False), (13.0, True)])
def test_an_incident_left_alone_for_half_a_day_asks_once_and_calls_nobody(
    story: Story, hours: float, stale: bool
) -> None:
    story.hand_over(1)
    assert story.resume(hours * HOUR, away=hours * HOUR) == ([Resumed, WentStale] if stale else [Resumed])
    assert story.now.stale is stale
    if stale:
        assert story.whys == [Why.UNATTENDED]
        assert story.told(hours * HOUR) == {"ann": MessageKind.STALE, "bob": MessageKind.STALE}
        assert (story.tick(24 * HOUR), next_due(story.now)) == ([], None)


@pytest.mark.parametrize(("minutes", "stale"), [(59, False), (60, True)])
def test_h29_an_incident_out_of_a_backup_is_only_asked_about(story: Story, minutes: int, stale: bool) -> None:
    story.hand_over(1)
    story.resume(minutes * 60, away=minutes * 60, restored=True)
    assert story.now.stale is stale
    if stale:
        assert story.whys == [Why.RESTORED]
        assert set(story.told(minutes * 60).values()) == {MessageKind.STALE}


def test_h29_answers_from_before_the_backup_stay_fenced(story: Story) -> None:
    story.hand_over(1)
    story.resume(2 * HOUR, away=2 * HOUR, restored=True)
    story.hand_over(2 * HOUR)
    assert story.answer(2 * HOUR, ANN, Reply.GOING, asked=0) == [AnswerRefused]
    assert story.answer(2 * HOUR, ANN, Reply.GOING, asked=5) == [AnswerRefused]
    assert story.told(2 * HOUR) == {"ann": MessageKind.STALE}
    assert story.answer(2 * HOUR, ANN, Reply.GOING, asked=1) == [Acknowledged]


def test_h29_a_person_decides_that_it_is_still_needed(story: Story) -> None:
    story.resume(2 * HOUR, away=2 * HOUR, restored=True)
    story.hand_over(2 * HOUR)
    assert story.answer(2 * HOUR, BOB, Reply.STILL_NEEDED, asked=1) == [FoundNeeded]
    assert story.tick(2 * HOUR) == [StepStarted]
    assert story.whys == [Why.STILL_NEEDED]
    assert story.told(2 * HOUR) == {"ann": MessageKind.CALL, "bob": MessageKind.CALL}


def test_h29_a_person_decides_that_it_is_over(story: Story) -> None:
    story.resume(2 * HOUR, away=2 * HOUR, restored=True)
    assert story.resolve(2 * HOUR, BOB, asked=1) == [Resolved]


def test_a_press_beside_a_stale_incident_is_a_call_of_its_own(story: Story) -> None:
    story.resume(13 * HOUR, away=13 * HOUR)
    opened, _ = decide(story.now, HANDLE_PRESS, T0 + 13 * HOUR * SECOND)
    assert isinstance(opened, Opened)
    assert (opened.why, opened.follows) == (Why.PRESSED_WHILE_STALE, "i")


def test_a_stale_incident_stays_so_through_another_start(story: Story) -> None:
    story.resume(13 * HOUR, away=13 * HOUR)
    story.hand_over(13 * HOUR)
    assert story.resume(14 * HOUR, away=HOUR) == [Resumed]
    assert story.now.stale


def test_when_none_of_those_who_were_called_can_be_reached_everybody_else_is_asked(story: Story) -> None:
    story.incident = story.now
    lapsed = decide(story.now, _recover(T0 - 13 * HOUR * SECOND, reach(cas="c")), T0)
    assert isinstance(lapsed[1], WentStale)
    assert [call.responder for call in lapsed[1].calls] == ["cas"]


def _recover(last_seen: object, who: object = REACH) -> Recover:
    return Recover(opening=replace(HANDLE_PRESS, place=NO_PLACE, reach=who), last_seen=last_seen)  # type: ignore[arg-type]


def test_an_incident_whose_beginning_is_lost_is_called_again() -> None:
    story = Story()
    assert story.at(60, _recover(T0)) == [Opened, StepStarted]
    assert story.whys == [Why.RECORD_DAMAGED, Why.RECORD_DAMAGED]


def test_an_incident_whose_beginning_was_lost_long_ago_is_only_asked_about() -> None:
    story = Story()
    assert story.at(13 * HOUR, _recover(T0)) == [Opened, WentStale]
    assert story.whys == [Why.RECORD_DAMAGED, Why.RECORD_DAMAGED]
    assert story.now.phase is Phase.ACTIVE


def test_replaying_the_events_gives_the_same_incident(story: Story) -> None:
    story.tick(60)
    story.report(61, FIRST_CALL, error="500")
    story.answer(70, ANN, Reply.GOING)
    story.at(80, HANDLE_PRESS)
    story.resolve(90)
    assert replay(story.history) == story.now


def test_a_record_without_its_beginning_is_no_incident_and_gaps_in_it_are_survived(story: Story) -> None:
    story.tick(60)
    assert replay(story.history[1:]) is None
    survived = replay([story.history[0], HandedOver(at=T0, message=FIRST_CALL), *story.history[2:]])
    assert survived is not None
    assert survived.step == 1


def test_a_message_in_doubt_that_is_unknown_is_passed_over(story: Story) -> None:
    survived = replay([*story.history, Resumed(at=T0, away=SECOND, in_doubt=("unknown", FIRST_CALL))])
    assert survived is not None
    assert next_due(survived) == T0


def test_h36_whoever_is_in_charge_is_asked_about_a_press_that_was_found_too_late() -> None:
    story = Story()
    in_charge = replace(REACH, groups={MANAGERS: ("cas",)})
    story.at(0, replace(HANDLE_PRESS, late=True, reach=in_charge))
    assert story.told(0) == {"cas": MessageKind.STALE}


def test_h29_whoever_is_in_charge_is_asked_about_a_call_out_of_a_backup() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.hand_over(1)
    away = 7200
    in_charge = replace(REACH, groups={MANAGERS: ("cas",)})
    story.at(away, Resume(away=away * SECOND, secret="new", reach=in_charge, restored=True))
    assert story.told(away) == {"ann": MessageKind.STALE, "cas": MessageKind.STALE}


def test_a_question_about_an_old_call_is_asked_until_it_has_been_handed_over() -> None:
    story = Story()
    story.at(0, replace(HANDLE_PRESS, late=True, reach=replace(REACH, groups={MANAGERS: ("cas",)})))
    time = 0.0
    for _ in range(12):
        for message in due(story.now):
            story.report(time, message.id, message.attempts, error="500")
        wanted = next_due(story.now)
        assert wanted is not None
        time = (wanted - T0).total_seconds()
        assert story.tick(time)
    assert story.told(time) == {"cas": MessageKind.STALE}
    assert time > 1800
