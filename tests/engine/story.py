"""An incident that things happen to, for the tests of the rules."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.duress.engine import decide, due, evolve
from custom_components.duress.engine.commands import Answer, Command, HandlePress, ReportDelivery, Resolve, Resume, Tick
from custom_components.duress.engine.events import Event
from custom_components.duress.engine.kinds import MessageKind, Origin, Reply, ResolveReason
from custom_components.duress.engine.model import Actor, Incident, Place, Press
from custom_components.duress.engine.plan import Plan, Step
from custom_components.duress.engine.reach import Channel, Reach

T0 = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def reach(**phones: str) -> Reach:
    """Return who can be called: `ann="a"` for Ann on phone:a."""
    return Reach(channels={name: (Channel(id=f"phone:{phone}"),) for name, phone in phones.items()})


REACH = reach(ann="a", bob="b", cas="c")
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
BOB = Actor(user="u-bob", responder="bob", channel="phone:b")
DESK = Actor(user="u-desk", responder=None)
FIRST_CALL = "0.0.ann.phone:a"


def press_with(**plan: Any) -> HandlePress:
    """Return a press whose plan differs in this."""
    return replace(HANDLE_PRESS, plan=replace(PLAN, **plan))


class Story:
    """An incident that things happen to."""

    def __init__(self) -> None:
        self.incident: Incident | None = None
        self.history: list[Event] = []
        self.latest: list[Event] = []

    def at(self, seconds: float, command: Command) -> list[type[Event]]:
        """Give a command so long after the press; returns the kinds of events that followed."""
        self.latest = decide(self.incident, command, T0 + seconds * SECOND)
        for event in self.latest:
            self.incident = evolve(self.incident, event)
        self.history += self.latest
        return [type(event) for event in self.latest]

    @property
    def now(self) -> Incident:
        assert self.incident is not None
        return self.incident

    @property
    def whys(self) -> list[str]:
        """Return the reasons of what followed last."""
        return [str(event.why) for event in self.latest if hasattr(event, "why")]

    def tick(self, seconds: float, who: Reach = REACH) -> list[type[Event]]:
        return self.at(seconds, Tick(reach=who))

    def answer(self, seconds: float, by: Actor, reply: Reply, asked: int | None = None) -> list[type[Event]]:
        return self.at(seconds, Answer(by=by, reply=reply, asked=asked))

    def resolve(self, seconds: float, by: Actor = ANN, asked: int | None = None) -> list[type[Event]]:
        return self.at(seconds, Resolve(by=by, reason=ResolveReason.HELPED, asked=asked))

    def resume(self, seconds: float, away: float, **found: bool) -> list[type[Event]]:
        return self.at(seconds, Resume(away=away * SECOND, secret="new", reach=REACH, **found))

    def report(self, seconds: float, message: str, attempt: int = 1, error: str | None = None) -> list[type[Event]]:
        return self.at(seconds, ReportDelivery(message=message, attempt=attempt, error=error))

    def hand_over(self, seconds: float) -> None:
        """Have everything arrive that is on its way."""
        while sending := due(self.now):
            for message in sending:
                self.report(seconds, message.id, message.attempts)

    def told(self, seconds: float) -> Mapping[str, MessageKind]:
        """Have everything arrive; returns what each responder was told last."""
        last: dict[str, MessageKind] = {}
        while sending := due(self.now):
            for message in sending:
                last[message.responder] = message.kind
                self.report(seconds, message.id, message.attempts)
        return last
