"""Models that are known to call by themselves, as their owners report. Add to them, with the report."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..devices import physical_device

CANCEL_WINDOW = 30
"""Seconds in which a call of such a button can be taken back: the usual abort window (SIA CP-01: 15 to 45 s)."""

PHANTOM_PRESSES = frozenset({"TS0601_sos", "_TZE284_2baujqot"})
"""Model or manufacturer, as the device page shows it: Tuya's SOS button on TS0601 sends an emergency unpressed
(Zigbee2MQTT, issue 31821)."""


def calls_by_itself(hass: HomeAssistant, triggers: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether what the triggers hear is of a model that is known to call unpressed."""
    device_id = physical_device(hass, triggers)
    device = dr.async_get(hass).async_get(device_id) if device_id is not None else None
    if not isinstance(device, dr.DeviceEntry):
        return False
    return bool(PHANTOM_PRESSES & {device.model, device.model_id, device.manufacturer})
