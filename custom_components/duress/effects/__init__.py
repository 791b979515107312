"""What is done in the world: one adapter for each kind of effect, and what they have in common."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from ..engine.model import Incident, Message
from ..engine.reach import Channel
from ..responders import Responder
from .texts import Text


class DeliveryError(Exception):
    """A message could not be handed over. The text goes into the record and the log, so it names nobody."""


type LateFailure = Callable[[str], None]
"""Tell that a message that was handed over turned out not to be."""
type Deliver = Callable[[Incident, Message, LateFailure], Awaitable[None]]
"""Hand one message over, or raise DeliveryError."""


class Adapter(Protocol):
    """One kind of channel. Its channels are called `<prefix><what is called>`."""

    prefix: str

    def channels(self, responder: Responder) -> tuple[Channel, ...]:
        """Return the channels of this kind on which a responder can be reached right now."""

    async def async_deliver(
        self, responder: Responder, incident: Incident, message: Message, text: Text, late_failure: LateFailure
    ) -> None:
        """Hand a message over, or raise DeliveryError; tell `late_failure` if it is lost later."""
