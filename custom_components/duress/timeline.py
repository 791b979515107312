"""What happened to an incident, in sentences that a person can read, each with its reason."""

from dataclasses import fields
import re
from typing import Any

from .configuration import Configuration
from .effects.texts import Texts, plain
from .engine.events import Event
from .engine.model import Actor, Call


class Timeline:
    """Puts events into words, with the names that people and trigger points have now."""

    def __init__(self, texts: Texts, configuration: Configuration) -> None:
        """Use the words of Home Assistant's language."""
        self._texts = texts
        self._configuration = configuration

    def sentence(self, event: Event) -> str:
        """Return what happened and, where it was decided, why."""
        words = {field.name: self._word(getattr(event, field.name)) for field in fields(event)}
        said = self._texts.say(key_of(type(event).__name__), words)
        why = getattr(event, "why", None)
        return f"{said} {self._texts.say(f'why_{why}', {})}" if why is not None else said

    def _word(self, value: Any) -> str:
        if isinstance(value, Actor):
            return self._name(value.responder)
        if isinstance(value, tuple):
            return ", ".join(dict.fromkeys(self._name(v.responder) for v in value if isinstance(v, Call)))
        return plain(str(value))

    def _name(self, responder_id: str | None) -> str:
        responder = self._configuration.responders.get(responder_id) if responder_id else None
        return plain(responder.name) if responder is not None else self._texts.say("somebody", {})


def key_of(kind: str) -> str:
    """Return the key of the text for a kind of event."""
    return "timeline" + re.sub("([A-Z])", r"_\1", kind).lower()
