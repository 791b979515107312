"""The fields of the dialog of a trigger point."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TriggerSelector,
)
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_ASKS_FOR,
    CONF_HOLDERS,
    CONF_IN_THE_ROOM,
    CONF_PLAN,
    CONF_POSITION,
    CONF_TWO_ACTIONS,
    CONF_WITHIN,
    CONF_WORN,
)
from ..trigger_points import SIGNALS, WITHIN, TwoActions
from .learning import CONF_TRIGGERS


def schema_of(plans: list[SelectOptionDict], responders: list[SelectOptionDict]) -> vol.Schema:
    """Return the fields for a button that Home Assistant hears."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Optional(CONF_AREA): AreaSelector(),
            vol.Optional(CONF_WORN, default=False): BooleanSelector(),
            vol.Required(CONF_TRIGGERS): TriggerSelector(),
            vol.Required(CONF_PLAN, default=plans[0]["value"]): plan_selector(plans),
            vol.Optional(CONF_HOLDERS): _responder_selector(responders),
            # Whole, because the frontend takes it as it is, and fills in nothing that is missing in it.
            vol.Optional(CONF_TWO_ACTIONS, default={CONF_WITHIN: WITHIN}): section(
                vol.Schema(
                    {
                        vol.Optional(CONF_ASKS_FOR): SelectSelector(
                            SelectSelectorConfig(
                                options=list(TwoActions),
                                translation_key=CONF_ASKS_FOR,
                                mode=SelectSelectorMode.DROPDOWN,  # which, once chosen, can be emptied again
                            )
                        ),
                        vol.Required(CONF_WITHIN, default=WITHIN): seconds(1, 30),
                    }
                ),
                {"collapsed": True},
            ),
            vol.Optional(CONF_IN_THE_ROOM, default={signal: [] for signal in SIGNALS}): section(
                vol.Schema({vol.Optional(signal, default=[]): TriggerSelector() for signal in SIGNALS}),
                {"collapsed": True},
            ),
        }
    )


def in_the_room(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the triggers that call nobody, but say how a call stands."""
    return [trigger for triggers in answers.get(CONF_IN_THE_ROOM, {}).values() for trigger in triggers]


def phone_schema(plans: list[SelectOptionDict], responders: list[SelectOptionDict]) -> vol.Schema:
    """Return the fields for a button in the companion app."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_PLAN, default=plans[0]["value"]): plan_selector(plans),
            vol.Required(CONF_POSITION, default=True): BooleanSelector(),
            vol.Optional(CONF_HOLDERS): _responder_selector(responders),
        }
    )


def _responder_selector(responders: list[SelectOptionDict]) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=responders, multiple=True, mode=SelectSelectorMode.DROPDOWN))


def seconds(least: int, most: int) -> NumberSelector:
    """Return the choice of a number of seconds."""
    return NumberSelector(
        NumberSelectorConfig(min=least, max=most, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
    )


def plan_selector(plans: list[SelectOptionDict]) -> SelectSelector:
    """Return the choice of a plan."""
    return SelectSelector(SelectSelectorConfig(options=plans, mode=SelectSelectorMode.DROPDOWN))
