"""Repeats what is done for a responder, such as a voice on a speaker, until somebody answers (UL 1069: every 10 s)."""

import asyncio
from datetime import datetime, timedelta
import logging

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .effects.actions import ActionsAdapter
from .engine.events import Event
from .engine.kinds import MessageKind, Phase
from .engine.model import Incident, Message
from .responders import Responder
from .site import Site

_LOGGER = logging.getLogger(__name__)

TIME_LIMIT = 15.0
"""Seconds in which one of them has to be through, so that the next is not kept from being made."""


class Announcements:
    """Goes on with what a call has begun, beside the calls of the plan: nothing waits for it."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Go on with the calls that are open."""
        self._hass = hass
        self._site = site
        self._repeating: dict[tuple[str, str], CALLBACK_TYPE] = {}
        self._under_way: set[tuple[str, str]] = set()
        self._unsubscribe = site.views.async_subscribe(self._changed)
        for incident in site.incidents.open():
            self._changed(incident, [])

    @callback
    def async_stop(self) -> None:
        """Repeat nothing any more."""
        self._unsubscribe()
        for key in list(self._repeating):
            self._end(key)

    @callback
    def _changed(self, incident: Incident, _events: list[Event]) -> None:
        wanted = {(incident.id, responder.id): responder for responder in self._announcing(incident)}
        for key in [key for key in self._repeating if key[0] == incident.id and key not in wanted]:
            self._end(key)
        for key, responder in wanted.items():
            if key not in self._repeating:
                self._begin(key, responder)

    def _announcing(self, incident: Incident) -> list[Responder]:
        """Return whose actions are to be repeated: of those who were called, while nobody has answered."""
        if incident.phase is not Phase.ACTIVE or incident.stale:
            return []
        responders = self._site.configuration.responders
        called = {call.responder for call in incident.called if call.channel.startswith(ActionsAdapter.prefix)}
        waited_for = called - {actor.responder for actor in incident.going}
        return [responders[r] for r in waited_for if r in responders and responders[r].repeat_every]

    def _begin(self, key: tuple[str, str], responder: Responder) -> None:
        incident_id, responder_id = key

        async def announce(_now: datetime) -> None:
            incident = self._site.incidents.get(incident_id)
            message = _call_to(incident, responder_id) if incident is not None else None
            if incident is None or message is None or key in self._under_way or not self._may(incident, message):
                return
            self._under_way.add(key)
            try:
                async with asyncio.timeout(TIME_LIMIT):
                    await self._site.channels.async_deliver(incident, message, lambda _error: None)
            except Exception as error:  # noqa: BLE001  whatever a manager chose may fail in any way; it is tried again
                _LOGGER.warning("An announcement could not be repeated: %s", type(error).__name__)
            finally:
                self._under_way.discard(key)

        every = timedelta(seconds=responder.repeat_every)
        self._repeating[key] = async_track_time_interval(self._hass, announce, every, cancel_on_shutdown=True)

    def _may(self, incident: Incident, message: Message) -> bool:
        """Return whether the plan would use this channel at the moment, and its responder has not said no."""
        reach = incident.plan.allowed(self._site.reach(incident.press.point), incident.holders)
        known = (channel.id for channel in reach.of(message.responder))
        return message.channel in known and message.responder not in incident.declined

    def _end(self, key: tuple[str, str]) -> None:
        self._repeating.pop(key)()


def _call_to(incident: Incident, responder: str) -> Message | None:
    """Return the newest call that a responder's actions were run for."""
    calls = [m for m in incident.messages.values() if m.responder == responder and m.kind is MessageKind.CALL]
    return next((m for m in reversed(calls) if m.channel.startswith(ActionsAdapter.prefix)), None)
