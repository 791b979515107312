"""What others than us would show of a quiet call, and to whom (hazards H5, H6).

Nothing of ours shows. But a button has entities of its own, its radio may have every press written down in Activity,
an automation shows when it last ran, and a phone can show its newest message as a sensor.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.loader import IntegrationNotLoaded, async_get_loaded_integration

from .activity import kinds_shown
from .configuration import Configuration
from .const import DOMAIN
from .devices import entity_id_of, physical_device, platform_of, words_of
from .effects.texts import plain
from .heard_by import SPOKEN_TO, heard_without, named_by
from .intake.attach import CONVERSATION
from .intake.zigbee import ZHA, is_ours
from .trigger_points import TriggerPoint

AUTOMATION = "automation"
AT_REST = frozenset(
    {
        *("battery", "connectivity", "problem", "tamper", "update"),
        # What stands for something else than a press, which nobody wants disabled for a button beside it.
        *("carbon_monoxide", "door", "garage_door", "gas", "lock", "moisture", "motion", "opening", "safety"),
        *("smoke", "window"),
    }
)
"""Sensors of a button that a press does not move."""
SIGNS_OF_LIFE = re.compile(r"last.?seen|link.?quality|(^|[-_ ])(lqi|rssi|action|click)($|[-_ ])", re.IGNORECASE)
"""Sensors of a radio that move with whatever is heard of a device, by their ids."""
NEWEST_MESSAGE = re.compile(r"(last_notification|last_removed_notification|active_notification_count)$")
"""Sensors of the companion app that show its notifications, by their ids."""
SAME_SOURCE = ("topic", "tag_id", "webhook_id")
"""What an automation names that runs at the very thing by which a button is heard."""


class Kind(StrEnum):
    """How something shows."""

    ENTITY = "entity"
    """An entity of the button moves, and the press is heard without it."""
    NEEDED = "needed"
    """An entity of the button moves, and the press is heard by it."""
    ACTIVITY = "activity"
    """Activity has a line for every press."""
    AUTOMATION = "automation"
    """An automation runs at the press, and shows when it last did."""
    MESSAGE = "message"
    """A sensor of a phone shows what the phone was sent."""
    ACTIONS = "actions"
    """Actions are run for somebody, of which a manager said that they show nowhere."""


MENDED = frozenset({Kind.ENTITY, Kind.ACTIVITY, Kind.MESSAGE})
"""What can be taken away from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One thing that shows: `what` it is by its id, its name, and which trigger point makes it show, where one does."""

    kind: Kind
    what: str
    name: str
    point: str | None = None
    certain: bool = True
    """Whether it is known that a press makes it show."""
    proven_by: frozenset[str] = frozenset()
    """By which sources the button has to be heard without it."""

    @property
    def key(self) -> str:
        """Return what it is called in a dialog."""
        return f"{self.kind}:{self.what}"


def traces_of(hass: HomeAssistant, configuration: Configuration, plan: str) -> list[Trace]:
    """Return what would show while a call by this plan is open, each thing once."""
    found: dict[str, Trace] = {}
    for point in configuration.points.values():
        for trace in _of_point(hass, configuration, point, plan):
            found.setdefault(trace.key, trace)
    for trace in (*_of_automations(hass, configuration, plan), *_of_people(hass, configuration)):
        found.setdefault(trace.key, trace)
    return list(found.values())


# The button and its radio


def _of_point(hass: HomeAssistant, configuration: Configuration, point: TriggerPoint, plan: str) -> Iterator[Trace]:
    sources = [source for source in point.calls if source.plan == plan]
    triggers = [source.trigger for source in sources]
    for entity_id, certain in _entities_of(hass, point, plan, triggers).items():
        proven_by = heard_without(hass, point, entity_id)
        yield Trace(
            kind=Kind.NEEDED if proven_by is None else Kind.ENTITY,
            what=entity_id,
            name=_name_of(hass, entity_id),
            point=point.id,
            certain=certain,
            proven_by=proven_by or frozenset(),
        )
    domains = {d for device, trigger in _pressed(hass, point, plan, triggers) for d in _told_by(hass, device, trigger)}
    for domain in sorted(set(kinds_shown(hass, domains).values())):
        name = _integration_name(hass, domain)
        yield Trace(kind=Kind.ACTIVITY, what=domain, name=name, point=point.id)


def _pressed(
    hass: HomeAssistant, point: TriggerPoint, plan: str, triggers: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the devices that are pressed, each with the trigger that hears it."""
    for trigger in triggers:
        if (device := physical_device(hass, [trigger])) is not None:
            yield device, trigger
    if point.keypad is not None and point.keypad.plan == plan:
        yield point.keypad.device, {}


def _entities_of(
    hass: HomeAssistant, point: TriggerPoint, plan: str, triggers: list[Mapping[str, Any]]
) -> dict[str, bool]:
    """Return the enabled entities that a press moves, or may: those that a trigger names, and others of the device."""
    found: dict[str, bool] = {}
    if any(platform_of(trigger) == CONVERSATION for trigger in triggers):
        found |= dict.fromkeys(hass.states.async_entity_ids(SPOKEN_TO), True)
    for device, trigger in _pressed(hass, point, plan, triggers):
        for entry in er.async_entries_for_device(er.async_get(hass), device):
            if (certain := _moves(entry, trigger)) is not None:
                found[entry.entity_id] = certain or found.get(entry.entity_id, False)
    for trigger in triggers:
        for word in words_of(trigger):
            entity_id = entity_id_of(hass, word)
            if hass.states.get(entity_id) is not None and not _is_ours(hass, entity_id):
                found[entity_id] = True
    return found


def _moves(entry: er.RegistryEntry, trigger: Mapping[str, Any]) -> bool | None:
    """Return whether an entity beside what is pressed moves at a press: surely, perhaps, or not at all."""
    kind = entry.device_class or entry.original_device_class
    if entry.domain == "event":
        return True
    if entry.domain == "binary_sensor" and entry.entity_category is None and kind not in AT_REST:
        return is_ours(trigger)  # the one sensor of a pendant
    if entry.domain == "sensor" and SIGNS_OF_LIFE.search(entry.unique_id):
        return True
    return None


def _integration_name(hass: HomeAssistant, domain: str) -> str:
    try:
        return async_get_loaded_integration(hass, domain).name
    except IntegrationNotLoaded:
        return domain


def _told_by(hass: HomeAssistant, device_id: str, trigger: Mapping[str, Any]) -> Iterator[str]:
    """Yield the integrations of a device that may have a press written down. ZHA does of what it tells as an event."""
    by = {trigger.get("domain"), str(trigger.get("event_type")).partition("_")[0]}
    device = dr.async_get(hass).async_get(device_id)
    entries = device.config_entries if device is not None else ()
    for entry_id in entries:
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is not None and entry.domain != DOMAIN and (entry.domain != ZHA or ZHA in by):
            yield entry.domain


def _is_ours(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN


def _name_of(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    return plain(state.name if state is not None else entity_id)


# Automations and people


def _of_automations(hass: HomeAssistant, configuration: Configuration, plan: str) -> Iterator[Trace]:
    """Yield the automations that run at a press, or at what happens to a quiet call."""
    component = hass.data.get(AUTOMATION)
    names = set(_names_of_sources(hass, configuration, plan))
    for automation in component.entities if component is not None else ():
        config = automation.raw_config or {}
        triggers = config.get("triggers", config.get("trigger", ()))
        if automation.is_on and any(_runs(trigger, names) for trigger in _flattened(triggers)):
            yield Trace(kind=Kind.AUTOMATION, what=automation.entity_id, name=_name_of(hass, automation.entity_id))


def _flattened(triggers: Any) -> Iterator[Mapping[str, Any]]:
    """Yield triggers, those that are grouped among them."""
    for trigger in triggers if isinstance(triggers, list) else [triggers]:
        if isinstance(trigger, Mapping):
            yield trigger
            yield from _flattened(trigger.get("triggers", []))


def _runs(trigger: Mapping[str, Any], names: set[str]) -> bool:
    if platform_of(trigger).startswith(f"{DOMAIN}.call_"):
        options = trigger.get("options")
        return isinstance(options, Mapping) and options.get("quiet_too") is True
    return bool(names & (named_by(trigger) | set(words_of(trigger))))


def _names_of_sources(hass: HomeAssistant, configuration: Configuration, plan: str) -> Iterator[str]:
    """Yield every word by which an automation can mean a button that calls by this plan."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    for point in configuration.points.values():
        triggers = [source.trigger for source in point.calls if source.plan == plan]
        yield from _entities_of(hass, point, plan, triggers)
        yield from (str(trigger[key]) for trigger in triggers for key in SAME_SOURCE if trigger.get(key))
        for device_id, _ in _pressed(hass, point, plan, triggers):
            yield device_id
            device = devices.async_get(device_id)
            for _, *address in device.identifiers if device is not None else ():
                yield from map(str, address)
            if device is not None and device.area_id is not None:
                yield device.area_id
            for entry in er.async_entries_for_device(entities, device_id):
                yield from (entry.entity_id, entry.id)


def _of_people(hass: HomeAssistant, configuration: Configuration) -> Iterator[Trace]:
    """Yield what shows of those who may be called."""
    for responder in configuration.responders.values():
        for phone in responder.phones:
            for entry in er.async_entries_for_config_entry(er.async_get(hass), phone):
                if entry.disabled_by is None and NEWEST_MESSAGE.search(entry.unique_id):
                    yield Trace(kind=Kind.MESSAGE, what=entry.entity_id, name=_name_of(hass, entry.entity_id))
        if responder.quiet and responder.actions:
            yield Trace(kind=Kind.ACTIONS, what=responder.id, name=plain(responder.name))
