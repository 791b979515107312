"""The rules, one by one: what happened before, what is asked, what follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.duress.engine import decide, due, evolve, next_due, replay
from custom_components.duress.engine.commands import (
    Acknowledge,
    Command,
    HandlePress,
    ReportDelivery,
    Resolve,
    Resume,
    Tick,
)
from custom_components.duress.engine.events import (
    Acknowledged,
    DeliveryFailed,
    DeliveryStarted,
    Event,
    HandedOver,
    NobodyToCall,
    Opened,
    PressRepeated,
    Resolved,
    Resumed,
    StepStarted,
)
from custom_components.duress.engine.model import (
    Actor,
    DeliveryState,
    Incident,
    MessageKind,
    Origin,
    Phase,
    Place,
    Plan,
    Press,
    Step,
)

T0 = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REACH = {"ann": ("phone:a",), "bob": ("phone:b",)}
PLAN = Plan(
    id="plan",
    steps=(Step(after=0 * SECOND, responders=("ann",)), Step(after=60 * SECOND, responders=("bob",))),
    repeat_after=90 * SECOND,
)
PRESS = Press(point="p", source="s", gesture="single", heard_at=T0, origin=Origin.LOCAL, user=None)
HANDLE_PRESS = HandlePress(
    press=PRESS, place=Place(point="Pendant", area="Room 4"), plan=PLAN, incident="i", secret="x", reach=REACH
)
ANN = Actor(user="u-ann", responder="ann", channel="phone:a")
FIRST_CALL = "0.0.ann.phone:a"


class Story:
    """An incident that things happen to."""

    def __init__(self) -> None:
        self.incident: Incident | None = None
        self.history: list[Event] = []

    def at(self, seconds: float, command: Command) -> list[type[Event]]:
        """Give a command so long after the press; returns the kinds of events that followed."""
        events = decide(self.incident, command, T0 + seconds * SECOND)
        for event in events:
            self.incident = evolve(self.incident, event)
        self.history += events
        return [type(event) for event in events]

    @property
    def now(self) -> Incident:
        assert self.incident is not None
        return self.incident


@pytest.fixture
def story() -> Story:
    """Return a story that begins with a press, heard and answered by nobody yet."""
    story = Story()
    story.at(0, HANDLE_PRESS)
    return story


def test_a_press_opens_an_incident_and_its_first_calls_are_being_sent_in_the_same_breath(story: Story) -> None:
    assert [type(e) for e in story.history] == [Opened, StepStarted]
    assert [(m.id, m.state, m.attempts) for m in due(story.now)] == [(FIRST_CALL, DeliveryState.SENDING, 1)]
    assert next_due(story.now) == T0 + 60 * SECOND


def test_without_an_incident_nothing_but_a_press_means_anything() -> None:
    for command in (Tick(reach=REACH), Acknowledge(by=ANN), Resolve(by=ANN), ReportDelivery(message="m", attempt=1)):
        assert decide(None, command, T0) == []


def test_a_tick_too_early_changes_nothing(story: Story) -> None:
    assert story.at(59.9, Tick(reach=REACH)) == []


def test_rounds_follow_one_another_without_end(story: Story) -> None:
    time = 0
    for round_ in range(1, 50):
        time += 60
        story.at(time, Tick(reach=REACH))
        assert (story.now.round, story.now.step) == (round_ - 1, 1)
        time += 90
        story.at(time, Tick(reach=REACH))
        assert (story.now.round, story.now.step) == (round_, 0)


def test_h37_after_a_gap_only_one_step_runs_and_the_next_wait_counts_from_now(story: Story) -> None:
    assert story.at(3600, Tick(reach=REACH)) == [StepStarted]
    assert next_due(story.now) == T0 + 3690 * SECOND


def test_an_empty_step_is_told_and_the_next_is_not_waited_for() -> None:
    story = Story()
    assert story.at(0, replace(HANDLE_PRESS, reach={"bob": ("phone:b",)})) == [Opened, NobodyToCall, StepStarted]
    assert story.now.step == 1


def test_a_round_that_reaches_nobody_waits_before_the_next() -> None:
    story = Story()
    assert story.at(0, replace(HANDLE_PRESS, reach={})) == [Opened, NobodyToCall, NobodyToCall]
    assert next_due(story.now) == T0 + 90 * SECOND


def test_every_phone_of_a_person_is_called() -> None:
    story = Story()
    story.at(0, replace(HANDLE_PRESS, reach={"ann": ("phone:a", "phone:tablet")}))
    assert [m.channel for m in due(story.now)] == ["phone:a", "phone:tablet"]


def test_a_handed_over_call_is_not_sent_again(story: Story) -> None:
    assert story.at(1, ReportDelivery(message=FIRST_CALL, attempt=1)) == [HandedOver]
    assert due(story.now) == []


def test_a_failed_call_is_tried_three_times_a_quarter_of_a_minute_apart(story: Story) -> None:
    for attempt, time in ((1, 1), (2, 16), (3, 31)):
        assert story.at(time, ReportDelivery(message=FIRST_CALL, attempt=attempt, error="500")) == [DeliveryFailed]
        if attempt < 3:
            assert story.at(time + 14.9, Tick(reach=REACH)) == []
            assert story.at(time + 15, Tick(reach=REACH)) == [DeliveryStarted]
    assert story.now.messages[FIRST_CALL].state is DeliveryState.FAILED


def test_a_failed_call_does_not_hurry_a_later_step_that_had_nobody_to_call(story: Story) -> None:
    ann_only = {"ann": ("phone:a",)}
    for attempt, time in ((1, 31), (2, 46)):
        story.at(time, ReportDelivery(message=FIRST_CALL, attempt=attempt, error="500"))
        story.at(time + 15, Tick(reach=ann_only))
    assert story.now.step == 1
    story.at(62, ReportDelivery(message=FIRST_CALL, attempt=3, error="500"))
    assert next_due(story.now) == T0 + (61 + 90) * SECOND


def test_a_call_that_was_handed_over_can_still_turn_out_to_be_lost(story: Story) -> None:
    story.at(1, ReportDelivery(message=FIRST_CALL, attempt=1))
    assert story.at(11, ReportDelivery(message=FIRST_CALL, attempt=1, error="no answer")) == [DeliveryFailed]
    assert story.now.messages[FIRST_CALL].state is DeliveryState.OWED


def test_a_report_about_an_earlier_attempt_or_an_unknown_message_changes_nothing(story: Story) -> None:
    story.at(1, ReportDelivery(message=FIRST_CALL, attempt=1, error="500"))
    story.at(16, Tick(reach=REACH))
    assert story.at(17, ReportDelivery(message=FIRST_CALL, attempt=1)) == []
    assert story.at(17, ReportDelivery(message="unknown", attempt=1)) == []
    assert story.at(18, ReportDelivery(message=FIRST_CALL, attempt=2)) == [HandedOver]
    assert story.at(19, ReportDelivery(message=FIRST_CALL, attempt=2)) == []


def test_an_answer_ends_the_escalation_and_tells_everybody_who_was_called(story: Story) -> None:
    story.at(60, Tick(reach=REACH))
    for message in due(story.now):
        story.at(61, ReportDelivery(message=message.id, attempt=1))
    assert story.at(70, Acknowledge(by=ANN)) == [Acknowledged]
    assert next_due(story.now) is None
    assert story.now.messages[FIRST_CALL].state is DeliveryState.ANSWERED
    kinds = {message.responder: message.kind for message in due(story.now)}
    assert kinds == {"ann": MessageKind.CONFIRMATION, "bob": MessageKind.NOTICE}


def test_a_second_answer_changes_nothing(story: Story) -> None:
    story.at(5, Acknowledge(by=ANN))
    assert story.at(6, Acknowledge(by=Actor(user="u-bob", responder="bob"))) == []
    assert story.now.taken_by == ANN


def test_what_was_to_be_tried_again_expires_with_the_answer(story: Story) -> None:
    story.at(1, ReportDelivery(message=FIRST_CALL, attempt=1, error="500"))
    story.at(5, Acknowledge(by=Actor(user="u", responder=None)))
    assert story.now.messages[FIRST_CALL].state is DeliveryState.EXPIRED
    assert story.at(60, Tick(reach=REACH)) == []


def test_news_to_a_phone_waits_for_the_call_that_is_still_on_its_way_there(story: Story) -> None:
    story.at(5, Acknowledge(by=Actor(user="u-bob", responder="bob")))
    assert [m.id for m in due(story.now)] == [FIRST_CALL]
    story.at(6, ReportDelivery(message=FIRST_CALL, attempt=1))
    assert [m.kind for m in due(story.now)] == [MessageKind.NOTICE]


def test_a_resolved_incident_is_settled_once_everybody_has_been_told(story: Story) -> None:
    story.at(1, ReportDelivery(message=FIRST_CALL, attempt=1))
    assert story.at(5, Resolve(by=ANN)) == [Resolved]
    assert (story.now.phase, story.now.is_settled) == (Phase.RESOLVED, False)
    assert story.at(6, Resolve(by=ANN)) == []
    (over,) = due(story.now)
    story.at(7, ReportDelivery(message=over.id, attempt=1, error="500"))
    assert not story.now.is_settled
    assert story.at(22, Tick(reach=REACH)) == [DeliveryStarted]
    story.at(23, ReportDelivery(message=over.id, attempt=2))
    assert story.now.is_settled


def test_h01_a_repeated_press_is_counted_and_hurries_nobody_who_is_being_called(story: Story) -> None:
    assert story.at(10, HANDLE_PRESS) == [PressRepeated]
    assert (story.now.presses, story.now.step, next_due(story.now)) == (2, 0, T0 + 60 * SECOND)


@pytest.mark.parametrize(("minutes", "kinds"), [(14.9, [PressRepeated]), (15, [Opened, StepStarted])])
def test_h01_a_press_long_after_the_answer_opens_a_linked_incident(
    story: Story, minutes: float, kinds: list[type[Event]]
) -> None:
    story.at(0, Acknowledge(by=ANN))
    events = decide(story.now, replace(HANDLE_PRESS, incident="j"), T0 + minutes * 60 * SECOND)
    assert [type(event) for event in events] == kinds
    if isinstance(events[0], Opened):
        assert (events[0].incident, events[0].follows) == ("j", "i")


def test_after_a_power_cut_what_was_being_sent_is_repeated_once_under_its_own_id(story: Story) -> None:
    assert story.at(20, Resume(away=19 * SECOND)) == [Resumed]
    assert story.at(20, Tick(reach=REACH)) == [DeliveryStarted]
    (message,) = due(story.now)
    assert (message.id, message.attempts) == (FIRST_CALL, 2)


def test_replaying_the_events_gives_the_same_incident(story: Story) -> None:
    story.at(60, Tick(reach=REACH))
    story.at(61, ReportDelivery(message=FIRST_CALL, attempt=1, error="500"))
    story.at(70, Acknowledge(by=ANN))
    story.at(80, HANDLE_PRESS)
    story.at(90, Resolve(by=ANN))
    assert replay(story.history) == story.now


def test_a_record_without_its_beginning_is_no_incident_and_gaps_in_it_are_survived(story: Story) -> None:
    story.at(60, Tick(reach=REACH))
    assert replay(story.history[1:]) is None
    survived = replay([story.history[0], HandedOver(at=T0, message=FIRST_CALL), *story.history[2:]])
    assert survived is not None
    assert survived.step == 1
