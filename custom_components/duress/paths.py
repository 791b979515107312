"""Whether calls get out without the internet, and answers back from outside: known before anybody presses.

What cannot be seen is not claimed: a phone's own connection counts while it has one, an action if a manager says so.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.http import current_request
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.network import is_local
from yarl import URL

from .const import ISSUE_NEEDS_INTERNET, ISSUE_ONLY_AT_HOME
from .effects.phone import is_connected
from .engine.site_events import Path
from .issues import async_set_issue
from .site import Site

LOOK_EVERY = timedelta(minutes=5)
JUDGED_AFTER = timedelta(hours=1)
"""How long after a start a phone has to make its own connection before its lack is reported."""


class Paths:
    """Looks after the ways out of a house and back into it."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Look every now and then."""
        self._hass = hass
        self._site = site
        self._since = site.now()
        self._stop_looking = async_track_time_interval(hass, self._look, LOOK_EVERY, cancel_on_shutdown=True)

    @callback
    def async_stop(self) -> None:
        """Look no more, and withdraw what was said; not while Home Assistant closes, which is saving already."""
        self._stop_looking()
        if not self._hass.is_running:
            return
        for issue in (ISSUE_NEEDS_INTERNET, ISSUE_ONLY_AT_HOME):
            async_set_issue(self._hass, issue, self._site.entry_id, wanted=False)

    @callback
    def _look(self, _now: datetime) -> None:
        """Say what is missing; not while that could tell of a quiet call (hazard H26)."""
        site = self._site
        responders = site.configuration.responders.values()
        if any(incident.plan.covert for incident in site.incidents.open()):
            return
        if any(is_connected(self._hass, phone) for responder in responders for phone in responder.phones):
            site.memory.saw_path(Path.OWN_CONNECTION)
        live = site.configuration.live
        local = site.memory.is_there(Path.OWN_CONNECTION) or any(responder.local for responder in responders)
        if local or not live or site.now() - self._since >= JUDGED_AFTER:
            async_set_issue(self._hass, ISSUE_NEEDS_INTERNET, site.entry_id, wanted=live and not local)
        outside = _has_address_outside(self._hass) or site.memory.is_there(Path.OUTSIDE)
        async_set_issue(self._hass, ISSUE_ONLY_AT_HOME, site.entry_id, wanted=live and not outside)


def comes_from_outside() -> bool:
    """Return whether what is being handled came in over an address that is not in this house."""
    request = current_request.get()
    return request is not None and request.remote is not None and _is_in_the_house(request.remote) is False


def _has_address_outside(hass: HomeAssistant) -> bool:
    """Return whether an address is set that is not one of this house."""
    try:
        host = URL(get_url(hass, allow_internal=False, allow_ip=True)).host or ""
    except NoURLAvailableError:
        return False
    return _is_in_the_house(host) is not True


def _is_in_the_house(host: str) -> bool | None:
    """Return whether an address is one of this house, None where it is a name."""
    try:
        return is_local(ip_address(host))
    except ValueError:
        return None
