"""A key fob or keypad that ZHA makes sound, as a step of the dialog of a trigger point (hazard H5)."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import HomeAssistant
import voluptuous as vol

from ..const import CONF_ALONE, CONF_COVERT, CONF_SOURCES, CONF_TRIGGER, DOMAIN, SUBENTRY_TRIGGER_POINT
from ..devices import physical_device
from ..intake.gestures import gesture_of
from ..intake.zigbee import is_ours, sounds_when_pressed
from .learning import CONF_TRIGGERS
from .trigger_point_form import in_the_room

type Trigger = Mapping[str, Any]


class AloneFlow(ConfigSubentryFlow):
    """Before a quiet plan gets a button that sounds, ask whether it may be kept from ZHA. The step `done` follows."""

    _answers: dict[str, Any]
    _plans: Mapping[str, str]

    async def async_step_alone(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Keep what sounds from ZHA, once that was agreed to; nothing to ask where nothing sounds."""
        triggers = self._answers[CONF_TRIGGERS]
        sounding = [trigger for trigger in triggers if self._gives_away(trigger)]
        errors = {"base": "others_need_zha"} if sounding and self._others_need_zha(sounding) else {}
        if sounding and (user_input is None or errors):
            return self.async_show_form(step_id="alone", data_schema=vol.Schema({}), errors=errors)
        self._answers = {**self._answers, CONF_TRIGGERS: [_alone(t) if t in sounding else t for t in triggers]}
        return await self.async_step_done()

    async def async_step_done(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """End the dialog."""
        raise NotImplementedError

    def _gives_away(self, trigger: dict[str, Any]) -> bool:
        plan = self._get_entry().subentries[self._plans[gesture_of(trigger)]].data
        return bool(plan.get(CONF_COVERT)) and sounds_when_pressed(self.hass, trigger)

    def _others_need_zha(self, sounding: list[dict[str, Any]]) -> bool:
        """Return whether anything else hears the same device by what ZHA makes of its alarm keys."""
        own = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
        others = [*self._answers[CONF_TRIGGERS], *in_the_room(self._answers), *_triggers(self.hass, but=own)]
        return physical_device(self.hass, sounding) in _heard_by_zha(self.hass, others)


def hears_in_vain(hass: HomeAssistant, triggers: list[dict[str, Any]]) -> bool:
    """Return whether a trigger would hear by what ZHA makes of alarm keys that are kept from it."""
    kept = {t["options"]["device_id"] for t in _triggers(hass) if is_ours(t) and t["options"].get(CONF_ALONE)}
    return bool(kept & _heard_by_zha(hass, triggers))


def _heard_by_zha(hass: HomeAssistant, triggers: list[Trigger] | list[dict[str, Any]]) -> set[str | None]:
    by_zha = (t for t in triggers if not is_ours(t) and sounds_when_pressed(hass, t))
    return {physical_device(hass, [trigger]) for trigger in by_zha} - {None}


def _triggers(hass: HomeAssistant, but: str | None = None) -> Iterator[Trigger]:
    """Yield the triggers of every trigger point of every site but one."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for point in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT):
            if point.subentry_id != but:
                yield from (source[CONF_TRIGGER] for source in point.data[CONF_SOURCES])


def _alone(trigger: dict[str, Any]) -> dict[str, Any]:
    return {**trigger, "options": {**trigger["options"], CONF_ALONE: True}}
