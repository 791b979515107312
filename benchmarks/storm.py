"""Many presses at once on a large site: whether each one's call leaves, how late, and how long nothing else runs.

A thread fires the events, as a radio would: at their times, whether or not Home Assistant is free to hear them.
The control is the same site in the same process, doing nothing for as long.
"""

import asyncio
from pathlib import Path
import statistics
import time

from homeassistant.core import HomeAssistant

from . import house

POINTS = 1000
PRESSES = 200
SECOND = 1.0
"""In which all presses come."""
WINDOW = 30.0
"""Seconds after the first press in which every call has to leave."""
RESPONDERS = ("Ann", "Bob", "Cem", "Dot", "Eve")
EVENT = "bench_storm"
ASKED = 0.001
"""Seconds after which the loop is asked for a turn, over and over."""


class Holds:
    """Notes the longest time by which the event loop was late for a timer."""

    def __init__(self) -> None:
        """Begin."""
        self._loop = asyncio.get_running_loop()
        self.longest = 0.0
        self._again()

    def stop(self) -> float:
        """Return the longest hold in seconds, with the one that this waited for."""
        self._note()
        self._timer.cancel()
        return self.longest

    def _again(self) -> None:
        self._asked = time.perf_counter()
        self._timer = self._loop.call_later(ASKED, self._turn)

    def _turn(self) -> None:
        self._note()
        self._again()

    def _note(self) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._asked - ASKED)


async def measure(folder: Path) -> dict[str, float]:
    """Return the figures, in milliseconds unless their names say otherwise."""
    async with house.home_assistant(folder) as hass:
        channel = house.Channel()
        responders = [await house.add_responder(hass, name, channel) for name in RESPONDERS]
        everybody = (0, [name.lower() for name in RESPONDERS])
        began, ended = await house.set_up_site(
            hass,
            *responders,
            house.response_plan(everybody, repeat_after=3600),
            *(house.trigger_point(f"point_{n}", _place(n), _trigger(n)) for n in range(POINTS)),
        )
        await hass.async_block_till_done(wait_background_tasks=True)
        idle = Holds()
        await asyncio.sleep(WINDOW)
        idle_hold = idle.stop()
        storm = Holds()
        fired = await _fire(hass, channel)
        hold = storm.stop()
    called: dict[str, float] = {}
    for at, title in channel.calls:
        called.setdefault(title.rpartition(": ")[2], at)
    # One that never left counts with the whole window.
    times = [min(called.get(place, at + WINDOW) - at, WINDOW) for place, at in fired.items()]
    return {
        "storm.set_up_s": ended - began,
        "storm.lost": sum(took >= WINDOW for took in times),
        "storm.median_call_ms": statistics.median(times) * 1e3,
        "storm.slowest_call_ms": max(times) * 1e3,
        "storm.longest_hold_ms": hold * 1e3,
        "storm.idle_hold_ms": idle_hold * 1e3,
    }


async def _fire(hass: HomeAssistant, channel: house.Channel) -> dict[str, float]:
    """Fire the presses and see the window out; returns when each place's was fired."""
    fired: dict[str, float] = {}
    chosen = range(0, POINTS, POINTS // PRESSES)

    def fire() -> None:
        began = time.perf_counter()
        for index, point in enumerate(chosen):
            time.sleep(max(0.0, began + index * SECOND / PRESSES - time.perf_counter()))
            fired[_place(point)] = time.perf_counter()
            hass.bus.fire(EVENT, {"point": str(point)})

    began = time.perf_counter()
    await hass.async_add_executor_job(fire)
    await asyncio.sleep(began + WINDOW - time.perf_counter())
    return fired


def _place(point: int) -> str:
    return f"Room {point:04}"


def _trigger(point: int) -> dict[str, object]:
    return {"platform": "event", "event_type": EVENT, "event_data": {"point": str(point)}}
