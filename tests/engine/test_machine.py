"""Whatever happens in whatever order, an incident keeps its promises."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.duress.engine import decide, due, evolve, is_idle, next_due, replay
from custom_components.duress.engine.agenda import tracks_position
from custom_components.duress.engine.codec import decode, encode
from custom_components.duress.engine.commands import (
    Answer,
    AtOrigin,
    Command,
    Gather,
    PressedElsewhere,
    ReportCleared,
    ReportDelivery,
    ReportPosition,
    Resolve,
    Resume,
    Signal,
    Tick,
)
from custom_components.duress.engine.events import Event, MoreHelpAsked, NobodyToCall, Opened, StepsMissed, StepStarted
from custom_components.duress.engine.kinds import (
    ENDS,
    DeliveryState,
    MessageKind,
    Origin,
    Phase,
    Progress,
    Proof,
    Reply,
    ResolveReason,
)
from custom_components.duress.engine.model import Actor, Incident, Position
from custom_components.duress.engine.reach import Reach
from custom_components.duress.engine.upcast import VERSION

from .story import ANN, BOB, DESK, HANDLE_PRESS, REACH, SECOND, T0

STEPS = len(HANDLE_PRESS.plan.steps)
CAS = Actor(user="u-cas", responder="cas", channel="phone:c")
PEOPLE = st.sampled_from([ANN, BOB, CAS, DESK])


class Life(RuleBasedStateMachine):
    """One incident, in a world where time passes, messages get lost and everything stops at any moment.

    The naive model keeps only what a person would: which step came last, how many were told missed, and who has it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.incident: Incident | None = None
        self.history: list[Event] = []
        self.position = -1
        self.skipped = 0
        self.reach: Reach = REACH

    @initialize(found=st.booleans(), late=st.booleans(), tracks=st.booleans(), two=st.booleans())
    def it_is_pressed(self, found: bool, late: bool, tracks: bool, two: bool) -> None:
        plan = replace(HANDLE_PRESS.plan, needs_two=two, second_activation=two)
        self.handle(replace(HANDLE_PRESS, plan=plan, found=found, late=late, tracks=tracks))

    def handle(self, command: Command) -> list[Event]:
        before = self.incident
        events = decide(before, command, self.now)
        if events and isinstance(events[0], Opened) and before is not None:
            return []  # another incident, with a life of its own
        for event in events:
            self.incident = evolve(self.incident, event)
            self._follow(event)
        self.history += events
        self._nothing_said_that_is_not_so(before)
        return events

    def _follow(self, event: Event) -> None:
        if isinstance(event, MoreHelpAsked):
            self.position = (max(self.position, 0) // STEPS + 1) * STEPS - 1  # a round of its own, from its beginning
        elif isinstance(event, StepsMissed):
            self.skipped = event.count
        elif isinstance(event, StepStarted | NobodyToCall):
            position = event.round * STEPS + event.step
            assert position == self.position + 1 + self.skipped, "a step is skipped only by a recorded gap"
            self.position, self.skipped = position, 0

    def _nothing_said_that_is_not_so(self, before: Incident | None) -> None:
        """Let no message begin that is not true at the moment it begins."""
        known = before.messages if before is not None else {}
        for message in self.state.messages.values():
            old = known.get(message.id)
            if message.state is DeliveryState.SENDING and (old is None or old.attempts != message.attempts):
                if message.kind is MessageKind.CALL:
                    assert self.state.phase is Phase.ACTIVE
                    assert not self.state.stale
                if message.kind is MessageKind.OVER:
                    assert not self.state.is_open

    @property
    def state(self) -> Incident:
        assert self.incident is not None
        return self.incident

    @rule(seconds=st.sampled_from([0.5, 14, 61, 95, 3600]))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds * SECOND
        while (wanted := next_due(self.state)) is not None and wanted <= end:
            self.now = max(self.now, wanted)
            self.handle(Tick(reach=self.reach))
        self.now = end

    @rule(seconds=st.sampled_from([1.0, 100, 3599, 7200, 43201, 31536000]), restored=st.booleans())
    def the_power_fails(self, seconds: float, restored: bool) -> None:
        self.now += seconds * SECOND
        self.incident = replay(decode(*_written(event)) for event in self.history)  # type: ignore[misc]
        self.handle(Resume(away=timedelta(seconds=seconds), secret="new", reach=self.reach, restored=restored))
        self.handle(Tick(reach=self.reach))

    @rule(fails=st.booleans())
    def a_delivery_ends(self, fails: bool) -> None:
        for message in due(self.state)[:1]:
            error = "500" if fails else None
            self.handle(ReportDelivery(message=message.id, attempt=message.attempts, error=error))

    @rule(phone=st.sampled_from(["phone:a", "phone:b", "phone:c"]))
    def somebody_wipes_it_away(self, phone: str) -> None:
        self.handle(ReportCleared(channel=phone))

    @rule(latitude=st.floats(-90, 90))
    def the_phone_says_where_it_is(self, latitude: float) -> None:
        position = Position(latitude=latitude, longitude=0.0, accuracy=None, at=self.now)
        allowed = tracks_position(self.state, self.now)
        self.handle(ReportPosition(position=position))
        assert (self.state.position == position) or not allowed

    @rule(leader=st.sampled_from([HANDLE_PRESS.incident, "other"]))
    def all_that_a_start_found_is_in(self, leader: str) -> None:
        self.handle(Gather(leader=leader, also=(), reach=self.reach))

    @rule()
    def another_button_of_its_plan_is_pressed(self) -> None:
        before = self.state
        self.handle(PressedElsewhere(press=replace(HANDLE_PRESS.press, point="q")))
        assert (self.state.phase, self.state.going) == (before.phase, before.going)

    @precondition(lambda self: self.state.is_open)
    @rule()
    def it_is_pressed_again(self) -> None:
        self.handle(replace(HANDLE_PRESS, reach=self.reach))

    @rule(
        by=PEOPLE,
        reply=st.sampled_from([r for r in Reply if r not in ENDS]),
        late=st.booleans(),
        busy=st.booleans(),
    )
    def somebody_answers(self, by: Actor, reply: Reply, late: bool, busy: bool) -> None:
        asked = self.state.asked
        before = self.state
        self.handle(Answer(by=by, reply=reply, asked=asked - 1 if late else None, busy=busy))
        if late:
            assert (self.state.phase, self.state.going) == (before.phase, before.going)
        if busy and not before.is_taken_by(by):
            assert set(self.state.going) <= set(before.going)

    @rule(
        what=st.sampled_from(AtOrigin),
        by=st.none() | PEOPLE,
        proof=st.sampled_from([Proof.TAG, Proof.ROOM]),
        origin=st.sampled_from(Origin),
    )
    def something_is_used_where_it_came_from(
        self, what: AtOrigin, by: Actor | None, proof: Proof, origin: Origin
    ) -> None:
        before = self.state
        press = replace(HANDLE_PRESS.press, origin=origin)
        self.handle(Signal(press=press, what=what, proof=proof, by=by))
        if before.is_open and not self.state.is_open:
            assert what is AtOrigin.IT_IS_OVER
            assert self.state.resolved_by in (by, before.taken_by)
            assert origin is Origin.LOCAL or proof is not Proof.ROOM

    @rule(names=st.sets(st.sampled_from(["ann", "bob", "cas"])))
    def shifts_change(self, names: set[str]) -> None:
        """Have these people, and nobody else, be off duty from now on: never does a call wait for nobody for that."""
        self.reach = replace(self.reach, off_duty=frozenset(names))

    @rule(names=st.sets(st.sampled_from(["ann", "bob", "cas"])))
    def other_calls_are_taken(self, names: set[str]) -> None:
        """Have these people, and nobody else, have another call in hand from now on."""
        self.reach = replace(self.reach, busy=frozenset(names))
        before = self.state
        self.handle(Tick(reach=self.reach))
        if before.phase is Phase.ACKNOWLEDGED and (before.deadline is None or before.deadline > self.now):
            assert self.state.phase is Phase.ACKNOWLEDGED

    @rule(by=PEOPLE)
    def somebody_ends_it(self, by: Actor) -> None:
        self.handle(Resolve(by=by, reason=ResolveReason.HELPED))
        assert not self.state.is_open

    @invariant()
    def what_is_replayed_is_what_was_lived(self) -> None:
        assert replay(self.history) == self.incident

    @invariant()
    def an_open_incident_owes_something_or_waits_for_something(self) -> None:
        assert not is_idle(self.state)
        if self.state.is_open and next_due(self.state) is None:
            assert self.state.stale  # a person was asked

    @invariant()
    def the_others_are_left_in_peace_exactly_while_enough_people_have_it(self) -> None:
        state = self.state
        if state.is_open:
            assert state.phase is not Phase.ACKNOWLEDGED or state.taken_by is not None
            assert (state.taken_by is None) == (state.progress is None)
            assert not state.joined or state.taken_by is not None
            assert len({actor.user for actor in state.going}) == len(state.going)
            if any(joined.progress is Progress.ON_SCENE for joined in state.joined):
                assert state.progress is Progress.ON_SCENE
            if state.phase is Phase.ACTIVE and state.taken_by is not None:
                assert state.people_needed > len(state.going)
                assert state.arrive_by is not None or state.stale


def _written(event: Event) -> tuple[dict[str, object], int, dict[str, object]]:
    public, private = encode(event)
    return public, VERSION, private


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
