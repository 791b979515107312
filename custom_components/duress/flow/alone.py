"""A key fob or keypad that ZHA makes sound, as a step of the dialog of a trigger point (hazard H5)."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
import voluptuous as vol

from ..const import CONF_ALONE, CONF_COVERT
from ..intake.gestures import gesture_of
from ..intake.zigbee import sounds_when_pressed
from .learning import CONF_TRIGGERS


class AloneFlow(ConfigSubentryFlow):
    """Before a quiet plan gets a button that sounds, ask whether it may be kept from ZHA. The step `done` follows."""

    _answers: dict[str, Any]
    _plans: Mapping[str, str]

    async def async_step_alone(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Keep what sounds from ZHA, once that was agreed to; nothing to ask where nothing sounds."""
        triggers = self._answers[CONF_TRIGGERS]
        sounding = [trigger for trigger in triggers if self._gives_away(trigger)]
        if sounding and user_input is None:
            return self.async_show_form(step_id="alone", data_schema=vol.Schema({}))
        self._answers = {**self._answers, CONF_TRIGGERS: [_alone(t) if t in sounding else t for t in triggers]}
        return await self.async_step_done()

    async def async_step_done(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """End the dialog."""
        raise NotImplementedError

    def _gives_away(self, trigger: dict[str, Any]) -> bool:
        plan = self._get_entry().subentries[self._plans[gesture_of(trigger)]].data
        return bool(plan.get(CONF_COVERT)) and sounds_when_pressed(self.hass, trigger)


def _alone(trigger: dict[str, Any]) -> dict[str, Any]:
    return {**trigger, "options": {**trigger["options"], CONF_ALONE: True}}
