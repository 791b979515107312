"""Takes away what others than us would show of a quiet call, and puts it back where a button is not heard then.

What is taken away stands in the plan until a press has shown that the button is still heard: a power cut in between
must not leave it unheard.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .activity import kinds_shown
from .changes import async_change
from .configuration import Configuration
from .const import CONF_KEPT_OUT, CONF_SOURCES, CONF_UNPROVED, SUBENTRY_RESPONSE_PLAN
from .heard_by import needing
from .traces import Kind, Trace

CONF_ENTITIES = "entities"
CONF_POINT = "point"


@callback
def async_mend_at_once(hass: HomeAssistant, entry: ConfigEntry[Any], plan: str, traces: Iterable[Trace]) -> None:
    """Keep presses out of Activity, and disable what no button is heard by."""
    domains = set()
    for trace in traces:
        if trace.kind is Kind.ACTIVITY:
            domains.add(trace.what)
        elif not needs_press(trace):
            er.async_get(hass).async_update_entity(trace.what, disabled_by=er.RegistryEntryDisabler.USER)
    kept_out = {*entry.subentries[plan].data.get(CONF_KEPT_OUT, ()), *kinds_shown(hass, domains)}
    async_change(hass, entry, plan, {CONF_KEPT_OUT: sorted(kept_out) or None})


def needs_press(trace: Trace) -> bool:
    """Return whether a press has to show that a button is heard without what shows."""
    return trace.kind is Kind.ENTITY and bool(trace.proven_by)


@callback
def async_mend(hass: HomeAssistant, entry: ConfigEntry[Any], plan: str, traces: list[Trace]) -> None:
    """Disable entities of one button, and hear no longer by them, until that was proved or is put back."""
    registry, point_id = er.async_get(hass), str(traces[0].point)
    entities = [entity for trace in traces if (entity := registry.async_get(trace.what)) is not None]
    if point_id not in entry.subentries:
        return
    point, sources = Configuration.of(entry).points[point_id], entry.subentries[point_id].data[CONF_SOURCES]
    unproved = {CONF_ENTITIES: [e.id for e in entities], CONF_POINT: point_id, CONF_SOURCES: list(sources)}
    async_change(hass, entry, plan, {CONF_UNPROVED: unproved})
    given_up = {source.id for entity in entities for source in needing(hass, point, entity.entity_id)}
    async_change(hass, entry, point_id, {CONF_SOURCES: [source for source in sources if source["id"] not in given_up]})
    for entity in entities:
        registry.async_update_entity(entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER)


@callback
def async_proved(hass: HomeAssistant, entry: ConfigEntry[Any], plan: str) -> None:
    """Leave it as it is: the button was heard."""
    if plan in entry.subentries:
        async_change(hass, entry, plan, {CONF_UNPROVED: None})


@callback
def async_put_back(hass: HomeAssistant, entry: ConfigEntry[Any], plan: str) -> None:
    """Have a button heard as it was before, if that was not proved."""
    unproved = entry.subentries[plan].data.get(CONF_UNPROVED) if plan in entry.subentries else None
    if not unproved:
        return
    if (point := unproved[CONF_POINT]) in entry.subentries:
        async_change(hass, entry, point, {CONF_SOURCES: unproved[CONF_SOURCES]})
    registry = er.async_get(hass)
    for entity_id in unproved[CONF_ENTITIES]:
        if (entity := registry.entities.get_entry(entity_id)) is not None:
            registry.async_update_entity(entity.entity_id, disabled_by=None)
    async_change(hass, entry, plan, {CONF_UNPROVED: None})


@callback
def async_put_all_back(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Put back what was never proved, because everything stopped before."""
    for plan in entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN):
        async_put_back(hass, entry, plan.subentry_id)
