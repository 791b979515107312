"""A thing that a person uses to call for help, and the Home Assistant triggers it is heard by."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    AreaSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TriggerSelector,
)
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_GESTURE,
    CONF_HOLDERS,
    CONF_PLAN,
    CONF_SOURCES,
    CONF_TRIGGER,
    GESTURE_SINGLE,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
)
from ..intake.sources import async_validate
from .reaching import only_holders

CONF_TRIGGERS = "triggers"


class TriggerPointFlow(ConfigSubentryFlow):
    """One form, with Home Assistant's own trigger picker in it."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a trigger point."""
        return await self._async_form("user", user_input, {})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a trigger point; it is heard all the while."""
        subentry = self._get_reconfigure_subentry()
        sources = subentry.data[CONF_SOURCES]
        current = {
            CONF_NAME: subentry.title,
            CONF_AREA: subentry.data.get(CONF_AREA),
            CONF_PLAN: sources[0][CONF_PLAN],
            CONF_TRIGGERS: [source[CONF_TRIGGER] for source in sources],
            CONF_HOLDERS: subentry.data.get(CONF_HOLDERS, []),
        }
        return await self._async_form("reconfigure", user_input, current)

    async def _async_form(
        self, step: str, user_input: dict[str, Any] | None, current: dict[str, Any]
    ) -> SubentryFlowResult:
        plans = self._options(SUBENTRY_RESPONSE_PLAN)
        if not plans:
            return self.async_abort(reason="no_plans")
        errors = {}
        if user_input is not None:
            errors = await self._async_check(user_input[CONF_TRIGGERS]) | self._check_holders(user_input)
            if not errors:
                return self._finish(user_input)
        suggested = {key: value for key, value in (user_input or current).items() if value is not None}
        schema = self.add_suggested_values_to_schema(_schema(plans, self._options(SUBENTRY_RESPONDER)), suggested)
        return self.async_show_form(step_id=step, data_schema=schema, errors=errors)

    async def _async_check(self, triggers: list[dict[str, Any]]) -> dict[str, str]:
        if not triggers:
            return {CONF_TRIGGERS: "no_trigger"}
        if any(trigger in triggers[:index] for index, trigger in enumerate(triggers)):
            return {CONF_TRIGGERS: "same_trigger_twice"}
        try:
            for trigger in triggers:
                await async_validate(self.hass, trigger)
        except Exception:  # noqa: BLE001  whatever the integration behind it says, it cannot be attached
            return {CONF_TRIGGERS: "invalid_trigger"}
        return {}

    def _check_holders(self, user_input: dict[str, Any]) -> dict[str, str]:
        plan = self._get_entry().subentries[user_input[CONF_PLAN]].data
        if only_holders(self.hass, self._get_entry(), plan, user_input.get(CONF_HOLDERS, ())):
            return {CONF_HOLDERS: "only_the_holder"}
        return {}

    def _options(self, kind: str) -> list[SelectOptionDict]:
        subentries = self._get_entry().get_subentries_of_type(kind)
        return [SelectOptionDict(value=subentry.subentry_id, label=subentry.title) for subentry in subentries]

    def _finish(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        data: dict[str, Any] = {
            CONF_SOURCES: self._sources(user_input),
            CONF_HOLDERS: user_input.get(CONF_HOLDERS, []),
        }
        if area := user_input.get(CONF_AREA):
            data[CONF_AREA] = area
        title = user_input[CONF_NAME]
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)

    def _sources(self, user_input: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the sources as stored: the triggers raw, as chosen; one that was there before keeps its id."""
        before = list(self._get_reconfigure_subentry().data[CONF_SOURCES]) if self.source == SOURCE_RECONFIGURE else []
        return [
            {
                "id": next((source["id"] for source in before if source[CONF_TRIGGER] == trigger), None) or ulid_now(),
                CONF_TRIGGER: trigger,
                CONF_GESTURE: GESTURE_SINGLE,
                CONF_PLAN: user_input[CONF_PLAN],
            }
            for trigger in user_input[CONF_TRIGGERS]
        ]


def _schema(plans: list[SelectOptionDict], responders: list[SelectOptionDict]) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Optional(CONF_AREA): AreaSelector(),
            vol.Required(CONF_TRIGGERS): TriggerSelector(),
            vol.Required(CONF_PLAN, default=plans[0]["value"]): SelectSelector(
                SelectSelectorConfig(options=plans, mode=SelectSelectorMode.DROPDOWN)
            ),
            vol.Optional(CONF_HOLDERS): SelectSelector(
                SelectSelectorConfig(options=responders, multiple=True, mode=SelectSelectorMode.DROPDOWN)
            ),
        }
    )
