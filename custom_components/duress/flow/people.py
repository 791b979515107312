"""Who can be called at all: people with a login, and the phones that are signed in with it."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import (
    CONF_ACTIONS,
    CONF_AREAS,
    CONF_CARRIERS,
    CONF_CODES,
    CONF_DESK,
    CONF_DUTY_ENTITIES,
    CONF_FOLLOW_UP,
    CONF_GROUPS,
    CONF_LANGUAGE,
    CONF_LOCAL,
    CONF_MANAGER,
    CONF_NOTIFY,
    CONF_PASSED_OVER,
    CONF_PHONES,
    CONF_POST,
    CONF_QUIET,
    CONF_REPEAT_EVERY,
    CONF_SHIFT,
    CONF_USER,
    CONF_ZONE,
)
from ..effects.phone import phones_of
from ..rights import may_act


def new_responder(
    user: str | None, chosen: list[str] | None = None, passed_over: list[str] | None = None
) -> dict[str, Any]:
    """Return the data of a responder who is reached on these phones and in no other way."""
    return {
        CONF_USER: user,
        CONF_PHONES: chosen or [],
        CONF_PASSED_OVER: passed_over or [],
        CONF_NOTIFY: [],
        CONF_ACTIONS: [],
        CONF_FOLLOW_UP: [],
        CONF_QUIET: False,
        CONF_LOCAL: False,
        CONF_REPEAT_EVERY: 0,
        CONF_MANAGER: False,
        CONF_DESK: False,
        CONF_GROUPS: [],
        CONF_AREAS: [],
        CONF_DUTY_ENTITIES: [],
        CONF_SHIFT: "",
        CONF_ZONE: None,
        CONF_LANGUAGE: None,
        CONF_CARRIERS: {},
        CONF_CODES: {},
        CONF_POST: False,
    }


def people(hass: HomeAssistant) -> dict[str, str]:
    """Return the people who can log in, by user id: only they can be called by their own name."""
    states = hass.states.async_all("person")
    return {user: state.name for state in states if (user := state.attributes.get("user_id"))}


async def logins(hass: HomeAssistant) -> dict[str, str]:
    """Return the logins that a phone is signed in with, by user id: one of them may belong to a shared phone."""
    users = await hass.auth.async_get_users()
    return {u.id: u.name or "" for u in users if may_act(u) and not u.system_generated and phones_of(hass, u.id)}


async def may_answer(hass: HomeAssistant, user: str) -> bool:
    """Return whether somebody's answer would count: that of a login which may only look does not (hazard H22)."""
    found = await hass.auth.async_get_user(user)
    return found is not None and may_act(found)


def choice(options: dict[str, str], *, multiple: bool = False) -> SelectSelector:
    """Return a choice of some of these, by their names."""
    labelled = [SelectOptionDict(value=value, label=label) for value, label in options.items()]
    return SelectSelector(SelectSelectorConfig(options=labelled, multiple=multiple, mode=SelectSelectorMode.LIST))
