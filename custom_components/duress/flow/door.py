"""A door that can be locked or unlocked for a call, or something else that is shut or opened by actions."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    ActionSelector,
    AreaSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
)
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_JAM_SENSOR,
    CONF_LOCK,
    CONF_MAY_LOCK,
    CONF_WHEN_LOCKED,
    CONF_WHEN_UNLOCKED,
    SUBENTRY_DOOR,
)
from ..devices import area_of, entity_id_of, name_of, stored_id_of
from ..effects.locks import LOCK
from .actions import async_errors_of_actions

JAM = "jam"
"""What the names of sensors have in common that tell of a jammed lock, in the integrations that have any."""
ACTIONS = (CONF_WHEN_LOCKED, CONF_WHEN_UNLOCKED)


class DoorFlow(ConfigSubentryFlow):
    """Choose what is moved, then say whether anybody could be locked in by it."""

    _lock: str | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a door with a lock, or with actions in the place of one."""
        return self.async_show_menu(step_id="user", menu_options=["lock", "actions"])

    async def async_step_lock(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which lock it is; the rest follows from it."""
        errors = {}
        if user_input is not None:
            doors = self._get_entry().get_subentries_of_type(SUBENTRY_DOOR)
            if stored_id_of(self.hass, user_input[CONF_LOCK]) not in (door.data.get(CONF_LOCK) for door in doors):
                self._lock = user_input[CONF_LOCK]
                return await self.async_step_door()
            errors[CONF_LOCK] = "lock_taken"
        schema = vol.Schema({vol.Required(CONF_LOCK): EntitySelector(EntitySelectorConfig(domain=LOCK))})
        return self.async_show_form(step_id="lock", data_schema=schema, errors=errors)

    async def async_step_door(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask about a door with a lock."""
        assert self._lock is not None, "a lock was chosen"
        if user_input is not None:
            return self._store(user_input, {CONF_LOCK: stored_id_of(self.hass, self._lock)})
        jam = EntitySelector(EntitySelectorConfig(domain="binary_sensor"))
        schema = vol.Schema({**FIELDS, vol.Optional(CONF_JAM_SENSOR): jam})
        shown = self._known() or {
            CONF_NAME: name_of(self.hass, self._lock),
            CONF_AREA: area_of(self.hass, self._lock),
            CONF_JAM_SENSOR: _jam_sensor_of(er.async_get(self.hass), self._lock),
        }
        schema = self.add_suggested_values_to_schema(schema, shown)
        return self.async_show_form(step_id="door", data_schema=schema)

    async def async_step_actions(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask about something that actions shut and open."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await async_errors_of_actions(self.hass, user_input, ACTIONS)
            if not errors:
                return self._store(user_input, {key: user_input.get(key, []) for key in ACTIONS})
        schema = vol.Schema({**FIELDS, **{vol.Required(key): ActionSelector() for key in ACTIONS}})
        schema = self.add_suggested_values_to_schema(schema, user_input or self._known())
        return self.async_show_form(step_id="actions", data_schema=schema, errors=errors)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a door, but not what it is moved by."""
        lock = self._get_reconfigure_subentry().data.get(CONF_LOCK)
        if lock is None:
            return await self.async_step_actions()
        self._lock = entity_id_of(self.hass, lock)
        return await self.async_step_door()

    def _known(self) -> Mapping[str, Any]:
        """Return how a door that is changed was set up."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        subentry = self._get_reconfigure_subentry()
        known = {CONF_NAME: subentry.title, **subentry.data}
        if (jam := known.get(CONF_JAM_SENSOR)) is not None:
            known[CONF_JAM_SENSOR] = entity_id_of(self.hass, jam)
        return known

    def _store(self, answers: dict[str, Any], moved_by: dict[str, Any]) -> SubentryFlowResult:
        data = {**moved_by, CONF_MAY_LOCK: answers[CONF_MAY_LOCK]}
        if (area := answers.get(CONF_AREA)) is not None:
            data[CONF_AREA] = area
        if (jam := answers.get(CONF_JAM_SENSOR)) is not None:
            data[CONF_JAM_SENSOR] = stored_id_of(self.hass, jam)
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(self._get_entry(), subentry, title=answers[CONF_NAME], data=data)
        return self.async_create_entry(title=answers[CONF_NAME], data=data)


FIELDS = {
    vol.Required(CONF_NAME): TextSelector(),
    vol.Optional(CONF_AREA): AreaSelector(),
    vol.Required(CONF_MAY_LOCK, default=False): BooleanSelector(),
}


def _jam_sensor_of(entities: er.EntityRegistry, lock: str) -> str | None:
    """Return what is likely to say that a lock is jammed: Z-Wave locks have a sensor for it on the same device."""
    entity = entities.async_get(lock)
    if entity is None or entity.device_id is None:
        return None
    near = er.async_entries_for_device(entities, entity.device_id)
    return next((e.entity_id for e in near if e.domain == "binary_sensor" and JAM in e.entity_id), None)
