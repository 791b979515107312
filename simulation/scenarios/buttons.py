"""Buttons of any kind are learned by pressing them in the dialog, and then pressed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.world import World

from .common import Result, judged

BETWEEN_PRESSES = 0.7
"""Seconds: what comes sooner than half a second is taken for the same press."""
MANY = 20

type Press = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Button:
    """A button, and how often it is pressed once it is learned. A sensor that stays on is released in between."""

    name: str
    press: Press
    presses: int
    release: Press | None = None


async def learned_and_pressed(world: World, buttons: Sequence[Button]) -> Result:
    """Learn every button, press each as often as it says, and see that calls, counts and places are right."""
    checks: dict[str, bool] = {}
    learned: dict[str, Any] = {}
    for button in buttons:
        point = await world.learn(button.press, button.name)
        if button.release is not None:
            await button.release()
            await asyncio.sleep(BETWEEN_PRESSES)
        learned[button.name] = [source["trigger"] for source in await world.sources(point["subentry_id"])]
        checks |= await pressed(world, button)
    return judged(checks, {"learned": learned})


async def pressed(world: World, button: Button) -> dict[str, bool]:
    """Press a button as often as it says, and return what held."""
    name, times = button.name, button.presses
    for phone in world.phones.values():
        phone.screen.clear()
    for _ in range(times):
        await button.press()
        await asyncio.sleep(BETWEEN_PRESSES)
    call = await world.phones["Ann"].wait_for("Help needed")
    incidents = await world.open_incidents()
    counts = [(incident["trigger_point"]["name"], incident["presses"]) for incident in incidents]
    await world.resolve("Ann")
    await world.phones["Ann"].wait_for("Over")
    return {
        f"{name}: {times} presses are one call with {times} presses, from {name}": counts == [(name, times)],
        f"{name}: the phone says where": name in call.title,
    }


def out_of_reach(checks: dict[str, bool]) -> dict[str, bool]:
    """Return checks as of a button that could not be heard in between."""
    return {f"after it was out of reach: {check}": held for check, held in checks.items()}
