"""What all entities share. Entities show what a site publishes; they decide nothing."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import Configuration
from .const import DOMAIN, MODEL_RESPONDER, MODEL_TRIGGER_POINT
from .devices import physical_device
from .engine.events import Event
from .engine.model import Incident
from .site import Site
from .trigger_points import TriggerPoint

if TYPE_CHECKING:
    from . import DuressConfigEntry


@callback
def async_register_devices(hass: HomeAssistant, entry: DuressConfigEntry, configuration: Configuration) -> None:
    """Keep a device for the site, one for each responder, and one for each trigger point, in its area."""
    registry = dr.async_get(hass)
    site = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        entry_type=DeviceEntryType.SERVICE,
    )
    for responder in configuration.responders.values():
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=responder.id,
            identifiers={(DOMAIN, responder.id)},
            name=responder.name,
            model=MODEL_RESPONDER,
            entry_type=DeviceEntryType.SERVICE,
            via_device_id=site.id,
        )
    for point in configuration.points.values():
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=point.id,
            identifiers={(DOMAIN, point.id)},
            name=point.name,
            model=MODEL_TRIGGER_POINT,
            via_device_id=site.id,
            configuration_url=_page_of_what_is_pressed(hass, point),
        )
        if point.area is not None and device.area_id != point.area:
            registry.async_update_device(device.id, area_id=point.area)


def _page_of_what_is_pressed(hass: HomeAssistant, point: TriggerPoint) -> str | None:
    """Return where the page of a trigger point leads on to: the page of the pendant itself."""
    device = physical_device(hass, (source.trigger for source in point.sources))
    return f"homeassistant://config/devices/device/{device}" if device else None


@callback
def async_add_to_points(
    entry: DuressConfigEntry,
    add_entities: AddConfigEntryEntitiesCallback,
    *makers: Callable[[Site, str], Entity],
    where: Callable[[Site, TriggerPoint], bool] = lambda _site, _point: True,
) -> None:
    """Add entities to every trigger point there is, and to each one that is set up later."""
    site = entry.runtime_data

    def wanted(configuration: Configuration) -> list[str]:
        return [point.id for point in configuration.points.values() if where(site, point)]

    _async_add_to_each(entry, add_entities, makers, wanted)


@callback
def async_add_to_responders(
    entry: DuressConfigEntry,
    add_entities: AddConfigEntryEntitiesCallback,
    *makers: Callable[[Site, str], Entity],
) -> None:
    """Add entities to every responder there is, and to each one that is set up later."""
    _async_add_to_each(entry, add_entities, makers, lambda configuration: configuration.responders)


@callback
def async_add_once_there_are_doors(
    entry: DuressConfigEntry, add_entities: AddConfigEntryEntitiesCallback, make: Callable[[Site], Entity]
) -> None:
    """Add an entity to the site, as soon as it has any door."""
    site, added = entry.runtime_data, False

    @callback
    def add() -> None:
        nonlocal added
        if site.configuration.doors and not added:
            added = True
            add_entities([make(site)])

    add()
    entry.async_on_unload(site.views.async_subscribe_configuration(add))


@callback
def _async_add_to_each(
    entry: DuressConfigEntry,
    add_entities: AddConfigEntryEntitiesCallback,
    makers: Iterable[Callable[[Site, str], Entity]],
    of: Callable[[Configuration], Iterable[str]],
) -> None:
    site = entry.runtime_data
    known: set[str] = set()

    @callback
    def add_new() -> None:
        for subentry_id in of(site.configuration):
            if subentry_id not in known:
                known.add(subentry_id)
                add_entities([make(site, subentry_id) for make in makers], config_subentry_id=subentry_id)

    add_new()
    entry.async_on_unload(site.views.async_subscribe_configuration(add_new))


class DuressEntity(Entity):
    """An entity that follows the incidents of a site."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, site: Site, key: str, device: str, point: str | None = None) -> None:
        """Follow the site, or one trigger point of it, on the device with this identifier.

        `key` names the entity in the translations.
        """
        self._site = site
        self._point = point
        self._attr_translation_key = key
        self._attr_unique_id = f"{device}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device)})

    @override
    async def async_added_to_hass(self) -> None:
        """Start to follow."""
        self.async_on_remove(self._site.views.async_subscribe(self._shown_changed, self._point))

    @callback
    def _shown_changed(self, incident: Incident, events: list[Event]) -> None:
        """Pass on what may show: of a covert incident nothing (hazard H6)."""
        if not incident.plan.covert:
            self._incident_changed(incident, events)

    @property
    def _shown(self) -> list[Incident]:
        """Return the open incidents that may show, of the trigger point or of the site."""
        return [incident for incident in self._site.incidents.open(self._point) if not incident.plan.covert]

    @callback
    def _incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Show what changed."""
        self.async_write_ha_state()
