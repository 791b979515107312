"""Follows what trigger points hear: renamed entities keep calling, and what is removed is said, not silent."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import CONF_SOURCES, CONF_TRIGGER, SUBENTRY_TRIGGER_POINT
from ..devices import names_of, words_of
from .watch import is_missing


@callback
def async_follow(
    hass: HomeAssistant, entry_id: str, gone: Callable[[str], None], renamed: Callable[[str, str], None]
) -> CALLBACK_TYPE:
    """Write new names of entities into the trigger points of a site, and tell `renamed` of them first.

    `gone` is told of entities that were removed or disabled, and of devices that were removed.
    """

    @callback
    def entity_changed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        entity = event.data["entity_id"]
        if event.data["action"] == "remove":
            gone(entity)
        elif event.data["action"] == "update":
            if old := event.data.get("old_entity_id"):
                renamed(old, entity)
                _rename(hass, entry_id, old, entity)
            if "disabled_by" in event.data["changes"] and is_missing(hass, entity):
                gone(entity)

    @callback
    def device_changed(event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        if event.data["action"] == "remove":
            for name in names_of(event.data["device_id"], event.data["device"]):
                gone(name)

    stops = [
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, entity_changed),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, device_changed),
    ]

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop


def _rename(hass: HomeAssistant, entry_id: str, old: str, new: str) -> None:
    entry = hass.config_entries.async_get_entry(entry_id)
    points = entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT) if entry is not None else ()
    for point in list(points):
        sources = point.data[CONF_SOURCES]
        if any(old in words_of(source[CONF_TRIGGER]) for source in sources):
            assert entry is not None
            renamed = [{**source, CONF_TRIGGER: _replaced(source[CONF_TRIGGER], old, new)} for source in sources]
            hass.config_entries.async_update_subentry(entry, point, data={**point.data, CONF_SOURCES: renamed})


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _replaced(each, old, new) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each, old, new) for each in value]
    return new if value == old else value
