"""What cameras cost: how long nothing else runs while 50 of them look at once.

The control is the same site doing nothing for as long.
"""

import asyncio
from pathlib import Path
import resource

from homeassistant.core import HomeAssistant

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine.cameras import Picture, Pictures, PictureState

from . import house
from .storm import Holds
from .things import CAMERAS, add_cameras_and_locks, cameras

WINDOW = 20.0
"""Seconds that hold all looks of a call."""


async def measure(folder: Path) -> dict[str, float]:
    """Return the figures, in milliseconds unless their names say otherwise."""
    async with house.home_assistant(folder) as hass:
        await _set_up(hass)
        idle = Holds()
        await asyncio.sleep(WINDOW)
        idle_hold = idle.stop()
        before = _memory()
        looking = Holds()
        hass.bus.async_fire("bench_many")
        await asyncio.sleep(WINDOW)
        hold = looking.stop()
        pictures = _pictures(hass)
    return {
        "evidence.missed": sum(picture.state is not PictureState.KEPT for picture in pictures),
        "evidence.kept": sum(picture.state is PictureState.KEPT for picture in pictures),
        "evidence.longest_hold_ms": hold * 1e3,
        "evidence.idle_hold_ms": idle_hold * 1e3,
        "evidence.memory_mb": (_memory() - before) / 1024,
    }


async def _set_up(hass: HomeAssistant) -> None:
    responder = await house.add_responder(hass, "Bench", house.Channel())
    await add_cameras_and_locks(hass)
    await house.set_up_site(
        hass,
        responder,
        house.response_plan((0, ["bench"]), repeat_after=3600, pictures=Pictures.PAGE),
        house.trigger_point(
            "many", "Room many", {"platform": "event", "event_type": "bench_many"}, cameras=cameras(CAMERAS)
        ),
    )
    await hass.async_block_till_done(wait_background_tasks=True)


def _pictures(hass: HomeAssistant) -> list[Picture]:
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    (incident,) = entry.runtime_data.incidents.open()
    return list(incident.pictures.values())


def _memory() -> int:
    """Return the most memory that this process has had so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
