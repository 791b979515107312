"""The process that is killed: a Home Assistant that lives through an incident from wherever its disk says it stands.

It tells its parent, line by line, when it began, when it was set up, each message that leaves, and when all
is over. What it told has reached the parent even if it is dead the moment after.
"""

import asyncio
from collections.abc import Callable
from functools import partial
import logging
from multiprocessing.connection import Connection
import os
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.duress.const import DOMAIN
from custom_components.duress.effects.channels import Channels
from custom_components.duress.engine import replay
from custom_components.duress.engine.kinds import DeliveryState, Phase, Reply
from custom_components.duress.engine.model import Incident
from custom_components.duress.line import LINES
from custom_components.duress.site import Site

from . import house

BESIDE = ("ann", "bob", "cem")
"""Called side by side at once."""
LAST = "dora"
"""Called after them, and the one who answers."""
STEP, ROUND = 0.6, 0.9
"""Seconds until the last one is called, and until the plan begins again. Within half a second it would be the same
press."""
BUTTON = "bench_button"
ON_THE_WAY = 0.025
"""Seconds until a message leaves, and again until it is known that it did: a kill in the first half would lose it if
it were not sent again, one in the second repeats it."""
PAUSE = 0.1
"""Seconds that a person takes."""
LOOK = 0.02
"""Seconds between looks at the record."""

BEGAN, SET_UP, SENT, SETTLED = "began", "set_up", "sent", "settled"

type Tell = Callable[..., None]


def record_folder(folder: Path) -> Path:
    """Return where the site keeps its record."""
    return folder / ".storage" / DOMAIN / house.SITE


def live(folder: Path, pipe: Connection, incident: str | None) -> None:
    """Live until the incident is settled; press the button if there is none yet."""
    logging.disable(logging.WARNING)

    def tell(*words: object) -> None:
        os.write(pipe.fileno(), (" ".join(map(str, words)) + "\n").encode())

    tell(BEGAN)
    asyncio.run(_live(folder, tell, incident))


async def _live(folder: Path, tell: Tell, incident: str | None) -> None:
    _overhear(tell)
    async with house.home_assistant(folder) as hass:
        site = await _set_up(hass)
        tell(SET_UP)
        await _play(hass, site, incident or await _press(hass, site))
        tell(SETTLED)


def _overhear(tell: Tell) -> None:
    """Have every message told as it leaves: also those that a start sends before it is through."""
    deliver = Channels.async_deliver

    async def told(channels: Channels, incident: Incident, message: Any, *rest: Any) -> None:
        await asyncio.sleep(ON_THE_WAY)
        tell(SENT, incident.id, message.id, message.attempts)
        await deliver(channels, incident, message, *rest)
        await asyncio.sleep(ON_THE_WAY)

    setattr(Channels, deliver.__name__, told)


async def _set_up(hass: HomeAssistant) -> Site:
    responders = [await house.add_responder(hass, name, house.Channel()) for name in (*BESIDE, LAST)]
    plan = house.response_plan((0, [*BESIDE]), (STEP, [LAST]), repeat_after=ROUND)
    trigger = {"platform": "event", "event_type": BUTTON}
    await house.set_up_site(hass, *responders, plan, house.trigger_point("point", "Room 4", trigger))
    return hass.data[LINES][house.SITE].site


async def _press(hass: HomeAssistant, site: Site) -> str:
    opened: asyncio.Future[str] = hass.loop.create_future()

    def changed(incident: Incident, _events: object) -> None:
        if not opened.done():
            opened.set_result(incident.id)

    site.views.async_subscribe(changed)
    hass.bus.async_fire(BUTTON)
    return await opened


async def _play(hass: HomeAssistant, site: Site, incident: str) -> None:
    """Do what people still have to do, each thing once what it waits for is on record, until all is over."""
    until = partial(_until, site, incident)
    now = await until(lambda i: i.phase is not Phase.ACTIVE or _was_called(i, LAST))
    if now.phase is Phase.ACTIVE and now.presses == 1:
        hass.bus.async_fire(BUTTON)
        await until(lambda i: i.presses > 1)
    if now.phase is Phase.ACTIVE:
        await asyncio.sleep(PAUSE)
        _answer(site, Reply.GOING)
    now = await until(lambda i: i.phase is not Phase.ACTIVE)
    if now.is_open:
        await asyncio.sleep(PAUSE)
        _answer(site, Reply.OVER)
    await until(lambda i: i.is_settled)


def _answer(site: Site, reply: Reply) -> None:
    by = site.actor(site.configuration.responders[LAST].user or "")
    for incident in site.incidents.open():
        site.async_answer(incident, by, reply)


def _was_called(incident: Incident, responder: str) -> bool:
    return any(m.responder == responder and m.state is DeliveryState.HANDED_OVER for m in incident.messages.values())


async def _until(site: Site, incident: str, condition: Callable[[Incident], bool]) -> Incident:
    while True:
        entries = await site.archive.async_incident(incident)
        now = replay(entry.event for entry in entries)
        if now is not None and condition(now):
            return now
        await asyncio.sleep(LOOK)
