"""What our own screens may ask. Every command checks who is asking."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from .effects.texts import clock
from .engine import replay
from .engine.codec import encode
from .engine.commands import Close
from .engine.events import Event
from .engine.kinds import CloseCode, Phase
from .engine.model import Actor, Incident
from .engine.review_events import Closed
from .engine.site_events import ConfigurationChanged, RecordRead
from .journal import Entry
from .line import LINES
from .page import language_of
from .rights import Right, async_others_who_review, may, may_see, may_see_as_responder
from .site import Site
from .timeline import Timeline


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_changes)
    websocket_api.async_register_command(hass, websocket_incidents)
    websocket_api.async_register_command(hass, websocket_incident_record)
    websocket_api.async_register_command(hass, websocket_close_incident)
    websocket_api.async_register_command(hass, websocket_keep_pictures)


def site_of(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any], *rights: Right) -> Site | None:
    """Return the site a message asks about if who asks has any of these rights, or answer why not and return None."""
    line = hass.data[LINES].get(message["entry_id"])
    site = line.site if line is not None else None
    if site is None or not any(may(connection.user, right, site.configuration) for right in rights):
        connection.send_error(message["id"], websocket_api.ERR_UNAUTHORIZED, "Not allowed")
        return None
    return site


@websocket_api.websocket_command({vol.Required("type"): "duress/incidents", vol.Required("entry_id"): str})
@callback
def websocket_incidents(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with the open incidents of a site, oldest first."""
    if (site := site_of(hass, connection, message, Right.READ)) is not None:
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
    if (site := site_of(hass, connection, message, Right.READ, Right.AUDIT)) is None:
        return
    entries = await site.archive.async_incident(message["incident_id"])
    incident = replay(entry.event for entry in entries)
    if incident is None or not _sees(connection, site, incident):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such incident")
        return
    if not may_see_as_responder(connection.user, incident, site.configuration):  # whoever audits does not read unseen
        site.record(RecordRead(at=site.now(), incident=incident.id, by=connection.user.id))
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
    if (site := site_of(hass, connection, message, Right.REVIEW)) is None:
        return
    incident, user = await site.async_find(message["incident_id"]), connection.user
    if incident is None or incident.phase is not Phase.RESOLVED or not _sees(connection, site, incident):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No incident that is over and not closed")
        return
    others = await async_others_who_review(hass, user, incident, site.configuration)
    command = Close(by=site.actor(user.id), code=message["code"], note=message.get("note"), alone=not others)
    followed = site.handle(command, incident.id)
    if not followed:
        language = language_of(site, user)
        connection.send_error(message["id"], websocket_api.ERR_NOT_ALLOWED, language.say("review_alone", {}))
        return
    connection.send_result(message["id"], {"closed": isinstance(followed[0], Closed)})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "duress/keep_pictures",
        vol.Required("entry_id"): str,
        vol.Required("incident_id"): str,
        vol.Required("marked"): bool,
    }
)
@websocket_api.async_response
async def websocket_keep_pictures(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Keep the pictures of an incident for as long as it takes, or no longer than others."""
    if (site := site_of(hass, connection, message, Right.REVIEW)) is None:
        return
    incident = await site.async_find(message["incident_id"])
    if incident is None or not _sees(connection, site, incident):
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, "No such incident")
        return
    await site.pictures.async_mark(incident, connection.user.id, marked=message["marked"])
    connection.send_result(message["id"])


@websocket_api.websocket_command({vol.Required("type"): "duress/changes", vol.Required("entry_id"): str})
@websocket_api.async_response
async def websocket_changes(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with what was changed in a site, before and after, and by whom; the newest first."""
    if (site := site_of(hass, connection, message, Right.AUDIT)) is None:
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
        "pictures": [
            {"id": p.id, "camera": p.camera.name, "state": p.state, "sha256": p.sha256}
            for p in incident.pictures.values()
        ],
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
