"""What the page shows of cameras, to those who may see it."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.const import STATE_UNAVAILABLE

from .devices import entity_id_of
from .effects.phone import picture_url
from .effects.texts import Language, clock, plain
from .engine.cameras import Camera, Picture, PictureState, is_clip
from .engine.model import Incident
from .rights import may_see_pictures
from .site import Site


def pictures_on_page(site: Site, incident: Incident, user: User, language: Language) -> dict[str, Any] | None:
    """Return the newest picture of each camera, or why it has none."""
    if not incident.pictures or not may_see_pictures(user, incident, site.configuration):
        return None
    newest: dict[Camera, Picture] = {}
    clips = [p for p in incident.pictures.values() if is_clip(p.id) and p.state is PictureState.KEPT]
    for picture in incident.pictures.values():
        if is_clip(picture.id):
            continue
        if picture.state is not PictureState.TAKING and not (picture.why and picture.camera in newest):
            newest[picture.camera] = picture
    rows = [
        {**_picture(incident, picture, language), "live": _live(site, incident, picture)} for picture in newest.values()
    ]
    words = {"label": language.say("page_pictures", {}), "live": language.say("page_live", {})}
    shown = [_picture(incident, clip, language) for clip in clips]
    return {**words, "rows": rows, "clips": shown} if rows or clips else None


def _live(site: Site, incident: Incident, picture: Picture) -> str | None:
    """Return the camera to look through right now: in a quiet call none, as that may show (hazard H49)."""
    entity_id = entity_id_of(site.hass, picture.camera.id)
    state = site.hass.states.get(entity_id)
    is_there = state is not None and state.state != STATE_UNAVAILABLE
    return entity_id if incident.is_open and not incident.plan.covert and is_there else None


def _picture(incident: Incident, picture: Picture, language: Language) -> dict[str, Any]:
    url = picture_url(incident, picture) if picture.why is None else None
    return {"url": url, "said": said_of(picture, language)}


def said_of(picture: Picture, language: Language) -> str:
    """Return what there is to say of a picture: of which camera it is and when it came, or why there is none."""
    words = {"camera": plain(picture.camera.name), "at": clock(picture.kept_at or picture.asked_at, seconds=True)}
    if is_clip(picture.id) and picture.why is None:
        return language.say("clip_at", words)
    if picture.why is not None:
        missed = language.say("picture_missed", words)
        return f"{missed} {language.say(f'why_{picture.why}', {})}"
    words["since"] = clock(picture.unchanged_since or picture.asked_at, seconds=True)
    return language.say("picture_unchanged" if picture.unchanged_since else "picture_at", words)
