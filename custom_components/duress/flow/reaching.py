"""Whether a press would reach anybody, as it is being set up: what could reach nobody is refused, with the reason."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..configuration import Configuration
from ..const import (
    CONF_COVERT,
    CONF_GROUPS,
    CONF_HOLDERS,
    CONF_PLAN,
    CONF_RESPONDERS,
    CONF_SOURCES,
    CONF_STEPS,
    SUBENTRY_TRIGGER_POINT,
)
from ..line import LINES
from ..responders import LOOKING_AFTER


def error_of_plan(
    hass: HomeAssistant, entry: ConfigEntry[Any], plan: Mapping[str, Any], plan_id: str | None
) -> str | None:
    """Return why a plan would reach nobody, for any of the trigger points that use it already, or None."""
    steps = plan[CONF_STEPS]
    if not steps or not all(step[CONF_RESPONDERS] or step.get(CONF_GROUPS) for step in steps):
        return "nobody_called"
    if not _answering(hass, entry, plan):
        return "nobody_can_answer"
    points = entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT)
    held = [p for p in points if any(source[CONF_PLAN] == plan_id for source in p.data[CONF_SOURCES])]
    if any(only_holders(hass, entry, plan, point.data.get(CONF_HOLDERS, ())) for point in held):
        return "only_the_holder"
    return None


def only_holders(hass: HomeAssistant, entry: ConfigEntry[Any], plan: Mapping[str, Any], holders: Iterable[str]) -> bool:
    """Return whether a covert plan could be answered by nobody but those it must not call (hazard H2)."""
    held = set(holders)
    return bool(held and plan.get(CONF_COVERT)) and _answering(hass, entry, plan) <= held


def _answering(hass: HomeAssistant, entry: ConfigEntry[Any], plan: Mapping[str, Any]) -> set[str]:
    """Return the responders of a plan who could answer now; all of them while the site is not up to know."""
    called = {responder for step in plan[CONF_STEPS] for responder in step[CONF_RESPONDERS]}
    wanted = {group for step in plan[CONF_STEPS] for group in step.get(CONF_GROUPS, ())}
    for responder in Configuration.of(entry).responders.values():
        # Whoever looks after any place stands for all who do: which place it is, is not known yet.
        groups = {*responder.stands_for, *([LOOKING_AFTER] if responder.areas else [])}
        if wanted & groups:
            called.add(responder.id)
    if (line := hass.data[LINES].get(entry.entry_id)) is None:
        return called
    reach = line.site.reach()
    return {r for r in called if reach.can_answer(r)}
