"""Whether a trigger point has an incident that is not over, and whether it needs attention."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .entity import DuressEntity, async_add_once_there_are_doors, async_add_to_points
from .site import Site

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add them to every trigger point."""
    async_add_to_points(entry, async_add_entities, TriggerPointActive, TriggerPointProblem)
    async_add_once_there_are_doors(entry, async_add_entities, LockedDown)


class TriggerPointActive(DuressEntity, BinarySensorEntity):
    """On from the press until a person resolves it, whatever the button does meanwhile.

    It has no device class: `safety` would put it on Home Assistant's Security dashboard by itself.
    """

    def __init__(self, site: Site, point: str) -> None:
        """Show the trigger point."""
        super().__init__(site, "active", point, point)

    @property
    @override
    def is_on(self) -> bool:
        """Return whether an incident of this trigger point is open."""
        return bool(self._shown)


class TriggerPointProblem(DuressEntity, BinarySensorEntity):
    """On while a press would not be heard, or would not follow its plan. No press moves it (hazard H6)."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, site: Site, point: str) -> None:
        """Show the trigger point."""
        super().__init__(site, "problem", point, point)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is set up and what can be heard."""
        self.async_on_remove(self._site.views.async_subscribe_configuration(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the trigger point needs attention."""
        return self._site.readiness.needs_attention(str(self._point))


class LockedDown(DuressEntity, BinarySensorEntity):
    """On from a lockdown until somebody releases the doors. No call moves it, quiet or not."""

    def __init__(self, site: Site) -> None:
        """Show the site."""
        super().__init__(site, "locked_down", site.entry_id)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the doors, and nothing else."""
        self.async_on_remove(self._site.views.async_subscribe_configuration(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool:
        """Return whether any doors are locked down."""
        return bool(self._site.doors.lockdowns)
