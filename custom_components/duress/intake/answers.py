"""Hears what the companion app posts when somebody taps a button of a notification, or wipes it away."""

import secrets

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..configuration import Configuration
from ..effects.phone import PhoneAdapter, parse_action, parse_duty
from ..engine import tokens
from ..engine.commands import ReportCleared
from ..engine.events import Acknowledged, Arrived, Event as AnyEvent
from ..engine.kinds import Reply
from ..engine.model import Actor, Call, Incident
from ..engine.site_events import Path
from ..paths import comes_from_outside
from ..rights import Right, may, right_to
from ..site import Site

EVENT_ACTION = "mobile_app_notification_action"
EVENT_CLEARED = "mobile_app_notification_cleared"


def async_listen_for_answers(hass: HomeAssistant, site: Site) -> CALLBACK_TYPE:
    """Pass replies on to the site until the returned function is called.

    Any registered phone can post these events with any content, so what counts is the user whose registration it
    came through, who must be active, and a token that only that responder's phone was shown (hazards H3, H20).
    """

    async def answered(event: Event) -> None:
        action = event.data.get("action")
        if (token := parse_duty(action)) is not None and (user := await _user(event)):
            site.duties.async_answered(token, user)
        elif (tapped := parse_action(action)) is not None and (user := await _user(event, right_to(tapped[0]))):
            _reply(site, *tapped, user)

    async def cleared(event: Event) -> None:
        tag = event.data.get("tag")
        if isinstance(tag, str) and (user := await _user(event)):
            _cleared(site, tag, user)

    async def _user(event: Event, right: Right = Right.ANSWER) -> str | None:
        """Return the user whose phone posted an event, if that user may do what is asked."""
        user = await hass.auth.async_get_user(event.context.user_id) if event.context.user_id else None
        return user.id if user is not None and may(user, right, site.configuration) else None

    stops = [hass.bus.async_listen(EVENT_ACTION, answered), hass.bus.async_listen(EVENT_CLEARED, cleared)]

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop


def _reply(site: Site, reply: Reply, asked: int, token: str, user: str) -> None:
    """Take a reply, if it is one of ours and from the person it was shown to."""
    for incident, call in site.incidents.shown_to(site.configuration.responders_of(user)):
        if is_lost(site.configuration, call):
            continue
        expected = tokens.reply(incident, call.channel, asked, reply)
        if secrets.compare_digest(expected.encode(), token.encode()):
            take_answer(site, incident, site.actor(user, call), reply, asked)
            return


def is_lost(configuration: Configuration, call: Call) -> bool:
    """Return whether a call was shown on a phone that has been taken from its responder since (hazard H20)."""
    responder = configuration.responders.get(call.responder)
    phone = call.channel.removeprefix(PhoneAdapter.prefix)
    return phone != call.channel and (responder is None or phone not in responder.phones)


def take_answer(site: Site, incident: Incident, by: Actor, reply: Reply, asked: int) -> list[AnyEvent]:
    """Take an answer that a person gave to a question; returns what followed. Whoever goes is on duty (hazard H32)."""
    followed = site.async_answer(incident, by, reply, asked=asked)
    if by.responder is None or incident.plan.covert:  # nothing may show that there was a call (H6)
        return followed
    if comes_from_outside():
        site.memory.saw_path(Path.OUTSIDE)
    if any(isinstance(event, Acknowledged | Arrived) for event in followed):
        site.duties.async_confirm(by.responder, by.user)
    return followed


def _cleared(site: Site, tag: str, user: str) -> None:
    """Hear that a message of ours was wiped off a phone, from the person it was shown to."""
    for incident, call in site.incidents.shown_to(site.configuration.responders_of(user)):
        if is_lost(site.configuration, call):
            continue
        if secrets.compare_digest(tokens.tag(incident, call.channel).encode(), tag.encode()):
            site.handle(ReportCleared(channel=call.channel), incident.id)
            return
