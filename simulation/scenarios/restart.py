"""The power is cut in every phase of a call."""

import asyncio
from typing import Any

from simulation.phone import Phone
from simulation.world import World

from .common import Result, judged

WAIT = 25
"""Seconds until Bob is called: a start takes some of them."""
WINDOW = 40
"""Seconds in which a press can be taken back: a start must fit in."""
QUIET = 3
"""Seconds in which a phone would have rung again."""


async def cut_in_every_phase(world: World) -> Result:
    """Cut while people are being called, while Ann is on the way, while she is there, and once it is over.

    And while a press can still be taken back.
    """
    await world.set_up_site(wait=WAIT)
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    session = world.home_assistant.session
    await world.press()
    await ann.wait_for("Help needed")
    called = await _after_a_cut(world)
    await bob.wait_for("Help needed", timeout=WAIT)
    await ann.tap(session, "I'm going")
    await ann.wait_for("You have it")
    going = await _after_a_cut(world)
    await ann.tap(session, "I'm there")
    await ann.wait_for("You are there")
    there = await _after_a_cut(world)
    await ann.tap(session, "Person helped")
    await ann.wait_for("Over")
    over = await _after_a_cut(world)
    await world.press()
    await ann.wait_for("Help needed")
    next_call = await world.open_incidents()
    await world.resolve("Ann")
    people = [await world.subentry(name) for name in ("Ann", "Bob")]
    await world.change_plan([(0, people[:1]), (WAIT, people[1:])], cancel_window=WINDOW)
    await world.press()
    waiting = await _after_a_cut(world)
    shown = len(ann.screen)
    await _rings(ann, shown, WINDOW)
    made = [i["phase"] for i in await world.open_incidents()]
    checks = {
        "while a press can be taken back nobody is called, and the window goes on": not waiting["rung"]
        and [i["phase"] for i in waiting["open"]] == ["pending"],
        "after it the call is made": made == ["active"],
        "while people are called it goes on": [i["phase"] for i in called["open"]] == ["active"],
        "who is on the way still is, and nobody is called": _is_anns(going, "en_route") and not going["rung"],
        "who is there still is, and nobody is called": _is_anns(there, "on_scene") and not there["rung"],
        "what is over stays over": over["open"] == [] and not over["rung"],
        "the next press opens a call of its own": len(next_call) == 1,
    }
    return judged(checks)


async def _rings(phone: Phone, after: int, within: float) -> None:
    """Wait until a phone rings that has shown so many messages before; raises TimeoutError."""
    async with asyncio.timeout(within + 5):
        while not any("Help needed" in notification.title for notification in phone.screen[after:]):
            await asyncio.sleep(0.1)


async def _after_a_cut(world: World) -> dict[str, Any]:
    """Return what is open after a power cut, and whether anybody was called anew."""
    seen = {name: len(phone.screen) for name, phone in world.phones.items()}
    await world.cut_power(0)
    await asyncio.sleep(QUIET)
    shown = [n.title for name, phone in world.phones.items() for n in phone.screen[seen[name] :]]
    return {"open": await world.open_incidents(), "rung": [title for title in shown if "Help needed" in title]}


def _is_anns(after: dict[str, Any], progress: str) -> bool:
    return [(i["progress"], (i["acknowledged_by"] or {}).get("responder")) for i in after["open"]] == [
        (progress, "Ann")
    ]
