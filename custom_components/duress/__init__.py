"""Duress: buttons become calls for help that keep calling until a person answers."""

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType

from .activity import async_setup_activity
from .commissioning import async_forget, async_remind, async_watch
from .configuration import Configuration
from .const import DOMAIN, PLATFORMS
from .entity import async_register_devices
from .evidence_view import async_setup_evidence_views
from .line import LINES, Line, async_start_line, async_stop_line
from .mends import async_put_all_back
from .migration import async_migrate
from .panel import async_setup_panel
from .services import async_setup_services
from .silence import async_tell_not_started, async_tell_switched_off
from .site import Site
from .voice import async_setup_voice
from .websocket_api import async_setup_websocket_api
from .websocket_page import async_setup_page_commands

type DuressConfigEntry = ConfigEntry[Site]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what exists once: the actions, and what a screen may ask."""
    lines: dict[str, Line] = {}
    hass.data[LINES] = lines
    async_setup_activity(hass)
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    async_setup_page_commands(hass)
    async_setup_panel(hass)
    async_setup_evidence_views(hass)
    async_setup_voice(hass)

    async def close(_event: Event) -> None:
        for entry_id in list(lines):
            await async_stop_line(hass, entry_id)

    # Not at stop: until Home Assistant closes, a press can still come and must still be recorded.
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)

    @callback
    def entry_changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        # Home Assistant does not unload an entry whose set-up failed, but its line is up all the same.
        if entry.domain == DOMAIN and entry.disabled_by is not None and entry.entry_id in lines:
            _tell_switched_off(hass, entry)
            hass.async_create_task(async_stop_line(hass, entry.entry_id), eager_start=True)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> bool:
    """Take up open incidents, listen, and only then show anything."""
    line = hass.data[LINES].get(entry.entry_id)
    if line is None:
        async_put_all_back(hass, entry)
        try:
            line = await async_start_line(hass, entry)
        except Exception:
            await async_tell_not_started(hass, entry.entry_id, entry.title, Configuration.of(entry))
            raise
    entry.runtime_data = line.site
    await _async_apply_configuration(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_apply_configuration))
    async_watch(hass, entry)
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> bool:
    """Accept every entry: what a newer version added is passed over, what an older one lacked is filled in."""
    async_migrate(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> bool:
    """Take the entities away. The line from press to person stays up until the site is disabled or removed."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: DuressConfigEntry) -> None:
    """Stop for good. The record stays on disk."""
    if entry.entry_id in hass.data[LINES]:
        _tell_switched_off(hass, entry)
    await async_stop_line(hass, entry.entry_id)
    async_forget(hass, entry.entry_id)


@callback
def _tell_switched_off(hass: HomeAssistant, entry: DuressConfigEntry) -> None:
    """Have people told, before the line forgets whom it would have called and for what."""
    line = hass.data[LINES][entry.entry_id]
    line.changes.async_switched_off()
    tell = async_tell_switched_off(hass, entry.title, line.site)
    hass.async_create_task(tell, "duress switched off", eager_start=True)


async def _async_apply_configuration(hass: HomeAssistant, entry: DuressConfigEntry) -> None:
    """Bring everything up to what the caretaker just set up, without a reload."""
    configuration = Configuration.of(entry)
    async_register_devices(hass, entry, configuration)  # first: whatever is new is shown on its device
    line = hass.data[LINES][entry.entry_id]
    line.changes.async_note(entry)
    await line.async_apply(configuration)
    async_remind(hass, entry)
    entry.runtime_data.views.configuration_changed()
