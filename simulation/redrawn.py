"""The page of a call by itself in a real browser: nothing that a person writes or taps is lost when it changes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from .browser import Browser
from .loopback import serve

PAGE = Path(__file__).parents[1] / "custom_components" / "duress" / "frontend" / "page.js"
CHECKS = Path(__file__).with_suffix(".html")


async def check_what_a_redraw_keeps() -> dict[str, bool]:
    """Return what held."""
    app = web.Application()
    for path, file, kind in (("/page.js", PAGE, "text/javascript"), ("/checks", CHECKS, "text/html")):
        app.router.add_get(path, _give(file, kind))
    async with serve(app) as host, Browser(f"http://{host}", "nobody") as browser:
        await browser.open("/checks")
        await browser.wait_until("!!window.told")
        checks: dict[str, bool] = await browser.evaluate("window.told")
        return checks


def _give(file: Path, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def give(_request: web.Request) -> web.Response:
        return web.Response(text=await asyncio.to_thread(file.read_text, "utf-8"), content_type=kind)

    return give
