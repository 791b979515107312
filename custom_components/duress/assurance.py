"""Tells whoever called, where they are, that the call was made and that somebody comes: never in a quiet call (H48)."""

from collections.abc import Sequence
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .effects.actions import async_run
from .engine.delivery_events import HandedOver
from .engine.events import Acknowledged, Event
from .engine.kinds import MessageKind, Phase, Progress
from .engine.model import Incident
from .site import Site

_LOGGER = logging.getLogger(__name__)


class Assurance:
    """Runs what a manager chose for a trigger point: a light, a voice. Nothing waits for it."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Follow the site's calls."""
        self._hass = hass
        self._site = site
        self._placed = {incident.id for incident in site.incidents.open() if incident.step >= 0}
        self.async_stop = site.views.async_subscribe(self._changed)

    @callback
    def _changed(self, incident: Incident, events: list[Event]) -> None:
        point = self._site.configuration.points.get(incident.press.point)
        if not incident.is_open:
            self._placed.discard(incident.id)
            return
        if point is None or incident.plan.covert or incident.plan.against_somebody:
            return
        if incident.id not in self._placed and any(_is_call_placed(incident, event) for event in events):
            self._placed.add(incident.id)
            self._run(point.when_placed)
        if any(isinstance(event, Acknowledged) and event.progress is Progress.EN_ROUTE for event in events):
            self._run(point.when_somebody_comes)

    def _run(self, actions: Sequence[Any]) -> None:
        if actions:
            self._hass.async_create_background_task(self._async_run(actions), "duress assurance")

    async def _async_run(self, actions: Sequence[Any]) -> None:
        try:
            await async_run(self._hass, actions, {})
        except Exception as error:  # noqa: BLE001  whatever a manager chose may fail in any way, and stops no call
            _LOGGER.warning("Whoever called could not be told: %s", type(error).__name__)


def _is_call_placed(incident: Incident, event: Event) -> bool:
    """Return whether a call was handed over: a question about an old one calls nobody."""
    message = incident.messages.get(event.message) if isinstance(event, HandedOver) else None
    return message is not None and message.kind is MessageKind.CALL and incident.phase is Phase.ACTIVE
