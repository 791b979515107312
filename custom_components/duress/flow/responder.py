"""Who can be called: a person with a Home Assistant login, and which of that person's phones ring."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
import voluptuous as vol

from ..const import CONF_PHONES, CONF_USER, SUBENTRY_RESPONDER
from .people import choice, people, phones


class ResponderFlow(ConfigSubentryFlow):
    """Choose the person, then the phones."""

    _user: str = ""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask who it is."""
        able = people(self.hass)
        if not able:
            return self.async_abort(reason="no_people")
        added = {r.data[CONF_USER] for r in self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)}
        if added.issuperset(able):
            return self.async_abort(reason="all_added")
        if user_input is not None:
            self._user = user_input[CONF_USER]
            return await self.async_step_phones()
        options = {user: name for user, name in able.items() if user not in added}
        schema = vol.Schema({vol.Required(CONF_USER): choice(options)})
        return self.async_show_form(step_id="user", data_schema=schema)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change which phones ring; a responder stays the same person."""
        self._user = self._get_reconfigure_subentry().data[CONF_USER]
        return await self.async_step_phones()

    async def async_step_phones(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which phones ring. A phone that registers later is not called until somebody adds it here."""
        options = phones(self.hass, self._user)
        if not options:
            return self.async_abort(reason="no_phones")
        errors = {}
        if user_input is not None:
            if user_input[CONF_PHONES]:
                return self._finish(user_input[CONF_PHONES])
            errors[CONF_PHONES] = "no_phone_chosen"
        chosen = list(options)
        if self.source == SOURCE_RECONFIGURE:
            chosen = [p for p in self._get_reconfigure_subentry().data[CONF_PHONES] if p in options]
        schema = vol.Schema({vol.Required(CONF_PHONES, default=chosen): choice(options, multiple=True)})
        return self.async_show_form(step_id="phones", data_schema=schema, errors=errors)

    def _finish(self, phones: list[str]) -> SubentryFlowResult:
        name = people(self.hass).get(self._user)
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=name or subentry.title, data_updates={CONF_PHONES: phones}
            )
        return self.async_create_entry(
            title=name or "", data={CONF_USER: self._user, CONF_PHONES: phones}, unique_id=self._user
        )
