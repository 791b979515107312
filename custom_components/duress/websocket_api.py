"""What our own screens may ask. Every command checks who is asking."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from .cancelling import async_cancel
from .effects.texts import clock
from .engine import replay
from .engine.codec import encode
from .engine.events import AnswerRefused, Event
from .engine.kinds import CloseCode, Reply
from .engine.model import Actor, Incident
from .engine.site_events import ConfigurationChanged
from .journal import Entry
from .line import LINES
from .page import calls_for, can_be_cancelled, language_of, page_of, pressed_by
from .rights import Right, may, may_see
from .site import Site
from .timeline import Timeline


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_page)
    websocket_api.async_register_command(hass, websocket_page_answer)
    websocket_api.async_register_command(hass, websocket_page_cancel)
    websocket_api.async_register_command(hass, websocket_sign_on)
    websocket_api.async_register_command(hass, websocket_changes)
    websocket_api.async_register_command(hass, websocket_incidents)
    websocket_api.async_register_command(hass, websocket_incident_record)
    websocket_api.async_register_command(hass, websocket_close_incident)


def _site(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any], right: Right = Right.READ
) -> Site | None:
    """Return the site a message asks about, or answer why not and return None."""
    line = hass.data[LINES].get(message["entry_id"])
    site = line.site if line is not None else None
    if site is None or not may(connection.user, right, site.configuration):
        connection.send_error(message["id"], websocket_api.ERR_UNAUTHORIZED, "Not allowed")
        return None
    return site


@websocket_api.websocket_command({vol.Required("type"): "duress/incidents", vol.Required("entry_id"): str})
@callback
def websocket_incidents(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with the open incidents of a site, oldest first."""
    if (site := _site(hass, connection, message)) is not None:
        connection.send_result(
            message["id"], [_summary(site, i) for i in site.incidents.open() if _sees(connection, site, i)]
        )


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/incident_record",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
    }
)
@websocket_api.async_response
async def websocket_incident_record(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with one incident, open or over, with its timeline from the record."""
    if (site := _site(hass, connection, message)) is None:
        return
    entries = await site.archive.async_incident(message["incident_id"])
    incident = replay(entry.event for entry in entries)
    if incident is None or not _sees(connection, site, incident):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such incident")
        return
    tell = Timeline(language_of(site, connection.user), site.configuration)
    timeline = [_line(entry, tell) for entry in entries]
    connection.send_result(message["id"], {**_summary(site, incident), "timeline": timeline})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/close_incident",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
        vol.Required("code"): vol.Coerce(CloseCode),
        vol.Optional("note"): vol.All(str, vol.Length(1, 500)),
    }
)
@websocket_api.async_response
async def websocket_close_incident(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Close an incident that is over, with what the review found it to be."""
    if (site := _site(hass, connection, message, Right.RESOLVE)) is None:
        return
    if await site.async_close(message["incident_id"], connection.user.id, message["code"], message.get("note")):
        connection.send_result(message["id"])
    else:
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No incident that is over and not closed")


@websocket_api.websocket_command({vol.Required("type"): "duress/changes", vol.Required("entry_id"): str})
@websocket_api.async_response
async def websocket_changes(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with what was changed in a site, before and after, and by whom; the newest first."""
    if (site := _site(hass, connection, message, Right.MANAGE)) is None:
        return
    changes = [
        {
            "wall": entry.wall.isoformat(),
            "what": entry.event.what,
            "part": entry.event.part,
            "by": entry.event.by,
            "before": entry.event.before,
            "after": entry.event.after,
        }
        for entry in await site.archive.async_site()
        if isinstance(entry.event, ConfigurationChanged)
    ]
    connection.send_result(message["id"], changes[::-1])


@websocket_api.websocket_command({vol.Required("type"): "duress/page"})
@callback
def websocket_page(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Go on telling what the page behind the tap shows to whoever asks. It is for everybody, and empty for most."""
    lines = list(hass.data[LINES].values())

    @callback
    def tell(*_: object) -> None:
        connection.send_event(message["id"], page_of([line.site for line in lines], connection.user))

    views = [line.site.views for line in lines]
    stops = [stop for v in views for stop in (v.async_subscribe(tell), v.async_subscribe_configuration(tell))]

    @callback
    def stop() -> None:
        for each in stops:
            each()

    connection.subscriptions[message["id"]] = stop
    connection.send_result(message["id"])
    tell()


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
    if (site := _site(hass, connection, message, Right.ANSWER)) is None:
        return
    incident = next((i for i in calls_for(site, connection.user) if i.id == message["incident_id"]), None)
    if incident is None:
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such call")
        return
    by = site.actor(connection.user.id)
    followed = site.async_answer(incident, by, message["reply"], message["asked"])
    refused = [event.why for event in followed if isinstance(event, AnswerRefused)]
    said = language_of(site, connection.user).say(f"why_{refused[0]}", {}) if refused else ""
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
    """Take a code that was typed to end a call. The answer is the same whatever it was."""
    line, user = hass.data[LINES].get(message["entry_id"]), connection.user
    shown = (*calls_for(line.site, user), *pressed_by(line.site, user)) if line is not None else ()
    incidents = [i for i in shown if i.id == message["incident_id"] and can_be_cancelled(line.site, i)] if line else []
    if line is None or not incidents or not may(user, Right.PRESS, line.site.configuration):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such call")
        return
    await async_cancel(line.site, incidents, message["code"], user.id, None)
    said = language_of(line.site, user).say("page_cancelled", {})
    connection.send_result(message["id"], {"said": said})


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
    if (site := _site(hass, connection, message, Right.ANSWER)) is None:
        return
    own = site.configuration.responders_of(connection.user.id)
    post = site.configuration.responders.get(message["post"]) if message["post"] in own else None
    if post is None or message["person"] not in post.carriers:
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "Nobody of that name has this phone")
        return
    site.memory.sign_on(post.id, message["person"], connection.user.id)
    site.views.configuration_changed()
    connection.send_result(message["id"])


def _sees(connection: ActiveConnection, site: Site, incident: Incident) -> bool:
    return may_see(connection.user, incident, site.configuration)


def _summary(site: Site, incident: Incident) -> dict[str, Any]:
    return {
        "incident_id": incident.id,
        "phase": incident.phase,
        "progress": incident.progress,
        "stale": incident.stale,
        "follows": incident.follows,
        "trigger_point": {"id": incident.press.point, "name": incident.place.point},
        "area": incident.place.area,
        "opened_at": incident.opened_at.isoformat(),
        "presses": incident.presses,
        "acknowledged_by": _actor(site, incident.taken_by),
        "going": [_actor(site, actor) for actor in incident.going],
        "resolved_by": _actor(site, incident.resolved_by),
        "reason": incident.reason,
        "code": incident.code,
        "messages": [
            {
                "id": message.id,
                "kind": message.kind,
                "responder": _name(site, message.responder),
                "channel": message.channel.partition(":")[0],
                "state": message.state,
                "attempts": message.attempts,
            }
            for message in incident.messages.values()
        ],
    }


def _line(entry: Entry[Event], tell: Timeline) -> dict[str, Any]:
    """Return a line of the timeline, without what is private in it."""
    public, _ = encode(entry.event)
    return {"wall": entry.wall.isoformat(), "time": clock(entry.wall), "text": tell.sentence(entry.event), **public}


def _actor(site: Site, actor: Actor | None) -> dict[str, Any] | None:
    return {"user_id": actor.user, "responder": _name(site, actor.responder)} if actor else None


def _name(site: Site, responder_id: str | None) -> str | None:
    responder = site.configuration.responders.get(responder_id) if responder_id else None
    return responder.name if responder else None
