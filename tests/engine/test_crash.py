"""The power fails at every possible moment of a call: no message is lost, none is repeated more than once."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.duress.engine import decide, due, evolve, next_due, replay
from custom_components.duress.engine.commands import Answer, Command, ReportDelivery, Resolve, Resume, Tick
from custom_components.duress.engine.events import Event
from custom_components.duress.engine.kinds import Reply, ResolveReason
from custom_components.duress.engine.model import Incident, Message
from custom_components.duress.engine.plan import Step

from .story import BOB, T0, press_with, reach

AWAY = timedelta(seconds=20)
SECOND_ROUND = "1.0.ann.phone:a"
REACH = reach(ann="a", bob="b", cas="c", dan="d")
STEPS = (
    Step(after=timedelta(0), responders=("ann", "bob", "cas")),
    Step(after=timedelta(seconds=60), responders=("dan",)),
)
PRESSED = replace(press_with(steps=STEPS), reach=REACH)


class PowerCutError(Exception):
    """The power fails."""


class World:
    """What survives a power cut: the disk, what was sent, and the time."""

    def __init__(self, cut_at: int | None) -> None:
        self.disk: list[Event] = []
        self.sent: list[tuple[str, int]] = []
        self.now = T0
        self.pressed = False
        self.moments = 0
        self._cut_at = cut_at

    def moment(self) -> None:
        """Pass one of the moments at which the power can fail."""
        self.moments += 1
        if self.moments == self._cut_at:
            raise PowerCutError


class Shell:
    """The least that a shell around the engine has to do, in the order in which ours does it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.incident: Incident | None = replay(world.disk)
        self.flying: list[Message] = []

    def handle(self, command: Command) -> None:
        events = decide(self.incident, command, self.world.now)
        if not events:
            return
        self.world.moment()
        self.world.disk += events
        self.world.moment()
        for event in events:
            self.incident = evolve(self.incident, event)
        assert self.incident is not None
        for message in due(self.incident):
            if message not in self.flying:
                self.flying.append(message)

    def land(self) -> None:
        """Let every message that is under way arrive and be reported, one after another."""
        while self.flying:
            message = self.flying.pop(0)
            self.world.moment()
            self.world.sent.append((message.id, message.attempts))
            self.world.moment()
            self.handle(ReportDelivery(message=message.id, attempt=message.attempts))


def live(world: World) -> Incident:
    """Play the call to its end, starting again from the disk whenever the power failed."""
    shell = Shell(world)
    while True:
        try:
            if shell.incident is None:
                shell.handle(PRESSED)
            elif world.disk:
                shell.handle(Resume(away=AWAY, secret="new", reach=REACH))
            return _live(world, shell)
        except PowerCutError:
            world.now += AWAY
            shell = Shell(world)


def _live(world: World, shell: Shell) -> Incident:
    """Let time pass until the second round has reached Ann; it is pressed again, Bob answers, everybody is told."""
    while True:
        shell.land()
        assert shell.incident is not None
        wanted = next_due(shell.incident)
        if wanted is not None and wanted <= world.now:
            shell.handle(Tick(reach=REACH))
        elif shell.incident.taken_by is not None and not shell.incident.reason:
            shell.handle(Resolve(by=BOB, reason=ResolveReason.HELPED))
        elif SECOND_ROUND in {message for message, _ in world.sent} and shell.incident.presses == 1:
            shell.handle(PRESSED)
        elif shell.incident.presses > 1 and shell.incident.taken_by is None:
            shell.handle(Answer(by=BOB, reply=Reply.GOING))
        elif wanted is None:
            return shell.incident
        else:
            world.now = max(world.now, wanted)
            shell.handle(Tick(reach=REACH))


def undisturbed() -> World:
    world = World(cut_at=None)
    live(world)
    return world


@pytest.mark.parametrize("cut_at", range(1, undisturbed().moments + 1))
def test_a_power_cut_at_any_moment_loses_no_message_and_repeats_none_more_than_once(cut_at: int) -> None:
    wanted = {message for message, _ in undisturbed().sent}
    world = World(cut_at)
    incident = live(world)
    times = Counter(message for message, _ in world.sent)
    assert wanted <= set(times)
    assert max(times.values()) <= 2
    assert sum(count - 1 for count in times.values()) <= 2
    assert replay(world.disk) == incident
    assert incident.taken_by == BOB


def test_the_undisturbed_call_sends_every_message_once() -> None:
    world = undisturbed()
    assert world.moments > 20
    assert set(Counter(message for message, _ in world.sent).values()) == {1}
