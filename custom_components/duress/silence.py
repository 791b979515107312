"""Says on the phones of those who would be called that a site calls nobody any more (hazard H28).

Whoever wants it silent may have somebody's phone in hand: a notice under Repairs tells only who looks there.
"""

from collections.abc import Callable

from homeassistant.core import HomeAssistant

from .clock import Clock
from .configuration import Configuration
from .effects.phone import async_warn_people
from .effects.texts import Texts, clock, plain
from .engine.model import Incident
from .responders import Responder
from .site import Site

TAG = "duress_silence_"


async def async_tell_switched_off(hass: HomeAssistant, name: str, site: Site) -> None:
    """Tell that a site was disabled or removed, and which of its calls are open: before it forgets them.

    Of a quiet call only those hear who were called, in its own words (hazard H6).
    """
    texts, incidents = site.texts, site.incidents.open()

    def text(responder: Responder) -> tuple[str, str]:
        said = texts.to(responder)
        lines = [said.say("silence_body", {"site": plain(name), "time": clock(Clock.wall())})]
        if calls := [said.of_open(incident) for incident in incidents if _may_know(incident, responder.id)]:
            lines.append(said.say("silence_open", {"calls": ", ".join(calls)}))
        return said.say("silence_title", {"site": plain(name)}), "\n".join(lines)

    await _async_tell(hass, site.entry_id, site.configuration, text)


async def async_tell_not_started(hass: HomeAssistant, entry_id: str, name: str, configuration: Configuration) -> None:
    """Tell that a site could not be set up, so that its buttons are dead."""
    texts = Texts(hass)
    await texts.async_load()

    def text(responder: Responder) -> tuple[str, str]:
        said, words = texts.to(responder), {"site": plain(name)}
        return said.say("silence_title", words), said.say("silence_failed_body", words)

    await _async_tell(hass, entry_id, configuration, text)


async def _async_tell(
    hass: HomeAssistant, entry_id: str, configuration: Configuration, text: Callable[[Responder], tuple[str, str]]
) -> None:
    """Tell everybody who relies on a site: before it is live that is only whoever sets it up (hazard H53)."""
    relying = (r for r in configuration.responders.values() if configuration.live or r.id == configuration.installer)
    phones = ((phone, responder) for responder in relying for phone in responder.phones)
    await async_warn_people(hass, phones, text, TAG + entry_id)


def _may_know(incident: Incident, responder: str) -> bool:
    if not incident.plan.covert:
        return True
    return responder not in incident.shielded and any(call.responder == responder for call in incident.called)
