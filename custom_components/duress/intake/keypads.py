"""Hears codes that are typed on Z-Wave keypads. What becomes of a code never shows there (hazard H41).

Home Assistant tells every integration of a code that is typed, in clear: that cannot be helped, and is written in the
installer's guide. Its recorder is kept from writing it down (hazard H24).
"""

import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, EventOrigin, HomeAssistant, callback

from ..cancelling import call_quietly, cancel
from ..configuration import REPEAT_AFTER
from ..const import GESTURE_CODE
from ..effects.actions import async_run
from ..engine.kinds import Proof
from ..engine.model import Actor
from ..engine.plan import Plan
from ..engine.why import Why
from ..openings import place_of
from ..site import Site
from ..trigger_points import Keypad, TriggerPoint
from .by_hand import press_of

_LOGGER = logging.getLogger(__name__)

EVENT = "zwave_js_notification"
ENTRY_CONTROL = 111
ENDS = (2, 3)
"""Keys after which a code is meant to end a call: enter, and disarm."""
ARMS = (4, 5, 6)
NOBODY = Actor(user="", responder=None)
"""Who ended it, as far as a keypad shows: the same for every code."""


def async_listen_to_keypads(hass: HomeAssistant, site: Site) -> CALLBACK_TYPE:
    """Take the codes that are typed on the keypads of a site until the returned function is called."""

    @callback
    def typed(event: Event[Any]) -> None:
        data = event.data
        code, key = data.get("event_data"), data.get("event_type")
        if data.get("command_class") != ENTRY_CONTROL or event.origin is not EventOrigin.local:
            return  # what an app made up enters no code (hazard H21)
        if not isinstance(code, str) or not code or key not in (*ENDS, *ARMS):
            return
        for point in site.configuration.points.values():
            if point.keypad is not None and point.keypad.device == data.get("device_id"):
                taking = _async_take(hass, site, point, point.keypad, code, ends=key in ENDS)
                hass.async_create_task(taking, "duress code", eager_start=True)

    return hass.bus.async_listen(EVENT, typed)


async def _async_take(
    hass: HomeAssistant, site: Site, point: TriggerPoint, keypad: Keypad, code: str, *, ends: bool
) -> None:
    """Do what a code asks for; what is done for the keypad is the same whatever the code."""
    typed = person, is_duress = await site.codes.async_find(site.configuration.responders.values(), code)
    shown = site.incidents.open(point.id) if ends else []
    if not cancel(site, shown, typed, NOBODY, Proof.ROOM) and is_duress:
        _call_for_help(hass, site, point, keypad, person)
    try:
        await async_run(hass, keypad.when_typed, {})
    except Exception as error:  # noqa: BLE001  whatever a manager chose may fail in any way
        _LOGGER.warning("What is done at a code failed: %s", type(error).__name__)


@callback
def _call_for_help(hass: HomeAssistant, site: Site, point: TriggerPoint, keypad: Keypad, person: str | None) -> None:
    """Call by the keypad's plan, or quietly by everybody where that is gone."""
    responder = site.configuration.responders.get(person or "")
    user = responder.user if responder is not None else None
    press = press_of(point, keypad.device, user, GESTURE_CODE)
    plan = site.configuration.plans.get(keypad.plan)
    if plan is not None and plan.covert:
        site.async_press(point, press, keypad.plan)
        return
    everybody = Plan(id=keypad.plan, steps=(), repeat_after=REPEAT_AFTER)
    made_to = (*point.holders, *([person] if person else []))
    call_quietly(site, press, place_of(hass, point), everybody, made_to, Why.DURESS_CODE)
