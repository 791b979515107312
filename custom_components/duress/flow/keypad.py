"""Where codes are typed, as a step of the dialog of a trigger point."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import (
    ActionSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
)
import voluptuous as vol

from ..const import CONF_COVERT, CONF_DEVICE, CONF_KEYPAD, CONF_PLAN, CONF_WHEN_CODE_TYPED, SUBENTRY_RESPONSE_PLAN
from .actions import async_errors_of_actions
from .people import choice

ZWAVE = "zwave_js"


class KeypadFlow(ConfigSubentryFlow):
    """Ask on which keypad codes are typed, and what a duress code calls by."""

    async def async_step_keypad(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the keypad; leaving it empty takes it off."""
        subentry = self._get_reconfigure_subentry()
        plans = self._get_entry().get_subentries_of_type(SUBENTRY_RESPONSE_PLAN)
        quiet = {plan.subentry_id: plan.title for plan in plans if plan.data.get(CONF_COVERT)}
        if not quiet:
            return self.async_abort(reason="no_quiet_plan")
        errors = {}
        if user_input is not None:
            errors = await async_errors_of_actions(self.hass, user_input, (CONF_WHEN_CODE_TYPED,))
            if user_input.get(CONF_DEVICE) and not user_input.get(CONF_PLAN):
                errors[CONF_PLAN] = "plan_missing"
            if not errors:
                data = {key: value for key, value in subentry.data.items() if key != CONF_KEYPAD}
                if user_input.get(CONF_DEVICE):
                    data[CONF_KEYPAD] = user_input
                return self.async_update_and_abort(self._get_entry(), subentry, title=subentry.title, data=data)
        keypads = DeviceSelectorConfig(filter=DeviceFilterSelectorConfig(integration=ZWAVE))
        schema = vol.Schema(
            {
                vol.Optional(CONF_DEVICE): DeviceSelector(keypads),
                vol.Optional(CONF_PLAN): choice(quiet),
                vol.Optional(CONF_WHEN_CODE_TYPED): ActionSelector(),
            }
        )
        shown = user_input if user_input is not None else subentry.data.get(CONF_KEYPAD, {})
        return self.async_show_form(
            step_id="keypad", data_schema=self.add_suggested_values_to_schema(schema, shown), errors=errors
        )
