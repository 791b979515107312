"""Setting up a site. What repeats within it has a flow of its own in `flow/`."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from .const import DOMAIN, SUBENTRY_RESPONDER, SUBENTRY_RESPONSE_PLAN, SUBENTRY_TRIGGER_POINT
from .flow.responder import ResponderFlow
from .flow.response_plan import ResponsePlanFlow
from .flow.trigger_point import TriggerPointFlow

SCHEMA = vol.Schema({vol.Required(CONF_NAME): TextSelector()})


class DuressConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add a site, then go straight on to the first person to call."""

    VERSION = 1
    MINOR_VERSION = 1

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the name, and say what this is not."""
        if user_input is not None:
            self._async_abort_entries_match({CONF_NAME: user_input[CONF_NAME]})
            return self.async_create_entry(title=user_input[CONF_NAME], data=user_input)
        return self.async_show_form(step_id="user", data_schema=SCHEMA)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give the site another name."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            if user_input[CONF_NAME] != entry.data[CONF_NAME]:
                self._async_abort_entries_match({CONF_NAME: user_input[CONF_NAME]})
            return self.async_update_and_abort(entry, title=user_input[CONF_NAME], data=user_input)
        schema = self.add_suggested_values_to_schema(SCHEMA, entry.data)
        return self.async_show_form(step_id="reconfigure", data_schema=schema)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Open the dialog for the first responder, unless there is nobody yet who could be one."""
        responder = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_RESPONDER), context=SubentryFlowContext(source=SOURCE_USER)
        )
        if responder["type"] is FlowResultType.FORM:
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, responder["flow_id"])
        return result

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry[Any]) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to a site, in the order in which it is needed."""
        return {
            SUBENTRY_RESPONDER: ResponderFlow,
            SUBENTRY_RESPONSE_PLAN: ResponsePlanFlow,
            SUBENTRY_TRIGGER_POINT: TriggerPointFlow,
        }
