"""A Bluetooth button, over Home Assistant's own Bluetooth and BTHome."""

import asyncio

from simulation.world import World

from .buttons import MANY, Button, learned_and_pressed, out_of_reach, pressed
from .common import Result, judged

EVENT = "event.shelly_blu_button1_2233_button"
HANDED_ON = 3
"""Seconds within which an integration that is loaded anew has heard again what the button sent last."""


async def every_bluetooth_button(world: World) -> Result:
    """A button that is heard for the first time when it is learned; each of its gestures is a point of its own.

    Also after BTHome was loaded anew, which hears the last press once more, and after a power cut.
    """
    await world.set_up_site(wait=0)
    await _add_bthome(world)
    single = Button("Single", lambda: _press(world, "single"), MANY)
    double = Button("Double", lambda: _press(world, "double"), 3)
    result = await learned_and_pressed(world, [single, double])
    checks = {"what it does besides calls nobody": await _calls_nobody(world)}
    (bthome,) = await world.home_assistant.command("config_entries/get", domain="bthome")
    path = f"/api/config/config_entries/entry/{bthome['entry_id']}/reload"
    await _press(world, "double")
    await world.phones["Ann"].wait_for("Help needed")
    await world.resolve("Ann")
    await world.phones["Ann"].wait_for("Over")
    await asyncio.sleep(1)
    await world.home_assistant.post(path)
    await asyncio.sleep(HANDED_ON)
    checks["a press that is heard once more calls nobody"] = await world.open_incidents() == []
    checks |= out_of_reach(await pressed(world, Button("Single", single.press, 1)))
    await world.cut_power(0)
    await asyncio.sleep(HANDED_ON)
    checks["a press before a power cut calls nobody after it"] = await world.open_incidents() == []
    checks |= out_of_reach(await pressed(world, Button("Double", double.press, 1)))
    return judged(checks, result)


async def _add_bthome(world: World) -> None:
    """Have the button say that it is there, and add it as it is discovered."""
    home_assistant = world.home_assistant
    async with asyncio.timeout(30):
        while not (flows := await home_assistant.command("config_entries/flow/progress")):
            await _press(world, "none")
            await asyncio.sleep(0.5)
    (flow,) = [flow for flow in flows if flow["handler"] == "bthome"]
    await home_assistant.post(f"/api/config/config_entries/flow/{flow['flow_id']}")


async def _press(world: World, gesture: str) -> None:
    await world.home_assistant.action("simulated_bluetooth.press", {"gesture": gesture})


async def _calls_nobody(world: World) -> bool:
    for gesture in ("none", "long"):
        await _press(world, gesture)
    await asyncio.sleep(2)
    return await world.open_incidents() == []
