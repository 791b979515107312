"""Whoever has a call in hand cannot be hoped for at another; a call changes hands."""

from dataclasses import replace

import pytest

from custom_components.duress.engine import decide, evolve
from custom_components.duress.engine.commands import Answer, ReportDelivery, Tick
from custom_components.duress.engine.events import Acknowledged, AnswerRefused, Declined, NobodyToCall, StepStarted
from custom_components.duress.engine.kinds import DeliveryState, MessageKind, Phase, Progress, Reply
from custom_components.duress.engine.model import Actor, Incident
from custom_components.duress.engine.plan import Step
from custom_components.duress.engine.reach import Channel, Reach
from custom_components.duress.engine.why import Why

from .story import ANN, BOB, HANDLE_PRESS, PLAN, REACH, SECOND, T0, press_with, reach


def busy(*names: str, **phones: str) -> Reach:
    """Return who can be called, of whom these have another call in hand."""
    everybody = reach(**phones) if phones else REACH
    return replace(everybody, busy=frozenset(names))


def pressed(reach: Reach, **plan: object) -> tuple[Incident, list[StepStarted]]:
    events = decide(None, replace(press_with(**plan), reach=reach), T0)
    incident: Incident | None = None
    for event in events:
        incident = evolve(incident, event)
    assert incident is not None
    return incident, [event for event in events if isinstance(event, StepStarted)]


def answer(incident: Incident, by: Actor, reply: Reply, *, busy: bool = False) -> tuple[Incident, list[object]]:
    events = decide(incident, Answer(by=by, reply=reply, busy=busy), T0 + SECOND)
    for event in events:
        incident = evolve(incident, event)
    return incident, list(events)


def newest(incident: Incident, responder: str) -> MessageKind:
    return [message.kind for message in incident.messages.values() if message.responder == responder][-1]


def called(steps: list[StepStarted]) -> list[list[str]]:
    return [[call.responder for call in step.calls] for step in steps]


def test_h15_who_is_busy_is_told_and_the_next_step_starts_at_once_beside_it() -> None:
    incident, steps = pressed(busy("ann"))
    assert called(steps) == [["ann"], ["bob"]]
    assert steps[1].why is Why.ALL_BUSY
    assert incident.deadline == T0 + PLAN.repeat_after


def test_a_step_in_which_somebody_is_free_is_waited_for() -> None:
    both = Step(after=0 * SECOND, responders=("ann", "bob"))
    incident, steps = pressed(busy("ann"), steps=(both, Step(after=60 * SECOND, responders=("cas",))))
    assert called(steps) == [["ann", "bob"]]
    assert incident.deadline == T0 + 60 * SECOND


def test_who_cannot_answer_makes_nobody_free() -> None:
    desk = (Channel(id="notify:desk", answerable=False),)
    both = Step(after=0 * SECOND, responders=("ann", "desk"))
    steps = (both, Step(after=60 * SECOND, responders=("bob",)))
    channels = {**REACH.channels, "desk": desk}
    both_ways = replace(busy("ann"), channels=channels)
    assert called(pressed(both_ways, steps=steps)[1]) == [["ann", "desk"], ["bob"]]
    desk_only = replace(both_ways, channels={**channels, "ann": ()})
    assert called(pressed(desk_only, steps=steps)[1]) == [["desk"]]


def test_h15_where_everybody_of_the_plan_is_busy_everybody_else_is_called_too() -> None:
    assert called(pressed(busy("ann", "bob"))[1]) == [["ann"], ["bob", "cas"]]


def test_h06_a_covert_call_goes_to_nobody_else_because_its_people_are_busy() -> None:
    assert called(pressed(busy("ann", "bob"), covert=True)[1]) == [["ann"], ["bob"]]


def test_h53_a_button_that_is_tried_out_calls_nobody_else_because_whoever_tries_it_is_busy() -> None:
    assert called(pressed(busy("ann", "bob"), for_trying=True)[1]) == [["ann"], ["bob"]]


def test_h15_where_the_one_caretaker_is_busy_she_is_called_and_again_in_each_round() -> None:
    alone = busy("ann", ann="a")
    incident, steps = pressed(alone, steps=(Step(after=0 * SECOND, responders=("ann",)),))
    assert called(steps) == [["ann"]]
    events = decide(incident, Tick(reach=alone), T0 + PLAN.repeat_after)
    assert called([event for event in events if isinstance(event, StepStarted)]) == [["ann"]]


@pytest.mark.parametrize("reply", [Reply.SEEN, Reply.GOING, Reply.TAKE_OVER, Reply.ON_SCENE])
def test_h15_an_answer_of_who_is_busy_does_not_stop_the_escalation(reply: Reply) -> None:
    incident, _ = pressed(REACH)
    incident, events = answer(incident, ANN, reply, busy=True)
    assert [event.why for event in events if isinstance(event, AnswerRefused)] == [Why.BUSY]
    assert (incident.phase, incident.deadline) == (Phase.ACTIVE, T0 + 60 * SECOND)
    assert newest(incident, "ann") is MessageKind.BUSY
    incident, events = answer(incident, ANN, Reply.GOING)
    assert isinstance(events[0], Acknowledged)


@pytest.mark.parametrize("reply", [Reply.GOING, Reply.ON_SCENE])
def test_h15_having_seen_it_before_does_not_make_an_answer_of_who_is_busy_count(reply: Reply) -> None:
    incident, _ = pressed(REACH)
    incident, _ = answer(incident, ANN, Reply.SEEN)
    incident, events = answer(incident, ANN, reply, busy=True)
    assert [event.why for event in events if isinstance(event, AnswerRefused)] == [Why.BUSY]
    assert incident.progress is Progress.SEEN


def test_who_is_busy_and_taps_on_a_call_that_somebody_has_reads_who_has_it() -> None:
    incident, _ = pressed(REACH, steps=(Step(after=0 * SECOND, responders=("ann", "bob")),))
    incident, _ = answer(incident, BOB, Reply.GOING)
    incident, _ = answer(incident, ANN, Reply.TAKE_OVER, busy=True)
    assert incident.taken_by == BOB
    assert newest(incident, "ann") is MessageKind.NOTICE


@pytest.mark.parametrize("declines_first", [True, False])
def test_h15_who_cannot_go_is_not_hoped_for_beside_who_is_busy(declines_first: bool) -> None:
    incident, _ = pressed(
        REACH if declines_first else busy("ann"),
        steps=(Step(after=0 * SECOND, responders=("ann", "bob")), Step(after=600 * SECOND, responders=("cas",))),
    )
    incident, _ = answer(incident, BOB, Reply.CANNOT_GO)
    events = decide(incident, Tick(reach=busy("ann")), T0 + 2 * SECOND)
    assert called([event for event in events if isinstance(event, StepStarted)]) == [["cas"]]


def test_h15_when_all_of_the_last_step_take_another_call_everybody_else_is_called_once() -> None:
    incident, _ = pressed(REACH, steps=(Step(after=0 * SECOND, responders=("ann",)),), repeat_after=3600 * SECOND)
    events = decide(incident, Tick(reach=busy("ann")), T0 + SECOND)
    assert called([event for event in events if isinstance(event, StepStarted)]) == [["ann", "bob", "cas"]]
    for event in events:
        incident = evolve(incident, event)
    assert decide(incident, Tick(reach=busy("ann")), T0 + 2 * SECOND) == []
    assert incident.deadline == T0 + 3601 * SECOND


def test_who_is_busy_may_say_that_they_cannot_come() -> None:
    incident, _ = pressed(REACH)
    _, events = answer(incident, ANN, Reply.CANNOT_GO, busy=True)
    assert isinstance(events[0], Declined)


def test_h15_when_all_who_were_called_take_another_call_the_next_step_starts_at_once() -> None:
    incident, _ = pressed(REACH)
    assert decide(incident, Tick(reach=busy("bob")), T0 + SECOND) == []
    events = decide(incident, Tick(reach=busy("ann")), T0 + SECOND)
    assert called([event for event in events if isinstance(event, StepStarted)]) == [["bob"]]
    for event in events:
        incident = evolve(incident, event)
    assert decide(incident, Tick(reach=busy("ann", "bob", "cas")), T0 + 2 * SECOND) == []  # nobody is left to go on to


def test_nobody_is_called_sooner_for_a_call_that_somebody_has() -> None:
    incident, _ = pressed(REACH)
    incident, _ = answer(incident, ANN, Reply.GOING)
    assert decide(incident, Tick(reach=busy("ann")), T0 + 2 * SECOND) == []


def test_a_call_is_taken_over_and_whoever_had_it_is_told() -> None:
    incident, _ = pressed(REACH, steps=(Step(after=0 * SECOND, responders=("ann", "bob")),))
    incident, _ = answer(incident, ANN, Reply.GOING)
    incident, _ = answer(incident, ANN, Reply.ON_SCENE)
    incident, events = answer(incident, BOB, Reply.TAKE_OVER)
    assert isinstance(events[0], Acknowledged)
    assert (incident.taken_by, incident.progress) == (BOB, Progress.EN_ROUTE)
    assert newest(incident, "ann") is MessageKind.NOTICE
    assert newest(incident, "bob") is MessageKind.CONFIRMATION
    assert incident.deadline == T0 + SECOND + PLAN.arrival_within
    assert answer(incident, BOB, Reply.TAKE_OVER)[1] == []


def test_a_call_that_nobody_has_is_taken_over_by_going() -> None:
    incident, _ = pressed(REACH)
    assert isinstance(answer(incident, BOB, Reply.TAKE_OVER)[1][0], Acknowledged)


def test_h02_a_holder_takes_nothing_over() -> None:
    incident, _ = pressed(REACH, covert=True)
    incident = replace(incident, holders=("bob",))
    incident, _ = answer(incident, ANN, Reply.GOING)
    incident, _ = answer(incident, BOB, Reply.TAKE_OVER)
    assert incident.taken_by == ANN


def test_nobody_to_call_is_said_of_a_step_whatever_others_are_busy_with() -> None:
    _, steps = pressed(busy("bob", bob="b"))
    assert called(steps) == [["bob"]]
    events = decide(None, replace(HANDLE_PRESS, reach=Reach(channels={})), T0)
    assert all(isinstance(event, NobodyToCall) for event in events[1:])


def test_what_was_said_to_who_is_busy_is_not_sent_again_once_it_is_not_true_any_more() -> None:
    incident, _ = pressed(busy("ann"))
    incident, _ = answer(incident, ANN, Reply.GOING, busy=True)
    (message,) = [m for m in incident.messages.values() if m.kind is MessageKind.BUSY]
    failed = decide(incident, ReportDelivery(message=message.id, attempt=1, error="500"), T0 + SECOND)
    incident = evolve(incident, failed[0])
    assert incident.messages[message.id].state is DeliveryState.OWED
    incident, _ = answer(incident, BOB, Reply.GOING)
    assert incident.messages.get(message.id) is None or incident.messages[message.id].state is DeliveryState.EXPIRED
