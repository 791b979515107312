"""The state of a site, when a trigger point was last used, and what a responder is doing."""

from datetime import datetime
from typing import override

from homeassistant.components.sensor import RestoreSensor, SensorDeviceClass, SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .engine.events import Event, Opened, PressRepeated
from .engine.kinds import MessageKind, Phase, Progress
from .engine.model import Incident
from .entity import DuressEntity, async_add_to_points, async_add_to_responders
from .site import Site

PARALLEL_UPDATES = 0

CLEAR = "clear"
STALE = "stale"
WORST_FIRST = [Phase.ACTIVE.value, STALE, Phase.PENDING.value, Phase.ACKNOWLEDGED.value]
FREE = "free"
CALLED = "called"
BUSIEST_FIRST = [Progress.ON_SCENE.value, Progress.EN_ROUTE.value, Progress.SEEN.value, CALLED]


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add those of the site, of every trigger point and of every responder."""
    async_add_entities([make(entry.runtime_data) for make in (SiteState, SiteOpenCalls, SiteOnDuty)])
    async_add_to_points(entry, async_add_entities, TriggerPointLastPress)
    async_add_to_responders(entry, async_add_entities, ResponderStatus)


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


class SiteOpenCalls(DuressEntity, SensorEntity):
    """How many calls are open."""

    def __init__(self, site: Site) -> None:
        """Show the site."""
        super().__init__(site, "open_calls", site.entry_id)

    @property
    @override
    def native_value(self) -> int:
        """Return the number of open incidents."""
        return len(self._shown)


class SiteOnDuty(DuressEntity, SensorEntity):
    """How many responders are on duty and can answer a call."""

    def __init__(self, site: Site) -> None:
        """Show the site."""
        super().__init__(site, "on_duty", site.entry_id)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow who is on duty and can be reached. No call changes that, so none is followed."""
        self.async_on_remove(self._site.views.async_subscribe_configuration(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> int:
        """Return how many there are."""
        reach = self._site.reach().on_duty
        return sum(reach.can_answer(responder) for responder in reach.channels)


class TriggerPointLastPress(DuressEntity, RestoreSensor):
    """When a trigger point was last used."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP
    _attr_native_value: datetime | None

    def __init__(self, site: Site, point: str) -> None:
        """Show the trigger point."""
        super().__init__(site, "last_press", point, point)

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from before the start."""
        await super().async_added_to_hass()
        if (data := await self.async_get_last_sensor_data()) is not None and isinstance(data.native_value, datetime):
            self._attr_native_value = data.native_value

    @callback
    @override
    def _incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Show the newest press."""
        for event in events:
            if isinstance(event, Opened | PressRepeated):
                self._attr_native_value = event.press.heard_at
                self.async_write_ha_state()


class ResponderStatus(DuressEntity, SensorEntity):
    """Whether a responder is being called, or has taken a call."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = [*BUSIEST_FIRST, FREE]  # noqa: RUF012  Home Assistant's own style

    def __init__(self, site: Site, responder: str) -> None:
        """Show the responder."""
        super().__init__(site, "status", responder)
        self._responder = responder
        self._busy: dict[str, str] = {}

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with what is open now."""
        await super().async_added_to_hass()
        for incident in self._shown:
            self._note(incident)

    @property
    @override
    def native_value(self) -> str:
        """Return what the responder is most busy with."""
        return min(self._busy.values(), key=BUSIEST_FIRST.index, default=FREE)

    @callback
    @override
    def _incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Look at this incident alone: in a storm there are many, and most concern somebody else."""
        before = self.native_value
        self._note(incident)
        if self.native_value != before:
            self.async_write_ha_state()

    def _note(self, incident: Incident) -> None:
        doing = self._doing(incident) if incident.is_open else None
        if doing is not None:
            self._busy[incident.id] = doing
        else:
            self._busy.pop(incident.id, None)

    def _doing(self, incident: Incident) -> str | None:
        if (progress := incident.progress_of(self._responder)) is not None:
            return progress.value
        calls = (m for m in incident.messages.values() if m.kind is MessageKind.CALL)
        asked = incident.phase is Phase.ACTIVE and self._responder not in incident.declined
        return CALLED if asked and any(m.responder == self._responder for m in calls) else None
