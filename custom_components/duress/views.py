"""Whoever shows a site: told of every incident that changed, of those of one trigger point if that is all it shows."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
import logging

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .engine.events import Event
from .engine.model import Incident

_LOGGER = logging.getLogger(__name__)

type Listener = Callable[[Incident, list[Event]], None]


class Views:
    """The listeners of a site. A thousand trigger points must not all be told of one press.

    However many presses come at once, showing them never holds up the next call: each is shown by itself, once
    whoever else has something to do has had a turn.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nobody listening."""
        self._hass = hass
        self._waiting: deque[tuple[Incident, list[Event]]] = deque()
        self._by_point: dict[str | None, list[Listener]] = {}
        self._configuration: list[Callable[[], None]] = []

    @callback
    def async_subscribe(self, listener: Listener, point: str | None = None) -> CALLBACK_TYPE:
        """Have the listener called with every incident that changed, of one point or of all, and with what happened."""
        listeners = self._by_point.setdefault(point, [])
        listeners.append(listener)
        return partial(listeners.remove, listener)

    @callback
    def async_subscribe_configuration(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have the listener called whenever the configuration changed."""
        self._configuration.append(listener)
        return partial(self._configuration.remove, listener)

    @callback
    def incident_changed(self, incident: Incident, events: list[Event]) -> None:
        """Tell those who show this incident, in a moment."""
        self._waiting.append((incident, events))
        if len(self._waiting) == 1:
            self._hass.async_create_task(self._show(), "duress views", eager_start=False)

    async def _show(self) -> None:
        while self._waiting:
            self._tell(*self._waiting[0])
            self._waiting.popleft()
            await asyncio.sleep(0)

    def _tell(self, incident: Incident, events: list[Event]) -> None:
        for listener in (*self._by_point.get(incident.press.point, ()), *self._by_point.get(None, ())):
            try:
                listener(incident, events)
            except Exception:  # whoever shows an incident must not stop those who answer it
                _LOGGER.exception("A view of an incident failed")

    @callback
    def configuration_changed(self) -> None:
        """Tell those who show the configuration."""
        for listener in list(self._configuration):
            try:
                listener()
            except Exception:  # whoever shows a site must not keep it from being changed
                _LOGGER.exception("A view of a site failed")
