"""Duress: buttons become calls for help that keep calling until a person answers."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from .configuration import Configuration
from .const import DOMAIN, PLATFORMS
from .entity import async_register_devices
from .intake.answers import async_listen_for_answers
from .intake.sources import SourceListener
from .services import async_setup_services
from .site import Site
from .websocket_api import async_setup_websocket_api

type DuressConfigEntry = ConfigEntry[Site]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


@dataclass(slots=True)
class _Running:
    """What keeps working while an entry is reloaded, so that no press falls between two set-ups."""

    site: Site
    sources: SourceListener
    stop_answers: CALLBACK_TYPE

    async def async_stop(self) -> None:
        self.sources.async_detach()
        self.stop_answers()
        await self.site.async_stop()


_RUNNING: HassKey[dict[str, _Running]] = HassKey(f"{DOMAIN}_running")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what exists once: the actions, and what a screen may ask."""
    hass.data[_RUNNING] = {}
    async_setup_services(hass)
    async_setup_websocket_api(hass)

    async def close(_event: Event) -> None:
        for running in hass.data[_RUNNING].values():
            await running.async_stop()
        hass.data[_RUNNING].clear()

    # Not at stop: until Home Assistant closes, a press can still come and must still be recorded.
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> bool:
    """Take up open incidents, listen, and only then show anything."""
    running = hass.data[_RUNNING].get(entry.entry_id)
    if running is None:
        site = Site(hass, entry.entry_id, Configuration.of(entry))
        await site.async_start()
        running = _Running(site, SourceListener(hass, site), async_listen_for_answers(hass, site))
        hass.data[_RUNNING][entry.entry_id] = running
    entry.runtime_data = running.site
    await _async_apply_configuration(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_apply_configuration))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> bool:
    """Take the entities away. The line from press to person stays up, unless the site is being disabled."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded and entry.disabled_by is not None:
        await _async_stop(hass, entry)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> None:
    """Stop for good. The record stays on disk."""
    await _async_stop(hass, entry)


async def _async_stop(hass: HomeAssistant, entry: DuressConfigEntry) -> None:
    running = hass.data[_RUNNING].pop(entry.entry_id, None)
    if running is not None:
        await running.async_stop()


async def _async_apply_configuration(hass: HomeAssistant, entry: DuressConfigEntry) -> None:
    """Bring everything up to what the caretaker just set up, without a reload."""
    running = hass.data[_RUNNING][entry.entry_id]
    running.site.async_configure(Configuration.of(entry))
    await running.sources.async_apply()
    async_register_devices(hass, entry)
    running.site.async_announce_configuration()
