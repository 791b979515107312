"""Who can be called: a person with a Home Assistant login, and which of that person's phones ring."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_PHONES, CONF_USER, SUBENTRY_RESPONDER
from ..effects.phone import MOBILE_APP, can_ring


class ResponderFlow(ConfigSubentryFlow):
    """Choose the person, then the phones."""

    _user: str = ""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask who it is."""
        people = self._people()
        if not people:
            return self.async_abort(reason="no_people")
        added = {r.data[CONF_USER] for r in self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)}
        if added.issuperset(people):
            return self.async_abort(reason="all_added")
        if user_input is not None:
            self._user = user_input[CONF_USER]
            return await self.async_step_phones()
        options = [SelectOptionDict(value=user, label=name) for user, name in people.items() if user not in added]
        schema = vol.Schema({vol.Required(CONF_USER): _choice(options)})
        return self.async_show_form(step_id="user", data_schema=schema)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change which phones ring; a responder stays the same person."""
        self._user = self._get_reconfigure_subentry().data[CONF_USER]
        return await self.async_step_phones()

    async def async_step_phones(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which phones ring. A phone that registers later is not called until somebody adds it here."""
        phones = self._phones()
        if not phones:
            return self.async_abort(reason="no_phones")
        errors = {}
        if user_input is not None:
            if user_input[CONF_PHONES]:
                return self._finish(user_input[CONF_PHONES])
            errors[CONF_PHONES] = "no_phone_chosen"
        chosen = list(phones)
        if self.source == SOURCE_RECONFIGURE:
            chosen = [p for p in self._get_reconfigure_subentry().data[CONF_PHONES] if p in phones]
        options = [SelectOptionDict(value=phone, label=name) for phone, name in phones.items()]
        schema = vol.Schema({vol.Required(CONF_PHONES, default=chosen): _choice(options, multiple=True)})
        return self.async_show_form(step_id="phones", data_schema=schema, errors=errors)

    def _finish(self, phones: list[str]) -> SubentryFlowResult:
        name = self._people().get(self._user)
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=name or subentry.title, data_updates={CONF_PHONES: phones}
            )
        return self.async_create_entry(
            title=name or "", data={CONF_USER: self._user, CONF_PHONES: phones}, unique_id=self._user
        )

    def _people(self) -> dict[str, str]:
        """Return the people who can log in, by user id: only they can be called by their own name."""
        states = self.hass.states.async_all("person")
        return {user: state.name for state in states if (user := state.attributes.get("user_id"))}

    def _phones(self) -> dict[str, str]:
        entries = self.hass.config_entries.async_entries(MOBILE_APP, include_disabled=False)
        return {e.entry_id: e.title for e in entries if e.data["user_id"] == self._user and can_ring(e)}


def _choice(options: list[SelectOptionDict], *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=options, multiple=multiple, mode=SelectSelectorMode.LIST))
