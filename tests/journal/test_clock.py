"""The site's time (hazard H7)."""

from datetime import UTC, datetime, timedelta
import time

import pytest

from custom_components.duress.clock import Clock

NIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Return the wall clock: change its one entry to change the time on the wall."""
    now = [NIGHT]
    monkeypatch.setattr(Clock, "wall", staticmethod(lambda: now[0]))
    return now


@pytest.fixture
def monotonic(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the clock that never jumps, in seconds."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=365), timedelta(days=-365)])
def test_h07_a_jump_of_the_wall_clock_changes_no_deadline(
    wall: list[datetime], monotonic: list[float], jump: timedelta
) -> None:
    clock = Clock(None)
    wall[0] += jump
    monotonic[0] += 60
    assert clock.now() == NIGHT + timedelta(seconds=60)


def test_h07_after_a_restart_time_does_not_go_back_behind_the_record(
    wall: list[datetime], monotonic: list[float]
) -> None:
    newest = NIGHT + timedelta(hours=1)
    assert Clock(newest).now() == newest
    wall[0] = newest + timedelta(minutes=1)
    assert Clock(newest).now() == wall[0]
