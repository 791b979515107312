"""A button to call for help with from a phone: its home screen, a watch, a car (see docs/phones.md)."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .entity import DuressEntity, async_add_to_points
from .intake.by_hand import async_press_by_hand
from .site import Site
from .trigger_points import TriggerPoint

PARALLEL_UPDATES = 0
SOURCE = "phone"


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one to every trigger point that is on phones, unless its presses must leave no trace (hazard H6)."""
    async_add_to_points(entry, async_add_entities, CallButton, where=_has_button)


def _has_button(site: Site, point: TriggerPoint) -> bool:
    return point.by_phone and not site.configuration.is_covert(point)


class CallButton(DuressEntity, ButtonEntity):
    """Calls for help."""

    def __init__(self, site: Site, point: str) -> None:
        """Call from the trigger point."""
        super().__init__(site, "call_for_help", point, point)
        self._id = point

    @override
    async def async_press(self) -> None:
        """Call, in the name of whoever pressed; Home Assistant has seen to it that they may."""
        point = self._site.configuration.points[self._id]
        user = self._context.user_id if self._context is not None else None
        async_press_by_hand(self._site, point, SOURCE, user)
