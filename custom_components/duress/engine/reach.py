"""Who can be called at one moment, and who of them is to be hoped for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

MANAGERS = "managers"
"""The group of those in charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to reach a responder, such as `phone:<registration>`.

    `answerable` tells whether a person can answer on it (hazard H47), `discreet` that using it shows nowhere else
    (hazard H6), `follows_up` that it is also told what becomes of the call, `updates` that a message on it can
    be given a picture or a line afterwards, without another ring.
    """

    id: str
    answerable: bool = True
    discreet: bool = True
    follows_up: bool = True
    updates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who may be called right now, on which channels: a responder who may not be is absent or has none.

    `busy` have another incident in hand (hazard H15), `off_duty` are to be left in peace while others can be called
    (hazard H12). `groups` are the responders who stand behind a word, such as those in charge.
    """

    channels: Mapping[str, tuple[Channel, ...]]
    busy: frozenset[str] = frozenset()
    off_duty: frozenset[str] = frozenset()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, responder: str) -> tuple[Channel, ...]:
        """Return the channels of a responder."""
        return self.channels.get(responder, ())

    @property
    def on_duty(self) -> Reach:
        """Return only those who are on duty."""
        return self.without(self.off_duty)

    def without(self, responders: frozenset[str]) -> Reach:
        """Return all but these."""
        if not responders:
            return self
        return replace(self, channels={r: c for r, c in self.channels.items() if r not in responders})

    @property
    def is_empty(self) -> bool:
        """Return whether nobody can be called at all."""
        return not any(self.channels.values())

    def can_answer(self, responder: str) -> bool:
        """Return whether a responder can be called, and can answer."""
        return any(channel.answerable for channel in self.of(responder))

    def is_free(self, responder: str) -> bool:
        """Return whether a responder can be called, can answer, and has no other incident in hand."""
        return responder not in self.busy and self.can_answer(responder)

    def all_busy(self, responders: Iterable[str]) -> bool:
        """Return whether all of these responders who can answer have another incident in hand (hazard H15)."""
        answering = [responder for responder in responders if self.can_answer(responder)]
        return bool(answering) and self.busy.issuperset(answering)
