"""Gives a picture to whoever may see it, and to nobody else; who was given which is on record."""

from http import HTTPStatus
import logging

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.setup import async_when_setup

from .const import PICTURE_URL
from .line import LINES
from .rights import may_see_pictures

_LOGGER = logging.getLogger(__name__)


class PictureView(HomeAssistantView):
    """One picture of one incident."""

    url = PICTURE_URL
    name = "api:duress:picture"

    async def get(self, request: web.Request, incident_id: str, picture: str) -> web.Response:
        """Answer with the picture: what is not there and what may not be seen are refused alike."""
        hass, user = request.app[KEY_HASS], request["hass_user"]
        content = await _async_picture(hass, user, incident_id, picture)
        if content is None:
            _LOGGER.warning("A picture was refused to the user %s", user.id)
            return web.Response(status=HTTPStatus.FORBIDDEN)
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=content, content_type="image/jpeg", headers=headers)


@callback
def async_setup_picture_view(hass: HomeAssistant) -> None:
    """Have pictures to be had once there is a server for them; buttons call all the same."""

    async def register(hass: HomeAssistant, _component: str) -> None:
        hass.http.register_view(PictureView())

    async_when_setup(hass, "http", register)


async def _async_picture(hass: HomeAssistant, user: User, incident_id: str, picture: str) -> bytes | None:
    for line in hass.data[LINES].values():
        incident = await line.site.async_find(incident_id)
        if incident is not None and may_see_pictures(user, incident, line.site.configuration):
            return await line.site.pictures.async_read(incident, picture, user.id)
    return None
