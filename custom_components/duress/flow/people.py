"""Who can be called at all: people with a login, and the phones that are signed in with it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..effects.phone import MOBILE_APP, can_ring


def people(hass: HomeAssistant) -> dict[str, str]:
    """Return the people who can log in, by user id: only they can be called by their own name."""
    states = hass.states.async_all("person")
    return {user: state.name for state in states if (user := state.attributes.get("user_id"))}


def phones(hass: HomeAssistant, user: str) -> dict[str, str]:
    """Return the registrations of the companion app that can ring, of one user, with their names."""
    entries = hass.config_entries.async_entries(MOBILE_APP, include_disabled=False)
    return {e.entry_id: e.title for e in entries if e.data["user_id"] == user and can_ring(e)}


def choice(options: dict[str, str], *, multiple: bool = False) -> SelectSelector:
    """Return a choice of some of these, by their names."""
    labelled = [SelectOptionDict(value=value, label=label) for value, label in options.items()]
    return SelectSelector(SelectSelectorConfig(options=labelled, multiple=multiple, mode=SelectSelectorMode.LIST))
