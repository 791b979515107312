"""Takes away what others than us would show of a quiet call, and puts it back where a button is not heard then."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .activity import kinds_shown
from .configuration import Configuration
from .const import CONF_KEPT_OUT, CONF_SOURCES
from .traces import Kind, Trace, needing


@dataclass(slots=True)
class Mended:
    """What was taken away for one trigger point, as long as it is not known whether that is still heard."""

    point: str
    entities: list[str] = field(default_factory=list)
    sources: list[dict[str, Any]] | None = None
    """The sources as they were, where some were given up."""


@callback
def async_mend(hass: HomeAssistant, entry: ConfigEntry[Any], plan: str, traces: Iterable[Trace]) -> list[Mended]:
    """Take these away; returns of which trigger points a press has to be heard again."""
    mended: dict[str, Mended] = {}
    domains = set()
    for trace in traces:
        if trace.kind is Kind.ACTIVITY:
            domains.add(trace.what)
        elif trace.kind is Kind.MESSAGE:
            _disable(hass, trace.what)
        elif trace.kind is Kind.ENTITY and trace.point is not None:
            _give_up(hass, entry, mended.setdefault(trace.point, Mended(trace.point)), trace.what)
    subentry = entry.subentries[plan]
    kept_out = {*subentry.data.get(CONF_KEPT_OUT, ()), *kinds_shown(hass, domains)}
    data = {**subentry.data, CONF_KEPT_OUT: sorted(kept_out)}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    return list(mended.values())


@callback
def async_put_back(hass: HomeAssistant, entry: ConfigEntry[Any], mended: Mended) -> None:
    """Have a trigger point heard as it was before."""
    for entity_id in mended.entities:
        er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    subentry = entry.subentries.get(mended.point)
    if subentry is not None and mended.sources is not None:
        data = {**subentry.data, CONF_SOURCES: mended.sources}
        hass.config_entries.async_update_subentry(entry, subentry, data=data)


def _give_up(hass: HomeAssistant, entry: ConfigEntry[Any], mended: Mended, entity_id: str) -> None:
    """Disable an entity of a button, and hear no longer by it."""
    point = Configuration.of(entry).points[mended.point]
    if given_up := {source.id for source in needing(hass, point, entity_id)}:
        subentry = entry.subentries[mended.point]
        sources = list(subentry.data[CONF_SOURCES])
        mended.sources = mended.sources or sources
        left = [source for source in sources if source["id"] not in given_up]
        hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, CONF_SOURCES: left})
    _disable(hass, entity_id)
    mended.entities.append(entity_id)


def _disable(hass: HomeAssistant, entity_id: str) -> None:
    er.async_get(hass).async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
