"""Sends a message through a notify entity of Home Assistant, such as mail, a text message or a messenger.

Such an entity shows when it was last used, and its text passes over the event bus, so it is never used in a covert
call (hazard H4). Nobody can answer on it, as nothing comes back that says who it was.
"""

from homeassistant.components.notify import NotifyEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError

from ..devices import entity_id_of
from ..engine.model import Incident, Message
from ..engine.reach import Channel
from ..responders import Responder
from . import DeliveryError, LateFailure
from .texts import Text

NOTIFY = "notify"


class NotifyAdapter:
    """The channel `notify:<entity>` of a responder, by registry id where there is one: entities are renamed."""

    prefix = "notify:"

    def __init__(self, hass: HomeAssistant) -> None:
        """Send through this Home Assistant."""
        self._hass = hass

    def channels(self, responder: Responder) -> tuple[Channel, ...]:
        """Return a channel for each entity that is there: Home Assistant sends nothing, and says nothing, else."""
        return tuple(
            Channel(id=self.prefix + entity, answerable=False, discreet=False)
            for entity in responder.notify
            if self._state(entity) is not None
        )

    async def async_deliver(
        self, responder: Responder, incident: Incident, message: Message, text: Text, late_failure: LateFailure
    ) -> None:
        """Send the message; the entity raises where it fails."""
        state = self._state(message.channel.removeprefix(self.prefix))
        if state is None:
            raise DeliveryError("the notify entity is not available")
        content = {"message": f"{text.title}\n{text.body}"}
        if state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & NotifyEntityFeature.TITLE:
            content = {"title": text.title, "message": text.body}
        try:
            await self._hass.services.async_call(
                NOTIFY, "send_message", {ATTR_ENTITY_ID: state.entity_id, **content}, blocking=True
            )
        except HomeAssistantError as failure:
            raise DeliveryError(failure.translation_key or type(failure).__name__) from failure

    def _state(self, entity: str) -> State | None:
        state = self._hass.states.get(entity_id_of(self._hass, entity))
        return state if can_be_used(state) else None


def can_be_used(state: State | None) -> bool:
    """Return whether a notify entity would send anything now."""
    return state is not None and state.state != STATE_UNAVAILABLE
