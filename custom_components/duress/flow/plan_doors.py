"""Which doors are moved for a call, as steps of the dialog of a plan."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_CALL_TYPE, CONF_DOORS, CONF_DOORS_FOR, CONF_DOORS_RESTORED, CONF_MAY_LOCK, SUBENTRY_DOOR
from ..engine.doors import Bolt, Moment
from ..engine.orders import LOCKS
from ..engine.plan import DOORS_FOR, CallType

CONF_NOBODY_TRAPPED = "nobody_trapped"
UNLOCKED = ((Bolt.UNLOCKED, Moment.GOING), (Bolt.UNLOCKED, Moment.ON_SCENE))
LOCKED = ((Bolt.LOCKED, Moment.AT_ONCE), (Bolt.LOCKED, Moment.GOING), (Bolt.LOCKED, Moment.ON_SCENE))
SHORTEST, LONGEST = 60, 3600
"""Seconds. A bolt, tried three times, takes longer than a minute; nobody stands at a door for more than an hour."""


class PlanDoorsFlow(ConfigSubentryFlow):
    """Ask which doors open for whoever goes, and which are shut."""

    _doors: dict[str, Any]

    @property
    def _has_doors(self) -> bool:
        return bool(self._get_entry().get_subentries_of_type(SUBENTRY_DOOR))

    async def async_step_doors(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which doors are moved, and when: each for one thing only."""
        plan = self._get_reconfigure_subentry().data
        doors = self._get_entry().get_subentries_of_type(SUBENTRY_DOOR)
        wanted = (*UNLOCKED, *(LOCKED if CallType(plan[CONF_CALL_TYPE]) in LOCKS else ()))
        errors = {}
        if user_input is not None:
            chosen = {key: user_input.get(_field(*key), []) for key in wanted}
            everything = [door for each in chosen.values() for door in each]
            locked = [door for (bolt, _), each in chosen.items() if bolt is Bolt.LOCKED for door in each]
            escape_routes = {door.subentry_id for door in doors if not door.data.get(CONF_MAY_LOCK)}
            if len(everything) != len(set(everything)):
                errors["base"] = "door_twice"
            elif escape_routes & set(locked):
                errors["base"] = "escape_route"
            else:
                self._doors = {
                    CONF_DOORS: _stored(chosen),
                    CONF_DOORS_FOR: int(user_input[CONF_DOORS_FOR]),
                    CONF_DOORS_RESTORED: user_input.get(CONF_DOORS_RESTORED, True),
                }
                return await self.async_step_trapped() if locked else self._store_doors()
        fields: dict[vol.Marker, Any] = {vol.Optional(_field(*key)): _some_of(doors) for key in wanted}
        seconds = NumberSelectorConfig(min=SHORTEST, max=LONGEST, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
        fields[vol.Required(CONF_DOORS_FOR, default=int(DOORS_FOR.total_seconds()))] = NumberSelector(seconds)
        if len(wanted) > len(UNLOCKED):
            fields[vol.Required(CONF_DOORS_RESTORED, default=True)] = BooleanSelector()
        known = plan.get(CONF_DOORS, {})
        present = {door.subentry_id for door in doors}
        shown = {
            **{key: plan[key] for key in (CONF_DOORS_FOR, CONF_DOORS_RESTORED) if key in plan},
            **{_field(b, m): [d for d in known.get(b, {}).get(m, ()) if d in present] for b, m in wanted},
        }
        schema = self.add_suggested_values_to_schema(vol.Schema(fields), user_input or shown)
        return self.async_show_form(step_id="doors", data_schema=schema, errors=errors)

    async def async_step_trapped(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask whether locking could shut somebody dangerous in with others (hazard H8)."""
        errors = {}
        if user_input is not None:
            if user_input[CONF_NOBODY_TRAPPED]:
                return self._store_doors()
            errors[CONF_NOBODY_TRAPPED] = "would_trap"
        schema = vol.Schema({vol.Required(CONF_NOBODY_TRAPPED, default=False): BooleanSelector()})
        return self.async_show_form(step_id="trapped", data_schema=schema, errors=errors)

    def _store_doors(self) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        return self.async_update_and_abort(self._get_entry(), subentry, data={**subentry.data, **self._doors})


def _some_of(doors: Iterable[ConfigSubentry]) -> SelectSelector:
    """Return a choice of doors that takes one line: a house has many, and the form asks for them five times."""
    options = [SelectOptionDict(value=door.subentry_id, label=door.title) for door in doors]
    return SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN))


def _field(bolt: Bolt, moment: Moment) -> str:
    return f"{bolt}_{moment}"


def _stored(chosen: Mapping[tuple[Bolt, Moment], list[str]]) -> dict[str, dict[str, list[str]]]:
    stored: dict[str, dict[str, list[str]]] = {}
    for (bolt, moment), doors in chosen.items():
        if doors:
            stored.setdefault(bolt.value, {})[moment.value] = doors
    return stored
