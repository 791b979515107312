"""The state of a site."""

from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .engine.model import Phase
from .entity import DuressEntity
from .site import Site

PARALLEL_UPDATES = 0

CLEAR = "clear"
STALE = "stale"
WORST_FIRST = [Phase.ACTIVE.value, STALE, Phase.PENDING.value, Phase.ACKNOWLEDGED.value]


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the site's sensor."""
    async_add_entities([SiteState(entry.runtime_data)])


class SiteState(DuressEntity, SensorEntity):
    """Whether somebody waits for an answer anywhere on the site."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = [*WORST_FIRST, CLEAR]  # noqa: RUF012  Home Assistant's own style

    def __init__(self, site: Site) -> None:
        """Show the state of the site."""
        super().__init__(site, "state", site.entry_id)

    @property
    @override
    def native_value(self) -> str:
        """Return how the incident stands that is worst off."""
        states = {STALE if incident.stale else incident.phase.value for incident in self._shown}
        return next((state for state in WORST_FIRST if state in states), CLEAR)
