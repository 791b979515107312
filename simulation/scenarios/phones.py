"""Phones that share a name, are not whose they seem, are wiped, refuse, keep silent, or lose their connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
from contextlib import asynccontextmanager
import time
from typing import Any

from simulation.phone import Phone
from simulation.world import World

AT_ONCE = 4.0
"""Seconds within which whoever can be called is, whatever the other phones do.

Far from the 10 after which a phone is given up, and enough for a machine that tells five stories at once.
"""
RINGS_AGAIN = 5.0
TRIED_AGAIN = 20.0
REFUSED = {429: "rate_limit_exceeded_sending_notification", 500: "error_sending_notification"}
SILENT = "timeout_sending_notification"
"""Why a message could not be handed over, as the record has it."""
FALLS_BACK = 14.0
"""Seconds until Home Assistant gives up on a connection that does not confirm (10), and some."""


async def phones_that_fail_in_every_way(world: World) -> dict[str, Any]:
    """Ann and Bob are called at once, again and again; each time something is wrong with one of the phones."""
    await world.set_up_site(wait=0)
    checks: dict[str, bool] = {}
    for story in (
        _same_name,
        _registered_by_somebody_else,
        _wiped_away,
        _gateway_refuses,
        _gateway_silent,
        _connected,
        _connection_dead,
        _connection_cut,
        _deactivated,  # signs Bob out for good
    ):
        checks |= await story(world)
    return {
        "ok": all(checks.values()),
        "failed": [check for check, held in checks.items() if not held],
        "checked": list(checks),
    }


async def _same_name(world: World) -> dict[str, bool]:
    async with _call(world) as incident:
        both = await _rings(world, "Ann") and await _rings(world, "Bob")
        told = await _states(world, incident, "Bob", "handed_over")
    return {"two phones of the same name both ring": both and told}


async def _registered_by_somebody_else(world: World) -> dict[str, bool]:
    stranger = Phone("iPhone")
    await world.register(stranger, "Ann")
    async with _call(world):
        right = await _rings(world, "Ann")
    return {"a phone that is registered in Ann's name later does not ring, hers does": right and not stranger.screen}


async def _deactivated(world: World) -> dict[str, bool]:
    home_assistant, bob = world.home_assistant, world.logins["Bob"].user
    async with _call(world) as incident:
        await _rings(world, "Bob")
        await home_assistant.command("config/auth/update", user_id=bob, is_active=False)
        await world.tap_going("Bob")
        await asyncio.sleep(AT_ONCE)
        ignored = (await world.record(incident))["acknowledged_by"] is None
    async with _call(world):
        others = await _rings(world, "Ann")
        called = bool(world.phones["Bob"].screen)
    return {
        "the answer of a deactivated login does not count": ignored,
        "the phone of a deactivated login is not called, the others are": others and not called,
    }


async def _wiped_away(world: World) -> dict[str, bool]:
    ann = world.phones["Ann"]
    async with _call(world) as incident:
        await _rings(world, "Ann")
        await ann.clear(world.home_assistant.session)
        ann.screen.clear()
        again = await _rings(world, "Ann", within=RINGS_AGAIN)
        on_record = any(line["type"] == "Cleared" for line in (await world.record(incident))["timeline"])
    return {"a call that was wiped away rings again, and that is on record": again and on_record}


async def _gateway_refuses(world: World) -> dict[str, bool]:
    checks = {}
    bob = world.phones["Bob"]
    for status in (429, 500):
        bob.answers = status
        async with _call(world) as incident:
            others = await _rings(world, "Ann")
            owed = await _states(world, incident, "Bob", "owed")
            bob.answers = 201
            again = await _rings(world, "Bob", within=TRIED_AGAIN)
            right = await _states(world, incident, "Bob", "handed_over")
            reasons = await _failures(world, incident)
        checks[f"a gateway that answers {status} is a failure on record, and tried again"] = (
            others and owed and again and right and reasons == [REFUSED[status]]
        )
    return checks


async def _gateway_silent(world: World) -> dict[str, bool]:
    bob = world.phones["Bob"]
    bob.answers = None
    async with _call(world) as incident:
        others = await _rings(world, "Ann")
        waiting = await _states(world, incident, "Bob", "sending")
        given_up = await _states(world, incident, "Bob", "owed", within=TRIED_AGAIN)
        bob.answers = 201
        again = await _rings(world, "Bob", within=TRIED_AGAIN)
        reasons = await _failures(world, incident)
    return {
        "a gateway that never answers holds up nobody else, and is tried again": others
        and waiting
        and given_up
        and again,
        "the record says that it did not answer": reasons == [SILENT],
    }


async def _connected(world: World) -> dict[str, bool]:
    bob = world.phones["Bob"]
    async with _connection(world, "Bob", confirm=True):
        bob.answers = 500
        async with _call(world) as incident:
            locally = await _rings(world, "Bob")
            told = await _states(world, incident, "Bob", "handed_over")
    bob.answers = 201
    async with _call(world):
        by_push = await _rings(world, "Bob")
    return {
        "a phone that is connected rings over its own connection, without the gateway": locally and told,
        "a phone whose connection was closed rings over the gateway": by_push,
    }


async def _connection_dead(world: World) -> dict[str, bool]:
    async with _connection(world, "Bob", confirm=False), _call(world):
        others = await _rings(world, "Ann")
        fell_back = await _rings(world, "Bob", within=FALLS_BACK)
    return {"a phone whose connection is dead rings over the gateway after ten seconds": others and fell_back}


async def _connection_cut(world: World) -> dict[str, bool]:
    async with _connection(world, "Bob", confirm=False) as cut, _call(world):
        others = await _rings(world, "Ann")
        unheard = not world.phones["Bob"].screen
        await cut()
        fell_back = await _rings(world, "Bob")
    return {
        "a phone whose connection is cut before it confirmed rings over the gateway at once": others
        and unheard
        and fell_back
    }


async def _failures(world: World, incident: str) -> list[str]:
    """Return why messages could not be handed over, as the record has it."""
    return [line["error"] for line in (await world.record(incident))["timeline"] if line["type"] == "DeliveryFailed"]


@asynccontextmanager
async def _call(world: World) -> AsyncIterator[str]:
    """Press with empty screens, and end the call afterwards; gives the incident."""
    for phone in world.phones.values():
        phone.screen.clear()
    await world.press()
    async with asyncio.timeout(AT_ONCE):
        while not (incidents := await world.open_incidents()):
            await asyncio.sleep(0.02)
    yield incidents[0]["incident_id"]
    await world.resolve("Ann")


@asynccontextmanager
async def _connection(world: World, name: str, *, confirm: bool) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Keep somebody's phone connected to Home Assistant meanwhile; gives what cuts the connection."""
    connection = await world.home_assistant.connect(world.logins[name])
    listening = asyncio.create_task(world.phones[name].listen(connection, confirm=confirm))
    await world.phones[name].connected.wait()
    yield connection.close
    await connection.close()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


async def _rings(world: World, name: str, within: float = AT_ONCE) -> bool:
    """Return whether somebody's phone rings in time, and exactly once until now."""
    with contextlib.suppress(TimeoutError):
        await world.phones[name].wait_for("Help needed", timeout=within)
    return sum("Help needed" in notification.title for notification in world.phones[name].screen) == 1


async def _states(world: World, incident: str, name: str, wanted: str, within: float = AT_ONCE) -> bool:
    """Return whether the record says this of somebody's message, in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        messages = (await world.record(incident))["messages"]
        if {message["state"] for message in messages if message["responder"] == name} == {wanted}:
            return True
        await asyncio.sleep(0.05)
    return False
