"""Doors whose locks are good, slow, jam, are away or never say anything, and one that nobody may lock."""

import asyncio
from typing import Any

from simulation.broker import Broker
from simulation.home_assistant import RefusedError
from simulation.locks import Mode, SimulatedLocks
from simulation.world import World

from .common import Result, judged
from .mqtt import SUBSCRIBED, add_mqtt

MODES = {
    "Front": Mode.GOOD,
    "Yard": Mode.SLOW,
    "Back": Mode.JAMS,
    "Cellar": Mode.AWAY,
    "Gate": Mode.ASSUMED,
    "Exit": Mode.GOOD,
}
ESCAPE_ROUTE = "Exit"
MOVED = ("Front", "Yard")
"""The doors that can be locked, and say so."""
SEEN_AFTER = 8
"""Seconds after which a lock is believed."""
TRUTH = [
    "Front is locked.",
    "Yard is locked.",
    "Back did not lock: jammed.",
    "Cellar did not lock: unavailable.",
    "Gate was told to lock, but does not say whether it did.",
    "Exit did not lock: it is an escape route.",
]
MOVED_FOR = 60
"""Seconds for which a door is open for whoever goes."""
AWAY = 75
"""Seconds without power: longer than that."""


async def doors_that_fail_in_every_way(world: World) -> Result:
    """Lock the doors down, cut the power in the middle, release them; leave one open over a power cut that lasts."""
    await world.set_up_site(wait=60)
    async with Broker() as broker, SimulatedLocks(broker, MODES) as locks:
        await add_mqtt(world, broker)
        for name in MODES:
            await world.home_assistant.until(f"lock.{name.lower()}", lambda state: state is not None)
            await world.add_door(name, f"lock.{name.lower()}", may_lock=name != ESCAPE_ROUTE)
        await asyncio.sleep(SUBSCRIBED)
        checks = await _locked_down(world, locks)
        checks |= await _cut_in_the_middle(world, locks)
        checks |= await _left_open(world, locks)
    return judged(checks)


async def _locked_down(world: World, locks: SimulatedLocks) -> dict[str, bool]:
    """Lock all doors down, and release them."""
    ann = world.phones["Ann"]
    said = await _lock_down(world, "Bob")
    told = await ann.wait_for("Doors are locked down", timeout=30)
    refused = False
    try:
        await _release(world, "Bob")
    except RefusedError:
        refused = True
    checks = {
        "what became of each door is said as it is": said == TRUTH,
        "whoever is in charge is told so": told.body.endswith(" ".join(TRUTH)),
        "the doors that can be are locked": {locks.states[name] for name in MOVED} == {"LOCKED"},
        "what may be locked and is not is tried three times": len(locks.told["Back"]) == 3,  # noqa: PLR2004
        "an escape route is not touched": not locks.told[ESCAPE_ROUTE],
        "only those in charge release": refused,
    }
    await _released(world, locks)
    checks["release brings doors back to what they were"] = {locks.states[name] for name in MOVED} == {"UNLOCKED"}
    checks["and touches no escape route"] = not locks.told[ESCAPE_ROUTE]
    return checks


async def _cut_in_the_middle(world: World, locks: SimulatedLocks) -> dict[str, bool]:
    """Cut the power while bolts are moving."""
    ann = world.phones["Ann"]
    ann.screen.clear()
    data = {"site": world.entry}
    await world.home_assistant.action("duress.lock_down", data, world.logins["Bob"])
    await asyncio.sleep(0.5)
    moving = {locks.states[name] for name in MOVED}
    world.home_assistant.kill()
    await world.home_assistant.start()
    told = await ann.wait_for("Doors are locked down", timeout=120)
    checks = {
        "the power was cut while bolts moved": moving <= {"UNLOCKED", "LOCKING"},
        "doors end as they are wanted": {locks.states[name] for name in MOVED} == {"LOCKED"},
        "it is told after that": "Front is locked. Yard is locked." in told.body,
        "an escape route is still not touched": not locks.told[ESCAPE_ROUTE],
    }
    await _released(world, locks)
    return checks


async def _left_open(world: World, locks: SimulatedLocks) -> dict[str, bool]:
    """Unlock a door for Ann, who goes, and be without power until its time is over; Bob goes to the door."""
    ann, bob, session = world.phones["Ann"], world.phones["Bob"], world.home_assistant.session
    await locks.turn("Front", "LOCKED")
    await world.move_doors(MOVED_FOR, unlocked_going=["Front"])
    locks.told["Front"].clear()
    await world.press()
    await ann.wait_for("Help needed")
    before = list(locks.told["Front"])
    await ann.tap(session, "I'm going")
    await locks.until("Front", "UNLOCKED")
    await _reads(ann, "Front is unlocked.")
    ann.screen.clear()
    await world.cut_power(AWAY)
    call = await ann.wait_for("Not locked: Front", timeout=60)
    told = list(locks.told["Front"])
    called = await _calls_to_doors(world)
    await bob.wait_for("Not locked: Front")
    await bob.tap(session, "I'm going")
    await bob.wait_for("You have it: Front")
    await bob.tap(session, "I'm there")
    await locks.turn("Front", "LOCKED")
    await bob.wait_for("You are there: Front")
    await bob.tap(session, "It is locked")
    await bob.wait_for("Over: Front")
    return {
        "a press opens no door": not before,
        "an answer does": told[:1] == ["UNLOCK"],
        "nothing is moved too late": told == ["UNLOCK"],
        "people are called to the door": call.buttons == ["I'm going", "Can't go"],
        "until somebody says that it is locked": (called, await _calls_to_doors(world)) == (1, 0),
    }


async def _calls_to_doors(world: World) -> int:
    """Return how many calls to a door are open."""
    return sum(incident["trigger_point"]["id"] != world.point for incident in await world.open_incidents())


async def _reads(phone: Any, words: str) -> None:
    async with asyncio.timeout(30):
        while not any(words in message.body for message in phone.screen):
            await asyncio.sleep(0.1)


async def _lock_down(world: World, name: str) -> list[str]:
    """Lock all doors down, and return what is said to have become of them."""
    path = "/api/services/duress/lock_down?return_response"
    answer = await world.home_assistant.post(path, {"site": world.entry}, world.logins[name])
    doors: list[str] = answer["service_response"]["doors"]
    return doors


async def _released(world: World, locks: SimulatedLocks) -> None:
    """Release the doors, and wait until that is through."""
    await _release(world, "Ann")
    for name in MOVED:
        await locks.until(name, "UNLOCKED")
    await asyncio.sleep(SEEN_AFTER)


async def _release(world: World, name: str) -> None:
    await world.home_assistant.action("duress.release_doors", {"site": world.entry}, world.logins[name])
