"""Every press of a trigger point, as an event to automate on."""

from typing import override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .configuration import TriggerPoint
from .engine.events import Event, Opened, PressRepeated
from .engine.model import Incident
from .engine.why import Why
from .entity import DuressEntity, async_add_to_points
from .site import Site

PARALLEL_UPDATES = 0

PRESSED = "pressed"


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one to every trigger point."""
    async_add_to_points(entry, async_add_entities, TriggerPointPress)


class TriggerPointPress(DuressEntity, EventEntity):
    """The presses of a trigger point."""

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_event_types = [PRESSED]  # noqa: RUF012  Home Assistant's own style

    def __init__(self, site: Site, point: TriggerPoint) -> None:
        """Show the trigger point."""
        super().__init__(site, "press", point.id)

    @callback
    @override
    def _incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Show each press once."""
        for event in events:
            if isinstance(event, Opened | PressRepeated) and event.why is not Why.RECORD_DAMAGED:
                self._trigger_event(PRESSED)
                self.async_write_ha_state()
