"""What a response plan can start from: the four kinds of call, each with what standards and hazards ask of it."""

from dataclasses import dataclass
from typing import Any

from .const import (
    CONF_AFTER,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_COVERT,
    CONF_CRITICAL,
    CONF_ENDS_AT_ORIGIN,
    CONF_GROUPS,
    CONF_NEEDS_TWO,
    CONF_PICTURES,
    CONF_REPEAT_AFTER,
    CONF_RESPONDERS,
    CONF_SECOND_ACTIVATION,
    CONF_STEPS,
    CONF_SUBJECT,
    CONF_TOGETHER,
    CONF_UPGRADES_TO,
)
from .engine.cameras import Pictures
from .engine.plan import CallType

DEFAULT_WAIT = 60
"""Seconds before the next step: common in commercial systems, and what Texas asks of an answer (26 TAC 279.79)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of call. `critical` says whether already its first step breaks through a silenced phone (H34)."""

    covert: bool
    critical: bool
    pictures: Pictures = Pictures.NONE
    """Nobody is looked at where people live, unless that is chosen (hazard H25)."""

    def plan(self, call_type: CallType, responders: list[str]) -> dict[str, Any]:
        """Return the data of a plan that calls these at once, and again every minute."""
        step = {CONF_AFTER: 0, CONF_RESPONDERS: responders, CONF_GROUPS: [], CONF_CRITICAL: self.critical}
        return {
            CONF_CALL_TYPE: call_type.value,
            CONF_COVERT: self.covert,
            CONF_STEPS: [step],
            CONF_REPEAT_AFTER: DEFAULT_WAIT,
            CONF_CANCEL_WINDOW: 0,
            CONF_ENDS_AT_ORIGIN: False,
            CONF_NEEDS_TWO: False,
            CONF_TOGETHER: False,
            CONF_SECOND_ACTIVATION: False,
            CONF_UPGRADES_TO: None,
            CONF_SUBJECT: "",
            CONF_PICTURES: self.pictures.value,
        }


TEMPLATES = {
    CallType.RESIDENT: Template(covert=False, critical=False),
    CallType.MEDICAL: Template(covert=False, critical=True),
    CallType.STAFF_DURESS: Template(covert=True, critical=True, pictures=Pictures.MESSAGES),
    CallType.HOLD_UP: Template(covert=True, critical=True, pictures=Pictures.MESSAGES),
}
