"""The line of a site, from what is heard to who is called: all that stays up while its entry is reloaded."""

from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.hass_dict import HassKey

from .activity import async_keep_out
from .announcements import Announcements
from .assurance import Assurance
from .changes import Changes
from .configuration import Configuration
from .const import DOMAIN
from .happenings import async_tell_happenings
from .intake.answers import EVENT_ACTION, EVENT_CLEARED, async_listen_for_answers
from .intake.following import async_follow
from .intake.keypads import EVENT as EVENT_OF_KEYPADS, async_listen_to_keypads
from .intake.positions import Positions
from .intake.sources import SourceListener
from .lockdown import LockdownReports
from .paths import Paths
from .site import Site


@dataclass(slots=True)
class Line:
    """The parts that no press may fall between."""

    site: Site
    sources: SourceListener
    changes: Changes
    stops: tuple[CALLBACK_TYPE, ...]

    async def async_apply(self, configuration: Configuration) -> None:
        """Go on with what the caretaker just set up."""
        self.site.async_configure(configuration)
        keypads = any(point.keypad is not None for point in configuration.points.values())
        secret = (EVENT_ACTION, EVENT_CLEARED, *([EVENT_OF_KEYPADS] if keypads else []))
        async_keep_out(self.site.hass, self.site.entry_id, configuration.kept_out, secret)
        await self.sources.async_apply()
        await self.site.duties.async_apply()

    async def async_stop(self) -> None:
        """Hear nothing more, call nobody more."""
        self.sources.async_detach()
        async_keep_out(self.site.hass, self.site.entry_id)
        for stop in self.stops:
            stop()
        await self.site.async_stop()


SIGNAL_LINES = f"{DOMAIN}_lines"
"""Sent when a site comes up or goes."""

LINES: HassKey[dict[str, Line]] = HassKey(f"{DOMAIN}_lines")
"""The lines that are up, by config entry id."""


async def async_start_line(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Line:
    """Take up the open incidents of a site, and listen."""
    entry_id = entry.entry_id
    site = Site(hass, entry_id, Configuration.of(entry))
    await site.async_start()
    sources = SourceListener(hass, site)
    stops = (
        Positions(hass, site).async_stop,
        Announcements(hass, site).async_stop,
        Assurance(hass, site).async_stop,
        LockdownReports(hass, site).async_stop,
        Paths(hass, site).async_stop,
        async_listen_for_answers(hass, site),
        async_tell_happenings(hass, site),
        async_listen_to_keypads(hass, site),
        async_follow(hass, entry_id, sources.async_gone, sources.async_renamed),
    )
    line = Line(site, sources, Changes(site, entry), stops)
    hass.data[LINES][entry_id] = line
    async_dispatcher_send(hass, SIGNAL_LINES)
    return line


def entry_of(hass: HomeAssistant, site: Site) -> ConfigEntry[Any]:
    """Return the config entry of a site that is up."""
    entry = hass.config_entries.async_get_entry(site.entry_id)
    assert entry is not None, "a site that is up has one"
    return entry


async def async_stop_line(hass: HomeAssistant, entry_id: str) -> None:
    """Stop a site for good, if it is up."""
    line = hass.data[LINES].pop(entry_id, None)
    if line is not None:
        async_dispatcher_send(hass, SIGNAL_LINES)
        await line.async_stop()
