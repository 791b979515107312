"""Hears the replies that the companion app posts when somebody taps a button of a notification."""

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant

from ..effects.phone import parse_action
from ..site import Site

EVENT_ACTION = "mobile_app_notification_action"


def async_listen_for_answers(hass: HomeAssistant, site: Site) -> CALLBACK_TYPE:
    """Pass replies on to the site until the returned function is called.

    Any registered phone can post this event with any content, so what counts is the user whose registration it
    came through, who must be active, and a token that only that responder's phone was shown (hazards H3, H20).
    """

    async def answered(event: Event) -> None:
        user_id = event.context.user_id
        if (tapped := parse_action(event.data.get("action"))) is None or user_id is None:
            return
        user = await hass.auth.async_get_user(user_id)
        if user is not None and user.is_active:
            site.async_reply(*tapped, user_id)

    return hass.bus.async_listen(EVENT_ACTION, answered)
