"""Tells a press of a Bluetooth button from one that is only handed on once more.

Home Assistant keeps what each Bluetooth device sent last, and hands it to an integration that is loaded anew. BTHome's
and Xiaomi's take it for a press: they fire their event, and their entity shows a new time. What the radio knows is not
a promised interface: where it cannot be asked, every press counts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
import time
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import entity_registry as er

from .truth import Memory

INTEGRATIONS = frozenset({"bthome", "xiaomi_ble"})
EVENTS = frozenset({"bthome_ble_event", "xiaomi_ble_event"})


def is_handed_on_again(hass: HomeAssistant, told: Event[Any] | str, memory: Memory, now: datetime) -> bool:
    """Return whether an event, or what an entity shows, is a press that was sent and heard before."""
    address = _of_entity(hass, told) if isinstance(told, str) else _of_event(told)
    if address is None or (last := _last_sent(hass, address)) is None:
        return False
    age, sent = last
    return memory.was_sent_before(address, now - timedelta(seconds=age), sent, now)


def _of_event(event: Event[Any]) -> str | None:
    return event.data.get("address") if event.event_type in EVENTS else None


def _of_entity(hass: HomeAssistant, entity: str) -> str | None:
    entry = er.async_get(hass).async_get(entity)
    if entry is None or entry.platform not in INTEGRATIONS or entry.config_entry_id is None:
        return None
    integration = hass.config_entries.async_get_entry(entry.config_entry_id)
    return integration.unique_id if integration is not None else None


def _last_sent(hass: HomeAssistant, address: str) -> tuple[float, Mapping[str, bytes]] | None:
    """Return how many seconds ago a device was last heard, and what it sent."""
    if "bluetooth" not in hass.config.components:
        return None
    try:
        from habluetooth import get_manager  # noqa: PLC0415  comes with Home Assistant's Bluetooth integration only

        last = get_manager().async_last_service_info(address, connectable=False)
    except AttributeError, ImportError, RuntimeError, TypeError:
        return None
    return (time.monotonic() - last.time, last.service_data) if last is not None else None
