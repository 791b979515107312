"""What happens after a press: who is called at once, and who when nobody answers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..configuration import Configuration
from ..const import (
    CONF_AFTER,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_COVERT,
    CONF_CRITICAL,
    CONF_DOORS,
    CONF_DOORS_FOR,
    CONF_DOORS_RESTORED,
    CONF_ENDS_AT_ORIGIN,
    CONF_GROUPS,
    CONF_KEPT_OUT,
    CONF_NEEDS_TWO,
    CONF_PICTURES,
    CONF_REPEAT_AFTER,
    CONF_RESPONDERS,
    CONF_SECOND_ACTIVATION,
    CONF_STEPS,
    CONF_SUBJECT,
    CONF_TOGETHER,
    CONF_UNPROVED,
    CONF_UPGRADES_TO,
    DOMAIN,
    MODEL_RESPONDER,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
)
from ..engine.cameras import Pictures
from ..engine.plan import CallType
from ..engine.reach import MANAGERS
from ..line import LINES
from ..outlook import expected_calls, in_words
from ..responders import LOOKING_AFTER, group_of
from ..templates import DEFAULT_WAIT, TEMPLATES
from .people import choice
from .plan_doors import PlanDoorsFlow
from .quiet import QuietFlow
from .reaching import error_of_plan

SHORTEST_ROUND = 10
"""Seconds before the plan begins again: phones must have time to ring."""
LONGEST_WAIT = 3600
NOT_ASKED = (CONF_DOORS, CONF_DOORS_FOR, CONF_DOORS_RESTORED, CONF_KEPT_OUT, CONF_UNPROVED)
"""What the form does not ask for, and must not lose."""
SHORTEST_CANCEL_WINDOW, LONGEST_CANCEL_WINDOW = 15, 45
"""Seconds: what ANSI/SIA CP-01 asks of an abort window, where there is one."""


def template_selector() -> SelectSelector:
    """Return the choice of what a plan starts from."""
    options = [kind.value for kind in TEMPLATES]
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=CONF_CALL_TYPE, mode=SelectSelectorMode.LIST)
    )


class ResponsePlanFlow(QuietFlow, PlanDoorsFlow):
    """Choose what kind of call it is, then who is called and when."""

    _start: Mapping[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what to start from."""
        if not self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER):
            return self.async_abort(reason="no_responders")
        if user_input is not None:
            call_type = CallType(user_input[CONF_CALL_TYPE])
            self._start = TEMPLATES[call_type].plan(call_type, [])
            return await self.async_step_plan()
        schema = vol.Schema({vol.Required(CONF_CALL_TYPE): template_selector()})
        return self.async_show_form(step_id="user", data_schema=schema)

    async def async_step_plan(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask who is called and when."""
        return await self._async_form("plan", user_input, {})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a plan, but for the kind of call. Open incidents go on with the plan they were opened with."""
        subentry = self._get_reconfigure_subentry()
        self._start = subentry.data
        options = ["change", *(["shows"] if self._is_covert else []), *(["doors"] if self._has_doors else [])]
        if len(options) > 1 and user_input is None:
            return self.async_show_menu(step_id="reconfigure", menu_options=options)
        return await self.async_step_change(user_input)

    async def async_step_change(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change who is called and when."""
        subentry = self._get_reconfigure_subentry()
        return await self._async_form("change", user_input, {CONF_NAME: subentry.title})

    async def _async_form(
        self, step: str, user_input: dict[str, Any] | None, current: dict[str, Any]
    ) -> SubentryFlowResult:
        errors = {}
        if user_input is not None:
            data = self._data(user_input)
            plan_id = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
            error = error_of_plan(self.hass, self._get_entry(), data, plan_id)
            if 0 < data[CONF_CANCEL_WINDOW] < SHORTEST_CANCEL_WINDOW:
                errors[CONF_CANCEL_WINDOW] = "cancel_window_bounds"
            elif error is None:
                return self._finish(user_input[CONF_NAME], data)
            if error is not None:
                errors[CONF_STEPS] = error
        steps = [
            {
                CONF_AFTER: s[CONF_AFTER],
                CONF_RESPONDERS: devices,
                CONF_GROUPS: list(s.get(CONF_GROUPS, ())),
                CONF_CRITICAL: s.get(CONF_CRITICAL, True),
            }
            for s in self._start[CONF_STEPS]
            if (devices := self._devices(s[CONF_RESPONDERS])) or s.get(CONF_GROUPS)
        ]
        shown = {**self._start, **current, CONF_STEPS: steps}
        schema = _schema(await self._async_groups(), self._worse(), self._pictures(), covert=self._is_covert)
        schema = self.add_suggested_values_to_schema(schema, user_input or shown)
        return self.async_show_form(
            step_id=step, data_schema=schema, errors=errors, description_placeholders={"outlook": self._outlook()}
        )

    def _outlook(self) -> str:
        """Return who would be called now by the plan as it is kept."""
        line = self.hass.data[LINES].get(self._get_entry().entry_id)
        if line is None or self.source != SOURCE_RECONFIGURE:
            return ""
        plan_id = self._get_reconfigure_subentry().subentry_id
        return in_words(line.site, expected_calls(line.site, plan_id))

    async def _async_groups(self) -> dict[str, str]:
        """Return by what words a step can call people, with what each is called."""
        words = await async_get_translations(self.hass, self.hass.config.language, "common", {DOMAIN})
        general = {g: words[f"component.{DOMAIN}.common.group_{g}"] for g in (MANAGERS, LOOKING_AFTER)}
        responders = Configuration.of(self._get_entry()).responders.values()
        return general | {group_of(name): name for responder in responders for name in sorted(responder.groups)}

    def _worse(self) -> dict[str, str]:
        """Return the plans that this one can become when it gets worse: none that would hide an open call."""
        own = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
        plans = self._get_entry().get_subentries_of_type(SUBENTRY_RESPONSE_PLAN)
        return {
            p.subentry_id: p.title
            for p in plans
            if p.subentry_id != own and (self._is_covert or not p.data.get(CONF_COVERT))
        }

    def _pictures(self) -> list[str]:
        """Return where pictures can be shown: no message ever shows where somebody lives (hazard H25)."""
        at_home = self._start.get(CONF_CALL_TYPE) in (CallType.RESIDENT, CallType.MEDICAL)
        return [p.value for p in Pictures if not (at_home and p is Pictures.MESSAGES)]

    @property
    def _is_covert(self) -> bool:
        return bool(self._start.get(CONF_COVERT))

    def _data(self, user_input: dict[str, Any]) -> dict[str, Any]:
        call_type = CallType(self._start.get(CONF_CALL_TYPE, CallType.RESIDENT))
        steps = [
            {
                # The first step is never waited for.
                CONF_AFTER: int(step.get(CONF_AFTER, DEFAULT_WAIT)) if number else 0,
                CONF_RESPONDERS: self._responders(step.get(CONF_RESPONDERS, [])),
                CONF_GROUPS: step.get(CONF_GROUPS, []),
                # The first step of a call that must start loud is loud whatever was chosen (hazard H34).
                CONF_CRITICAL: step.get(CONF_CRITICAL, number > 0) or (not number and TEMPLATES[call_type].critical),
            }
            for number, step in enumerate(user_input[CONF_STEPS])
        ]
        return {
            **{key: self._start[key] for key in NOT_ASKED if key in self._start},
            CONF_CALL_TYPE: call_type.value,
            CONF_COVERT: self._is_covert,
            CONF_STEPS: steps,
            CONF_REPEAT_AFTER: int(user_input[CONF_REPEAT_AFTER]),
            CONF_CANCEL_WINDOW: int(user_input.get(CONF_CANCEL_WINDOW, 0)),
            CONF_ENDS_AT_ORIGIN: user_input.get(CONF_ENDS_AT_ORIGIN, False),
            CONF_NEEDS_TWO: user_input.get(CONF_NEEDS_TWO, False),
            CONF_TOGETHER: user_input.get(CONF_TOGETHER, False),
            CONF_SECOND_ACTIVATION: user_input.get(CONF_SECOND_ACTIVATION, False),
            CONF_UPGRADES_TO: user_input.get(CONF_UPGRADES_TO),
            CONF_SUBJECT: user_input.get(CONF_SUBJECT, ""),
            CONF_PICTURES: user_input.get(CONF_PICTURES, Pictures.NONE.value),
        }

    def _finish(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)

    def _devices(self, responders: list[str]) -> list[str]:
        """Return the devices that stand for responders: a list in a dialog shows the names of devices only."""
        registry, entry_id = dr.async_get(self.hass), self._get_entry().entry_id
        devices = (registry.async_get_device_by_identifier((DOMAIN, r), entry_id) for r in responders)
        return [device.id for device in devices if device is not None]

    def _responders(self, devices: list[str]) -> list[str]:
        """Return the responders of this site that these devices stand for."""
        known = {r.subentry_id for r in self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)}
        found = (dr.async_get(self.hass).async_get(device) for device in devices)
        return [d.config_subentry_id for d in found if d is not None and d.config_subentry_id in known]


def _schema(groups: dict[str, str], worse: dict[str, str], pictures: list[str], *, covert: bool) -> vol.Schema:
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_STEPS): _steps(groups),
        vol.Required(CONF_REPEAT_AFTER, default=DEFAULT_WAIT): _seconds(SHORTEST_ROUND),
    }
    if covert:
        fields[vol.Optional(CONF_SUBJECT)] = TextSelector()
    else:
        fields[vol.Required(CONF_CANCEL_WINDOW, default=0)] = _seconds(0, LONGEST_CANCEL_WINDOW)
        fields[vol.Required(CONF_ENDS_AT_ORIGIN, default=False)] = BooleanSelector()
    for option in (CONF_NEEDS_TWO, CONF_TOGETHER, CONF_SECOND_ACTIVATION):
        fields[vol.Required(option, default=False)] = BooleanSelector()
    fields[vol.Required(CONF_PICTURES, default=Pictures.NONE.value)] = SelectSelector(
        SelectSelectorConfig(options=pictures, translation_key=CONF_PICTURES, mode=SelectSelectorMode.LIST)
    )
    if worse:
        fields[vol.Optional(CONF_UPGRADES_TO)] = choice(worse)
    return vol.Schema(fields)


def _steps(groups: dict[str, str]) -> ObjectSelector:
    people = DeviceSelector(
        DeviceSelectorConfig(
            multiple=True, filter=DeviceFilterSelectorConfig(integration=DOMAIN, model=MODEL_RESPONDER)
        )
    )
    return ObjectSelector(
        ObjectSelectorConfig(
            multiple=True,
            label_field=CONF_RESPONDERS,
            description_field=CONF_AFTER,
            translation_key=CONF_STEPS,
            fields={
                CONF_RESPONDERS: {"selector": people.serialize()["selector"]},
                CONF_GROUPS: {"selector": choice(groups, multiple=True).serialize()["selector"]},
                CONF_AFTER: {"selector": _seconds(0).serialize()["selector"], "default": DEFAULT_WAIT},
                CONF_CRITICAL: {"selector": BooleanSelector().serialize()["selector"], "default": True},
            },
        )
    )


def _seconds(shortest: int, longest: int = LONGEST_WAIT) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=shortest, max=longest, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
    )
