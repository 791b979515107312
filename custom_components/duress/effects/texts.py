"""What a message says. The words are in the translations; names from the registries are not trusted."""

from dataclasses import dataclass
import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..configuration import Configuration
from ..const import DOMAIN
from ..engine.model import Actor, Incident, Message, MessageKind

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a person reads; `answer` labels the button that takes the incident, where there is one."""

    title: str
    body: str
    answer: str | None = None


def plain(name: str) -> str:
    """Return a name that can do no harm in a message (hazard H42).

    Android reads HTML in messages, and control or direction-changing characters can hide or turn text round.
    """
    letters = (" " if c in "<>&\n\t" else c for c in name)
    kept = "".join(c for c in letters if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    return " ".join(kept.split())[:NAME_LENGTH]


class Texts:
    """Words for messages, in Home Assistant's language."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing can be said before `async_load`."""
        self._hass = hass
        self._words: dict[str, str] = {}

    async def async_load(self) -> None:
        """Fetch the words, so that composing a message never waits for a disk."""
        language = self._hass.config.language
        self._words = await async_get_translations(self._hass, language, "common", {DOMAIN})

    def compose(self, incident: Incident, message: Message, configuration: Configuration) -> Text:
        """Return what a message says. The first words are what kind of message it is and where."""
        words = {
            "point": plain(incident.place.point),
            "place": plain(incident.place.area) if incident.place.area else self._say("place_unknown", {}),
            "time": dt_util.as_local(incident.press.heard_at).strftime("%H:%M"),
            "name": self._name(incident.resolved_by or incident.taken_by, configuration),
            "presses": str(incident.presses),
            "going": self._say("going", {}),
        }
        body = f"{message.kind}_body"
        if message.kind is MessageKind.CALL and incident.presses > 1:
            body = "call_again_body"
        return Text(
            title=self._say(f"{message.kind}_title", words),
            body=self._say(body, words),
            answer=self._say("going", words) if message.kind is MessageKind.CALL else None,
        )

    def _say(self, key: str, words: dict[str, str]) -> str:
        return self._words[f"component.{DOMAIN}.common.{key}"].format(**words)

    def _name(self, actor: Actor | None, configuration: Configuration) -> str:
        responder = configuration.responders.get(actor.responder) if actor and actor.responder else None
        return plain(responder.name) if responder else self._say("somebody", {})
