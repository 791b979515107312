"""What happened to an incident, in sentences that a person can read, each with its reason."""

from dataclasses import fields
import re
from typing import Any

from .configuration import Configuration
from .effects.texts import Language, plain
from .engine.cameras import is_clip
from .engine.door_events import DoorReported
from .engine.events import Event
from .engine.kinds import CloseCode, Progress, Proof, ResolveReason
from .engine.model import Actor, Call
from .engine.picture_events import PictureKept, PictureMissed

SAID_IN_WORDS = (CloseCode, Progress, Proof, ResolveReason)
"""What has words of its own in a sentence (`word_...`)."""


class Timeline:
    """Puts events into words, with the names that people and trigger points have now."""

    def __init__(self, texts: Language, configuration: Configuration) -> None:
        """Use the words of a language."""
        self._texts = texts
        self._configuration = configuration

    def sentence(self, event: Event) -> str:
        """Return what happened and, where it was decided, why."""
        if isinstance(event, DoorReported):
            return self._texts.door(event.name, event)
        words = {field.name: self._word(getattr(event, field.name)) for field in fields(event)}
        clip = isinstance(event, PictureKept | PictureMissed) and is_clip(event.picture)
        said = self._texts.say(key_of(type(event).__name__.replace("Picture", "Clip" if clip else "Picture")), words)
        if (why := getattr(event, "why", None)) is not None:
            said = f"{said} {self._texts.say(f'why_{why}', {})}"
        note = getattr(event, "note", None)
        return f"{said} “{note}”" if note else said

    def _word(self, value: Any) -> str:
        if isinstance(value, Actor):
            return self._texts.name(value, self._configuration)
        if isinstance(value, tuple):
            calls = (call for call in value if isinstance(call, Call))
            return ", ".join(dict.fromkeys(self._texts.name(call, self._configuration) for call in calls))
        if isinstance(value, SAID_IN_WORDS):
            return self._texts.say(f"word_{value}", {})
        return plain(str(value))


def key_of(kind: str) -> str:
    """Return the key of the text for a kind of event."""
    return "timeline" + re.sub("([A-Z])", r"_\1", kind).lower()
