"""Every kind of Zigbee button, over unpatched ZHA."""

from simulation.world import World

from .buttons import MANY, Button, learned_and_pressed
from .common import Result


async def every_zigbee_button(world: World) -> Result:
    """A pendant, two keys of a key fob and a scene button: learned, pressed, and pressed again."""
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
    if result["learned"]["Fob panic"] == result["learned"]["Fob fire"]:
        return {**result, "ok": False, "failed": [*result["failed"], "the keys of a fob are told apart"]}
    return result
