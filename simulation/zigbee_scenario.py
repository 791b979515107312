"""Every kind of Zigbee button is learned by pressing it in the dialog, and then pressed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from .world import World

BETWEEN_PRESSES = 0.7
"""Seconds: what comes sooner than half a second is taken for the same press."""
MANY = 20

type Press = Callable[[], Awaitable[None]]


async def every_zigbee_button(world: World) -> dict[str, Any]:
    """A pendant, a key fob and a scene button, over unpatched ZHA: learned, pressed, and pressed again."""
    await world.set_up_site(wait=0)
    checks: dict[str, bool] = {}
    learned: dict[str, Any] = {}
    buttons: tuple[tuple[str, Press, int, Press | None], ...] = (
        ("Pendant", lambda: world.pendant.zone_status(1), 3, lambda: world.pendant.zone_status(0)),
        ("Fob panic", lambda: world.fob.alarm_key("panic"), MANY, None),
        ("Fob fire", lambda: world.fob.alarm_key("fire"), 2, None),
        ("Scene button", lambda: world.button.switch("toggle"), 2, None),
    )
    for name, press, presses, released in buttons:
        if name == "Pendant":
            await world.remove_point()  # the one that the set-up gave it
        point = await world.learn(press, name)
        if released is not None:
            await released()
            await asyncio.sleep(BETWEEN_PRESSES)
        learned[name] = [source["trigger"] for source in await world.sources(point["subentry_id"])]
        checks |= await _pressed(world, name, press, presses)
    checks["the keys of a fob are told apart"] = learned["Fob panic"] != learned["Fob fire"]
    return {"ok": all(checks.values()), "failed": [c for c, held in checks.items() if not held], "learned": learned}


async def _pressed(world: World, name: str, press: Press, times: int) -> dict[str, bool]:
    for phone in world.phones.values():
        phone.screen.clear()
    for _ in range(times):
        await press()
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
