"""Gathers the presses that a start finds: forty pendants that wake together are one message (hazard H36)."""

from datetime import timedelta
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from ..engine.commands import Gather
from ..engine.events import Event as IncidentEvent, Opened
from ..engine.model import Incident
from ..site import Site
from .truth import FRESH, moment
from .watch import NO_LEVEL

GATHER = 2.0
"""Seconds that presses wait for one another. The engine calls by itself a second later, whatever happens here."""
START_LASTS = 60.0
"""Seconds after Home Assistant has started in which devices are still coming back."""


class FoundPresses:
    """Knows which presses a start finds, and has those of one plan called together."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Begin with a start, unless the site was never heard before."""
        self._hass = hass
        self._site = site
        self._starting = site.deaf_since is not None
        self._waiting: list[str] = []
        self._cancel_gather: CALLBACK_TYPE | None = None
        self._cancel_end: CALLBACK_TYPE = async_at_started(hass, self._async_started)

    def is_found(self, age: timedelta, event: Event[Any] | None) -> bool:
        """Return whether a press was found, rather than heard: it is old, or its sensor has only just come back."""
        if not self._starting or event is None or age > FRESH:
            return self._starting
        if event.event_type != EVENT_STATE_CHANGED:
            return False
        before, state = event.data["old_state"], event.data["new_state"]
        return moment(state.state) is None and (before is None or before.state in NO_LEVEL)

    @callback
    def add(self, events: list[IncidentEvent]) -> None:
        """Have what a press opened called together with what others open in the next moment."""
        if not events or not isinstance(opened := events[0], Opened) or not opened.found:
            return
        self._waiting.append(opened.incident)
        if self._cancel_gather is None:
            job = HassJob(self._call_together, "duress found presses")
            self._cancel_gather = async_call_later(self._hass, GATHER, job)

    @callback
    def async_stop(self) -> None:
        """Gather no more: what is waiting calls by itself."""
        self._cancel_end()
        if self._cancel_gather is not None:
            self._cancel_gather()

    @callback
    def _call_together(self, _now: object = None) -> None:
        self._cancel_gather = None
        found, self._waiting = self._waiting, []
        by_plan: dict[str, list[Incident]] = {}
        for incident in self._site.incidents.open():
            if incident.id in found:
                by_plan.setdefault(incident.plan.id, []).append(incident)
        for leader, *others in by_plan.values():
            places = tuple(other.place for other in others)
            for incident in (leader, *others):
                self._site.handle(Gather(leader=leader.id, also=places, reach=self._site.reach()), incident.id)

    async def _async_started(self, _hass: HomeAssistant) -> None:
        end = HassJob(self._start_is_over, "duress start is over", cancel_on_shutdown=True)
        self._cancel_end = async_call_later(self._hass, START_LASTS, end)

    @callback
    def _start_is_over(self, _now: object) -> None:
        self._starting = False
