"""Puts on record what is changed in a site, before and after, and by whom (hazard H28)."""

from collections.abc import Mapping
from contextvars import ContextVar
import hashlib
import json
from typing import Any

from homeassistant.components.websocket_api import current_connection
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import current_request

from .const import CONF_CODES
from .engine.site_events import ConfigurationChanged, SwitchedOff
from .site import Site

SITE = "site"
GONE = "removed while nothing ran"
ON_BEHALF_OF: ContextVar[str | None] = ContextVar("duress_on_behalf_of", default=None)
"""The user for whom one of our own actions changes something."""
HASS_USER = "hass_user"
"""Where Home Assistant keeps the user of a request."""

type Part = tuple[str, str]
"""What a part of a site is, such as a responder, and all that was set up about it as a JSON object."""


class Changes:
    """What a site was set up to do, so that a change can be told from what was before."""

    def __init__(self, site: Site, entry: ConfigEntry[Any]) -> None:
        """Know how it is now, and put on record what differs from when it was last on record."""
        self._site = site
        self._known = _parts(entry)
        before = site.memory.parts
        for part in before | self._known:
            new = self._known.get(part)
            if (digest := _digest(new[1]) if new else None) != before.get(part):
                self._put_on_record(part, None, new, digest)

    def async_note(self, entry: ConfigEntry[Any]) -> None:
        """Put on record what differs from before."""
        before, self._known = self._known, _parts(entry)
        for part in before | self._known:
            old, new = before.get(part), self._known.get(part)
            if old != new:
                self._put_on_record(part, old, new, _digest(new[1]) if new else None)

    def _put_on_record(self, part: str, old: Part | None, new: Part | None, digest: str | None) -> None:
        self._site.record(
            ConfigurationChanged(
                at=self._site.now(),
                what=(new or old or (GONE,))[0],
                part=part,
                by=acting_user(),
                digest=digest,
                before=old[1] if old else None,
                after=new[1] if new else None,
            )
        )

    def async_switched_off(self) -> None:
        """Put on record that the site is disabled or removed."""
        self._site.record(SwitchedOff(at=self._site.now(), by=acting_user()))


@callback
def async_change(
    hass: HomeAssistant, entry: ConfigEntry[Any], part: str, changed: Mapping[str, Any], by: str | None = None
) -> None:
    """Change something in a part of a site, and take out what is None; `by` is who used an action of ours for it."""
    subentry = entry.subentries[part]
    kept = {key: value for key, value in subentry.data.items() if key not in changed}
    data = kept | {key: value for key, value in changed.items() if value is not None}
    with ON_BEHALF_OF.set(by):
        hass.config_entries.async_update_subentry(entry, subentry, data=data)


def acting_user() -> str | None:
    """Return the user whose click, on a screen of Home Assistant, led here; None where it was none.

    What an integration does later, by itself, but began while it handled somebody's click, counts as theirs.
    """
    if (user_id := ON_BEHALF_OF.get()) is not None:
        return user_id
    if (connection := current_connection.get()) is not None:
        return connection.user.id
    user = request.get(HASS_USER) if (request := current_request.get()) is not None else None
    return user.id if user is not None else None


def _parts(entry: ConfigEntry[Any]) -> dict[str, Part]:
    parts = {s.subentry_id: (s.subentry_type, _json(s.title, s.data)) for s in entry.subentries.values()}
    return {entry.entry_id: (SITE, _json(entry.title, {**entry.data, **entry.options})), **parts}


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _json(title: str, data: Mapping[str, Any]) -> str:
    shown = {"title": title, **data}
    if codes := shown.get(CONF_CODES):  # that they changed can be seen, not what they are (hazard H24)
        shown[CONF_CODES] = _digest(str(sorted(codes.items())))[:8]
    return json.dumps(shown, default=str, ensure_ascii=False, sort_keys=True)
