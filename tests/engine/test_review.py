"""Closing a call that is over: a quiet one takes two people."""

from dataclasses import replace

from custom_components.duress.engine.commands import Close
from custom_components.duress.engine.kinds import CloseCode, Phase
from custom_components.duress.engine.model import Actor
from custom_components.duress.engine.review_events import Closed, ReviewProposed

from .story import ANN, BOB, DESK, HANDLE_PRESS, Story, press_with

HOUR = 3600
GENUINE, TEST = CloseCode.GENUINE, CloseCode.TEST


def over(*, covert: bool = True, drill: bool = False) -> Story:
    """Return a call that was over ten seconds after the press."""
    story = Story()
    story.at(0, replace(press_with(covert=covert), drill=drill))
    story.resolve(10)
    story.hand_over(10)
    return story


def close(by: Actor, code: CloseCode = GENUINE, note: str | None = None, *, alone: bool = False) -> Close:
    return Close(by=by, code=code, note=note, alone=alone)


def test_h50_a_quiet_call_is_closed_once_a_second_person_finds_the_same() -> None:
    story = over()
    assert story.at(20, close(ANN)) == [ReviewProposed]
    assert story.at(30, close(ANN)) == [ReviewProposed]
    assert story.now.phase is Phase.RESOLVED
    assert story.at(40, close(BOB, TEST)) == [ReviewProposed]
    assert story.at(50, close(ANN)) == [ReviewProposed]
    assert story.at(60, close(BOB)) == [Closed]
    assert (story.now.phase, story.now.code) == (Phase.CLOSED, GENUINE)
    assert story.at(70, close(DESK)) == []


def test_h50_where_nobody_else_may_a_quiet_call_is_closed_with_a_note_after_twelve_hours() -> None:
    story = over()
    assert story.at(20, close(ANN, note="Looked at it", alone=True)) == []
    assert story.at(12 * HOUR + 9, close(ANN, note="Looked at it", alone=True)) == []
    assert story.at(12 * HOUR + 10, close(ANN, alone=True)) == []
    assert story.at(12 * HOUR + 10, close(ANN, note="Looked at it", alone=True)) == [Closed]


def test_one_person_closes_an_open_call_and_a_drill_of_a_quiet_one() -> None:
    assert over(covert=False).at(20, close(ANN)) == [Closed]
    assert over(drill=True).at(20, close(ANN)) == [Closed]


def test_what_is_not_over_is_not_closed() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    assert story.at(5, close(ANN)) == []
