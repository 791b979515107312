"""Which devices and entities a trigger names, in whatever words its integration has for them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

ADDRESSES = {
    "zha_event": ("zha", "device_ieee"),
    "deconz_event": ("deconz", "unique_id"),
    "deconz_alarm_event": ("deconz", "unique_id"),
}
"""Events that name their device by an address: whose it is, and in which field."""


def stored_id_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the registry id of an entity, where it has one: that stays when the entity is renamed."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry.id if entry is not None else entity_id


def entity_id_of(hass: HomeAssistant, stored: str) -> str:
    """Return what an entity is called now that was stored by its registry id, or by what it was called then."""
    entry = er.async_get(hass).entities.get_entry(stored)
    return entry.entity_id if entry is not None else stored


def area_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the area that an entity is in, by itself or with its device."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None:
        return None
    device = dr.async_get(hass).async_get(entry.device_id) if entry.device_id else None
    return entry.area_id or (device.area_id if device is not None else None)


def name_of(hass: HomeAssistant, stored: str) -> str:
    """Return what people call an entity."""
    entity_id = entity_id_of(hass, stored)
    state = hass.states.get(entity_id)
    return str(state.name) if state is not None else entity_id


def platform_of(trigger: Mapping[str, Any]) -> str:
    """Return what kind of trigger it is; Home Assistant's picker and its YAML have different words for that."""
    return str(trigger.get("trigger", trigger.get("platform")))


def named_in(trigger: Mapping[str, Any]) -> set[str]:
    """Return every word of a trigger, among them the entities and devices that it names."""
    return set(words_of(trigger))


def physical_device(hass: HomeAssistant, triggers: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the device that is pressed, where the triggers name it or an entity of it."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    for trigger in triggers:
        if (address := _addressed(trigger)) is not None and (found := _at(hass, *address)) is not None:
            return found
        for word in words_of(trigger):
            if devices.async_get(word) is not None:
                return word
            if (entity := entities.async_get(word)) is not None and entity.device_id is not None:
                return entity.device_id
    return None


def is_device_missing(hass: HomeAssistant, trigger: Mapping[str, Any]) -> bool:
    """Return whether a trigger names a device that is not there: most triggers are silent then."""
    registry = dr.async_get(hass)
    found = listed(trigger.get("device_id"))
    for part in ("target", "options", "event_data"):
        if isinstance(inner := trigger.get(part), Mapping):
            found += listed(inner.get("device_id"))
    if any(registry.async_get(device) is None for device in found):
        return True
    return (address := _addressed(trigger)) is not None and _at(hass, *address) is None


def names_of(device_id: str, device: Mapping[str, Any]) -> set[str]:
    """Return the words by which triggers may have named a device that was removed."""
    pairs = (*device.get("identifiers", ()), *device.get("connections", ()))
    return {device_id, *(str(value) for _, *values in pairs for value in values)}


def words_of(value: Any) -> Iterator[str]:
    """Yield every text in a trigger or a part of one."""
    if isinstance(value, Mapping):
        value = value.values()
    elif isinstance(value, str):
        yield value
        return
    elif not isinstance(value, list | tuple):
        return
    for each in value:
        yield from words_of(each)


def listed(value: Any) -> list[str]:
    """Return what a trigger names, which may be one or several, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _addressed(trigger: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the integration and the address of the device that an event trigger names so."""
    domain, field = ADDRESSES.get(str(trigger.get("event_type")), ("", ""))
    address = trigger.get("event_data", {}).get(field) if domain else None
    return (domain, address) if isinstance(address, str) else None


def _at(hass: HomeAssistant, domain: str, address: str) -> str | None:
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(domain):
        if (device := registry.async_get_device_by_identifier((domain, address), entry.entry_id)) is not None:
            return device.id
    return None
