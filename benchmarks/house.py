"""A house to measure in: one Home Assistant in this process, people with phones, and a site for them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
import time
from typing import Any
from unittest.mock import patch

from aiohttp import ThreadedResolver
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client, frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.duress.const import DOMAIN

SITE = "bench_site"
PLAN = "plan"


class Channel:
    """A phone's own connection to Home Assistant: where a call leaves the house, and the time stops."""

    def __init__(self) -> None:
        """Wait for the first call."""
        self.left = asyncio.Event()
        self.calls: list[tuple[float, str]] = []

    def async_send_notification(self, data: dict[str, Any], fallback: Any) -> None:
        """Take a message, as the companion app's integration hands it over."""
        if "actions" in data["data"]:
            self.calls.append((time.perf_counter(), data["title"]))
            self.left.set()

    def clear(self) -> None:
        """Forget the calls so far and wait for the next."""
        self.calls.clear()
        self.left.clear()


class _Resolver(ThreadedResolver):
    """Stands in for Home Assistant's own, which looks for other machines, and only once in a process."""

    async def real_close(self) -> None:
        """Close, as Home Assistant asks of its own."""


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncIterator[HomeAssistant]:
    """Give a Home Assistant of its own to a measurement, with the companion app's integration in it."""
    quiet = patch.object(aiohttp_client, "_async_make_resolver", lambda _hass: _Resolver())
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        # The test package turns asyncio's debug mode on, which slows a bare call many times over.
        hass.loop.set_debug(enabled=False)
        hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
        frame.async_setup(hass)
        try:
            with quiet:
                for component in ("notify", "mobile_app"):
                    assert await async_setup_component(hass, component, {})
                yield hass
        finally:
            await hass.async_stop(force=True)


async def add_responder(hass: HomeAssistant, name: str, channel: Channel) -> ConfigSubentryDataWithId:
    """Give somebody a login and a phone that is connected already; the ids follow from the name."""
    user = await hass.auth.async_create_user(name, group_ids=["system-users"])
    key = name.lower()
    phone = MockConfigEntry(
        domain="mobile_app",
        entry_id=phone_id(key),
        title=f"{name} phone",
        data={
            "app_data": {"push_websocket_channel": True},
            "app_id": "bench",
            "app_name": "Bench",
            "app_version": "1",
            "device_id": key,
            "device_name": f"{name} phone",
            "manufacturer": "Bench",
            "model": "Phone",
            "os_name": "Android",
            "os_version": "16",
            "supports_encryption": False,
            "user_id": user.id,
            "webhook_id": key,
        },
    )
    phone.add_to_hass(hass)
    assert await hass.config_entries.async_setup(phone.entry_id)
    await hass.async_block_till_done()
    hass.data["mobile_app"]["push_channel"][key] = channel
    return _subentry(key, "responder", name, {"user_id": user.id, "phones": [phone.entry_id]})


def phone_id(responder: str) -> str:
    """Return the registration of a responder's phone."""
    return f"{responder}_phone"


def response_plan(
    *steps: tuple[float, list[str]], repeat_after: float, key: str = PLAN, **more: Any
) -> ConfigSubentryDataWithId:
    """Return a plan of these steps: seconds to wait, then whom to call."""
    lines = [{"after": after, "responders": whom} for after, whom in steps]
    data = {"steps": lines, "repeat_after": repeat_after, **more}
    return _subentry(key, "response_plan", "Call", data)


def door(number: int) -> ConfigSubentryDataWithId:
    """Return a door that may be locked."""
    return _subentry(f"door_{number}", "door", f"Door {number}", {"lock": f"lock.bench_{number}", "may_lock": True})


def trigger_point(
    key: str, name: str, trigger: Mapping[str, Any], plan: str = PLAN, **more: Any
) -> ConfigSubentryDataWithId:
    """Return a trigger point with one source."""
    source = {"id": f"{key}_source", "trigger": trigger, "gesture": "single", "plan_id": plan}
    return _subentry(key, "trigger_point", name, {"sources": [source], **more})


async def set_up_site(hass: HomeAssistant, *subentries: ConfigSubentryDataWithId) -> tuple[float, float]:
    """Set a site up, entities and all; returns when that began and when it ended."""
    entry = MockConfigEntry(
        domain=DOMAIN, entry_id=SITE, title="Bench", data={"name": "Bench"}, subentries_data=list(subentries)
    )
    entry.add_to_hass(hass)
    began = time.perf_counter()
    assert await hass.config_entries.async_setup(entry.entry_id)
    return began, time.perf_counter()


def _subentry(subentry_id: str, kind: str, title: str, data: dict[str, Any]) -> ConfigSubentryDataWithId:
    return ConfigSubentryDataWithId(subentry_id=subentry_id, subentry_type=kind, title=title, data=data, unique_id=None)
