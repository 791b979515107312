"""What Home Assistant's own parts say about who is on duty: schedules, calendars, switches, a zone."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .devices import entity_id_of
from .responders import Responder

CALENDAR = "calendar"
PERSON = "person"
TIME_LIMIT = 10.0
"""Seconds in which a calendar has to say what is in it."""
MOMENT = timedelta(seconds=1)


class Roster:
    """Whose duty is planned for now. Of whom that cannot be told is in doubt, and counts as on duty (hazard H12)."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        """Ask this Home Assistant; `changed` is called whenever something may have. Nothing is known at first."""
        self._hass = hass
        self._changed = changed
        self._responders: tuple[Responder, ...] = ()
        self._calendars: dict[str, list[str] | None] = {}
        """The titles of what is in each calendar now, None where it does not say."""
        self._stops: list[CALLBACK_TYPE] = []

    async def async_apply(self, responders: Iterable[Responder]) -> None:
        """Follow what these responders' duty depends on."""
        self.async_stop()
        self._responders = tuple(responder for responder in responders if responder.duty.entities)
        entities = {entity_id_of(self._hass, e) for r in self._responders for e in r.duty.entities}
        self._calendars = {e: self._calendars.get(e) for e in entities if e.startswith(f"{CALENDAR}.")}
        followed = entities.union(r.duty.zone for r in self._responders if r.duty.zone)
        if not followed:
            return
        self._stops.append(async_track_state_change_event(self._hass, followed, self._async_state_changed))
        if self._calendars:
            self._stops.append(async_track_time_change(self._hass, self._async_look_into_calendars, second=0))
            await self._async_read_calendars()
        if not self._hass.is_running:
            self._stops.append(async_at_started(self._hass, self._async_look_into_calendars))

    @callback
    def async_stop(self) -> None:
        """Follow nothing any more."""
        while self._stops:
            self._stops.pop()()

    def planned(self) -> dict[str, bool | None]:
        """Return for each responder with a plan whether that says on duty, None where it cannot be told."""
        return {responder.id: self._says(responder) for responder in self._responders}

    def _says(self, responder: Responder) -> bool | None:
        """Return what all sources say together: one that is on is enough, one that is in doubt leaves it open."""
        said = [self._entity_says(entity, responder.duty.shift) for entity in responder.duty.entities]
        if responder.duty.zone:
            said.append(self._is_in(responder.duty.zone, responder.user))
        if True in said:
            return True
        return None if None in said else False

    def _entity_says(self, stored: str, shift: str) -> bool | None:
        entity = entity_id_of(self._hass, stored)
        state = self._hass.states.get(entity)
        if state is None or state.state not in (STATE_ON, STATE_OFF):
            return None
        if not entity.startswith(f"{CALENDAR}."):
            return state.state == STATE_ON
        titles = self._calendars.get(entity)
        return None if titles is None else any(shift.casefold() in title.casefold() for title in titles)

    def _is_in(self, zone: str, user: str | None) -> bool | None:
        """Return whether somebody is in a zone; a person who is nowhere known is in doubt."""
        state = self._hass.states.get(zone)
        people = [p for p in self._hass.states.async_all(PERSON) if user and p.attributes.get("user_id") == user]
        if state is None or not people or people[0].state in ("unknown", "unavailable"):
            return None
        return people[0].entity_id in state.attributes.get("persons", ())

    async def _async_state_changed(self, event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] in self._calendars:
            await self._async_look_into_calendars(None)
        else:
            self._changed()

    async def _async_look_into_calendars(self, _now: datetime | HomeAssistant | None) -> None:
        await self._async_read_calendars()
        self._changed()

    async def _async_read_calendars(self) -> None:
        calendars = list(self._calendars)
        titles = await asyncio.gather(*map(self._async_titles, calendars))
        self._calendars |= {e: found for e, found in zip(calendars, titles, strict=True) if e in self._calendars}

    async def _async_titles(self, calendar: str) -> list[str] | None:
        """Return the titles of all that is in a calendar now: its state shows one of them only."""
        state = self._hass.states.get(calendar)
        if state is None or state.state == STATE_UNAVAILABLE:
            return None
        now = dt_util.now()
        window = {"start_date_time": now.isoformat(), "end_date_time": (now + MOMENT).isoformat()}
        try:
            async with asyncio.timeout(TIME_LIMIT):
                answer: Any = await self._hass.services.async_call(
                    CALENDAR, "get_events", {"entity_id": calendar, **window}, blocking=True, return_response=True
                )
            return [str(event["summary"]) for event in answer[calendar]["events"]]
        except Exception:  # noqa: BLE001  whatever the calendar's integration says, nothing is known
            return None
