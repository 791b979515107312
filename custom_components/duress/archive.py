"""What is on record, read back: it takes the disk a while, so it is done beside everything else."""

from datetime import datetime

from homeassistant.core import HomeAssistant

from .engine.events import Event
from .engine.site_events import SiteEvent
from .journal import Entry, Journal


class Archive:
    """The record of a site."""

    def __init__(self, hass: HomeAssistant, journal: Journal) -> None:
        """Read what a journal wrote."""
        self._hass = hass
        self._journal = journal

    @property
    def in_trouble(self) -> bool:
        """Return whether the disk is failing us at the moment."""
        return self._journal.in_trouble

    async def async_incident(self, incident: str) -> list[Entry[Event]]:
        """Return all that is on record about an incident, oldest first."""
        return await self._hass.async_add_executor_job(self._journal.read, incident)

    async def async_since(self, moment: datetime) -> list[list[Event]]:
        """Return what happened to each incident that began since a moment, or in its month, oldest first."""
        return await self._hass.async_add_executor_job(self._journal.read_since, moment)

    async def async_site(self) -> list[Entry[SiteEvent]]:
        """Return all that is on record about the site itself, oldest first."""
        return await self._hass.async_add_executor_job(self._journal.read_site)
