"""Keeps presses that Home Assistant itself would write down out of what its Activity shows (hazard H6).

Some integrations tell of every press of a device on the bus, and teach Activity, which everybody can open, to show it
with the name of the device. What Activity has not been taught, it does not show, and what the recorder leaves out is
in no database and no backup. These are parts of their own, not a promised interface: tests notice when they change.
"""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.const import EVENT_COMPONENT_LOADED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

LOGBOOK = "logbook"
"""What Activity is called inside Home Assistant."""
RECORDER: Final = "recorder"
RECORDER_INSTANCE: Final = "recorder_instance"
KEPT_OUT: HassKey[dict[str, frozenset[str]]] = HassKey("duress_kept_out")
"""The kinds of events that each site wants kept out."""
UNRECORDED: HassKey[dict[str, frozenset[str]]] = HassKey("duress_unrecorded")
"""The kinds of events that each site wants in no database: what is kept out, and what holds codes or tokens (H24)."""
LEFT_OUT: HassKey[set[str]] = HassKey("duress_left_out")
"""What the recorder leaves out because of us, and of nobody else."""


class _Taught(dict[str, Any]):
    """What Activity knows how to show, without what is kept out; that is remembered until nobody wants it so."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__(known)
        self._before = known
        self._wanted: frozenset[str] = frozenset()
        self._put_aside: dict[str, Any] = {}

    def keep_out(self, kinds: frozenset[str]) -> None:
        """Show none of these, and all others again."""
        self._wanted = kinds
        for known in (self, self._before):  # a screen that is open goes on with what it was given
            for kind in kinds & known.keys():
                self._put_aside[kind] = known.pop(kind)
        for kind in self._put_aside.keys() - kinds:
            super().__setitem__(kind, self._put_aside.pop(kind))

    def __setitem__(self, kind: str, how: Any) -> None:
        if kind in self._wanted:
            self._put_aside[kind] = how
        else:
            super().__setitem__(kind, how)


@callback
def async_setup_activity(hass: HomeAssistant) -> None:
    """Keep out what sites ask for also when Activity comes later than they do."""
    hass.data[KEPT_OUT] = {}
    hass.data[UNRECORDED] = {}
    hass.data[LEFT_OUT] = set()

    @callback
    def loaded(event: Event[Any]) -> None:
        if event.data["component"] in (LOGBOOK, RECORDER):
            _apply(hass)

    hass.bus.async_listen(EVENT_COMPONENT_LOADED, loaded)


@callback
def async_keep_out(hass: HomeAssistant, entry_id: str, kinds: Iterable[str] = (), secret: Iterable[str] = ()) -> None:
    """Keep these kinds of events out for a site, and no others any more; what is `secret` only out of the database."""
    hass.data[KEPT_OUT][entry_id] = frozenset(kinds)
    hass.data[UNRECORDED][entry_id] = frozenset((*kinds, *secret))
    _apply(hass)


@callback
def kinds_shown(hass: HomeAssistant, domains: Iterable[str]) -> dict[str, str]:
    """Return the kinds of events of these integrations that Activity shows, with whose they are."""
    config = hass.data.get(LOGBOOK)
    if config is None:
        return {}
    wanted = set(domains)
    return {str(kind): domain for kind, (domain, _) in config.external_events.items() if domain in wanted}


def _apply(hass: HomeAssistant) -> None:
    _teach(hass)
    _leave_out(hass)


def _leave_out(hass: HomeAssistant) -> None:
    """Have the recorder leave out what is wanted so, and take in again what is not any more."""
    recorder = hass.data.get(RECORDER_INSTANCE)
    if recorder is None:
        return
    wanted = frozenset().union(*hass.data[UNRECORDED].values())
    excluded, by_us = recorder.exclude_event_types, hass.data[LEFT_OUT]
    excluded -= by_us - wanted
    by_us &= wanted
    by_us |= wanted - excluded
    excluded |= wanted


def _teach(hass: HomeAssistant) -> None:
    config = hass.data.get(LOGBOOK)
    kinds = frozenset().union(*hass.data[KEPT_OUT].values())
    if config is None or not (kinds or isinstance(config.external_events, _Taught)):
        return
    if not isinstance(config.external_events, _Taught):
        config.external_events = _Taught(config.external_events)
    config.external_events.keep_out(kinds)
