"""Whether a trigger point has an incident that is not over."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .configuration import TriggerPoint
from .entity import DuressEntity, async_add_to_points
from .site import Site

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one to every trigger point."""
    async_add_to_points(entry, async_add_entities, TriggerPointActive)


class TriggerPointActive(DuressEntity, BinarySensorEntity):
    """On from the press until a person resolves it, whatever the button does meanwhile.

    It has no device class: `safety` would put it on Home Assistant's Security dashboard by itself.
    """

    def __init__(self, site: Site, point: TriggerPoint) -> None:
        """Show the trigger point."""
        super().__init__(site, "active", point.id)

    @property
    @override
    def is_on(self) -> bool:
        """Return whether an incident of this trigger point is open."""
        return bool(self._shown)
