"""Every kind of Zigbee button, over unpatched ZHA."""

import asyncio

from simulation.world import PENDANT_SENSOR, World

from .buttons import MANY, Button, learned_and_pressed, out_of_reach, pressed
from .common import Result, judged


async def every_zigbee_button(world: World) -> Result:
    """A pendant, two keys of a key fob and a scene button: learned, pressed, and pressed again.

    Also after ZHA was loaded anew, which makes each of them unavailable for a while.
    """
    await world.set_up_site(wait=0)
    await world.remove_point()  # the one that the set-up gave the pendant
    result = await learned_and_pressed(
        world,
        [
            Button("Pendant", lambda: world.pendant.zone_status(1), 3, lambda: world.pendant.zone_status(0)),
            Button("Fob panic", lambda: world.fob.alarm_key("panic"), MANY),
            Button("Fob fire", lambda: world.fob.alarm_key("fire"), 2),
            Button("Scene button", lambda: world.button.switch("toggle"), 2),
        ],
    )
    checks = {"the keys of a fob are told apart": result["learned"]["Fob panic"] != result["learned"]["Fob fire"]}
    await _load_zha_anew(world)
    await world.pendant.zone_status(0)
    for name, press in (
        ("Pendant", lambda: world.pendant.zone_status(1)),
        ("Fob panic", lambda: world.fob.alarm_key("panic")),
        ("Scene button", lambda: world.button.switch("toggle")),
    ):
        checks |= out_of_reach(await pressed(world, Button(name, press, 1)))
    return judged(checks, result)


async def _load_zha_anew(world: World) -> None:
    """Have all of its devices be unavailable for a while."""
    home_assistant = world.home_assistant
    (zha,) = await home_assistant.command("config_entries/get", domain="zha")
    reloading = asyncio.create_task(home_assistant.post(f"/api/config/config_entries/entry/{zha['entry_id']}/reload"))
    await home_assistant.until(PENDANT_SENSOR, lambda state: state == "unavailable")
    await reloading
    await home_assistant.until(PENDANT_SENSOR, lambda state: state != "unavailable")
