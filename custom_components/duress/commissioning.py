"""Until a site is live only whoever sets it up is called (hazard H53); that must not be forgotten."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .const import DOMAIN, ISSUE_NOT_LIVE
from .issues import async_set_issue
from .site import Site

HOUR = 9
"""When the day's reminder comes, on the wall's clock."""


@callback
def async_watch(hass: HomeAssistant, entry: ConfigEntry[Site]) -> None:
    """Remind everybody once a day until the site is live."""

    @callback
    def remind(_now: object) -> None:
        async_remind(hass, entry)

    entry.async_on_unload(async_track_time_change(hass, remind, hour=HOUR, minute=0, second=0))


@callback
def async_remind(hass: HomeAssistant, entry: ConfigEntry[Site]) -> None:
    """Say that a site is not live. Each day's reminder is a new one, so that ignoring it lasts a day."""
    about = f"{entry.entry_id}_{dt_util.now().date()}"
    async_forget(hass, entry.entry_id, but=about)
    async_set_issue(hass, ISSUE_NOT_LIVE, about, wanted=not entry.runtime_data.configuration.live)


@callback
def async_forget(hass: HomeAssistant, entry_id: str, but: str = "") -> None:
    """Withdraw the reminders of a site, but for one."""
    mine = f"{ISSUE_NOT_LIVE}_{entry_id}_"
    for domain, issue in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue.startswith(mine) and issue != f"{ISSUE_NOT_LIVE}_{but}":
            ir.async_delete_issue(hass, DOMAIN, issue)
