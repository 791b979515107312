"""When each incident wants to be looked at again: one timer each."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later


class Timers:
    """Timers by incident id."""

    def __init__(self, hass: HomeAssistant, due: Callable[[str], None]) -> None:
        """Call `due` with the id of an incident whose time has come."""
        self._hass = hass
        self._due = due
        self._running: dict[str, CALLBACK_TYPE] = {}

    @callback
    def set(self, incident_id: str, delay: timedelta | None) -> None:
        """Have an incident looked at after so long, at once if that is past, or not at all."""
        if cancel := self._running.pop(incident_id, None):
            cancel()
        if delay is not None:
            job = HassJob(partial(self._fire, incident_id), "duress timer", cancel_on_shutdown=True)
            self._running[incident_id] = async_call_later(self._hass, max(0.0, delay.total_seconds()), job)

    @callback
    def stop(self) -> None:
        """Look at nothing any more."""
        for incident_id in list(self._running):
            self.set(incident_id, None)

    @callback
    def _fire(self, incident_id: str, _now: datetime) -> None:
        self._running.pop(incident_id, None)
        self._due(incident_id)
