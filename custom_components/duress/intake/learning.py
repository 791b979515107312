"""Learns a button by hearing it pressed: listens to all that Home Assistant hears, for as long as a dialog waits."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.components.device_automation import DeviceAutomationType, async_get_device_automations
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..clock import Clock
from ..const import CONF_ALARMS, DOMAIN
from ..effects.texts import plain
from .attach import async_attach
from .recognise import EVENTS, SIA_EVENT, Rank, Recognised, recognise_event, recognise_state
from .truth import Memory
from .zigbee import ZIGBEE_ALARM, Alarm, async_listen_to_all

_LOGGER = logging.getLogger(__name__)

LISTEN = 60.0
"""Seconds that a dialog waits for a press."""
SETTLE = 1.5
"""Seconds after the first press in which the same press may be heard in other ways."""
AGAIN = 60.0
"""Seconds for a second press: a sensor may have to fall first, which takes some of them half a minute."""
LOOK = 1.0
"""Seconds between looks for triggers that exist only after a first press (Zigbee2MQTT)."""
MQTT = "mqtt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A button that was heard: how to hear it, what was done, what it is called and where it is."""

    triggers: tuple[Mapping[str, Any], ...]
    what: str
    name: str
    area_id: str | None


class Learner:
    """Listens. Nothing it hears calls anybody by itself, but a button that is set up already does."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of nothing heard yet."""
        self._hass = hass
        self._memory = Memory(Clock.wall())
        self._heard: list[Recognised] = []
        self._first = asyncio.Event()
        self._stop: list[CALLBACK_TYPE] = []
        self._mqtt: set[str] = set()

    async def async_hear(self) -> list[Candidate]:
        """Return the buttons that are pressed from now on, the one that tells most first; none after a minute."""
        self._stop = [
            *(self._hass.bus.async_listen(event_type, self._event) for event_type in {*EVENTS, *self._sia_events()}),
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._state),
            async_listen_to_all(self._hass, self._alarm),
        ]
        looking = asyncio.create_task(self._look_for_mqtt())
        try:
            async with asyncio.timeout(LISTEN):
                await self._first.wait()
            await asyncio.sleep(SETTLE)
        except TimeoutError:
            return []
        finally:
            looking.cancel()
            for each in self._stop:
                each()
        return self._candidates()

    async def async_hear_again(self, candidate: Candidate) -> bool:
        """Return whether the button is heard once more, in the very way in which it will be listened to."""
        again = asyncio.Event()
        stops: list[CALLBACK_TYPE | None] = []
        try:
            for trigger in candidate.triggers:
                memory = Memory(Clock.wall())  # knows nothing: a sensor that is still on has to fall before it counts
                stops.append(await async_attach(self._hass, trigger, memory, lambda *_: again.set()))
            async with asyncio.timeout(AGAIN):
                await again.wait()
        except Exception:
            _LOGGER.debug("A button was not heard again", exc_info=True)
            return False
        finally:
            for stop in stops:
                if stop is not None:
                    stop()
        return True

    # What is heard

    def _sia_events(self) -> list[str]:
        """Return the events of the alarm panels that report to core's SIA integration."""
        return [
            f"{SIA_EVENT}{entry.data.get('port')}_{account.get('account')}"
            for entry in self._hass.config_entries.async_entries("sia")
            for account in entry.data.get("accounts", ())
        ]

    @callback
    def _event(self, event: Event[Any]) -> None:
        self._note(recognise_event(str(event.event_type), event.data))

    @callback
    def _state(self, event: Event[EventStateChangedData]) -> None:
        entity, before, state = event.data["entity_id"], event.data["old_state"], event.data["new_state"]
        if state is None or self._is_ours(entity):
            return
        was = before.state if before is not None else None
        found = recognise_state(entity, was, state.state, state.attributes)
        if (
            found is None
            or found.rank is not Rank.BUTTON
            or self._memory.pressed(entity, was, state.state, Clock.wall())
        ):
            self._note(found)

    @callback
    def _alarm(self, device_id: str, alarm: Alarm) -> None:
        options = {"device_id": device_id, CONF_ALARMS: [alarm.value]}
        trigger = {"platform": ZIGBEE_ALARM, "options": options}
        self._note(Recognised(trigger=trigger, what=alarm.value, rank=Rank.CLUSTER, device_id=device_id))

    async def _look_for_mqtt(self) -> None:
        """Attach every trigger of MQTT devices; one that appears only now was made by the press that is looked for."""
        appeared = False
        while True:
            for device_id, trigger in await self._mqtt_triggers():
                key = f"{device_id} {trigger.get('type')} {trigger.get('subtype')}"
                if key in self._mqtt:
                    continue
                self._mqtt.add(key)
                what = " ".join(str(trigger[part]) for part in ("type", "subtype") if trigger.get(part))
                found = Recognised(trigger=trigger, what=what, rank=Rank.DEVICE, device_id=device_id)
                if appeared:
                    self._note(found)
                try:
                    stop = await async_attach(self._hass, trigger, self._memory, self._noting(found))
                except Exception:
                    _LOGGER.debug("An MQTT trigger could not be attached", exc_info=True)
                    continue
                if stop is not None:
                    self._stop.append(stop)
            appeared = True
            await asyncio.sleep(LOOK)

    async def _mqtt_triggers(self) -> list[tuple[str, dict[str, Any]]]:
        registry = dr.async_get(self._hass)
        entries = self._hass.config_entries.async_entries(MQTT)
        devices = [d.id for e in entries for d in dr.async_entries_for_config_entry(registry, e.entry_id)]
        if not devices:
            return []
        try:
            found = await async_get_device_automations(self._hass, DeviceAutomationType.TRIGGER, devices)
        except Exception:
            _LOGGER.debug("The triggers of MQTT devices could not be listed", exc_info=True)
            return []
        return [
            (device_id, {k: v for k, v in trigger.items() if k not in ("metadata", "discovery_id")})
            for device_id, triggers in found.items()
            for trigger in triggers
            if trigger.get("domain") == MQTT
        ]

    def _noting(self, found: Recognised) -> Callable[..., None]:
        return lambda *_: self._note(found)

    @callback
    def _note(self, found: Recognised | None) -> None:
        if found is not None and found not in self._heard:
            self._heard.append(found)
            self._first.set()

    # What it means

    def _candidates(self) -> list[Candidate]:
        """Return one candidate for each device and what was done with it, heard in the best way there was."""
        best: dict[str, list[Recognised]] = {}
        for found in sorted(self._heard, key=lambda each: each.rank):
            best.setdefault(self._of(found) or str(found.trigger), []).append(found)
        return [self._candidate(found, ways) for ways in best.values() for found in _best_of(ways)]

    def _candidate(self, found: Recognised, ways: list[Recognised]) -> Candidate:
        triggers = [found.trigger]
        if found.rank is Rank.CLUSTER and found.what == Alarm.ALARM:  # should ZHA change, its sensor is still heard
            triggers += [way.trigger for way in ways if way.rank is Rank.LEVEL and way.what == "on"]
        device_id = self._of(found)
        device = dr.async_get(self._hass).async_get(device_id) if device_id else None
        entity = er.async_get(self._hass).async_get(found.entity_id) if found.entity_id else None
        state = self._hass.states.get(found.entity_id) if found.entity_id else None
        name = (device and (device.name_by_user or device.name)) or (state and state.name) or found.what
        area = (entity and entity.area_id) or (device and device.area_id)
        return Candidate(
            triggers=tuple(triggers),
            what=plain(found.what),
            name=plain(name),
            area_id=area or None,
        )

    def _of(self, found: Recognised) -> str | None:
        """Return the device that was pressed."""
        if found.device_id is not None or found.entity_id is None:
            return found.device_id
        entry = er.async_get(self._hass).async_get(found.entity_id)
        return entry.device_id if entry is not None else None

    def _is_ours(self, entity: str) -> bool:
        entry = er.async_get(self._hass).async_get(entity)
        return entry is not None and entry.platform == DOMAIN


def area_name(hass: HomeAssistant, area_id: str | None) -> str | None:
    """Return what an area is called."""
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return plain(area.name) if area is not None else None


def _best_of(ways: list[Recognised]) -> list[Recognised]:
    """Return the ways of the best rank: two buttons of one device may have been pressed."""
    return [way for way in ways if way.rank == ways[0].rank]
