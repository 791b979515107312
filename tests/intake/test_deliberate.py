"""Where a site asks for two actions, one is never enough, and a press that is heard in two ways is one."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.duress.intake.deliberate import Button, Deliberate
from custom_components.duress.trigger_points import TwoActions

NOW = datetime(2026, 11, 25, 3, 12, tzinfo=UTC)
WITHIN = timedelta(seconds=3)
PANIC = Button("panic", "fob", "duress.zigbee_alarm")
FIRE = Button("fire", "fob", "duress.zigbee_alarm")
PANEL = Button("panel", "fob", "state")
DESK = Button("desk", None, "state")
TILL = Button("till", None, "state")


@pytest.mark.parametrize(
    ("asks_for", "presses", "meant"),
    [
        (TwoActions.TWICE, [(0, PANIC)], False),
        (TwoActions.TWICE, [(0, PANIC), (1, PANIC)], True),
        (TwoActions.TWICE, [(0, PANIC), (3, PANIC)], True),
        (TwoActions.TWICE, [(0, PANIC), (3.1, PANIC)], False),
        (TwoActions.TWICE, [(0, PANIC), (0.2, PANIC)], False),
        (TwoActions.TWICE, [(0, PANIC), (0.2, PANIC), (0.6, PANIC)], True),
        (TwoActions.TWICE, [(0, PANIC), (1, PANEL)], True),
        (TwoActions.TWICE, [(0, DESK), (1, TILL)], False),
        (TwoActions.TOGETHER, [(0, PANIC), (1, PANIC)], False),
        (TwoActions.TOGETHER, [(0, PANIC), (0, FIRE)], True),
        (TwoActions.TOGETHER, [(0, PANIC), (0.1, PANEL)], False),
        (TwoActions.TOGETHER, [(0, DESK), (2, TILL)], True),
        (TwoActions.TOGETHER, [(0, DESK), (3.1, TILL)], False),
    ],
)
def test_what_is_meant(asks_for: TwoActions, presses: list[tuple[float, Button]], meant: bool) -> None:
    remembered = Deliberate()
    results = [
        remembered.is_meant(button, asks_for, WITHIN, NOW + timedelta(seconds=after)) for after, button in presses
    ]
    assert results[-1] is meant
    assert not any(results[:-1])
