"""From a press to the call leaving for the phone, against a hand-written automation that does the same.

All are interleaved in one process, so that a noisy machine disturbs them alike: the product with its record on a
real disk, the same for a button that 20 cameras look at and 20 doors are locked for, the automation, a bare listener
that only makes the call, and one raw append with its flush on the same disk.
"""

from collections.abc import Awaitable, Callable
import json
import os
from pathlib import Path
import random
import statistics
import time

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine.cameras import Pictures
from custom_components.duress.engine.kinds import Reply

from . import house
from .things import LOCKS, add_cameras_and_locks, cameras

BURN_IN = 30
FEW = 20
ROUNDS = 400
PLACE = "Room 4"
LINE_LENGTH = 1200
"""Bytes of the raw append: about what the product writes for a press."""


async def measure(folder: Path) -> dict[str, float]:
    """Return the figures, in microseconds and ratios."""
    async with house.home_assistant(folder) as hass:
        return await _measure(hass, folder)


async def _measure(hass: HomeAssistant, folder: Path) -> dict[str, float]:
    channel = await _set_up(hass)
    raw = _raw_append(folder)
    runs: dict[str, Callable[[], Awaitable[float]]] = {
        "product": lambda: _pressed(hass, channel, "bench_product"),
        "equipped": lambda: _pressed(hass, channel, "bench_equipped"),
        "automation": lambda: _pressed(hass, channel, "bench_automation"),
        "bare": lambda: _pressed(hass, channel, "bench_bare"),
        "raw_append": raw,
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(BURN_IN + ROUNDS):
        for name in random.sample(sorted(runs), len(runs)):  # what comes after a flush of the disk is the slower for it
            took = await runs[name]()
            if round_ >= BURN_IN:
                times[name].append(took * 1e6)
    median = {name: statistics.median(values) for name, values in times.items()}
    figures = {
        "press.ratio_to_automation_median": median["product"] / median["automation"],
        "press.ratio_to_bare_median": median["product"] / median["bare"],
        "press.ratio_of_equipped_median": median["equipped"] / median["product"],
        "press.over_budget_us": median["product"] - median["automation"] - 1.5 * median["raw_append"],
    }
    for name, values in times.items():
        figures[f"press.{name}_median_us"] = median[name]
        figures[f"press.{name}_p99_us"] = statistics.quantiles(values, n=100)[98]
    return figures


async def _set_up(hass: HomeAssistant) -> house.Channel:
    channel = house.Channel()
    responder = await house.add_responder(hass, "Bench", channel)
    automations = await hass.async_add_executor_job(load_yaml, str(Path(__file__).parent / "automation.yaml"))
    assert await async_setup_component(hass, "automation", {"automation": automations})

    @callback
    def bare(event: Event) -> None:
        data = {"title": "Help needed", "message": event.data["place"], "data": {"actions": []}}
        hass.async_create_task(
            hass.services.async_call("notify", "mobile_app_bench_phone", data, blocking=True), eager_start=True
        )

    hass.bus.async_listen("bench_bare", bare)
    await add_cameras_and_locks(hass)
    await house.set_up_site(
        hass,
        responder,
        house.response_plan((0, ["bench"]), repeat_after=60, call_type="hold_up"),
        house.trigger_point("point", PLACE, {"platform": "event", "event_type": "bench_product"}),
        *_equipped(),
    )
    await hass.async_block_till_done()
    return channel


def _equipped() -> list[ConfigSubentryDataWithId]:
    """Return a button with cameras and doors."""
    doors = {"locked": {"at_once": [f"door_{number}" for number in range(LOCKS)]}}
    plan = house.response_plan(
        (0, ["bench"]), repeat_after=60, key="equipped", call_type="hold_up", pictures=Pictures.PAGE, doors=doors
    )
    trigger = {"platform": "event", "event_type": "bench_equipped"}
    point = house.trigger_point("equipped_point", PLACE, trigger, "equipped", cameras=cameras(FEW))
    return [plan, point, *(house.door(number) for number in range(LOCKS))]


async def _pressed(hass: HomeAssistant, channel: house.Channel, event: str) -> float:
    """Press once; returns the seconds until the call left. What follows is let finish outside the measurement."""
    channel.clear()
    began = time.perf_counter()
    hass.bus.async_fire(event, {"place": PLACE})
    await channel.left.wait()
    took = channel.calls[0][0] - began
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.async_block_till_done(wait_background_tasks=True)
        site = entry.runtime_data
        for incident in site.incidents.open():
            site.async_answer(incident, site.actor("bench"), Reply.OVER)
    await hass.async_block_till_done(wait_background_tasks=True)
    return took


def _raw_append(folder: Path) -> Callable[[], Awaitable[float]]:
    file = os.open(folder / "raw.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    line = (json.dumps({"x": "y" * LINE_LENGTH}) + "\n").encode()

    async def append() -> float:
        began = time.perf_counter()
        os.write(file, line)
        os.fdatasync(file)
        return time.perf_counter() - began

    return append
