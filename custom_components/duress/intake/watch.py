"""Watches the entities that a trigger names itself, where Home Assistant's trigger would not tell the truth.

All other triggers are attached as they are (see `sources.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.target import TargetStateChangedData, async_track_target_selector_state_change_event

from ..clock import Clock
from ..devices import listed, platform_of
from .bluetooth import is_handed_on_again
from .truth import Memory

BUTTON_DOMAINS = frozenset({"event", "button", "input_button"})
"""Domains whose state is the time of the last press."""
BUTTON_TRIGGERS = {"event.received": frozenset({"event"}), "button.pressed": frozenset({"button", "input_button"})}
EVENT_TYPE = "event_type"
NO_LEVEL = (STATE_UNAVAILABLE, STATE_UNKNOWN)

type Heard = Callable[[datetime, Event[EventStateChangedData] | None], None]
"""Take a press: when it was, and the change of state that told of it, if it was heard live."""


class MissingEntityError(HomeAssistantError):
    """An entity that should be watched is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is watched: buttons, of which some `event_types` count or all, or entities whose state is a level."""

    target: Mapping[str, Any]
    domains: frozenset[str] | None
    event_types: frozenset[str] | None = None
    levels: frozenset[str] = frozenset()


def watch_of(trigger: Mapping[str, Any]) -> Watch | None:
    """Return what a trigger, as Home Assistant's picker stores it, asks to be watched; None for any other trigger."""
    platform = platform_of(trigger)
    if "enabled" in trigger:
        return None
    if platform in BUTTON_TRIGGERS and trigger.get("target"):
        types = trigger.get("options", {}).get(EVENT_TYPE)
        return Watch(
            target=trigger["target"],
            domains=BUTTON_TRIGGERS[platform],
            event_types=frozenset(listed(types)) if types is not None else None,
        )
    return _watch_of_state(trigger) if platform == "state" else None


def _watch_of_state(trigger: Mapping[str, Any]) -> Watch | None:
    entities = listed(trigger.get("entity_id"))
    if not entities or any("." not in entity for entity in entities):
        return None
    of_buttons = all(split_entity_id(entity)[0] in BUTTON_DOMAINS for entity in entities)
    to = [state for state in listed(trigger.get("to")) if state]
    asked = {key for key, value in trigger.items() if value} - {"trigger", "platform", "entity_id", "id", "alias"}
    target = {"entity_id": entities}
    if of_buttons and not asked:
        return Watch(target=target, domains=BUTTON_DOMAINS)
    if of_buttons and asked == {"attribute", "to"} and trigger["attribute"] == EVENT_TYPE:
        return Watch(target=target, domains=BUTTON_DOMAINS, event_types=frozenset(to))
    if not of_buttons and to and asked <= {"to", "from"} and trigger.get("from") in (None, "", "off", ["off"]):
        return Watch(target=target, domains=None, levels=frozenset(to))
    return None


async def async_watch(hass: HomeAssistant, watch: Watch, memory: Memory, heard: Heard) -> CALLBACK_TYPE:
    """Tell `heard` of every press until the returned function is called.

    Raises MissingEntityError where Home Assistant is running and does not know an entity that is named.
    """
    watcher = _Watcher(hass, watch, memory, heard)
    named = listed(watch.target.get("entity_id"))
    if watch.target.keys() == {"entity_id"}:  # a tracker for each of a thousand buttons would be slow
        for entity in named:
            if hass.state is CoreState.running and is_missing(hass, entity):
                raise MissingEntityError(f"{entity} is not there")
            watcher.look_at(hass.states.get(entity))
        return async_track_state_change_event(hass, named, watcher.changed)
    stop = await async_track_target_selector_state_change_event(
        hass, dict(watch.target), watcher.target_changed, watcher.of_domains, watcher.now_targeted
    )
    watcher.attached = True
    return stop


def is_missing(hass: HomeAssistant, entity: str) -> bool:
    """Return whether an entity is not there, or was disabled: nothing will be heard of it."""
    entry = er.async_get(hass).async_get(entity)
    return hass.states.get(entity) is None if entry is None else entry.disabled_by is not None


class _Watcher:
    def __init__(self, hass: HomeAssistant, watch: Watch, memory: Memory, heard: Heard) -> None:
        self._hass = hass
        self._watch = watch
        self._memory = memory
        self._heard = heard
        self.attached = False

    def of_domains(self, entities: set[str]) -> set[str]:
        """Return those of the entities that can be pressed."""
        domains = self._watch.domains
        return {e for e in entities if domains is None or split_entity_id(e)[0] in domains}

    @callback
    def now_targeted(self, added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
        """Look at entities that a target has come to include."""
        for entity in added:
            state = states[entity]
            if not self.attached:
                self.look_at(state)
            elif state is not None and not self._watch.levels:  # moved here, or renamed: its last press was not for us
                self._memory.seen(entity, state.state)

    @callback
    def look_at(self, state: State | None) -> None:
        """Look at what an entity shows before it is listened to: a press while all starts is there already."""
        if state is None:
            return
        if self._watch.levels:
            raised = state.state in self._watch.levels
            if state.state not in NO_LEVEL and self._memory.found_raised(state.entity_id, raised):
                self._heard(Clock.wall(), None)
        elif (pressed := self._memory.found(state.entity_id, state.state, Clock.wall())) and self._counts(state):
            self._heard(pressed, None)

    @callback
    def target_changed(self, data: TargetStateChangedData) -> None:
        """Hear of a change of one of the target's entities."""
        self.changed(data.state_change_event)

    @callback
    def changed(self, event: Event[EventStateChangedData]) -> None:
        """Judge a change of state."""
        before, state = event.data["old_state"], event.data["new_state"]
        if state is None or (self._watch.levels and state.state in NO_LEVEL):
            return
        if self._watch.levels:
            if self._memory.raised(state.entity_id, state.state in self._watch.levels):
                self._heard(Clock.wall(), event)
            return
        was = before.state if before is not None else None
        pressed = self._memory.pressed(state.entity_id, was, state.state, Clock.wall())
        if pressed is not None and self._counts(state):
            self._heard(pressed, event)

    def _counts(self, state: State) -> bool:
        types = self._watch.event_types
        if types is not None and state.attributes.get(EVENT_TYPE) not in types:
            return False
        return not is_handed_on_again(self._hass, state.entity_id, self._memory, Clock.wall())
