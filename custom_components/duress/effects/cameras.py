"""Asks the cameras that Home Assistant manages for pictures, side by side, each with its own time limit.

A camera's entity says that all is well when it hands out an error page, nothing, or the picture it had before. So a
picture counts only if it is one, and one that does not change is told apart.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
import logging

from homeassistant.core import HomeAssistant

from ..engine.cameras import Camera, Picture, Taken, is_clip
from ..engine.why import Why
from .clips import PictureError, asked_for, async_clip, async_component

_LOGGER = logging.getLogger(__name__)

TIME_LIMIT = 8
"""Seconds for one picture: less than the 10 after which most cameras' entities give up by themselves."""
LARGEST = 10 * 1024**2
"""Bytes of a picture: what phones show (companion app documentation)."""
SAME_MOMENT = timedelta(seconds=2)
"""How far apart the same picture may be asked for twice and is no sign of a camera that stands still: calls that come
together, of a camera that gives a picture twice a second at the most."""
START, END = b"\xff\xd8", b"\xff\xd9"
"""What a JPEG begins and ends with. Some cameras send more after the end."""

type Keep = Callable[[str, str, bytes], Awaitable[tuple[str, int]]]
type Report = Callable[[str, Picture, Taken | Why], None]


class Cameras:
    """Keeps one task for each picture that is being taken, and starts none twice."""

    def __init__(self, hass: HomeAssistant, keep: Keep, report: Report, now: Callable[[], datetime]) -> None:
        """Keep pictures with `keep`, which returns SHA-256 and size, and tell `report` what became of each."""
        self._hass = hass
        self._keep = keep
        self._report = report
        self._now = now
        self._under_way: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._last: dict[str, tuple[str, datetime]] = {}
        """The newest picture of each camera, and since when it gives that."""

    def run(self, incident: str, pictures: Iterable[Picture]) -> None:
        """Have these taken, as far as they are not under way. They begin after whatever else is to be done now."""
        for picture in pictures:
            key = (incident, picture.id)
            if key not in self._under_way:
                self._under_way[key] = self._hass.async_create_background_task(
                    self._take(incident, picture), f"duress picture {picture.id}", eager_start=False
                )

    def stop(self) -> None:
        """Give up what is under way. What was asked for is asked for again if there is a next start."""
        for task in self._under_way.values():
            task.cancel()

    async def _take(self, incident: str, picture: Picture) -> None:
        outcome: Taken | Why
        try:
            clip = is_clip(picture.id)
            content = await (async_clip if clip else async_picture)(self._hass, picture.camera)
            sha256, size = await self._keep(incident, picture.id, content)
            since = self._since(picture, sha256) if not clip else None
            outcome = Taken(sha256=sha256, size=size, unchanged_since=since)
        except PictureError as error:
            outcome = error.why
        except Exception as error:  # noqa: BLE001  a full disk among others; none may stop the others
            _LOGGER.warning("A picture could not be kept: %s", type(error).__name__)
            outcome = Why.NO_ROOM
        self._under_way.pop((incident, picture.id), None)
        self._report(incident, picture, outcome)

    def _since(self, picture: Picture, sha256: str) -> datetime | None:
        """Return since when a camera gives this very picture, None if it is a new one."""
        camera = picture.camera.id
        known, since = self._last.get(camera, ("", self._now()))
        if known == sha256:
            return since if picture.asked_at - since > SAME_MOMENT else None
        self._last[camera] = (sha256, self._now())
        return None


async def async_picture(hass: HomeAssistant, camera: Camera) -> bytes:
    """Return what a camera shows now, as a JPEG; raises PictureError."""
    component, entity_id = await async_component(hass, camera)
    async with asked_for(TIME_LIMIT):
        content: bytes = (await component.async_get_image(hass, entity_id, timeout=TIME_LIMIT)).content
    if len(content) > LARGEST:
        raise PictureError(Why.PICTURE_TOO_LARGE)
    if not content.startswith(START) or END not in content[len(content) // 2 :]:
        raise PictureError(Why.NO_PICTURE)
    return content
