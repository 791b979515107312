"""What cameras cost: whether a call leaves later for them, and how long nothing else runs while they look.

A press with cameras and one without are interleaved in one process. Then 50 cameras are looked through at once; the
control is the same site doing nothing for as long.
"""

import asyncio
from pathlib import Path
import resource
import statistics
import time
from typing import Any

from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockPlatform, mock_platform

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine.cameras import Picture, Pictures, PictureState
from custom_components.duress.engine.kinds import Reply

from . import house
from .storm import Holds

BURN_IN, ROUNDS = 20, 200
FEW, MANY = 20, 50
PICTURE = 400_000
"""Bytes of a picture: about what a camera of 2 megapixels gives."""
SLOWEST = 0.3
"""Seconds that a camera takes at the most."""
WINDOW = 20.0
"""Seconds that hold all looks of a call."""


class _Camera(Camera):
    """A camera that takes its time, and gives another picture each time."""

    _attr_should_poll = False

    def __init__(self, number: int) -> None:
        super().__init__()
        self._attr_name = f"Bench {number}"
        self._attr_unique_id = f"bench_{number}"
        self.entity_id = f"camera.bench_{number}"
        self._takes = SLOWEST * number / MANY
        self._asked = 0

    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        """Give a picture."""
        await asyncio.sleep(self._takes)
        self._asked += 1
        return b"\xff\xd8" + self._asked.to_bytes(PICTURE, "little") + b"\xff\xd9"


async def measure(folder: Path) -> dict[str, float]:
    """Return the figures, in milliseconds unless their names say otherwise."""
    async with house.home_assistant(folder) as hass:
        channel = await _set_up(hass)
        times: dict[str, list[float]] = {"bench_none": [], "bench_few": []}
        for round_ in range(BURN_IN + ROUNDS):
            for event, taken in times.items():
                took = await _pressed(hass, channel, event)
                if round_ >= BURN_IN:
                    taken.append(took)
        idle = Holds()
        await asyncio.sleep(WINDOW)
        idle_hold = idle.stop()
        before = _memory()
        looking = Holds()
        channel.clear()
        hass.bus.async_fire("bench_many")
        await asyncio.sleep(WINDOW)
        hold = looking.stop()
        pictures = _pictures(hass)
    median = {event: statistics.median(took) * 1e3 for event, took in times.items()}
    return {
        "evidence.call_without_cameras_ms": median["bench_none"],
        f"evidence.call_with_{FEW}_cameras_ms": median["bench_few"],
        "evidence.missed": sum(picture.state is not PictureState.KEPT for picture in pictures),
        "evidence.kept": sum(picture.state is PictureState.KEPT for picture in pictures),
        "evidence.longest_hold_ms": hold * 1e3,
        "evidence.idle_hold_ms": idle_hold * 1e3,
        "evidence.memory_mb": (_memory() - before) / 1024,
    }


async def _set_up(hass: HomeAssistant) -> house.Channel:
    channel = house.Channel()
    responder = await house.add_responder(hass, "Bench", channel)

    async def add(_hass: HomeAssistant, _config: Any, add_entities: Any, _info: Any = None) -> None:
        add_entities([_Camera(number) for number in range(MANY)])

    mock_platform(hass, "test.camera", MockPlatform(async_setup_platform=add))
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    await house.set_up_site(
        hass,
        responder,
        house.response_plan((0, ["bench"]), repeat_after=3600, pictures=Pictures.PAGE),
        *(
            house.trigger_point(
                name,
                f"Room {name}",
                {"platform": "event", "event_type": f"bench_{name}"},
                cameras=[{"entity": f"camera.bench_{number}"} for number in range(count)],
            )
            for name, count in (("none", 0), ("few", FEW), ("many", MANY))
        ),
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    return channel


async def _pressed(hass: HomeAssistant, channel: house.Channel, event: str) -> float:
    """Press once; returns the seconds until the call left. What follows is let finish outside the measurement."""
    channel.clear()
    began = time.perf_counter()
    hass.bus.async_fire(event)
    await channel.left.wait()
    took = channel.calls[0][0] - began
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    for incident in entry.runtime_data.incidents.open():
        entry.runtime_data.async_answer(incident, entry.runtime_data.actor("bench"), Reply.OVER)
    await hass.async_block_till_done(wait_background_tasks=True)
    return took


def _pictures(hass: HomeAssistant) -> list[Picture]:
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    (incident,) = entry.runtime_data.incidents.open()
    return list(incident.pictures.values())


def _memory() -> int:
    """Return the most memory that this process has had so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
