"""A call from the companion app: who called is said, and where their phone is."""

import asyncio

from simulation.phone import Notification
from simulation.world import World

from .buttons import BETWEEN_PRESSES, MANY
from .common import Result, judged

BUTTON = "button.staff_phone_call_for_help"
HARBOUR = (51.50712, -0.12751)
STREET = (51.50998, -0.1337)
WAIT = 20
"""Seconds until Bob himself is called as well, once he has pressed and moved."""


async def a_call_from_a_phone(world: World) -> Result:
    """Bob calls from his phone, twenty times, and moves about; and once more after a power cut.

    Each way in which the app presses a button ends in the action `button.press` in the name of whoever is signed in.
    """
    await world.set_up_site(wait=WAIT)
    await world.add_phone_point("Staff phone")
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    await bob.moves(world.home_assistant.session, *HARBOUR)
    for _ in range(MANY):
        await _press(world)
        await asyncio.sleep(BETWEEN_PRESSES)
    call = await ann.wait_for("Help needed")
    (incident,) = await world.open_incidents()
    await bob.moves(world.home_assistant.session, *STREET)
    moved = await bob.wait_for("Help needed", timeout=WAIT)
    await world.resolve("Ann")
    await ann.wait_for("Over")
    ann.screen.clear()
    await world.cut_power(0)
    quiet = await world.open_incidents() == []
    await _press(world)
    again = await ann.wait_for("Help needed")
    checks = {
        "20 presses are one call with 20 presses": incident["presses"] == MANY,
        "the call says who pressed": "Bob" in call.title and "Bob" in again.title,
        "the call says where the phone is": _says(call, *HARBOUR),
        "the next call says where the phone went": _says(moved, *STREET),
        "the phone is asked where it is": any(n.body == "request_location_update" for n in bob.screen),
        "whoever pressed is told that it is": any("where it is" in n.body for n in bob.screen),
        "after a power cut nobody is called until it is pressed": quiet,
    }
    return judged(checks)


async def _press(world: World) -> None:
    await world.home_assistant.action("button.press", {"entity_id": BUTTON}, world.logins["Bob"])


def _says(call: Notification, latitude: float, longitude: float) -> bool:
    return f"{latitude:.5f}, {longitude:.5f}" in call.body
