"""What a button shows is a press once, whatever the clock, the radio and restarts do."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import pytest

from custom_components.duress.intake.truth import FRESH, Memory, moment

T0 = datetime(2026, 11, 25, 3, 12, tzinfo=UTC)
E = "event.pendant"


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def shows(seconds: float) -> str:
    return at(seconds).isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    ("before", "shown", "now", "heard"),
    [
        ("unavailable", 60, 60, 60),  # the press that wakes it
        ("unknown", 60, 60, 60),  # its first press ever
        (None, 60, 61, 61),  # it appears because it was pressed, as over Bluetooth
        ("unavailable", -600, 60, None),  # shown again as it was restored
        (None, -600, 60, None),
        ("unavailable", 20, 600, 20),  # pressed while nobody listened, not long ago
        ("unavailable", 20, 20 + 1801, 20),  # long ago, which others judge
        ("unavailable", 3600, 60, None),  # from a time to come: the clock went back
    ],
)
def test_out_of_unavailable_only_a_new_press_counts(
    before: str | None, shown: float, now: float, heard: float | None
) -> None:
    pressed = Memory(T0).pressed(E, before, shows(shown), at(now))
    assert pressed == (at(heard) if heard is not None else None)


def test_a_press_is_heard_once_however_often_it_is_shown() -> None:
    memory = Memory(T0)
    assert memory.pressed(E, "unknown", shows(5), at(5))
    for before in (shows(5), "unavailable", None):
        assert memory.pressed(E, before, shows(5), at(6)) is None
    assert memory.pressed(E, shows(5), shows(7), at(7))


def test_h07_a_press_heard_live_counts_though_the_clock_has_gone_back_by_an_hour() -> None:
    memory = Memory(at(3600))
    assert memory.found(E, shows(3500), at(0)) is None
    assert memory.pressed(E, shows(3500), shows(10), at(10)) == at(10)
    assert memory.pressed(E, "unavailable", shows(20), at(20)) == at(20)


@pytest.mark.parametrize(("shown", "found"), [(20, True), (0, False), (-60, False), (700, False)])
def test_what_was_pressed_before_anybody_listened_is_found(shown: float, found: bool) -> None:
    memory = Memory(T0)
    assert (memory.found(E, shows(shown), at(600)) is not None) is found
    assert memory.found(E, shows(shown), at(600)) is None


@pytest.mark.parametrize("state", [None, "", "unknown", "unavailable", "on", "2026", "not a time"])
def test_what_is_no_time_is_no_press(state: str | None) -> None:
    memory = Memory(T0)
    assert memory.found(E, state, at(1)) is None
    assert memory.pressed(E, shows(0), state, at(1)) is None


def test_a_time_without_a_zone_is_read_as_utc() -> None:
    assert moment("2026-11-25T03:12:00") == T0


def test_a_level_counts_when_it_rises_and_not_when_it_is_only_seen_again() -> None:
    memory = Memory(T0)
    assert [memory.raised("b", on) for on in (True, True, False, True)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("before", "found", "later"),
    [(None, False, False), ((), True, False), ((E,), False, False)],
)
def test_h36_a_level_found_after_an_outage_counts_only_if_it_had_not_risen_before(
    before: tuple[str, ...] | None, found: bool, later: bool
) -> None:
    told: list[tuple[str, bool]] = []
    memory = Memory(T0, before, lambda entity, raised: told.append((entity, raised)))
    assert memory.found_raised(E, raised=True) is found
    assert memory.raised(E, raised=True) is later
    assert told == ([] if before == (E,) else [(E, True)])
    assert memory.raised(E, raised=False) is False
    assert memory.found_raised(E, raised=True) is True
    assert told[-2:] == [(E, False), (E, True)]


def test_h36_a_level_that_is_heard_after_an_outage_counts_only_if_it_had_not_risen_before() -> None:
    assert Memory(T0, (E,)).raised(E, raised=True) is False
    assert Memory(T0, ()).raised(E, raised=True) is True
    assert Memory(T0).raised(E, raised=True) is True
    assert Memory(T0).found_raised(E, raised=False) is False


class Life(RuleBasedStateMachine):
    """One button: presses, replays, spells of being unavailable, starts, a jumping clock. Each press is heard once."""

    def __init__(self) -> None:
        super().__init__()
        self.wall = T0
        self.memory = Memory(T0)
        self.state: str | None = "unknown"
        self.last: str | None = None
        self.pressed = 0
        self.heard = 0

    def show(self, state: str | None) -> None:
        if state != self.state and self.memory.pressed(E, self.state, state, self.wall):
            self.heard += 1
        self.state = state

    @rule(seconds=st.floats(0.001, 7200))
    def time_passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    @rule(hours=st.integers(-2, 2))
    def the_clock_jumps(self, hours: int) -> None:
        self.wall += timedelta(hours=hours, seconds=0.5)

    @rule()
    def it_is_pressed(self) -> None:
        """Home Assistant shows a press with its own clock, a millisecond later than the one before at the least."""
        self.wall += timedelta(milliseconds=1)
        shown = self.wall
        if self.last is not None and (before := moment(self.last)) is not None and self.state == self.last:
            shown = max(shown, before + timedelta(milliseconds=1))
        if shown.isoformat() == self.last:  # the clock went back to the very moment
            return
        self.last = shown.isoformat()
        self.pressed += 1
        self.show(self.last)
        assert self.heard == self.pressed

    @rule()
    def it_goes_away(self) -> None:
        self.show("unavailable")

    @precondition(lambda self: self.last is not None)
    @rule()
    def it_shows_its_last_press_again(self) -> None:
        """Show an old press; not at the very time at which it was pressed, to which the clock has gone back."""
        pressed = moment(self.last)
        if pressed is not None and abs(self.wall - pressed) <= FRESH:
            return
        self.show(self.last)
        assert self.heard == self.pressed

    @rule()
    def the_site_is_loaded_anew(self) -> None:
        """What it shows is looked at again; nothing of it is new."""
        assert self.memory.found(E, self.state, self.wall) is None

    @rule()
    def home_assistant_starts_anew(self) -> None:
        last = moment(self.last)
        self.memory = Memory(max(self.wall, last) if last else self.wall)
        self.state = None
        self.wall += timedelta(minutes=1)


TestLife = Life.TestCase


class LevelLife(RuleBasedStateMachine):
    """Two sensors of one source: spells of being unavailable, power cuts, a record of what had risen.

    A rise is heard once, and a rise that nobody saw is heard when it is seen, unless it fell before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.known = {"a": False, "b": False}
        self.shown: dict[str, bool | None] = {"a": False, "b": False}
        self.record: set[str] = set()
        self.heard: list[str] = []
        self.expected: list[str] = []
        self.memory = Memory(T0, (), self.note)
        for sensor in ("a", "b"):
            self.look_at(sensor)

    def note(self, sensor: str, raised: bool) -> None:
        (self.record.add if raised else self.record.discard)(sensor)

    def look_at(self, sensor: str) -> None:
        if (raised := self.shown[sensor]) is not None and self.memory.found_raised(sensor, raised):
            self.heard.append(sensor)

    def expect(self, sensor: str, raised: bool) -> None:
        if raised and not self.known[sensor]:
            self.expected.append(sensor)
        self.known[sensor] = raised

    @rule(sensor=st.sampled_from("ab"), raised=st.booleans())
    def it_shows(self, sensor: str, raised: bool) -> None:
        """Show a level, perhaps the same once more."""
        self.shown[sensor] = raised
        if self.memory.raised(sensor, raised):
            self.heard.append(sensor)
        self.expect(sensor, raised)

    @rule(sensor=st.sampled_from("ab"))
    def it_goes_away(self, sensor: str) -> None:
        self.shown[sensor] = None

    @rule()
    def the_site_is_loaded_anew(self) -> None:
        for sensor in ("a", "b"):
            self.look_at(sensor)

    @rule(levels=st.fixed_dictionaries({"a": st.none() | st.booleans(), "b": st.none() | st.booleans()}))
    def the_power_is_cut(self, levels: dict[str, bool | None]) -> None:
        """Start from the record; meanwhile the sensors went wherever they are now."""
        self.memory = Memory(T0, frozenset(self.record), self.note)
        for sensor, level in levels.items():
            self.shown[sensor] = level
            self.look_at(sensor)
            if level is not None:
                self.expect(sensor, level)

    @invariant()
    def each_rise_was_heard_once_and_in_order(self) -> None:
        assert self.heard == self.expected


TestLevelLife = LevelLife.TestCase
