"""What the page behind the tap asks and posts. Every command checks who is asking; most are shown nothing."""

from datetime import timedelta
from typing import Any

from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
import voluptuous as vol

from .cancelling import cancel, go_on_quietly
from .effects.texts import Texts
from .engine.commands import AskUnlock, Resolve
from .engine.events import AnswerRefused, Event
from .engine.kinds import ENDS, Reply
from .engine.model import Incident
from .engine.why import Why
from .intake.answers import take_answer
from .line import LINES, SIGNAL_LINES
from .page import calls_for, can_be_cancelled, language_of, page_of
from .page_doors import doors_to_unlock
from .records import async_records
from .rights import Right, may, may_see_as_responder, right_to
from .site import Site
from .websocket_api import site_of

REFRESH_EVERY = timedelta(minutes=5)
"""What changes by itself, such as who has a shared phone, is shown so late at the most."""


@callback
def async_setup_page_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_page)
    websocket_api.async_register_command(hass, websocket_page_answer)
    websocket_api.async_register_command(hass, websocket_page_end)
    websocket_api.async_register_command(hass, websocket_page_cancel)
    websocket_api.async_register_command(hass, websocket_page_records)
    websocket_api.async_register_command(hass, websocket_sign_on)
    websocket_api.async_register_command(hass, websocket_page_unlock)
    websocket_api.async_register_command(hass, websocket_page_lock_down)
    websocket_api.async_register_command(hass, websocket_page_release)


@websocket_api.websocket_command({vol.Required("type"): "duress/page"})
@websocket_api.async_response
async def websocket_page(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Go on telling what the page shows to whoever asks, whichever sites come and go meanwhile."""
    texts = Texts(hass)
    await texts.async_load()
    followed: list[CALLBACK_TYPE] = []

    @callback
    def tell(*_: object) -> None:
        sites = [line.site for line in hass.data[LINES].values()]
        connection.send_event(message["id"], page_of(sites, connection.user, texts.default))

    @callback
    def let_go() -> None:
        while followed:
            followed.pop()()

    @callback
    def follow() -> None:
        let_go()
        for line in hass.data[LINES].values():
            followed.append(line.site.views.async_subscribe(tell))
            followed.append(line.site.views.async_subscribe_configuration(tell))
        tell()

    stops = (
        async_dispatcher_connect(hass, SIGNAL_LINES, follow),
        async_track_time_interval(hass, tell, REFRESH_EVERY, cancel_on_shutdown=True),
        let_go,
    )

    @callback
    def stop() -> None:
        for each in stops:
            each()

    connection.subscriptions[message["id"]] = stop
    connection.send_result(message["id"])
    follow()


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/page_answer",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
        vol.Required("reply"): vol.Coerce(Reply),
        vol.Required("asked"): int,
    }
)
@callback
def websocket_page_answer(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Take what somebody tapped on the page, and answer with what to say to that, if anything."""
    user = connection.user
    if (site := site_of(hass, connection, message, right_to(message["reply"]))) is None:
        return
    if (incident := _shown(site, connection, message)) is not None:
        followed = take_answer(site, incident, site.actor(user.id), message["reply"], message["asked"])
        _say(site, connection, message, followed)


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/page_end",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
        vol.Required("reply"): vol.All(vol.Coerce(Reply), vol.In(ENDS)),
        vol.Required("note"): vol.All(str, vol.Strip, vol.Length(1, 500)),
        vol.Required("asked"): int,
    }
)
@callback
def websocket_page_end(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """End a call with a note, which goes nowhere but into the record (hazard H24)."""
    user = connection.user
    if (site := site_of(hass, connection, message, Right.RESOLVE_WITH_NOTE)) is None:
        return
    if (incident := _shown(site, connection, message)) is not None:
        command = Resolve(
            by=site.actor(user.id),
            reason=ENDS[message["reply"]],
            note=message["note"],
            asked=message["asked"],
            in_charge=may(user, Right.MANAGE, site.configuration),
        )
        _say(site, connection, message, site.handle(command, incident.id))


def _shown(site: Site, connection: ActiveConnection, message: dict[str, Any]) -> Incident | None:
    """Return the call that is answered on the page, or answer that it shows none such and return None."""
    incident = next((i for i in calls_for(site, connection.user) if i.id == message["incident_id"]), None)
    if incident is None:
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such call")
    return incident


def _say(site: Site, connection: ActiveConnection, message: dict[str, Any], followed: list[Event]) -> None:
    """Answer with why nothing came of an answer, or with nothing."""
    refused = [event.why for event in followed if isinstance(event, AnswerRefused)]
    language = language_of(site, connection.user)
    said = language.say("page_busy" if Why.BUSY in refused else f"why_{refused[0]}", {}) if refused else ""
    connection.send_result(message["id"], {"said": said})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/page_cancel",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
        vol.Required("code"): vol.All(str, vol.Length(1, 20)),
    }
)
@websocket_api.async_response
async def websocket_page_cancel(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Take a code that was typed to end a call. The answer is the same whatever it was (hazard H41)."""
    user, line = connection.user, hass.data[LINES].get(message["entry_id"])
    site = line.site if line is not None else None
    incident = site.incidents.get(message["incident_id"]) if site is not None else None
    if site is None or incident is None or not _may_cancel(site, incident, user):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such call")
        return
    by = site.actor(user.id)
    typed = person, is_duress = await site.codes.async_find(site.configuration.responders.values(), message["code"])
    if not cancel(site, [incident], typed, by, None) and is_duress:  # it was over meanwhile
        go_on_quietly(site, incident, Why.CANCELLED_UNDER_DURESS, person, by)
    connection.send_result(message["id"], {"said": language_of(site, user).say("page_cancelled", {})})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/page_unlock",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
        vol.Required("door"): str,
    }
)
@callback
def websocket_page_unlock(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Have a door unlocked for whoever goes to a call (hazard H9)."""
    user = connection.user
    if (site := site_of(hass, connection, message, Right.UNLOCK)) is None:
        return
    if (incident := _shown(site, connection, message)) is None:
        return
    door = next((d for d in doors_to_unlock(site, incident) if d.id == message["door"]), None)
    if door is None or not incident.has_going(user.id):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such door")
        return
    site.handle(AskUnlock(by=site.actor(user.id), door=door.id, name=door.name), incident.id)
    connection.send_result(message["id"], {"said": ""})


@websocket_api.websocket_command({vol.Required("type"): "duress/page_lock_down", vol.Required("entry_id"): str})
@callback
def websocket_page_lock_down(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Lock all doors of a site."""
    if (site := site_of(hass, connection, message, Right.LOCK_DOWN)) is not None:
        site.doors.async_lock_down(None, connection.user.id)
        connection.send_result(message["id"], {"said": ""})


@websocket_api.websocket_command({vol.Required("type"): "duress/page_release", vol.Required("entry_id"): str})
@callback
def websocket_page_release(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Let all doors of a site be as they were before they were locked down."""
    if (site := site_of(hass, connection, message, Right.RELEASE)) is not None:
        site.doors.async_release(None, connection.user.id)
        connection.send_result(message["id"], {"said": ""})


@websocket_api.websocket_command({vol.Required("type"): "duress/page_records", vol.Required("entry_id"): str})
@websocket_api.async_response
async def websocket_page_records(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with the calls that are over, to those who look them through."""
    if (site := site_of(hass, connection, message, Right.AUDIT)) is not None:
        connection.send_result(message["id"], await async_records(site, connection.user))


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/sign_on",
        vol.Required("entry_id"): str,
        vol.Required("post"): str,
        vol.Required("person"): str,
    }
)
@callback
def websocket_sign_on(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Note who has a shared phone from now on, told on that phone (hazard H31)."""
    user = connection.user
    if (site := site_of(hass, connection, message, Right.ANSWER)) is None:
        return
    own = site.configuration.responders_of(user.id)
    post = site.configuration.responders.get(message["post"]) if message["post"] in own else None
    if post is None or message["person"] not in post.carriers:
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "Nobody of that name has this phone")
        return
    site.memory.sign_on(post.id, message["person"], user.id)
    site.views.configuration_changed()
    connection.send_result(message["id"], {"said": ""})


def _may_cancel(site: Site, incident: Incident, user: User) -> bool:
    """Return whether a user may type a code for a call, whether or not it is over by now."""
    concerned = incident.press.user == user.id or may_see_as_responder(user, incident, site.configuration)
    allowed = may(user, Right.PRESS, site.configuration) and not incident.plan.covert
    return concerned and allowed and can_be_cancelled(site, incident)
