"""A thing that a person uses to call for help, and the Home Assistant triggers it is heard by."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
)
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_ASKS_FOR,
    CONF_CAMERAS,
    CONF_CANCEL_WINDOW,
    CONF_COVERT,
    CONF_CUSTODY,
    CONF_GESTURE,
    CONF_HOLDERS,
    CONF_IN_THE_ROOM,
    CONF_KEYPAD,
    CONF_PHONE,
    CONF_PLAN,
    CONF_POSITION,
    CONF_SOFTENED,
    CONF_SOURCES,
    CONF_TRIGGER,
    CONF_TWO_ACTIONS,
    CONF_WORN,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
)
from ..intake.attach import async_validate
from ..intake.deliberate import button_at
from ..intake.gestures import gesture_of
from ..intake.phantoms import CANCEL_WINDOW, calls_by_itself
from ..intake.zigbee import is_ours, sounds_when_pressed
from ..trigger_points import SIGNALS, TwoActions
from .alone import AloneFlow, hears_in_vain
from .assurance import ASSURANCE, AssuranceFlow
from .cameras import CamerasFlow
from .keypad import KeypadFlow
from .learning import CONF_TRIGGERS, LearningFlow
from .reaching import only_holders
from .trigger_point_form import in_the_room, phone_schema, plan_selector, schema_of, seconds

NOT_ASKED = (CONF_CAMERAS, CONF_CUSTODY, CONF_KEYPAD, CONF_SOFTENED, *ASSURANCE)
"""What the form does not ask for, and must not lose."""


class TriggerPointFlow(LearningFlow, AloneFlow, AssuranceFlow, CamerasFlow, KeypadFlow):
    """Learn the button by pressing it, or choose it in Home Assistant's own trigger picker; then one form."""

    _current: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a trigger point."""
        if not self._options(SUBENTRY_RESPONSE_PLAN):
            return self.async_abort(reason="no_plans")
        self._current = {}
        return self.async_show_menu(step_id="user", menu_options=["learn", "choose", "phone"])

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a trigger point; it is heard all the while."""
        if not self._options(SUBENTRY_RESPONSE_PLAN):
            return self.async_abort(reason="no_plans")
        subentry = self._get_reconfigure_subentry()
        if CONF_PHONE in subentry.data:
            return await self.async_step_phone()
        sources = subentry.data[CONF_SOURCES]
        calls = [source for source in sources if source[CONF_PLAN] not in SIGNALS]
        self._current = {
            CONF_NAME: subentry.title,
            CONF_AREA: subentry.data.get(CONF_AREA),
            CONF_PLAN: calls[0][CONF_PLAN],
            CONF_TRIGGERS: [source[CONF_TRIGGER] for source in calls],
            CONF_HOLDERS: subentry.data.get(CONF_HOLDERS, []),
            CONF_WORN: subentry.data.get(CONF_WORN, False),
            CONF_TWO_ACTIONS: dict(subentry.data.get(CONF_TWO_ACTIONS, {})),
            CONF_IN_THE_ROOM: {
                signal: [source[CONF_TRIGGER] for source in sources if source[CONF_PLAN] == signal]
                for signal in SIGNALS
            },
        }
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["choose", "warned", "cameras", "assurance", "keypad"]
        )

    async def async_step_warned(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Warn that a button which is set up calls people while it is pressed here (hazard H53)."""
        return self.async_show_menu(step_id="warned", menu_options=["learn", "choose"])

    async def async_step_learned(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on to the form, filled in with what was learned."""
        self._current = self._learned(self._current)
        return await self.async_step_choose()

    async def async_step_choose(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for everything about the trigger point."""
        plans = self._options(SUBENTRY_RESPONSE_PLAN)
        current = self._current
        errors = {}
        if user_input is not None:
            errors = await self._async_check(user_input[CONF_TRIGGERS], in_the_room(user_input))
            errors = errors or self._check_plan(user_input, user_input[CONF_PLAN])
            errors = errors or self._check_two_actions(user_input)
            if not errors:
                self._current = user_input
                return await self.async_step_phantom()
        suggested = {key: value for key, value in (user_input or current).items() if value is not None}
        schema = self.add_suggested_values_to_schema(schema_of(plans, self._options(SUBENTRY_RESPONDER)), suggested)
        return self.async_show_form(step_id="choose", data_schema=schema, errors=errors)

    async def async_step_phone(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask about a button in the companion app, which is heard without a trigger."""
        before = self._data_before()
        errors = {}
        if user_input is not None:
            answers = {**user_input, CONF_TRIGGERS: []}
            errors = self._check_plan(answers, user_input[CONF_PLAN])
            if not errors:
                phone = {key: user_input[key] for key in (CONF_PLAN, CONF_POSITION)}
                holders = user_input.get(CONF_HOLDERS, [])
                return self._store(user_input[CONF_NAME], {CONF_SOURCES: [], CONF_PHONE: phone, CONF_HOLDERS: holders})
        plans, responders = self._options(SUBENTRY_RESPONSE_PLAN), self._options(SUBENTRY_RESPONDER)
        title = self._get_reconfigure_subentry().title if before else None
        suggested = user_input or {CONF_NAME: title, **before, **before.get(CONF_PHONE, {})}
        schema = self.add_suggested_values_to_schema(phone_schema(plans, responders), suggested)
        return self.async_show_form(step_id="phone", data_schema=schema, errors=errors)

    async def async_step_phantom(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Where a model is known to call by itself, say so, and have its calls wait for a moment."""
        if not calls_by_itself(self.hass, self._current[CONF_TRIGGERS]):
            return await self.async_step_gestures()
        if user_input is not None:
            self._current = {**self._current, CONF_CANCEL_WINDOW: int(user_input[CONF_CANCEL_WINDOW])}
            return await self.async_step_gestures()
        before = self._data_before().get(CONF_CANCEL_WINDOW, CANCEL_WINDOW)
        schema = vol.Schema({vol.Required(CONF_CANCEL_WINDOW, default=before): seconds(0, 120)})
        return self.async_show_form(step_id="phantom", data_schema=schema)

    def _check_two_actions(self, answers: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong where two buttons are asked for and there is only one, however it is heard."""
        if answers.get(CONF_TWO_ACTIONS, {}).get(CONF_ASKS_FOR) != TwoActions.TOGETHER:
            return {}
        first, *others = (
            button_at(self.hass, str(number), trigger) for number, trigger in enumerate(answers[CONF_TRIGGERS])
        )
        return {} if any(first.is_another(other) for other in others) else {CONF_TRIGGERS: "needs_two_buttons"}

    async def _async_check(self, calls: list[dict[str, Any]], room: list[dict[str, Any]]) -> dict[str, str]:
        if not calls:
            return {CONF_TRIGGERS: "no_trigger"}
        triggers = [*calls, *room]
        if hears_in_vain(self.hass, triggers):
            return {CONF_TRIGGERS: "kept_from_zha"}
        if any(trigger in triggers[:index] for index, trigger in enumerate(triggers)):
            return {CONF_TRIGGERS: "same_trigger_twice"}
        try:
            for trigger in triggers:
                await async_validate(self.hass, trigger)
        except Exception:  # noqa: BLE001  whatever the integration behind it says, it cannot be attached
            return {CONF_TRIGGERS: "invalid_trigger"}
        return {}

    async def async_step_gestures(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Where more than one gesture is heard, ask what each of them is for."""
        answers = self._current
        gestures = list(dict.fromkeys(gesture_of(trigger) for trigger in answers[CONF_TRIGGERS]))
        if len(gestures) == 1:
            self._answers, self._plans = answers, {gestures[0]: answers[CONF_PLAN]}
            return await self.async_step_alone()
        errors = {}
        if user_input is not None:
            plans = {gesture: user_input[f"plan_{gesture}"] for gesture in gestures}
            for gesture, plan in plans.items():
                if error := self._check_plan(answers, plan):
                    errors[f"plan_{gesture}"] = next(iter(error.values()))
            if not errors:
                self._answers, self._plans = answers, plans
                return await self.async_step_alone()
        calls = (source for source in self._before() if source[CONF_PLAN] not in SIGNALS)
        before = {source[CONF_GESTURE]: source[CONF_PLAN] for source in calls}
        choice = plan_selector(self._options(SUBENTRY_RESPONSE_PLAN))
        fields = {
            vol.Required(f"plan_{gesture}", default=before.get(gesture, answers[CONF_PLAN])): choice
            for gesture in gestures
        }
        schema = self.add_suggested_values_to_schema(vol.Schema(fields), user_input)
        return self.async_show_form(step_id="gestures", data_schema=schema, errors=errors)

    def _check_plan(self, answers: dict[str, Any], plan_id: str) -> dict[str, str]:
        """Return what is wrong with a plan for this button: a covert one must reach somebody, and must not sound."""
        plan = self._get_entry().subentries[plan_id].data
        if only_holders(self.hass, self._get_entry(), plan, answers.get(CONF_HOLDERS, ())):
            return {CONF_HOLDERS: "only_the_holder"}
        if plan.get(CONF_COVERT) and any(
            sounds_when_pressed(self.hass, t) and not is_ours(t) for t in answers[CONF_TRIGGERS]
        ):
            return {CONF_TRIGGERS: "sounds_when_pressed"}
        return {}

    def _options(self, kind: str) -> list[SelectOptionDict]:
        subentries = self._get_entry().get_subentries_of_type(kind)
        return [SelectOptionDict(value=subentry.subentry_id, label=subentry.title) for subentry in subentries]

    @override
    async def async_step_done(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Store what was answered."""
        answers, plans = self._answers, self._plans
        data: dict[str, Any] = {
            CONF_SOURCES: [
                *(self._source(trigger, plans[gesture_of(trigger)]) for trigger in answers[CONF_TRIGGERS]),
                *(
                    self._source(trigger, signal)
                    for signal in SIGNALS
                    for trigger in answers.get(CONF_IN_THE_ROOM, {}).get(signal, ())
                ),
            ],
            CONF_HOLDERS: answers.get(CONF_HOLDERS, []),
            CONF_WORN: answers.get(CONF_WORN, False),
        }
        if CONF_ASKS_FOR in answers.get(CONF_TWO_ACTIONS, {}):
            data[CONF_TWO_ACTIONS] = answers[CONF_TWO_ACTIONS]
        data |= {key: answers[key] for key in (CONF_AREA, CONF_CANCEL_WINDOW) if answers.get(key)}
        return self._store(answers[CONF_NAME], data)

    def _store(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        """End the dialog. To whom a trigger point is lent is not asked here, and stays."""
        data |= {key: self._data_before()[key] for key in NOT_ASKED if key in self._data_before()}
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)

    def _source(self, trigger: dict[str, Any], plan: str) -> dict[str, Any]:
        """Return a source as stored: the trigger raw, as chosen; one that was there before keeps its id."""
        known = (source["id"] for source in self._before() if source[CONF_TRIGGER] == trigger)
        return {
            "id": next(known, None) or ulid_now(),
            CONF_TRIGGER: trigger,
            CONF_GESTURE: gesture_of(trigger),
            CONF_PLAN: plan,
        }

    def _before(self) -> list[dict[str, Any]]:
        """Return the sources as they were."""
        return list(self._data_before().get(CONF_SOURCES, ()))

    def _data_before(self) -> Mapping[str, Any]:
        return self._get_reconfigure_subentry().data if self.source == SOURCE_RECONFIGURE else {}
