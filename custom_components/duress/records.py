"""Incidents that are over: for those who look them through, close them, and hand them out."""

from datetime import timedelta
from functools import partial
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import EXPORT_URL
from .effects.texts import Language, clock, plain
from .engine import replay
from .engine.cameras import Picture, PictureState
from .engine.codec import encode
from .engine.kinds import CloseCode, Phase
from .engine.model import Incident
from .engine.site_events import RecordExported
from .evidence import file_name
from .export import exported
from .page import language_of
from .page_pictures import said_of
from .rights import Right, may, may_see
from .site import Site
from .timeline import Timeline

LISTED_FOR = timedelta(days=31)
"""A month, as long as there are pictures."""


async def async_records(site: Site, user: User) -> dict[str, Any]:
    """Return the calls of the last month that are over, the newest first, with what can be done about each."""
    language, configuration = language_of(site, user), site.configuration
    histories = await site.archive.async_since(site.now() - LISTED_FOR)
    marked = await site.pictures.async_marked()
    reviews = may(user, Right.REVIEW, configuration)

    def rows() -> list[dict[str, Any]]:
        incidents = (replay(events) for events in reversed(histories))
        over = (i for i in incidents if i is not None and not i.is_open and may_see(user, i, configuration))
        return [_row(i, language, reviews=reviews, marked=i.id in marked) for i in over]

    codes = [{"code": code, "label": language.say(f"word_{code}", {})} for code in CloseCode]
    return {
        "close": language.say("page_close", {}),
        "note": language.say("page_note", {}),
        "download": language.say("page_download", {}),
        "codes": codes,
        "rows": await site.hass.async_add_executor_job(rows),  # a month of a busy house takes its time
    }


def _row(incident: Incident, language: Language, *, reviews: bool, marked: bool) -> dict[str, Any]:
    words = {"point": plain(incident.place.point), "at": clock(incident.opened_at)}
    found = language.say(f"word_{incident.code}", {}) if incident.code is not None else ""
    label = "page_keep_no_longer" if marked else "page_keep_pictures"
    return {
        "incident_id": incident.id,
        "said": language.say("record_closed" if found else "record_over", {**words, "code": found}),
        "closes": reviews and incident.phase is Phase.RESOLVED,
        "keeps": {"label": language.say(label, {}), "marked": not marked} if reviews and _kept(incident) else None,
        "url": EXPORT_URL.format(incident_id=incident.id),
    }


async def async_export(hass: HomeAssistant, site: Site, incident: Incident, user: User) -> bytes:
    """Return all of an incident as an archive, and put on record who took it out."""
    language = language_of(site, user)
    entries = await site.archive.async_incident(incident.id)
    tell = Timeline(language, site.configuration)
    lines = [(dt_util.as_local(entry.wall), tell.sentence(entry.event)) for entry in entries]
    record = {
        "incident": incident.id,
        "trigger_point": incident.place.point,
        "area": incident.place.area,
        "timeline": [
            {"wall": entry.wall.isoformat(), "text": text, **encode(entry.event)[0]}
            for entry, (_, text) in zip(entries, lines, strict=True)
        ],
    }
    shown = {
        (file_name(picture.id), said_of(picture, language), str(picture.sha256)): await site.pictures.async_read(
            incident, picture.id, user.id
        )
        for picture in _kept(incident)
    }
    words = {part: language.say(f"export_{part}", {}) for part in ("timeline", "pictures", "missing", "note")}
    title = language.say("record_over", {"point": plain(incident.place.point), "at": clock(incident.opened_at)})
    archive, digest = await hass.async_add_executor_job(partial(exported, title, words, record, lines, shown))
    site.record(RecordExported(at=site.now(), incident=incident.id, by=user.id, digest=digest))
    return archive


def _kept(incident: Incident) -> list[Picture]:
    return [picture for picture in incident.pictures.values() if picture.state is PictureState.KEPT]
