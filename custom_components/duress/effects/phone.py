"""Calls a phone through its registration with the companion app.

The `notify.mobile_app_*` actions are not used: they are found by the phone's name, which two phones may
share, they put the text on the event bus and move an entity, and they report success when the push service
answers 500 (hazards H3, H4). So a message goes to the registration itself: over the phone's own connection
to Home Assistant where it has one, else through the sender that the companion app integration uses, which
raises. These are that integration's own parts, not a promised interface, so they are reached late, and a
contract test notices when they change.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import contextlib
from typing import Any, cast

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.loader import async_get_integration

from ..const import PAGE, PICTURE_URL
from ..engine import tokens
from ..engine.cameras import Picture
from ..engine.kinds import MessageKind, Reply
from ..engine.looking import best_picture
from ..engine.messages import said_with
from ..engine.model import Incident, Message
from ..engine.reach import Channel
from ..responders import Responder
from . import DeliveryError, LateFailure
from .texts import Text

MOBILE_APP = "mobile_app"
REPLY_PREFIX = "DURESS_"
DUTY_PREFIX = "DURESS_DUTY_"
DUTY_TAG = "duress_duty"
WARNING_LIMIT = 15.0
"""Seconds for a warning that belongs to no call. Nothing else waits for it."""


class PhoneAdapter:
    """The channel `phone:<registration>` of a responder."""

    prefix = "phone:"

    def __init__(self, hass: HomeAssistant) -> None:
        """Call phones that are registered with this Home Assistant."""
        self._hass = hass

    def channels(self, responder: Responder) -> tuple[Channel, ...]:
        """Return a channel for each phone that a manager confirmed and that is still registered to the same user."""
        return tuple(
            Channel(id=self.prefix + phone, updates=True)
            for phone in responder.phones
            if (entry := self._hass.config_entries.async_get_entry(phone)) is not None
            and entry.disabled_by is None
            and entry.data.get("user_id") == responder.user
            and can_ring(entry)
        )

    async def async_deliver(
        self, responder: Responder, incident: Incident, message: Message, text: Text, late_failure: LateFailure
    ) -> None:
        """Send the message to the phone, over its own connection where it has one."""
        entry = self._hass.config_entries.async_get_entry(message.channel.removeprefix(self.prefix))
        if entry is None or not await self._hass.config_entries.async_wait_component(entry):
            raise DeliveryError("the companion app integration is not ready")
        await _async_send(self._hass, entry, payload(incident, message, text), late_failure)


CRITICAL: dict[str, Any] = {
    "channel": "alarm_stream",
    "push": {"interruption-level": "critical", "sound": {"name": "default", "critical": 1, "volume": 1.0}},
}
"""What breaks through a silenced phone, on Android and on iOS."""


def phones_of(hass: HomeAssistant, user: str | None) -> dict[str, str]:
    """Return the registrations of the companion app that can ring, of one user, with their names."""
    entries = hass.config_entries.async_entries(MOBILE_APP, include_disabled=False)
    return {e.entry_id: e.title for e in entries if user is not None and e.data.get("user_id") == user and can_ring(e)}


def can_ring(entry: ConfigEntry[Any]) -> bool:
    """Return whether a registration of the companion app can be sent notifications at all."""
    app_data = entry.data.get("app_data", {})
    return ("push_url" in app_data and "push_token" in app_data) or "push_websocket_channel" in app_data


def payload(incident: Incident, message: Message, text: Text) -> dict[str, Any]:
    """Return the notification for one phone, for Android and iOS in one.

    A critical call breaks through silent mode on both; whatever is no call is quiet. What it answers with and
    the tag under which it replaces its predecessor cannot be guessed by anybody who was not shown them.
    """
    data: dict[str, Any] = {
        "tag": tokens.tag(incident, message.channel),
        "group": "duress",
        "ttl": 0,
        "priority": "high",
    }
    kind = said_with(incident, message)
    if kind not in (MessageKind.CALL, MessageKind.REMINDER):
        data["channel"] = "duress_updates"
        data["push"] = {"interruption-level": "time-sensitive"}
    elif message.critical:
        data |= CRITICAL
    else:
        data["channel"] = "duress_calls"
        data["importance"] = "high"
        data["push"] = {"interruption-level": "time-sensitive", "sound": "default"}
    if message.kind is MessageKind.UPDATE:  # it takes the place of what has rung, on the same channel
        data["alert_once"] = True
        data["push"] = {"interruption-level": "passive"}
    if (picture := best_picture(incident, kind)) is not None:
        data["image"] = picture_url(incident, picture)  # which the app gets with its owner's login
    if message.kind is not MessageKind.OVER:
        data["url"] = data["clickAction"] = f"/{PAGE}/{incident.id}"  # iOS and Android
    if incident.plan.covert:
        data["visibility"] = "secret"  # not on the lock screen of Android; iOS leaves that to the phone's owner
    if text.buttons:
        data["actions"] = [
            {"action": action(incident, message, reply), "title": label, "authenticationRequired": True}
            for reply, label in text.buttons
        ]
    return {"title": text.title, "message": text.body, "data": data}


def picture_url(incident: Incident, picture: Picture) -> str:
    """Return where a picture is to be had, for those who may see it."""
    return PICTURE_URL.format(incident_id=incident.id, picture=picture.id)


def action(incident: Incident, message: Message, reply: Reply) -> str:
    """Return what the companion app posts when a button is tapped; only the token in it cannot be guessed."""
    token = tokens.reply(incident, message.channel, message.asked, reply)
    return f"{REPLY_PREFIX}{reply.upper()}_{message.asked}_{token}"


def parse_action(posted: object) -> tuple[Reply, int, str] | None:
    """Return reply, question and token of a tapped button, or None if it is none of ours."""
    if not isinstance(posted, str) or not posted.startswith(REPLY_PREFIX):
        return None
    parts = posted.removeprefix(REPLY_PREFIX).rsplit("_", 2)
    try:
        name, asked, token = parts
        return Reply(name.lower()), int(asked), token
    except ValueError:
        return None


def parse_duty(posted: object) -> str | None:
    """Return the token of a tap that says that somebody is on duty, or None if it is none."""
    return posted.removeprefix(DUTY_PREFIX) if isinstance(posted, str) and posted.startswith(DUTY_PREFIX) else None


def is_connected(hass: HomeAssistant, phone: str) -> bool:
    """Return whether a phone has a connection of its own, so that it can be called without the internet."""
    entry = hass.config_entries.async_get_entry(phone)
    return entry is not None and _own_connection(hass, entry) is not None


async def async_ask_on_duty(hass: HomeAssistant, phone: str, title: str, text: str, button: tuple[str, str]) -> None:
    """Ring a phone at full alarm and have it ask whether its owner is on duty: `button` is a label and a token."""
    label, token = button
    actions = [{"action": DUTY_PREFIX + token, "title": label, "authenticationRequired": True}]
    await _async_alarm(hass, phone, title, text, {"tag": DUTY_TAG, "actions": actions})


async def async_ask_for_position(hass: HomeAssistant, phone: str) -> None:
    """Have a phone say where it is, if it can be asked: nothing waits for that."""
    await _async_try(hass, phone, {"message": "request_location_update"})


async def async_warn(hass: HomeAssistant, phone: str, title: str, text: str, tag: str) -> None:
    """Show a message that breaks through a silenced phone and belongs to no call, if the phone can be reached."""
    await _async_alarm(hass, phone, title, text, {"tag": tag})


async def async_warn_people(
    hass: HomeAssistant, phones: Iterable[tuple[str, Responder]], text: Callable[[Responder], tuple[str, str]], tag: str
) -> None:
    """Warn on these phones side by side, each in words for its owner; one that hangs is given up after a while."""

    async def warn(phone: str, responder: Responder) -> None:
        title, body = text(responder)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WARNING_LIMIT):
                await async_warn(hass, phone, title, body, tag)

    await asyncio.gather(*(warn(phone, responder) for phone, responder in phones))


async def async_tell(hass: HomeAssistant, phone: str, text: str, tag: str) -> None:
    """Show a quiet message that belongs to no call, if the phone can be reached."""
    data = {"tag": tag, "group": "duress", "channel": "duress_updates", "push": {"interruption-level": "passive"}}
    await _async_try(hass, phone, {"message": text, "data": data})


async def _async_alarm(hass: HomeAssistant, phone: str, title: str, text: str, more: dict[str, Any]) -> None:
    data = {"group": "duress", "ttl": 0, "priority": "high", **CRITICAL, **more}
    await _async_try(hass, phone, {"title": title, "message": text, "data": data})


async def _async_try(hass: HomeAssistant, phone: str, content: dict[str, Any]) -> None:
    entry = hass.config_entries.async_get_entry(phone)
    if entry is not None:
        with contextlib.suppress(DeliveryError):
            await _async_send(hass, entry, content, lambda _error: None)


async def _async_send(
    hass: HomeAssistant, entry: ConfigEntry[Any], content: dict[str, Any], late_failure: LateFailure
) -> None:
    channel = _own_connection(hass, entry)
    if channel is None:
        await _async_send_remote(hass, entry, content)
        return

    async def fall_back(unconfirmed: dict[str, Any]) -> None:
        unconfirmed.pop("hass_confirm_id", None)
        try:
            await _async_send_remote(hass, entry, unconfirmed)
        except Exception as failure:  # noqa: BLE001  nobody else is listening here
            late_failure(str(failure) if isinstance(failure, DeliveryError) else type(failure).__name__)

    channel.async_send_notification(content, fall_back)


def _own_connection(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Any:
    return hass.data.get(MOBILE_APP, {}).get("push_channel", {}).get(entry.data["webhook_id"])


async def _async_send_remote(hass: HomeAssistant, entry: ConfigEntry[Any], content: dict[str, Any]) -> None:
    if "push_url" not in entry.data["app_data"]:
        raise DeliveryError("the phone is not connected and has no push service")
    integration = await async_get_integration(hass, MOBILE_APP)
    platform = await integration.async_get_platform("notify")
    send = cast(Callable[..., Awaitable[None]], platform._send_message)  # noqa: SLF001
    try:
        await send(async_get_clientsession(hass), entry, content)
    except HomeAssistantError as failure:  # its text names the phone, its key does not
        raise DeliveryError(failure.translation_key or "the push service refused it") from failure
