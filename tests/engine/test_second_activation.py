"""A hold-up that is signalled twice, two minutes apart, is told to those who talk to the police (BS 8243)."""

from dataclasses import replace

import pytest

from custom_components.duress.engine import due
from custom_components.duress.engine.commands import PressedElsewhere
from custom_components.duress.engine.events import PressRepeated, SecondActivation
from custom_components.duress.engine.kinds import MessageKind, Reply
from custom_components.duress.engine.plan import CallType

from .story import ANN, HANDLE_PRESS, PRESS, SECOND, T0, Story, press_with

HOLD_UP = press_with(call_type=CallType.HOLD_UP, covert=True, second_activation=True)
ELSEWHERE = PressedElsewhere(press=replace(PRESS, point="q"))


def held_up() -> Story:
    story = Story()
    story.at(0, HOLD_UP)
    story.hand_over(1)
    return story


@pytest.mark.parametrize("again", [HOLD_UP, ELSEWHERE])
def test_confirmed_holdup_2min_rule(again: object) -> None:
    story = held_up()
    assert SecondActivation not in story.at(119, again)  # type: ignore[arg-type]
    assert SecondActivation in story.at(121, again)  # type: ignore[arg-type]
    assert story.told(122) == {"ann": MessageKind.CALL}
    assert SecondActivation not in story.at(300, again)  # type: ignore[arg-type]


def test_whoever_sees_to_it_is_told_of_the_second_activation() -> None:
    story = held_up()
    story.answer(10, ANN, Reply.GOING)
    story.hand_over(11)
    assert story.at(150, ELSEWHERE) == [SecondActivation]
    assert story.told(151) == {"ann": MessageKind.CONFIRMATION}
    assert story.now.is_taken_by(ANN)


def test_h02_who_holds_what_was_pressed_elsewhere_is_told_nothing_and_called_no_more() -> None:
    story = held_up()
    story.tick(60)
    story.hand_over(61)
    story.at(130, PressedElsewhere(press=replace(PRESS, point="q"), holders=("bob",)))
    assert set(story.told(131)) == {"ann"}
    story.answer(132, ANN, Reply.CANNOT_GO)
    story.tick(150)
    assert "bob" not in story.told(151)


def test_a_second_activation_rings_nobody_and_tells_when_it_was_on_the_wall() -> None:
    story = held_up()
    wall = T0 + 7200 * SECOND
    story.at(150, PressedElsewhere(press=replace(PRESS, point="q", heard_at=wall)))
    assert story.now.activated_again_at == wall
    assert not any(message.critical for message in due(story.now))


def test_a_plan_that_does_not_ask_for_it_tells_of_no_second_activation() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    assert story.at(200, ELSEWHERE) == []
    assert story.at(201, HANDLE_PRESS) == [PressRepeated]


def test_what_is_over_is_not_activated_again() -> None:
    story = held_up()
    story.resolve(10)
    assert story.at(200, ELSEWHERE) == []
