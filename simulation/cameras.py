"""Cameras on the loopback interface, which Home Assistant takes for real ones, and which can fail in every way."""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
import io
import threading
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from PIL import Image, ImageDraw

from .home_assistant import HomeAssistant
from .loopback import serve

SLOW = 30.0
FRAMES = 5
FILM = (320, 180)


class Mode(StrEnum):
    """How a camera is."""

    GOOD = "good"
    SLOW = "slow"
    """It answers after half a minute."""
    DEAD = "dead"
    """It answers with an error page."""
    REPEATING = "repeating"
    """It gives the picture that it had before."""


class SimulatedCameras:
    """Some cameras, each with a still picture that tells its name and the time."""

    def __init__(self, *names: str) -> None:
        """Begin with all of them good."""
        self.modes = dict.fromkeys(names, Mode.GOOD)
        self._before: dict[str, bytes] = {}
        self._streaming = 0

    async def __aenter__(self) -> Self:
        """Serve their pictures."""
        app = web.Application()
        app.router.add_get("/{name}.jpg", self._still)
        app.router.add_get("/{name}.ts", self._stream)
        self._serving = serve(app)
        self._host = await self._serving.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Switch them off."""
        await self._serving.__aexit__(kind, error, traceback)

    async def add_to(self, home_assistant: HomeAssistant) -> list[str]:
        """Have Home Assistant manage them, as its user does; returns their entities."""
        for name in self.modes:
            url = f"http://{self._host}/{name.lower()}.jpg"
            camera = {"name": name, "mjpeg_url": url, "still_image_url": url, "verify_ssl": True, "password": ""}
            await home_assistant.flow({"handler": "mjpeg"}, camera)
        entities = [f"camera.{name.lower()}" for name in self.modes]
        for entity in entities:
            await home_assistant.until(entity, lambda state: state is not None)
        return entities

    async def add_streaming(self, home_assistant: HomeAssistant, name: str) -> str:
        """Have Home Assistant manage one that streams as well; returns its entity."""
        self.modes[name] = Mode.GOOD
        url = f"http://{self._host}/{name.lower()}"
        advanced = {"framerate": 2, "verify_ssl": True, "authentication": "basic"}
        camera = {"still_image_url": f"{url}.jpg", "stream_source": f"{url}.ts", "advanced": advanced}
        await home_assistant.flow({"handler": "generic"}, camera, {"confirmed_ok": True})
        states = await home_assistant.get("/api/states")
        entity: str = next(s["entity_id"] for s in states if s["entity_id"].startswith("camera.127"))
        return entity

    async def until_streaming(self) -> None:
        """Wait until somebody looks at what one of them sees; raises TimeoutError."""
        async with asyncio.timeout(60):
            while not self._streaming:
                await asyncio.sleep(0.1)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Send what a camera sees as long as somebody looks."""
        response = web.StreamResponse(headers={"Content-Type": "video/mp2t"})
        await response.prepare(request)
        sent: asyncio.Queue[bytes] = asyncio.Queue()
        over = threading.Event()
        film = asyncio.create_task(asyncio.to_thread(_film, asyncio.get_running_loop(), sent, over))
        self._streaming += 1
        try:
            while True:
                await response.write(await sent.get())
        except ConnectionError:
            return response
        finally:
            self._streaming -= 1
            over.set()
            await film

    async def _still(self, request: web.Request) -> web.Response:
        name = next(name for name in self.modes if name.lower() == request.match_info["name"])
        match self.modes[name]:
            case Mode.SLOW:
                await asyncio.sleep(SLOW)
            case Mode.DEAD:
                return web.Response(status=500, text="<html>Internal Server Error</html>", content_type="text/html")
            case Mode.REPEATING if name in self._before:
                return web.Response(body=self._before[name], content_type="image/jpeg")
        self._before[name] = await asyncio.to_thread(_frame, name)
        return web.Response(body=self._before[name], content_type="image/jpeg")


class _Pipe:
    """What a film is written to, in its own thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sent: asyncio.Queue[bytes]) -> None:
        self._loop = loop
        self._sent = sent

    def write(self, data: bytes) -> int:
        """Pass on what was written."""
        self._loop.call_soon_threadsafe(self._sent.put_nowait, bytes(data))
        return len(data)


def _film(loop: asyncio.AbstractEventLoop, sent: asyncio.Queue[bytes], over: threading.Event) -> None:
    """Film, with a key picture every second, until it is over."""
    import av  # noqa: PLC0415  not every Home Assistant that we try has it beside it

    with av.open(_Pipe(loop, sent), "w", format="mpegts") as out:
        video = out.add_stream("libx264", rate=FRAMES, options={"preset": "ultrafast", "tune": "zerolatency"})
        video.width, video.height, video.pix_fmt, video.gop_size = *FILM, "yuv420p", FRAMES
        number = 0
        while not over.wait(1 / FRAMES):
            image = Image.new("RGB", FILM, (number * 8 % 256, 80, 120))
            frame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            frame.pts = number
            number += 1
            out.mux(video.encode(frame))


def _frame(name: str) -> bytes:
    """Return what a camera sees: an empty corridor, with a clock in the picture."""
    image = Image.new("RGB", (640, 360), (52, 58, 64))
    draw: Any = ImageDraw.Draw(image)
    draw.polygon([(0, 360), (250, 200), (390, 200), (640, 360)], fill=(94, 88, 78))
    draw.rectangle((250, 90, 390, 200), fill=(120, 110, 96))
    draw.rectangle((295, 115, 345, 200), fill=(70, 52, 40))
    draw.text((16, 12), name, fill="white", font_size=26)
    draw.text((16, 44), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], fill=(255, 224, 102), font_size=20)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
