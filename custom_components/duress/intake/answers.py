"""Hears what the companion app posts when somebody taps a button of a notification, or wipes it away."""

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..effects.phone import parse_action
from ..rights import Right, may
from ..site import Site

EVENT_ACTION = "mobile_app_notification_action"
EVENT_CLEARED = "mobile_app_notification_cleared"


def async_listen_for_answers(hass: HomeAssistant, site: Site) -> CALLBACK_TYPE:
    """Pass replies on to the site until the returned function is called.

    Any registered phone can post these events with any content, so what counts is the user whose registration it
    came through, who must be active, and a token that only that responder's phone was shown (hazards H3, H20).
    """

    async def answered(event: Event) -> None:
        if (tapped := parse_action(event.data.get("action"))) is not None and (user := await _user(event)):
            site.async_reply(*tapped, user)

    async def cleared(event: Event) -> None:
        tag = event.data.get("tag")
        if isinstance(tag, str) and (user := await _user(event)):
            site.async_cleared(tag, user)

    async def _user(event: Event) -> str | None:
        """Return the user whose phone posted an event, if that user may answer."""
        user = await hass.auth.async_get_user(event.context.user_id) if event.context.user_id else None
        return user.id if user is not None and may(user, Right.ANSWER, site.configuration) else None

    stops = [hass.bus.async_listen(EVENT_ACTION, answered), hass.bus.async_listen(EVENT_CLEARED, cleared)]

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop
