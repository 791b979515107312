"""Setting up a site. What repeats within it has a flow of its own in `flow/`."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryDataWithId,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from .const import (
    CONF_ADDRESS,
    CONF_CALL_TYPE,
    CONF_ENTRANCE,
    CONF_INSTALLER,
    CONF_KIND,
    CONF_LIVE,
    CONF_MANAGER,
    CONF_PHONES,
    CONF_USER,
    DOMAIN,
    SUBENTRY_DOOR,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
    SUBENTRY_TRIGGER_POINT,
)
from .effects.phone import phones_of
from .engine.plan import CallType
from .flow.door import DoorFlow
from .flow.people import choice, may_answer, new_responder, people
from .flow.responder import ResponderFlow
from .flow.response_plan import ResponsePlanFlow, template_selector
from .flow.site_options import SiteOptionsFlow
from .flow.trigger_point import TriggerPointFlow
from .migration import MINOR_VERSION, VERSION
from .templates import TEMPLATES

KINDS = {"assisted_living": CallType.RESIDENT, "small_business": CallType.HOLD_UP, "home": CallType.MEDICAL}
"""Kinds of site, each with the kind of call that most of them need first."""
SITE = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_KIND): SelectSelector(
            SelectSelectorConfig(options=list(KINDS), translation_key=CONF_KIND, mode=SelectSelectorMode.LIST)
        ),
        vol.Optional(CONF_ADDRESS): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Optional(CONF_ENTRANCE): TextSelector(TextSelectorConfig(multiline=True)),
    }
)


class DuressConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add a site that can call somebody, then go straight on to the first button."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    _site: dict[str, Any]
    _user: str
    _phones: list[str]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what and where it is, and say what this is not."""
        if not people(self.hass):
            return self.async_abort(reason="no_people")
        if user_input is not None:
            self._async_abort_entries_match({CONF_NAME: user_input[CONF_NAME]})
            self._site = user_input
            return await self.async_step_responder()
        return self.async_show_form(step_id="user", data_schema=SITE)

    async def async_step_responder(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask who is called first, and while the site is not live the only one."""
        errors = {}
        if user_input is not None:
            self._user = user_input[CONF_USER]
            if not await may_answer(self.hass, self._user):
                errors[CONF_USER] = "only_looks"
            elif phones_of(self.hass, self._user):
                return await self.async_step_phones()
            else:
                errors[CONF_USER] = "no_phones"
        schema = vol.Schema({vol.Required(CONF_USER): choice(people(self.hass))})
        schema = self.add_suggested_values_to_schema(schema, user_input)
        return self.async_show_form(step_id="responder", data_schema=schema, errors=errors)

    async def async_step_phones(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of that person's phones ring."""
        errors = {}
        if user_input is not None:
            self._phones = user_input[CONF_PHONES]
            if self._phones:
                return await self.async_step_plan()
            errors[CONF_PHONES] = "no_phone_chosen"
        options = phones_of(self.hass, self._user)
        schema = vol.Schema({vol.Required(CONF_PHONES, default=list(options)): choice(options, multiple=True)})
        return self.async_show_form(step_id="phones", data_schema=schema, errors=errors)

    async def async_step_plan(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what the first button is for."""
        if user_input is not None:
            return await self._async_create(CallType(user_input[CONF_CALL_TYPE]))
        likely = KINDS[self._site[CONF_KIND]].value
        schema = vol.Schema({vol.Required(CONF_CALL_TYPE, default=likely): template_selector()})
        return self.async_show_form(step_id="plan", data_schema=schema)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change what the site is called and where it is."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            if user_input[CONF_NAME] != entry.data[CONF_NAME]:
                self._async_abort_entries_match({CONF_NAME: user_input[CONF_NAME]})
            return self.async_update_and_abort(entry, title=user_input[CONF_NAME], data=user_input)
        schema = self.add_suggested_values_to_schema(SITE, entry.data)
        return self.async_show_form(step_id="reconfigure", data_schema=schema)

    async def _async_create(self, call_type: CallType) -> ConfigFlowResult:
        """Create the site with what it needs to call somebody: nothing is half set up if the dialog is left."""
        responder = ConfigSubentryDataWithId(
            subentry_id=ulid_now(),
            subentry_type=SUBENTRY_RESPONDER,
            title=people(self.hass)[self._user],
            data={
                **new_responder(
                    self._user,
                    self._phones,
                    [phone for phone in phones_of(self.hass, self._user) if phone not in self._phones],
                ),
                CONF_MANAGER: True,
            },
            unique_id=self._user,
        )
        words = await async_get_translations(self.hass, self.hass.config.language, "common", {DOMAIN})
        plan = ConfigSubentryDataWithId(
            subentry_id=ulid_now(),
            subentry_type=SUBENTRY_RESPONSE_PLAN,
            title=words[f"component.{DOMAIN}.common.plan_{call_type}"],
            data=TEMPLATES[call_type].plan(call_type, [responder["subentry_id"]]),
            unique_id=None,
        )
        return self.async_create_entry(
            title=self._site[CONF_NAME],
            data=self._site,
            options={CONF_LIVE: False, CONF_INSTALLER: responder["subentry_id"]},
            subentries=[responder, plan],
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Open the dialog for the first trigger point."""
        point = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_TRIGGER_POINT), context=SubentryFlowContext(source=SOURCE_USER)
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, point["flow_id"])
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
            SUBENTRY_DOOR: DoorFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry[Any]) -> OptionsFlow:
        """Return the dialog that takes a site live."""
        return SiteOptionsFlow()
