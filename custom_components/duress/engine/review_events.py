"""What was found in the review of an incident that is over. Lines of the journal, as in `events`."""

from dataclasses import dataclass, field
from datetime import datetime

from .kinds import CloseCode
from .model import PRIVATE, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProposed:
    """A first person reviewed a quiet call and said what it was; a second one has to find the same."""

    at: datetime
    by: Actor
    code: CloseCode
    note: str | None = field(default=None, metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A person reviewed it and said what it was."""

    at: datetime
    by: Actor
    code: CloseCode
    note: str | None = field(default=None, metadata=PRIVATE)
