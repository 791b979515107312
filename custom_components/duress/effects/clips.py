"""Asks a camera that streams for a clip, with what it saw just before where Home Assistant keeps that.

Home Assistant itself records only into folders that everybody can read, so the clip is put together here from the
pieces that it has for whoever watches live.
"""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import logging
from typing import Any

from homeassistant.const import ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.loader import async_get_integration

from ..devices import entity_id_of
from ..engine.cameras import Camera
from ..engine.why import Why

_LOGGER = logging.getLogger(__name__)

CAMERA = "camera"
STREAM = "stream"
HLS = "hls"
"""The pieces for live viewers."""
CAN_STREAM = 2
"""The feature of a camera's entity (`CameraEntityFeature.STREAM`)."""
CLIP_FOR = 12.0
"""Seconds from the call on: until somebody who runs away is out of the picture. Pieces begin at a key picture only."""
STARTS_WITHIN = 10.0
"""Seconds that a stream may take to begin."""
LARGEST = 30 * 1024**2
"""Bytes of a clip: 12 s of what a camera of 8 megapixels sends, and as much from before.

Home Assistant may have half a minute from before.
"""
IS_MP4 = b"ftyp"


class PictureError(Exception):
    """There is no picture or clip, and why."""

    def __init__(self, why: Why) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


def can_stream(hass: HomeAssistant, state: State | None) -> bool:
    """Return whether a camera with this state can give a clip in this Home Assistant."""
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) if state is not None else 0
    return STREAM in hass.config.components and bool(features & CAN_STREAM)


async def async_component(hass: HomeAssistant, camera: Camera) -> tuple[Any, str]:
    """Return Home Assistant's camera integration and what the camera is called; raises PictureError if it is gone."""
    entity_id = entity_id_of(hass, camera.id)
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE or CAMERA not in hass.config.components:
        raise PictureError(Why.CAMERA_GONE)
    return await (await async_get_integration(hass, CAMERA)).async_get_component(), entity_id


@contextlib.asynccontextmanager
async def asked_for(seconds: float) -> AsyncIterator[None]:
    """Give a camera so long for what is asked of it; raises PictureError, whatever the integration behind it does."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except asyncio.CancelledError as error:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        raise PictureError(Why.CAMERA_SILENT) from error  # what was cancelled is something of the camera's own
    except (TimeoutError, HomeAssistantError) as error:
        raise PictureError(Why.CAMERA_SILENT) from error
    except Exception as error:
        _LOGGER.debug("A camera failed in a way that was not foreseen", exc_info=True)
        raise PictureError(Why.CAMERA_SILENT) from error


async def async_clip(hass: HomeAssistant, camera: Camera, seconds: float = CLIP_FOR) -> bytes:
    """Return so many seconds from now, with what is still there from before, as an MP4; raises PictureError."""
    component, entity_id = await async_component(hass, camera)
    async with asked_for(2 * STARTS_WITHIN + seconds):
        stream = await component.get_camera_from_entity_id(hass, entity_id).async_create_stream()
        content = await _async_recorded(stream, seconds) if stream is not None else b""
    if len(content) > LARGEST:
        raise PictureError(Why.PICTURE_TOO_LARGE)
    if IS_MP4 not in content[:12]:
        raise PictureError(Why.NO_PICTURE)
    return content


async def _async_recorded(stream: Any, seconds: float) -> bytes:
    """Put together the pieces of a stream, which ends by itself some minutes after nobody wants it any more.

    A camera that begins anew begins another clip; only the newest is taken.
    """
    pieces = stream.add_provider(HLS)
    await stream.start()
    seen = {piece.sequence: piece for piece in pieces.get_segments()}
    if seen:
        pieces.idle_timer.awake()  # it ends half a minute after somebody began it, which may be now
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds + (0 if seen else STARTS_WITHIN)):
            while await pieces.recv():
                seen |= {piece.sequence: piece for piece in pieces.get_segments()}
    whole = [seen[sequence] for sequence in sorted(seen) if seen[sequence].complete]
    if not whole:
        raise TimeoutError
    newest = [piece for piece in whole if piece.stream_id == whole[-1].stream_id]
    begins: bytes = newest[0].init
    film = [piece.get_data() for piece in newest]
    while len(film) > 1 and len(begins) + sum(map(len, film)) > LARGEST:
        film.pop(0)  # what is left out is from longest before
    return b"".join([begins, *film])
