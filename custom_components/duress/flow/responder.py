"""Who can be called: a person with a login, or a post such as the desk, and how they are reached."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    ActionSelector,
    AreaSelector,
    AreaSelectorConfig,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    LanguageSelector,
    LanguageSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..configuration import Configuration
from ..const import (
    CONF_ACTIONS,
    CONF_AREAS,
    CONF_CARRIERS,
    CONF_CODES,
    CONF_DESK,
    CONF_DUTY_ENTITIES,
    CONF_FOLLOW_UP,
    CONF_GROUPS,
    CONF_LANGUAGE,
    CONF_LOCAL,
    CONF_MANAGER,
    CONF_NOTIFY,
    CONF_PASSED_OVER,
    CONF_PHONES,
    CONF_POST,
    CONF_QUIET,
    CONF_REPEAT_EVERY,
    CONF_SHIFT,
    CONF_USER,
    CONF_ZONE,
    LANGUAGES,
    SUBENTRY_RESPONDER,
)
from ..devices import entity_id_of, stored_id_of
from ..effects.notify import NOTIFY
from ..effects.phone import MOBILE_APP, phones_of
from ..line import LINES
from .actions import async_errors_of_actions
from .codes import SCHEMA as CODES, async_new_codes
from .people import choice, logins, may_answer, new_responder, people

ON_AND_OFF = ["schedule", "calendar", "input_boolean", "binary_sensor", "switch"]
"""Kinds of entities that can say by being on that somebody is on duty."""


class ResponderFlow(ConfigSubentryFlow):
    """Choose the person or the post, then the phones, and whatever else is to be done to reach them."""

    _name: str | None = None
    _data: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which of the two it is."""
        self._data = new_responder(None)
        return self.async_show_menu(step_id="user", menu_options=["person", "post"])

    async def async_step_person(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask who it is."""
        able = people(self.hass)
        if not able:
            return self.async_abort(reason="no_people")
        options = {user: name for user, name in able.items() if user not in self._taken()}
        if not options:
            return self.async_abort(reason="all_added")
        errors = {}
        if user_input is not None:
            self._data[CONF_USER] = user_input[CONF_USER]
            self._name = able.get(user_input[CONF_USER])
            if await may_answer(self.hass, user_input[CONF_USER]):
                return await self.async_step_phones()
            errors[CONF_USER] = "only_looks"
        schema = vol.Schema({vol.Required(CONF_USER): choice(options)})
        return self.async_show_form(step_id="person", data_schema=schema, errors=errors)

    async def async_step_post(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what a post is called, and with which login its shared phone is signed in, if it has one."""
        own = self._data[CONF_USER]
        options = {u: name for u, name in (await logins(self.hass)).items() if u == own or u not in self._taken()}
        if user_input is not None:
            self._data[CONF_POST] = True
            self._name = user_input[CONF_NAME]
            if options:  # else neither was asked for
                if user_input.get(CONF_USER) != own:
                    self._data |= {CONF_USER: user_input.get(CONF_USER), CONF_PHONES: [], CONF_PASSED_OVER: []}
                self._data[CONF_CARRIERS] = _named(user_input.get(CONF_CARRIERS, []), self._data[CONF_CARRIERS])
            return await self.async_step_phones()
        fields: dict[vol.Marker, Any] = {vol.Required(CONF_NAME): TextSelector()}
        if options:
            fields[vol.Optional(CONF_USER)] = choice(options)
            fields[vol.Optional(CONF_CARRIERS)] = TextSelector(TextSelectorConfig(multiple=True))
        shown = {CONF_NAME: self._name, CONF_USER: own, CONF_CARRIERS: list(self._data[CONF_CARRIERS].values())}
        return self.async_show_form(step_id="post", data_schema=self._filled(fields, shown))

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what to change; a person stays the same person."""
        subentry = self._get_reconfigure_subentry()
        before = {CONF_POST: subentry.data.get(CONF_USER) not in people(self.hass), **subentry.data}
        self._data = {**new_responder(None), **before}
        known = people(self.hass).get(self._data[CONF_USER])
        self._name = subentry.title if known is None or self._data[CONF_POST] else known
        first = "post" if self._data[CONF_POST] else "phones"
        return self.async_show_menu(step_id="reconfigure", menu_options=[first, "ways", "part", "duty", "codes"])

    async def async_step_phones(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which phones ring. A phone that registers later is not called until somebody adds it here."""
        options = phones_of(self.hass, self._data[CONF_USER])
        if not options:
            return await self.async_step_ways()
        errors = {}
        if user_input is not None:
            chosen = user_input[CONF_PHONES]
            if chosen:
                self._data |= {
                    CONF_PHONES: chosen,
                    CONF_PASSED_OVER: [p for p in options if p not in chosen],
                    CONF_LANGUAGE: user_input.get(CONF_LANGUAGE),
                }
                return self._finish()
            errors[CONF_PHONES] = "no_phone_chosen"
        known = [phone for phone in self._data[CONF_PHONES] if phone in options]
        chosen = known if self.source == SOURCE_RECONFIGURE and known else list(options)
        fields: dict[vol.Marker, Any] = {
            vol.Required(CONF_PHONES, default=chosen): choice(options, multiple=True),
            vol.Optional(CONF_LANGUAGE): LanguageSelector(LanguageSelectorConfig(languages=list(LANGUAGES))),
        }
        schema = self._filled(fields, {CONF_LANGUAGE: self._data[CONF_LANGUAGE]})
        return self.async_show_form(step_id="phones", data_schema=schema, errors=errors)

    async def async_step_ways(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what else is done to reach them, on which nobody can answer."""
        errors = {}
        if user_input is not None:
            errors = await self._async_check(user_input)
            if not errors:
                entities = [stored_id_of(self.hass, entity) for entity in user_input.get(CONF_NOTIFY, ())]
                self._data |= {
                    CONF_NOTIFY: entities,
                    CONF_ACTIONS: user_input.get(CONF_ACTIONS, []),
                    CONF_FOLLOW_UP: user_input.get(CONF_FOLLOW_UP, []),
                    CONF_QUIET: user_input.get(CONF_QUIET, False),
                    CONF_LOCAL: user_input.get(CONF_LOCAL, False),
                    CONF_REPEAT_EVERY: int(user_input.get(CONF_REPEAT_EVERY, 0)),
                }
                return self._finish()
        shown = {**self._data, CONF_NOTIFY: [entity_id_of(self.hass, entity) for entity in self._data[CONF_NOTIFY]]}
        fields: dict[vol.Marker, Any] = {
            vol.Optional(CONF_NOTIFY): _notify_selector(self.hass),
            vol.Optional(CONF_ACTIONS): ActionSelector(),
            vol.Optional(CONF_FOLLOW_UP): ActionSelector(),
            vol.Required(CONF_QUIET, default=False): BooleanSelector(),
            vol.Required(CONF_LOCAL, default=False): BooleanSelector(),
            vol.Required(CONF_REPEAT_EVERY, default=0): NumberSelector(
                NumberSelectorConfig(min=0, max=300, step=5, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
            ),
        }
        return self.async_show_form(
            step_id="ways",
            data_schema=self._filled(fields, user_input if user_input is not None else shown),
            errors=errors,
        )

    async def async_step_codes(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for new codes. Whatever is wrong with them, the answer is one: more would tell of others (hazard H41)."""
        errors = {}
        line = self.hass.data[LINES].get(self._get_entry().entry_id)
        if line is None:
            return self.async_abort(reason="site_not_running")
        if user_input is not None:
            own = self._get_reconfigure_subentry().subentry_id
            responders = self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)
            of_others = [s.data.get(CONF_CODES, {}) for s in responders if s.subentry_id != own]
            codes = await async_new_codes(line.site.codes, user_input, self._data[CONF_CODES], of_others)
            if codes is not None:
                self._data[CONF_CODES] = codes
                return self._finish()
            errors["base"] = "code_refused"
        return self.async_show_form(step_id="codes", data_schema=CODES, errors=errors)

    async def async_step_part(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what this one stands for: plans can call by that instead of by name."""
        if user_input is not None:
            self._data |= {
                CONF_MANAGER: user_input[CONF_MANAGER],
                CONF_DESK: user_input.get(CONF_DESK, False),
                CONF_GROUPS: user_input.get(CONF_GROUPS, []),
                CONF_AREAS: user_input.get(CONF_AREAS, []),
            }
            return self._finish()
        responders = Configuration.of(self._get_entry()).responders.values()
        known = sorted({name for responder in responders for name in responder.groups})
        groups = SelectSelectorConfig(options=known, multiple=True, custom_value=True)
        fields: dict[vol.Marker, Any] = {
            vol.Required(CONF_MANAGER, default=False): BooleanSelector(),
            vol.Required(CONF_DESK, default=False): BooleanSelector(),
            vol.Optional(CONF_GROUPS): SelectSelector(groups),
            vol.Optional(CONF_AREAS): AreaSelector(AreaSelectorConfig(multiple=True)),
        }
        return self.async_show_form(step_id="part", data_schema=self._filled(fields, self._data))

    async def async_step_duty(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask when this one is on duty. Where somebody is can only add to that (hazard H12)."""
        errors = {}
        if user_input is not None:
            entities = user_input.get(CONF_DUTY_ENTITIES, [])
            if entities or not user_input.get(CONF_ZONE):
                self._data |= {
                    CONF_DUTY_ENTITIES: [stored_id_of(self.hass, entity) for entity in entities],
                    CONF_SHIFT: user_input.get(CONF_SHIFT, "").strip(),
                    CONF_ZONE: user_input.get(CONF_ZONE),
                }
                return self._finish()
            errors[CONF_ZONE] = "zone_only_adds"
        entities = [entity_id_of(self.hass, entity) for entity in self._data[CONF_DUTY_ENTITIES]]
        shown = user_input if user_input is not None else {**self._data, CONF_DUTY_ENTITIES: entities}
        fields: dict[vol.Marker, Any] = {
            vol.Optional(CONF_DUTY_ENTITIES): EntitySelector(EntitySelectorConfig(domain=ON_AND_OFF, multiple=True)),
            vol.Optional(CONF_SHIFT): TextSelector(),
            vol.Optional(CONF_ZONE): EntitySelector(EntitySelectorConfig(domain="zone")),
        }
        return self.async_show_form(step_id="duty", data_schema=self._filled(fields, shown), errors=errors)

    async def _async_check(self, user_input: Mapping[str, Any]) -> dict[str, str]:
        errors = await async_errors_of_actions(self.hass, user_input, (CONF_ACTIONS, CONF_FOLLOW_UP))
        if not (self._data[CONF_PHONES] or user_input.get(CONF_NOTIFY) or user_input.get(CONF_ACTIONS)):
            errors["base"] = "no_way"
        return errors

    def _filled(self, fields: dict[vol.Marker, Any], values: Mapping[str, Any]) -> vol.Schema:
        filled = {key: value for key, value in values.items() if value}
        return self.add_suggested_values_to_schema(vol.Schema(fields), filled)

    def _taken(self) -> set[str | None]:
        """Return the logins that stand for a responder of this site already."""
        return {r.data[CONF_USER] for r in self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)}

    def _finish(self) -> SubentryFlowResult:
        title, user = self._name or "", self._data[CONF_USER]
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=title, data=self._data, unique_id=user
            )
        return self.async_create_entry(title=title, data=self._data, unique_id=user)


def _named(names: list[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return these names by ids, which whoever keeps the name keeps: the record names people by those."""
    ids = {name: carrier for carrier, name in known.items()}
    return {ids.get(name, ulid_now()): name for name in dict.fromkeys(filter(None, map(str.strip, names)))}


def _notify_selector(hass: HomeAssistant) -> EntitySelector:
    """Return a choice of notify entities but those of phones: phones are called by their registration (hazard H3)."""
    entries = er.async_get(hass).entities.values()
    of_phones = [e.entity_id for e in entries if e.platform == MOBILE_APP and e.domain == NOTIFY]
    return EntitySelector(EntitySelectorConfig(domain=NOTIFY, multiple=True, exclude_entities=of_phones))
