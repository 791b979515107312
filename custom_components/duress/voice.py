"""Answers whoever asks Assist who is coming. It speaks of open calls alone: of a quiet one it knows nothing (H48)."""

from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, trigger as trigger_helper
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.start import async_at_started

from .const import DOMAIN
from .effects.texts import Language, plain
from .engine.kinds import Progress
from .engine.model import Incident
from .intake.attach import CONVERSATION
from .line import LINES, SIGNAL_LINES
from .site import Site

SENTENCES = {
    "de": ["wer kommt", "kommt [da] (jemand|wer|Hilfe)", "ist Hilfe unterwegs"],
    "en": ["who is coming", "(is|who is) (help|somebody|someone|anybody) coming", "is help on [the|its] way"],
}
"""What is asked, as Assist writes down the ways to say something."""


@callback
def async_setup_voice(hass: HomeAssistant) -> None:
    """Answer as long as there is a site and Assist."""
    stops: list[CALLBACK_TYPE] = []

    async def follow(*_: object) -> None:
        while stops:
            stops.pop()()
        if hass.data[LINES] and CONVERSATION in hass.config.components:
            language = next(iter(hass.data[LINES].values())).site.texts.default
            sentences = SENTENCES.get(hass.config.language.partition("-")[0], SENTENCES["en"])
            if (stop := await _async_listen(hass, sentences, language)) is not None:
                stops.append(stop)

    async_dispatcher_connect(hass, SIGNAL_LINES, follow)
    async_at_started(hass, follow)


async def _async_listen(hass: HomeAssistant, sentences: list[str], language: Language) -> CALLBACK_TYPE | None:
    async def asked(_variables: dict[str, Any], _context: object = None) -> ScriptRunResult:
        words = " ".join(_answers(hass, language)) or language.say("voice_none", {})
        return ScriptRunResult(conversation_response=words, service_response=None, variables={})

    def log(*_: object, **__: object) -> None:
        """Say nothing: whoever cannot ask is told by Assist."""

    triggers = cv.TRIGGER_SCHEMA([{"platform": CONVERSATION, "command": sentences}])
    triggers = await trigger_helper.async_validate_trigger_config(hass, triggers)
    return await trigger_helper.async_initialize_triggers(hass, triggers, asked, DOMAIN, "who is coming", log)


def _answers(hass: HomeAssistant, language: Language) -> list[str]:
    return [
        _answer(line.site, incident, language)
        for line in hass.data[LINES].values()
        for incident in line.site.incidents.open()
        if not incident.plan.covert
    ]


def _answer(site: Site, incident: Incident, language: Language) -> str:
    words = {"point": plain(incident.place.point)}
    if not incident.going:
        return language.say("voice_called", words)
    names = " & ".join(language.name(actor, site.configuration) for actor in incident.going)
    key = "voice_there" if incident.progress is Progress.ON_SCENE else "voice_coming"
    return language.say(key, {**words, "name": names})
