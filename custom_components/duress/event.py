"""Presses, and what becomes of them, as events to automate on. A covert call is none of them (hazard H6)."""

from typing import override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .engine.events import Event, Opened, PressRepeated
from .engine.model import Incident
from .engine.why import Why
from .entity import DuressEntity, async_add_to_points
from .happenings import HAPPENINGS, what_is
from .site import Site

PARALLEL_UPDATES = 0

PRESSED = "pressed"


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one to the site and one to every trigger point."""
    async_add_entities([SiteCall(entry.runtime_data)])
    async_add_to_points(entry, async_add_entities, TriggerPointPress)


class TriggerPointPress(DuressEntity, EventEntity):
    """The presses of a trigger point."""

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_event_types = [PRESSED]  # noqa: RUF012  Home Assistant's own style

    def __init__(self, site: Site, point: str) -> None:
        """Show the trigger point."""
        super().__init__(site, "press", point, point)

    @callback
    @override
    def _incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Show each press once."""
        for event in events:
            if isinstance(event, Opened | PressRepeated) and event.why is not Why.RECORD_DAMAGED:
                self._trigger_event(PRESSED)
                self.async_write_ha_state()


class SiteCall(DuressEntity, EventEntity):
    """What becomes of the calls of a site."""

    _attr_event_types = list(HAPPENINGS)  # noqa: RUF012  Home Assistant's own style

    def __init__(self, site: Site) -> None:
        """Show the site."""
        super().__init__(site, "call", site.entry_id)

    @callback
    @override
    def _incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Show each step that a call takes, with where it came from."""
        place = {"trigger_point": incident.place.point, "area": incident.place.area, "drill": incident.drill}
        for event in events:
            if (happening := what_is(event)) is not None:
                self._trigger_event(happening, place)
                self.async_write_ha_state()
