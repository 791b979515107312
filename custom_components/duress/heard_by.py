"""By which entities a button is heard, and which of them it can do without (hazard H6)."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er

from .configuration import Configuration
from .const import DOMAIN
from .devices import entity_id_of, physical_device, platform_of, words_of
from .intake.attach import CONVERSATION
from .trigger_points import Source, TriggerPoint

SPOKEN_TO = ("assist_satellite", CONVERSATION)
"""What shows when something was last said to it."""
WORD = re.compile(r"[\w.:-]+")


def needing(hass: HomeAssistant, point: TriggerPoint, entity_id: str) -> list[Source]:
    """Return the sources of a trigger point that hear by this entity."""
    entry = er.async_get(hass).async_get(entity_id)
    return [source for source in point.sources if _hears_by(source.trigger, entity_id, entry)]


def heard_without(hass: HomeAssistant, point: TriggerPoint, entity_id: str) -> frozenset[str] | None:
    """Return by which sources a button is heard without an entity; None where something else would be missed."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or split_entity_id(entity_id)[0] in SPOKEN_TO:
        return None  # it cannot be disabled, or a phrase would not be heard
    for entry in hass.config_entries.async_entries(DOMAIN):
        site = Configuration.of(entry)
        if any(needing(hass, other, entity_id) for other in site.points.values() if other.id != point.id):
            return None
        duty = (entity for responder in site.responders.values() for entity in responder.duty.entities)
        if any(entity_id_of(hass, stored) == entity_id for stored in duty):
            return None
    given_up = needing(hass, point, entity_id)
    if len({_button(hass, source) for source in given_up}) > 1 or any(source.signals for source in given_up):
        return None
    button = _button(hass, given_up[0]) if given_up else None
    left = {
        source.id
        for source in point.calls
        if source not in given_up
        and not _hears_by_any(hass, source.trigger)
        and (_button(hass, source) == button if button else _button(hass, source)[0] == entity.device_id)
    }
    return frozenset(left) if left or not given_up else None


def _button(hass: HomeAssistant, source: Source) -> tuple[str | None, str, str]:
    """Return what is pressed, and how: one source can stand for another only if all of this is the same."""
    return physical_device(hass, [source.trigger]), source.gesture, source.plan


def _hears_by_any(hass: HomeAssistant, trigger: Mapping[str, Any]) -> bool:
    """Return whether a trigger hears by some entity."""
    if "target" in trigger or platform_of(trigger) == "template":
        return True
    return any(hass.states.get(entity_id_of(hass, word)) is not None for word in words_of(trigger))


def _hears_by(trigger: Mapping[str, Any], entity_id: str, entry: er.RegistryEntry | None) -> bool:
    """Return whether a trigger may hear by an entity: named, in a template, or as a part of a device or an area."""
    words = named_by(trigger)
    if entity_id in words or (entry is not None and entry.id in words):
        return True
    domain, dot, _ = platform_of(trigger).partition(".")
    if entry is None or not ((dot and domain == entry.domain) or trigger.get("domain") == entry.domain):
        return False
    target = trigger.get("target")
    by_place = isinstance(target, Mapping) and bool({"area_id", "floor_id", "label_id"} & target.keys())
    return by_place or entry.device_id in words


def named_by(value: Any) -> set[str]:
    """Return every id in a trigger, those in templates among them."""
    found = {part for word in words_of(value) for part in WORD.findall(word)}
    return found | {".".join(part.removeprefix("states.").split(".")[:2]) for part in found}
