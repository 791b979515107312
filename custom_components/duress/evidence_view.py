"""Gives pictures and whole incidents to whoever may see them, and to nobody else; who was given what is on record."""

from collections.abc import Callable
from http import HTTPStatus
import logging
from typing import Any

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.setup import async_when_setup

from .const import EXPORT_URL, PICTURE_URL
from .engine.cameras import is_clip
from .engine.model import Incident
from .line import LINES
from .records import async_export
from .rights import may_see_pictures, may_take_out
from .site import Site

_LOGGER = logging.getLogger(__name__)


class PictureView(HomeAssistantView):
    """One picture or clip of one incident."""

    url = PICTURE_URL
    name = "api:duress:picture"

    async def get(self, request: web.Request, incident_id: str, picture: str) -> web.Response:
        """Answer with the picture: what is not there and what may not be seen are refused alike."""
        user = request["hass_user"]
        found = await _async_find(request.app[KEY_HASS], user, incident_id, may_see_pictures)
        content = await found[0].pictures.async_read(found[1], picture, user.id) if found is not None else None
        return _answer(user, content, "video/mp4" if is_clip(picture) else "image/jpeg")


class ExportView(HomeAssistantView):
    """All of one incident, to hand out."""

    url = EXPORT_URL
    name = "api:duress:export"

    async def get(self, request: web.Request, incident_id: str) -> web.Response:
        """Answer with an archive."""
        user = request["hass_user"]
        found = await _async_find(request.app[KEY_HASS], user, incident_id, may_take_out)
        content = await async_export(request.app[KEY_HASS], *found, user) if found is not None else None
        return _answer(user, content, "application/zip")


@callback
def async_setup_evidence_views(hass: HomeAssistant) -> None:
    """Have them to be had once there is a server for them; buttons call all the same."""

    async def register(hass: HomeAssistant, _component: str) -> None:
        hass.http.register_view(PictureView())
        hass.http.register_view(ExportView())

    async_when_setup(hass, "http", register)


async def _async_find(
    hass: HomeAssistant, user: User, incident_id: str, allowed: Callable[[User, Incident, Any], bool]
) -> tuple[Site, Incident] | None:
    """Return an incident with its site, if there is one and the user may."""
    for line in hass.data[LINES].values():
        incident = await line.site.async_find(incident_id)
        if incident is not None and allowed(user, incident, line.site.configuration):
            return line.site, incident
    return None


def _answer(user: User, content: bytes | None, content_type: str) -> web.Response:
    if content is None:
        _LOGGER.warning("A picture or a record was refused to the user %s", user.id)
        return web.Response(status=HTTPStatus.FORBIDDEN)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=content, content_type=content_type, headers=headers)
