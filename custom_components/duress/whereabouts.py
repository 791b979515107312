"""Where somebody who calls may be: near what a pendant was last heard (hazard H45), or where a phone says it is.

Bluetooth and ZHA are reached late and behind a guard: where their parts have changed, nothing is said.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import time
from typing import Any

from homeassistant.const import ATTR_GPS_ACCURACY, ATTR_LATITUDE, ATTR_LONGITUDE
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er, restore_state

from .clock import Clock
from .effects.phone import MOBILE_APP, phones_of
from .engine.model import Position

BLUETOOTH, BLUETOOTH_MANAGER = "bluetooth", "bluetooth_manager"
ZHA = "zha"
CHILD = 1
"""How a Zigbee router's neighbour table marks a battery device that hangs on it (Zigbee specification, 2.4.4.3)."""


@dataclass(frozen=True, slots=True)
class Near:
    """The receiver that heard a device, by its area or else its name; `at` is None where its age is not known."""

    where: str
    at: datetime | None


@callback
def near(hass: HomeAssistant, device_id: str) -> Near | None:
    """Return near what a device was last heard, or None where its radio cannot tell."""
    device = dr.async_get(hass).async_get(device_id)
    if not isinstance(device, dr.DeviceEntry):
        return None
    try:
        for _, address in (pair for pair in device.connections if pair[0] == dr.CONNECTION_BLUETOOTH):
            return _by_bluetooth(hass, address)
        for _, address in (pair for pair in device.identifiers if pair[0] == ZHA):
            return _by_zigbee(hass, address)
    except AttributeError, KeyError, TypeError:
        return None
    return None


@callback
def position_of(hass: HomeAssistant, user: str | None) -> Position | None:
    """Return where a user's phone said last that it is, or None if it never did.

    Nor where there are several, a tablet at home among them: nobody knows which of them is with the person.
    """
    states = filter(None, map(hass.states.get, trackers_of(hass, user)))
    positions = (position_in(hass, state) for state in states)
    known = [position for position in positions if position is not None]
    return known[0] if len(known) == 1 else None


@callback
def trackers_of(hass: HomeAssistant, user: str | None) -> list[str]:
    """Return the entities that tell where a user's phones are."""
    registry = er.async_get(hass)
    return [
        entity.entity_id
        for phone in phones_of(hass, user)
        for entity in er.async_entries_for_config_entry(registry, phone)
        if entity.domain == "device_tracker" and entity.platform == MOBILE_APP
    ]


@callback
def position_in(hass: HomeAssistant, state: State) -> Position | None:
    """Return where a phone says it is. What it sends is not trusted to be a place on earth."""
    latitude, longitude = state.attributes.get(ATTR_LATITUDE), state.attributes.get(ATTR_LONGITUDE)
    accuracy = state.attributes.get(ATTR_GPS_ACCURACY)
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004
        return None
    return Position(
        latitude=float(latitude),
        longitude=float(longitude),
        accuracy=float(accuracy) if isinstance(accuracy, int | float) else None,
        at=_said_at(hass, state),
    )


def _said_at(hass: HomeAssistant, state: State) -> datetime:
    """Return when a phone said where it is, not when Home Assistant remembered it after a start."""
    stored = restore_state.async_get(hass).last_states.get(state.entity_id)
    is_restored = stored is not None and all(
        stored.state.attributes.get(name) == state.attributes.get(name)
        for name in (ATTR_LATITUDE, ATTR_LONGITUDE, ATTR_GPS_ACCURACY)
    )
    if stored is not None and is_restored and state.last_reported == state.last_updated:
        return stored.state.last_updated
    return state.last_reported


def _by_bluetooth(hass: HomeAssistant, address: str) -> Near | None:
    heard = hass.data[BLUETOOTH_MANAGER].async_last_service_info(address, False)
    if heard is None or (where := _name(hass, BLUETOOTH, (dr.CONNECTION_BLUETOOTH, heard.source))) is None:
        return None
    return Near(where, Clock.wall() - timedelta(seconds=max(0.0, time.monotonic() - heard.time)))


def _by_zigbee(hass: HomeAssistant, address: str) -> Near | None:
    neighbors = hass.data[ZHA].gateway_proxy.gateway.application_controller.topology.neighbors
    for parent, children in neighbors.items():
        if any(str(child.ieee) == address and int(child.relationship) == CHILD for child in children):
            where = _name(hass, ZHA, (ZHA, str(parent)))
            return Near(where, None) if where is not None else None
    return None


def _name(hass: HomeAssistant, domain: str, known_as: tuple[str, Any]) -> str | None:
    """Return the area of a receiver, or its name where it has none."""
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(domain):
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if known_as in device.connections | device.identifiers:
                area = ar.async_get(hass).async_get_area(device.area_id) if device.area_id else None
                return area.name if area is not None else device.name_by_user or device.name
    return None
