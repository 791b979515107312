"""What whoever calls is told, as a step of the dialog of a trigger point."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import ActionSelector
import voluptuous as vol

from ..const import CONF_WHEN_PLACED, CONF_WHEN_SOMEBODY_COMES
from .actions import async_errors_of_actions

ASSURANCE = (CONF_WHEN_PLACED, CONF_WHEN_SOMEBODY_COMES)


class AssuranceFlow(ConfigSubentryFlow):
    """Ask what is done where a call comes from, so that whoever called knows that it was heard."""

    async def async_step_assurance(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the actions."""
        subentry = self._get_reconfigure_subentry()
        errors = {}
        if user_input is not None:
            errors = await async_errors_of_actions(self.hass, user_input, ASSURANCE)
            if not errors:
                data = {**subentry.data, **{key: user_input.get(key, []) for key in ASSURANCE}}
                return self.async_update_and_abort(self._get_entry(), subentry, title=subentry.title, data=data)
        schema = vol.Schema({vol.Optional(key): ActionSelector() for key in ASSURANCE})
        shown = user_input if user_input is not None else subentry.data
        schema = self.add_suggested_values_to_schema(schema, {key: shown[key] for key in ASSURANCE if shown.get(key)})
        return self.async_show_form(step_id="assurance", data_schema=schema, errors=errors)
