"""Puts the page behind the tap where the companion app and a browser find it, once there is a frontend.

Nothing depends on that: where the frontend fails to start, buttons call all the same.
"""

import hashlib
from pathlib import Path

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.setup import async_when_setup

from .const import DOMAIN, PAGE

SCRIPT = Path(__file__).parent / "frontend" / "page.js"
ELEMENT = "duress-page"


class PageScript(HomeAssistantView):
    """The script of the page. There is nothing in it that not everybody may read."""

    url = "/duress_static/page.js"
    name = "duress:page"
    requires_auth = False

    def __init__(self, script: bytes) -> None:
        """Serve this."""
        self._script = script

    @callback
    def get(self, _request: web.Request) -> web.Response:
        """Answer with the script; its address changes with it."""
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=self._script, content_type="text/javascript", headers=headers)


@callback
def async_setup_panel(hass: HomeAssistant) -> None:
    """Have the page put up when the frontend is."""
    async_when_setup(hass, "frontend", _async_put_up)


async def _async_put_up(hass: HomeAssistant, _component: str) -> None:
    from homeassistant.components import panel_custom  # noqa: PLC0415  it needs the frontend

    script = await hass.async_add_executor_job(SCRIPT.read_bytes)
    hass.http.register_view(PageScript(script))
    version = hashlib.sha256(script).hexdigest()[:12]
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=PAGE,
        webcomponent_name=ELEMENT,
        module_url=f"{PageScript.url}?v={version}",
        config={"domain": DOMAIN},
    )
