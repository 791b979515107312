"""What happens to calls that somebody may want to automate on, told inside Home Assistant and nowhere else.

A quiet call is told of as well: our trigger passes those over unless an administrator switches that on. Nothing of this
is an event on the bus, which others could watch (hazard H6).
"""

from dataclasses import dataclass
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .const import DOMAIN
from .engine.events import (
    Acknowledged,
    AnswerLapsed,
    Arrived,
    Event,
    MoreHelpAsked,
    NobodyToCall,
    Opened,
    PressRepeated,
    Resolved,
    StepStarted,
    WentStale,
)
from .engine.model import Incident
from .engine.why import Why
from .site import Site

KINDS: dict[type[Event], str] = {
    Opened: "opened",
    PressRepeated: "pressed_again",
    NobodyToCall: "nobody_called",
    Acknowledged: "answered",
    Arrived: "arrived",
    MoreHelpAsked: "more_help_asked",
    AnswerLapsed: "answer_lapsed",
    WentStale: "found_open",
    Resolved: "over",
}
ESCALATED, NOBODY_ANSWERED = "escalated", "nobody_answered"
HAPPENINGS = (*KINDS.values(), ESCALATED, NOBODY_ANSWERED)

SIGNAL_HAPPENED = f"{DOMAIN}_happened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a call."""

    what: str
    site: Site
    incident: Incident
    event: Event


def async_tell_happenings(hass: HomeAssistant, site: Site) -> CALLBACK_TYPE:
    """Tell whoever listens what happens to the calls of a site, until the returned function is called."""
    return site.views.async_subscribe(partial(_tell, hass, site))


@callback
def _tell(hass: HomeAssistant, site: Site, incident: Incident, events: list[Event]) -> None:
    for event in events:
        if (what := what_is(event)) is not None:
            happening = Happening(what=what, site=site, incident=incident, event=event)
            async_dispatcher_send(hass, SIGNAL_HAPPENED, happening)


def what_is(event: Event) -> str | None:
    """Return what an event is to whoever automates: a step that begins is one that came to nothing before."""
    if isinstance(event, StepStarted) and event.why is Why.NOT_ANSWERED:
        return ESCALATED if event.step else NOBODY_ANSWERED
    return KINDS.get(type(event))
