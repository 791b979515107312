"""A thousand trigger points of mixed sources: how long they take to set up, how much memory, and a reload.

The control is a thousand buttons of Home Assistant's own MQTT integration, over a real broker, with entities of the
same kinds and as many. Each is set up in a process of its own, which measures itself.
"""

import argparse
import asyncio
from collections.abc import Mapping
import gc
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

import custom_components.duress  # noqa: F401  # isort: skip  ours before the test package's own

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulation.broker import HOST, Broker

from . import house

POINTS = 1000
ENTITIES = {"binary_sensor": 2, "event": 1, "sensor": 1}
"""What a trigger point has, and the control gives each button."""
EVENT = "bench_sources"
RELOAD_PRESSES = 200
BETWEEN_PRESSES = 0.005
"""Seconds. Each is of another trigger point, so that none is taken for the same press."""
SOURCES: tuple[str, ...] = ("state", "event.received", "button", "zha_event", "zwave_js_notification")


async def measure(folder: Path) -> dict[str, float]:
    """Return the figures; times are in the unit that the name says."""
    ours = await _in_its_own_process(folder / "ours")
    async with Broker() as broker:
        await _offer(broker)
        control = await _in_its_own_process(folder / "control", f"--broker={broker.port}")
    return {f"sources.{name}": value for name, value in ours.items()} | {
        f"sources.mqtt_{name}": value for name, value in control.items()
    }


async def _in_its_own_process(folder: Path, *arguments: str) -> dict[str, float]:
    command = (sys.executable, "-m", "benchmarks.sources", str(folder), *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    return figures


async def _ours(folder: Path) -> dict[str, float]:
    async with house.home_assistant(folder) as hass:
        ann = await house.add_responder(hass, "Ann", house.Channel())
        devices = _add_buttons(hass)
        points = [house.trigger_point(f"point_{n}", f"Room {n:04}", _trigger(n, devices[n])) for n in range(POINTS)]
        plan = house.response_plan((0, ["ann"]), repeat_after=3600)
        memory, began = _memory(), time.perf_counter()
        await house.set_up_site(hass, ann, plan, *points)
        await hass.async_block_till_done(wait_background_tasks=True)
        figures = {"set_up_s": time.perf_counter() - began, "memory_mb": _memory() - memory, "entities": _count(hass)}
        return figures | {"deaf_in_reload_ms": await _deaf_in_reload(hass)}


async def _control(folder: Path, port: int) -> dict[str, float]:
    async with house.home_assistant(folder) as hass:
        await asyncio.to_thread((folder / "configuration.yaml").touch)
        data = {"broker": HOST, "port": port}
        entry = MockConfigEntry(domain="mqtt", data=data, version=2, minor_version=1)
        entry.add_to_hass(hass)
        everything = asyncio.Event()

        @callback
        def added(_event: object) -> None:
            if _count(hass) == POINTS * sum(ENTITIES.values()):
                everything.set()

        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, added)
        memory, began = _memory(), time.perf_counter()
        assert await hass.config_entries.async_setup(entry.entry_id)
        await everything.wait()
        await hass.async_block_till_done(wait_background_tasks=True)
        return {"set_up_s": time.perf_counter() - began, "memory_mb": _memory() - memory, "entities": _count(hass)}


async def _offer(broker: Broker) -> None:
    """Have the broker know a thousand buttons, in the form that has one message for each device."""
    messages = []
    for number in range(POINTS):
        components = {
            f"{platform}_{index}": _component(platform, f"{number}_{platform}_{index}", number)
            for platform, count in ENTITIES.items()
            for index in range(count)
        }
        device = {"identifiers": [f"button_{number}"], "name": f"Button {number:04}"}
        config = {"device": device, "origin": {"name": "bench"}, "components": components}
        messages.append((f"homeassistant/device/button_{number}/config", json.dumps(config)))
    await broker.retain(messages)


def _component(platform: str, unique_id: str, number: int) -> dict[str, Any]:
    component = {"platform": platform, "unique_id": unique_id, "state_topic": f"bench/{number}", "name": unique_id}
    return component | ({"event_types": ["press"]} if platform == "event" else {})


def _add_buttons(hass: HomeAssistant) -> list[str]:
    """Have Home Assistant know and show what the trigger points listen to; returns the devices."""
    entry = MockConfigEntry(domain="zha")
    entry.add_to_hass(hass)
    registry, devices = dr.async_get(hass), []
    for number in range(POINTS):
        hass.states.async_set(f"binary_sensor.button_{number}", "off")
        for domain in ("event", "input_button"):
            hass.states.async_set(f"{domain}.button_{number}", "unknown")
        identifiers = {("zha", _address(number))}
        device = registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers=identifiers)
        devices.append(device.id)
    return devices


def _address(number: int) -> str:
    return f"{number:016x}"


def _trigger(number: int, device: str) -> Mapping[str, Any]:
    """Return a trigger as it is learned of one of the kinds of source, in turn; of the first, one to be pressed."""
    if number < RELOAD_PRESSES:
        return {"platform": "event", "event_type": EVENT, "event_data": {"point": str(number)}}
    match SOURCES[number % len(SOURCES)]:
        case "state":
            return {"platform": "state", "entity_id": [f"binary_sensor.button_{number}"], "to": ["on"]}
        case "button":
            return {"platform": "state", "entity_id": [f"input_button.button_{number}"]}
        case "event.received":
            target = {"entity_id": f"event.button_{number}"}
            return {"platform": "event.received", "target": target, "options": {"event_type": ["press"]}}
        case "zha_event":
            data = {"device_ieee": _address(number), "command": "on"}
            return {"platform": "event", "event_type": "zha_event", "event_data": data}
        case kind:
            held = {"device_id": device, "command_class": 111, "event_type": 18}
            return {"platform": "event", "event_type": kind, "event_data": held}


async def _deaf_in_reload(hass: HomeAssistant) -> float:
    """Reload while one trigger point after the other is pressed; returns for how long nothing was heard."""
    entry = hass.config_entries.async_get_entry(house.SITE)
    assert entry is not None

    def press() -> None:
        for number in range(RELOAD_PRESSES):
            hass.bus.fire(EVENT, {"point": str(number)})
            time.sleep(BETWEEN_PRESSES)

    pressing = hass.async_add_executor_job(press)
    while not pressing.done():
        assert await hass.config_entries.async_reload(house.SITE)
        await asyncio.sleep(0)  # a reload waits for nothing, and would let nothing else happen
    await hass.async_block_till_done(wait_background_tasks=True)
    calls = [state for state in hass.states.async_all("binary_sensor") if state.entity_id.endswith("_call_open")]
    heard = sum(state.state == "on" for state in calls)
    return (RELOAD_PRESSES - heard) * BETWEEN_PRESSES * 1e3


def _count(hass: HomeAssistant) -> int:
    return len(er.async_get(hass).entities)


def _memory() -> float:
    """Return the megabytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    """Measure this process, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--broker", type=int)
    arguments = parser.parse_args()
    arguments.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        work = _ours(folder) if arguments.broker is None else _control(folder, arguments.broker)
        print(json.dumps(asyncio.run(work)))


if __name__ == "__main__":
    main()
