"""Whether a site is live, who is called until it is, and who may read its record."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import BooleanSelector, EntitySelector, EntitySelectorConfig
import voluptuous as vol

from ..const import CONF_AUDITORS, CONF_FIRE_SENSORS, CONF_INSTALLER, CONF_LIVE, SUBENTRY_RESPONDER
from ..devices import entity_id_of, stored_id_of
from .people import choice

FIRE_SENSORS = EntitySelector(
    EntitySelectorConfig(domain=["binary_sensor", "alarm_control_panel", "input_boolean"], multiple=True)
)
"""What can say that there is a fire: a smoke detector, a fire panel, a switch for the fire brigade."""


class SiteOptionsFlow(OptionsFlow):
    """Take a site live, or back into commissioning."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether everybody is to be called from now on."""
        if user_input is not None:
            sensors = [stored_id_of(self.hass, sensor) for sensor in user_input.get(CONF_FIRE_SENSORS, ())]
            user_input |= {CONF_FIRE_SENSORS: sensors}
            return self.async_create_entry(data=user_input)
        responders = self.config_entry.get_subentries_of_type(SUBENTRY_RESPONDER)
        users = await self.hass.auth.async_get_users()
        logins = {user.id: user.name or "" for user in users if user.is_active and not user.system_generated}
        schema = vol.Schema(
            {
                vol.Required(CONF_LIVE, default=True): BooleanSelector(),
                vol.Required(CONF_INSTALLER): choice({r.subentry_id: r.title for r in responders}),
                vol.Optional(CONF_AUDITORS): choice(logins, multiple=True),
                vol.Optional(CONF_FIRE_SENSORS): FIRE_SENSORS,
            }
        )
        known = self.config_entry.options
        sensors = [entity_id_of(self.hass, sensor) for sensor in known.get(CONF_FIRE_SENSORS, ())]
        schema = self.add_suggested_values_to_schema(schema, {**known, CONF_FIRE_SENSORS: sensors})
        return self.async_show_form(step_id="init", data_schema=schema)
