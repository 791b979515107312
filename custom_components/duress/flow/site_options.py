"""Whether a site is live, who is called until it is, and who may read its record."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..const import CONF_AUDITORS, CONF_INSTALLER, CONF_LIVE, SUBENTRY_RESPONDER
from .people import choice


class SiteOptionsFlow(OptionsFlow):
    """Take a site live, or back into commissioning."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether everybody is to be called from now on."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        responders = self.config_entry.get_subentries_of_type(SUBENTRY_RESPONDER)
        users = await self.hass.auth.async_get_users()
        logins = {user.id: user.name or "" for user in users if user.is_active and not user.system_generated}
        schema = vol.Schema(
            {
                vol.Required(CONF_LIVE, default=True): BooleanSelector(),
                vol.Required(CONF_INSTALLER): choice({r.subentry_id: r.title for r in responders}),
                vol.Optional(CONF_AUDITORS): choice(logins, multiple=True),
            }
        )
        schema = self.add_suggested_values_to_schema(schema, self.config_entry.options)
        return self.async_show_form(step_id="init", data_schema=schema)
