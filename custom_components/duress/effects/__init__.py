"""What is done in the world: one adapter for each kind of effect, and what they have in common."""

from collections.abc import Awaitable, Callable

from ..engine.model import Incident, Message


class DeliveryError(Exception):
    """A message could not be handed over. The text goes into the record and the log, so it names nobody."""


type LateFailure = Callable[[str], None]
"""Tell that a message that was handed over turned out not to be."""
type Deliver = Callable[[Incident, Message, LateFailure], Awaitable[None]]
"""Hand one message over, or raise DeliveryError."""
