"""Runs actions that a manager chose: a text message, a telephone call, a siren, a light.

What they do is theirs, so nobody can answer on them, and they run in a covert call only if the manager said that they
show nowhere. Actions cannot be taken up again after a start: each message runs them from their beginning.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
import logging
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv, script as script_helper

from ..const import DOMAIN
from ..engine.kinds import MessageKind
from ..engine.model import Incident, Message
from ..engine.reach import Channel
from ..responders import Responder
from . import DeliveryError, LateFailure
from .texts import Text

_LOGGER = logging.getLogger(__name__)

ASKS = (MessageKind.CALL, MessageKind.STALE)
"""Kinds of messages that ask somebody to act. The others say what became of that."""


async def async_validate(hass: HomeAssistant, actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return actions as Home Assistant runs them; raises when it cannot, mostly vol.Invalid or HomeAssistantError."""
    return await script_helper.async_validate_actions_config(
        hass, cv.SCRIPT_SCHEMA([deepcopy(dict(action)) for action in actions])
    )


async def async_run(hass: HomeAssistant, actions: Sequence[Mapping[str, Any]], variables: dict[str, str]) -> bool:
    """Run actions; returns whether they were run, and raises whatever they raise."""
    sequence = await async_validate(hass, actions)
    script = script_helper.Script(hass, sequence, "Actions of Duress", DOMAIN, logger=_LOGGER, log_exceptions=False)
    try:
        return await script.async_run(variables, Context()) is not None
    finally:
        await script.async_unload()


class ActionsAdapter:
    """The channel `actions:<responder>`."""

    prefix = "actions:"

    def __init__(self, hass: HomeAssistant) -> None:
        """Run actions in this Home Assistant."""
        self._hass = hass

    def channels(self, responder: Responder) -> tuple[Channel, ...]:
        """Return the channel, if there are any actions."""
        if not responder.actions:
            return ()
        channel = Channel(
            id=self.prefix + responder.id,
            answerable=False,
            discreet=responder.quiet,
            follows_up=bool(responder.follow_up),
        )
        return (channel,)

    async def async_deliver(
        self, responder: Responder, incident: Incident, message: Message, text: Text, late_failure: LateFailure
    ) -> None:
        """Run what the message asks for; `title` and `message` can be used in it."""
        actions = responder.actions if message.kind in ASKS else responder.follow_up
        if not await async_run(self._hass, actions, {"title": text.title, "message": text.body}):
            raise DeliveryError("the actions were not run")
