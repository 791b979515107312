"""The part of the trigger point's dialog that learns a button by having it pressed."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from ..const import CONF_AREA, CONF_SOURCES, CONF_TRIGGER, DOMAIN, SUBENTRY_TRIGGER_POINT
from ..intake.learning import Candidate, Learner, area_name

CONF_HEARD = "heard"
CONF_TRIGGERS = "triggers"


class LearningFlow(ConfigSubentryFlow):
    """Wait for a press, ask which button it was, and have it pressed once more. The step `learned` follows."""

    _listening: asyncio.Task[list[Candidate]] | None = None
    _proving: asyncio.Task[bool] | None = None
    _candidates: list[Candidate]
    _chosen: Candidate

    async def async_step_learn(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait until a button is pressed."""
        if self._listening is None:
            learner = Learner(self.hass)
            self._listening = self.hass.async_create_background_task(learner.async_hear(), "duress learning")
        if not self._listening.done():
            return self.async_show_progress(step_id="learn", progress_action="listening", progress_task=self._listening)
        self._candidates, self._listening = self._listening.result(), None
        return self.async_show_progress_done(next_step_id="heard" if self._candidates else "silence")

    async def async_step_silence(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say that nothing was heard, and why that may be."""
        return self.async_show_menu(step_id="silence", menu_options=["learn", "choose"])

    async def async_step_heard(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which of the buttons that were heard it is."""
        errors = {}
        if user_input is not None:
            self._chosen = self._candidates[int(user_input[CONF_HEARD])]
            if not self._is_used(self._chosen):
                return await self.async_step_again()
            errors[CONF_HEARD] = "already_used"
        options = [
            SelectOptionDict(value=str(number), label=self._label(candidate))
            for number, candidate in enumerate(self._candidates)
        ]
        choice = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST))
        schema = vol.Schema({vol.Required(CONF_HEARD, default="0"): choice})
        return self.async_show_form(step_id="heard", data_schema=schema, errors=errors)

    async def async_step_again(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait for a second press: it must be heard in the way in which it will be listened to."""
        if self._proving is None:
            proving = Learner(self.hass).async_hear_again(self._chosen)
            self._proving = self.hass.async_create_background_task(proving, "duress learning")
        if not self._proving.done():
            return self.async_show_progress(
                step_id="again",
                progress_action="proving",
                description_placeholders={"heard": self._label(self._chosen)},
                progress_task=self._proving,
            )
        proven, self._proving = self._proving.result(), None
        return self.async_show_progress_done(next_step_id="learned" if proven else "only_once")

    async def async_step_only_once(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say that the second press was not heard."""
        return self.async_show_menu(step_id="only_once", menu_options=["again", "learn", "learned"])

    def _learned(self, current: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a form shows, with the button that was learned added to it."""
        known = list(current.get(CONF_TRIGGERS, ()))
        return {
            CONF_NAME: self._chosen.name,
            CONF_AREA: self._chosen.area_id,
            **{key: value for key, value in current.items() if value},
            CONF_TRIGGERS: known + [dict(trigger) for trigger in self._chosen.triggers if trigger not in known],
        }

    def _label(self, candidate: Candidate) -> str:
        place = area_name(self.hass, candidate.area_id)
        return f"{candidate.name}{f', {place}' if place else ''}: {candidate.what.replace('_', ' ')}"

    def _is_used(self, candidate: Candidate) -> bool:
        """Return whether a trigger point of any site hears this already."""
        used = [
            source[CONF_TRIGGER]
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for point in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT)
            for source in point.data[CONF_SOURCES]
        ]
        return candidate.triggers[0] in used

    @callback
    def async_remove(self) -> None:
        """Listen no longer once the dialog is closed."""
        for task in (self._listening, self._proving):
            if task is not None:
                task.cancel()
