"""Attaches one trigger: watched by ourselves where that hears more, else as Home Assistant attaches it."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Context, CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, trigger as trigger_helper
from homeassistant.helpers.script import ScriptRunResult

from ..clock import Clock
from ..const import DOMAIN
from ..devices import is_device_missing, platform_of
from .bluetooth import is_handed_on_again
from .truth import Memory
from .watch import MissingEntityError, async_watch, watch_of

_LOGGER = logging.getLogger(__name__)

CONVERSATION = "conversation"
"""A trigger that hears what is said to Assist."""

type Heard = Callable[[datetime, Event[Any] | None, Context | None], None]
"""Take a press: when it was, the event that told of it, and on whose behalf."""


async def async_validate(hass: HomeAssistant, trigger: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a trigger as Home Assistant attaches it; raises when it cannot be.

    Mostly vol.Invalid or HomeAssistantError, but the integration behind the trigger may raise anything.
    """
    configs = cv.TRIGGER_SCHEMA([deepcopy(dict(trigger))])
    return await trigger_helper.async_validate_trigger_config(hass, configs)


async def async_attach(
    hass: HomeAssistant,
    trigger: Mapping[str, Any],
    memory: Memory,
    heard: Heard,
    answer: Callable[[], str] | None = None,
) -> CALLBACK_TYPE | None:
    """Tell of every press until the returned function is called; None or an error where that cannot be.

    What is said to Assist is answered with the words of `answer`; without words Assist stays silent.
    """

    @callback
    def triggered(variables: dict[str, Any], context: Context | None = None) -> None:
        told, now = variables["trigger"].get("event"), Clock.wall()
        event = told if isinstance(told, Event) else None
        if event is None or not is_handed_on_again(hass, event, memory, now):
            heard(now, event, context)

    async def was_said(variables: dict[str, Any], context: Context | None = None) -> ScriptRunResult:
        triggered(variables, context)
        words = answer() if answer is not None else None
        return ScriptRunResult(conversation_response=words, service_response=None, variables={})

    @callback
    def seen(heard_at: datetime, event: Event[Any] | None) -> None:
        heard(heard_at, event, event.context if event is not None else None)

    def log(level: int, message: str, **details: Any) -> None:
        _LOGGER.log(level, "%s a trigger point", message, **details)

    configs = await async_validate(hass, trigger)
    if hass.state is CoreState.running and is_device_missing(hass, trigger):
        raise MissingEntityError("a device is not there")
    if (watch := watch_of(trigger)) is not None:
        return await async_watch(hass, watch, memory, seen)
    action = was_said if platform_of(trigger) == CONVERSATION else triggered
    return await trigger_helper.async_initialize_triggers(hass, configs, action, DOMAIN, "trigger point", log)
