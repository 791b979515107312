"""Brings what an older version set up into the shape of this one. Nothing is lost, and nothing calls otherwise."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_ACTIONS,
    CONF_AREAS,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_CARRIERS,
    CONF_CODES,
    CONF_COVERT,
    CONF_CRITICAL,
    CONF_DESK,
    CONF_DUTY_ENTITIES,
    CONF_ENDS_AT_ORIGIN,
    CONF_FOLLOW_UP,
    CONF_GROUPS,
    CONF_HOLDERS,
    CONF_LANGUAGE,
    CONF_LIVE,
    CONF_LOCAL,
    CONF_MANAGER,
    CONF_NEEDS_TWO,
    CONF_NOTIFY,
    CONF_PASSED_OVER,
    CONF_QUIET,
    CONF_REPEAT_EVERY,
    CONF_SECOND_ACTIVATION,
    CONF_SHIFT,
    CONF_STEPS,
    CONF_SUBJECT,
    CONF_TOGETHER,
    CONF_UPGRADES_TO,
    CONF_WORN,
    CONF_ZONE,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
    SUBENTRY_TRIGGER_POINT,
)
from .engine.plan import CallType

VERSION = 1
"""Never raised: an older version would refuse the entry after a rollback, and every button would be dead (H52)."""
MINOR_VERSION = 5

RESPONDER_OF_MINOR_2 = {
    CONF_PASSED_OVER: [],
    CONF_NOTIFY: [],
    CONF_ACTIONS: [],
    CONF_FOLLOW_UP: [],
    CONF_QUIET: False,
}
PLAN_OF_MINOR_4 = {
    CONF_NEEDS_TWO: False,
    CONF_TOGETHER: False,
    CONF_SECOND_ACTIVATION: False,
    CONF_UPGRADES_TO: None,
}
RESPONDER_OF_MINOR_4: dict[str, Any] = {
    CONF_LANGUAGE: None,
    CONF_CARRIERS: {},
    CONF_CODES: {},
    CONF_DESK: False,
    CONF_LOCAL: False,
}
RESPONDER_OF_MINOR_3 = {
    CONF_MANAGER: False,
    CONF_REPEAT_EVERY: 0,
    CONF_GROUPS: [],
    CONF_AREAS: [],
    CONF_DUTY_ENTITIES: [],
    CONF_SHIFT: "",
    CONF_ZONE: None,
}
PLAN_OF_MINOR_1 = {
    CONF_CALL_TYPE: CallType.RESIDENT.value,
    CONF_COVERT: False,
    CONF_CANCEL_WINDOW: 0,
    CONF_SUBJECT: "",
}


@callback
def async_migrate(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take an entry through every minor version it has missed."""
    if entry.minor_version < 2:  # noqa: PLR2004
        _to_2(hass, entry)
    if entry.minor_version < 3:  # noqa: PLR2004
        _to_3(hass, entry)
    if entry.minor_version < 4:  # noqa: PLR2004
        _to_4(hass, entry)
    if entry.minor_version < MINOR_VERSION:
        _to_5(hass, entry)


def _to_2(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """There were no kinds of call but two, no holders, all calls were critical, and every site was live."""
    update = hass.config_entries.async_update_subentry
    for plan in entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN):
        steps = [{CONF_CRITICAL: True, **step} for step in plan.data[CONF_STEPS]]
        update(entry, plan, data={**PLAN_OF_MINOR_1, **plan.data, CONF_STEPS: steps})
    for point in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT):
        update(entry, point, data={CONF_HOLDERS: [], **point.data})
    hass.config_entries.async_update_entry(entry, options={CONF_LIVE: True, **entry.options}, minor_version=2)


def _to_3(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Responders were called on their phones only, and no trigger point was worn."""
    for point in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT):
        hass.config_entries.async_update_subentry(entry, point, data={CONF_WORN: False, **point.data})
    for responder in entry.get_subentries_of_type(SUBENTRY_RESPONDER):
        data = {**RESPONDER_OF_MINOR_2, **responder.data}
        hass.config_entries.async_update_subentry(entry, responder, data=data)
    hass.config_entries.async_update_entry(entry, minor_version=3)


def _to_4(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Everybody was always on duty, plans called people by name only, and calls were ended from anywhere."""
    update = hass.config_entries.async_update_subentry
    for responder in entry.get_subentries_of_type(SUBENTRY_RESPONDER):
        update(entry, responder, data={**RESPONDER_OF_MINOR_3, **responder.data})
    for plan in entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN):
        steps = [{CONF_GROUPS: [], **step} for step in plan.data[CONF_STEPS]]
        update(entry, plan, data={CONF_ENDS_AT_ORIGIN: False, **plan.data, CONF_STEPS: steps})
    hass.config_entries.async_update_entry(entry, minor_version=4)


def _to_5(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """One person was enough for every call, messages were in one language, and no phone was shared by name."""
    update = hass.config_entries.async_update_subentry
    for plan in entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN):
        update(entry, plan, data={**PLAN_OF_MINOR_4, **plan.data})
    for responder in entry.get_subentries_of_type(SUBENTRY_RESPONDER):
        update(entry, responder, data={**RESPONDER_OF_MINOR_4, **responder.data})
    hass.config_entries.async_update_entry(entry, minor_version=5)
