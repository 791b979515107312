"""What happens after a press: who is called at once, and who when nobody answers."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..const import (
    CONF_AFTER,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_REPEAT_AFTER,
    CONF_RESPONDERS,
    CONF_STEPS,
    SUBENTRY_RESPONDER,
)
from ..engine.model import CallType

CONF_FIRST = "first"
CONF_THEN = "then"

DEFAULT_WAIT = 60
"""Seconds before the next step: common in commercial systems, and what Texas asks of an answer (26 TAC 279.79)."""
SHORTEST_ROUND = 10
"""Seconds before the plan begins again: phones must have time to ring."""
LONGEST_WAIT = 3600
LONGEST_CANCEL_WINDOW = 60
OFFERED = (CallType.RESIDENT, CallType.MEDICAL)
"""Hold-up and staff duress need messages that do not send people in, and phones that keep quiet about it."""


class ResponsePlanFlow(ConfigSubentryFlow):
    """One form."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a plan."""
        return self._form("user", user_input, {})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a plan. Open incidents go on with the plan they were opened with."""
        subentry = self._get_reconfigure_subentry()
        first, *later = subentry.data[CONF_STEPS]
        current = {
            CONF_NAME: subentry.title,
            CONF_FIRST: first[CONF_RESPONDERS],
            CONF_THEN: later[0][CONF_RESPONDERS] if later else [],
            CONF_AFTER: later[0][CONF_AFTER] if later else DEFAULT_WAIT,
            CONF_REPEAT_AFTER: subentry.data[CONF_REPEAT_AFTER],
            CONF_CALL_TYPE: subentry.data.get(CONF_CALL_TYPE, CallType.RESIDENT),
            CONF_CANCEL_WINDOW: subentry.data.get(CONF_CANCEL_WINDOW, 0),
        }
        return self._form("reconfigure", user_input, current)

    def _form(self, step: str, user_input: dict[str, Any] | None, current: dict[str, Any]) -> SubentryFlowResult:
        responders = self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)
        options = [SelectOptionDict(value=r.subentry_id, label=r.title) for r in responders]
        if not options:
            return self.async_abort(reason="no_responders")
        errors = {}
        if user_input is not None:
            if user_input[CONF_FIRST]:
                return self._finish(user_input)
            errors[CONF_FIRST] = "nobody_called"
        schema = self.add_suggested_values_to_schema(_schema(options), user_input or current)
        return self.async_show_form(step_id=step, data_schema=schema, errors=errors)

    def _finish(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        steps = [{CONF_AFTER: 0, CONF_RESPONDERS: user_input[CONF_FIRST]}]
        if then := user_input.get(CONF_THEN):
            steps.append({CONF_AFTER: int(user_input[CONF_AFTER]), CONF_RESPONDERS: then})
        data = {
            CONF_STEPS: steps,
            CONF_REPEAT_AFTER: int(user_input[CONF_REPEAT_AFTER]),
            CONF_CALL_TYPE: user_input[CONF_CALL_TYPE],
            CONF_CANCEL_WINDOW: int(user_input[CONF_CANCEL_WINDOW]),
        }
        title = user_input[CONF_NAME]
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)


def _schema(responders: list[SelectOptionDict]) -> vol.Schema:
    people = SelectSelector(SelectSelectorConfig(options=responders, multiple=True, mode=SelectSelectorMode.LIST))
    call_type = SelectSelector(
        SelectSelectorConfig(options=[kind.value for kind in OFFERED], translation_key=CONF_CALL_TYPE)
    )
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_CALL_TYPE, default=CallType.RESIDENT.value): call_type,
            vol.Required(CONF_FIRST): people,
            vol.Required(CONF_AFTER, default=DEFAULT_WAIT): _seconds(0),
            vol.Optional(CONF_THEN): people,
            vol.Required(CONF_REPEAT_AFTER, default=DEFAULT_WAIT): _seconds(SHORTEST_ROUND),
            vol.Required(CONF_CANCEL_WINDOW, default=0): _seconds(0, LONGEST_CANCEL_WINDOW),
        }
    )


def _seconds(shortest: int, longest: int = LONGEST_WAIT) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=shortest, max=longest, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
    )
