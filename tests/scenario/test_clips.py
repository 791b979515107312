"""A camera that streams gives a clip as well, with what it saw just before, and no call waits for it."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
import hashlib
from typing import Any
from unittest.mock import Mock

from homeassistant.components.camera import CameraEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.duress.effects import clips
from custom_components.duress.engine.cameras import Pictures
from custom_components.duress.engine.why import Why
from tests.site import PLAN, POINT, SiteUnderTest

from .test_page import OpenPage, page_of
from .test_pictures import Cameras, cameras, fetch, files, house, look_through, outcomes

__all__ = ["cameras", "fetch", "house", "page_of"]

TURNS = 300
"""Turns of the event loop in which all pieces have come."""
INIT = b"\0\0\0\x18ftypmp42"


@dataclass
class Piece:
    sequence: int
    stream_id: int = 1
    complete: bool = True
    init: bytes = INIT

    def get_data(self) -> bytes:
        return b"<%d>" % self.sequence


class TestStream:
    """A stream that has some pieces, and gets others one by one until it stands still."""

    __test__ = False

    def __init__(self, before: list[Piece], coming: list[Piece]) -> None:
        self._pieces = deque(before, maxlen=2)
        self._coming = coming
        self.started = False
        self.idle_timer = Mock()

    def add_provider(self, kind: str) -> TestStream:
        assert kind == "hls"
        return self

    async def start(self) -> None:
        self.started = True

    def get_segments(self) -> deque[Piece]:
        return self._pieces

    async def recv(self) -> bool:
        if not self._coming:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        self._pieces.append(self._coming.pop(0))
        return True


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a clip end soon: streams of these tests stand still then."""
    monkeypatch.setattr(clips, "STARTS_WITHIN", 3.0)
    monkeypatch.setattr(clips.async_clip, "__defaults__", (0.05,))


def stream_of(camera: Any, hass: HomeAssistant, *pieces: Piece, before: tuple[Piece, ...] = ()) -> TestStream:
    """Have a camera stream these pieces, after those that were there before."""
    stream = TestStream(list(before), list(pieces))

    async def create() -> TestStream:
        return stream

    camera.async_create_stream = create
    camera._attr_supported_features = CameraEntityFeature.STREAM
    camera.async_write_ha_state()
    hass.config.components.add("stream")
    return stream


async def clip_of(house: SiteUnderTest) -> dict[str, str]:
    """Press, let all pieces come and the time of a clip go by; returns what became of clips."""
    house.hass.bus.async_fire("test_button")
    await house.until(lambda: bool(house.site.incidents.open()))
    for _ in range(TURNS):
        await asyncio.sleep(0)
    house.freezer.tick(timedelta(seconds=4))
    async_fire_time_changed(house.hass)
    await house.settle()
    return {k: v for k, v in (await outcomes(house, house.incident.id)).items() if k.startswith("clip")}


async def test_a_clip_begins_with_what_was_seen_before_the_call_and_is_whole(
    house: SiteUnderTest, cameras: Cameras, page_of: OpenPage, fetch: Any
) -> None:
    before = (Piece(1), Piece(2))
    stream = stream_of(cameras["Hall"], house.hass, Piece(3), Piece(4), Piece(5, complete=False), before=before)
    assert await clip_of(house) == {"clip-1": "kept"}
    stream.idle_timer.awake.assert_called_once()
    (file,) = [path for path in files(house) if path.suffix == ".mp4"]
    content = file.read_bytes()
    assert content == INIT + b"<1><2><3><4>"
    picture = house.incident.pictures["clip-1"]
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    page = await page_of(house.people["Ann"].user)
    shown = (await page.call())["pictures"]
    (row,) = shown["clips"]
    assert row["said"].startswith("Clip of Hall, ")
    assert len(shown["rows"]) == 3
    assert await fetch(house.people["Ann"].user, row["url"]) == (200, content)
    visitor = await house.hass.auth.async_create_user("Visitor")
    assert (await fetch(visitor, row["url"]))[0] == 403
    house.people["Ann"].reads()


async def test_of_what_is_too_large_to_keep_the_newest_is_kept(
    house: SiteUnderTest, cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "LARGEST", len(INIT) + len(b"<2><3>"))
    stream_of(cameras["Hall"], house.hass, Piece(3), before=(Piece(1), Piece(2)))
    assert await clip_of(house) == {"clip-1": "kept"}
    (file,) = [path for path in files(house) if path.suffix == ".mp4"]
    assert file.read_bytes() == INIT + b"<2><3>"
    house.people["Ann"].reads()


async def test_a_clip_is_no_picture_for_a_message(house: SiteUnderTest, cameras: Cameras) -> None:
    stream_of(cameras["Lobby"], house.hass, Piece(1))
    cameras["Lobby"].gives = cameras["Hall"].gives = HomeAssistantError("offline")
    list(cameras.values())[2].gives = HomeAssistantError("offline")
    assert await clip_of(house) == {"clip-0": "kept"}
    assert not [message for message in house.people["Ann"].reads() if "image" in message.data]


async def test_a_stream_that_begins_anew_gives_only_what_came_after(house: SiteUnderTest, cameras: Cameras) -> None:
    stream_of(cameras["Lobby"], house.hass, Piece(1), Piece(2, stream_id=2), Piece(3, stream_id=2))
    assert await clip_of(house) == {"clip-0": "kept"}
    (file,) = [path for path in files(house) if path.suffix == ".mp4"]
    assert file.read_bytes() == INIT + b"<2><3>"
    house.people["Ann"].reads()


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([], Why.CAMERA_SILENT),
        ([Piece(1, complete=False)], Why.CAMERA_SILENT),
        ([Piece(1, init=b"<html>nothing")], Why.NO_PICTURE),
        ([Piece(1, init=INIT + b"x" * clips.LARGEST)], Why.PICTURE_TOO_LARGE),
    ],
)
async def test_a_stream_that_gives_nothing_of_use_is_a_line_in_the_record(
    house: SiteUnderTest, cameras: Cameras, pieces: list[Piece], why: Why
) -> None:
    stream_of(cameras["Lobby"], house.hass, *pieces)
    assert await clip_of(house) == {"clip-0": str(why)}
    house.people["Ann"].reads()


@pytest.mark.parametrize("error", [HomeAssistantError("no"), RuntimeError("unforeseen"), None])
async def test_a_camera_that_cannot_stream_after_all_gives_no_clip(
    house: SiteUnderTest, cameras: Cameras, error: Exception | None
) -> None:
    async def create() -> None:
        if error is not None:
            raise error

    stream_of(cameras["Lobby"], house.hass)
    cameras["Lobby"].async_create_stream = create  # type: ignore[method-assign]
    expected = Why.NO_PICTURE if error is None else Why.CAMERA_SILENT
    assert await clip_of(house) == {"clip-0": str(expected)}
    house.people["Ann"].reads()


async def test_without_the_part_that_streams_no_clip_is_asked_for(house: SiteUnderTest, cameras: Cameras) -> None:
    stream_of(cameras["Lobby"], house.hass, Piece(1))
    house.hass.config.components.remove("stream")
    assert await clip_of(house) == {}
    house.people["Ann"].reads()


async def test_h49_in_a_quiet_call_only_what_was_tried_streams(house: SiteUnderTest, cameras: Cameras) -> None:
    lobby = stream_of(cameras["Lobby"], house.hass, Piece(1))
    hall = stream_of(cameras["Hall"], house.hass, Piece(1))
    await house.change("plan", covert=True, pictures=Pictures.PAGE)
    await look_through(house, cameras["Hall"], tried=True)
    assert await clip_of(house) == {"clip-0": "kept"}
    assert (lobby.started, hall.started) == (False, True)
    house.people["Ann"].reads()


async def test_h49_a_camera_that_was_tried_without_its_stream_does_not_stream_in_a_quiet_call(
    house: SiteUnderTest, cameras: Cameras
) -> None:
    await house.change(PLAN, covert=True, subject="Delivery")
    await house.change(POINT, cameras=[{"entity": cameras["Hall"].entity_id, "tried": True}])
    hall = stream_of(cameras["Hall"], house.hass, Piece(1))
    assert await clip_of(house) == {}
    house.people["Ann"].reads()
    assert not hall.started
    assert set(await outcomes(house, house.incident.id)) == {"0-0"}


async def test_a_stream_that_the_camera_itself_gave_up_leaves_nothing_being_taken(
    house: SiteUnderTest, cameras: Cameras
) -> None:
    async def create() -> None:
        raise asyncio.CancelledError  # what others had asked the camera for as well, and do not want any more

    stream_of(cameras["Lobby"], house.hass)
    cameras["Lobby"].async_create_stream = create  # type: ignore[method-assign]
    assert await clip_of(house) == {"clip-0": str(Why.CAMERA_SILENT)}
    house.people["Ann"].reads()
