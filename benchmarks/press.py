"""From a press to the call leaving for the phone, against a hand-written automation that does the same.

All four are interleaved in one process, so that a noisy machine disturbs them alike: the product with its
record on a real disk, the automation, a bare listener that only makes the call, and one raw append with its
flush on the same disk.
"""

import asyncio
from collections.abc import Awaitable, Callable
import json
import os
from pathlib import Path
import statistics
import time
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.duress.const import DOMAIN

BURN_IN = 30
ROUNDS = 400
PLACE = "Room 4"
LINE_LENGTH = 1200
"""Bytes of the raw append: about what the product writes for a press."""


class Channel:
    """The phone's own connection to Home Assistant: where a call leaves the house, and the time stops."""

    def __init__(self) -> None:
        """Wait for the first call."""
        self.left = asyncio.Event()
        self.at = 0.0

    def async_send_notification(self, data: dict[str, Any], fallback: Any) -> None:
        """Take a message, as the companion app's integration hands it over."""
        if "actions" in data["data"]:
            self.at = time.perf_counter()
            self.left.set()


async def measure(hass: HomeAssistant, folder: Path) -> dict[str, float]:
    """Return the figures, in microseconds and ratios."""
    channel = await _set_up(hass)
    raw = _raw_append(folder)
    runs: dict[str, Callable[[], Awaitable[float]]] = {
        "product": lambda: _pressed(hass, channel, "bench_product"),
        "automation": lambda: _pressed(hass, channel, "bench_automation"),
        "bare": lambda: _pressed(hass, channel, "bench_bare"),
        "raw_append": raw,
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(BURN_IN + ROUNDS):
        for name, run in runs.items():
            took = await run()
            if round_ >= BURN_IN:
                times[name].append(took * 1e6)
    median = {name: statistics.median(values) for name, values in times.items()}
    figures = {
        "press.ratio_to_automation_median": median["product"] / median["automation"],
        "press.ratio_to_bare_median": median["product"] / median["bare"],
        "press.over_budget_us": median["product"] - median["automation"] - 1.5 * median["raw_append"],
    }
    for name, values in times.items():
        figures[f"press.{name}_median_us"] = median[name]
        figures[f"press.{name}_p99_us"] = statistics.quantiles(values, n=100)[98]
    return figures


async def _set_up(hass: HomeAssistant) -> Channel:
    for component in ("notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    user = await hass.auth.async_create_user("Ann", group_ids=["system-users"])
    phone = await _add_phone(hass, user)
    channel = Channel()
    hass.data["mobile_app"]["push_channel"]["bench"] = channel
    automations = await hass.async_add_executor_job(load_yaml, str(Path(__file__).parent / "automation.yaml"))
    assert await async_setup_component(hass, "automation", {"automation": automations})

    @callback
    def bare(event: Event) -> None:
        data = {"title": "Help needed", "message": event.data["place"], "data": {"actions": []}}
        hass.async_create_task(
            hass.services.async_call("notify", "mobile_app_bench_phone", data, blocking=True), eager_start=True
        )

    hass.bus.async_listen("bench_bare", bare)
    await _add_site(hass, user, phone)
    await hass.async_block_till_done()
    return channel


async def _add_phone(hass: HomeAssistant, user: User) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain="mobile_app",
        title="Bench phone",
        data={
            "app_data": {"push_websocket_channel": True},
            "app_id": "bench",
            "app_name": "Bench",
            "app_version": "1",
            "device_id": "bench",
            "device_name": "Bench phone",
            "manufacturer": "Bench",
            "model": "Phone",
            "os_name": "Android",
            "os_version": "16",
            "supports_encryption": False,
            "user_id": user.id,
            "webhook_id": "bench",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def _add_site(hass: HomeAssistant, user: User, phone: MockConfigEntry) -> None:
    def subentry(kind: str, title: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"subentry_id": kind, "subentry_type": kind, "title": title, "data": data, "unique_id": None}

    trigger = {"platform": "event", "event_type": "bench_product"}
    source = {"id": "source", "trigger": trigger, "gesture": "single", "plan_id": "response_plan"}
    plan = {"steps": [{"after": 0, "responders": ["responder"]}], "repeat_after": 60}
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Bench",
        data={"name": "Bench"},
        subentries_data=[
            subentry("responder", "Ann", {"user_id": user.id, "phones": [phone.entry_id]}),
            subentry("response_plan", "Call", plan),
            subentry("trigger_point", PLACE, {"sources": [source]}),
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def _pressed(hass: HomeAssistant, channel: Channel, event: str) -> float:
    """Press once; returns the seconds until the call left. What follows is let finish outside the measurement."""
    channel.left.clear()
    began = time.perf_counter()
    hass.bus.async_fire(event, {"place": PLACE})
    await channel.left.wait()
    took = channel.at - began
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.async_block_till_done(wait_background_tasks=True)
        site = entry.runtime_data
        site.async_resolve(site.open_incidents(), "bench")
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
