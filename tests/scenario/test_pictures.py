"""Cameras look on while a call is open: what they give is kept, and shown to those who may see it."""

import asyncio
from datetime import UTC, datetime, timedelta
import hashlib
from http import HTTPStatus
from pathlib import Path
import shutil
from typing import Any

from homeassistant.auth.models import User
from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.ulid import ulid_at_time
import pytest
from pytest_homeassistant_custom_component.common import MockPlatform, async_fire_time_changed, mock_platform

from custom_components.duress import evidence
from custom_components.duress.engine.cameras import Pictures, PictureState
from custom_components.duress.engine.picture_events import PictureKept, PictureMissed
from custom_components.duress.engine.site_events import PictureSeen, PicturesMarked, PicturesPurged
from custom_components.duress.engine.why import Why
from custom_components.duress.evidence import Evidence, Folder, NoRoomError
from tests.site import PLAN, POINT, SiteUnderTest

from .test_page import OpenPage, page_of

__all__ = ["page_of"]

HOSTILE = "../../www/<b>lobby</b>\u202e.jpg"


def frame(number: int, size: int = 2000) -> bytes:
    """Return what passes for a JPEG."""
    return b"\xff\xd8" + number.to_bytes(4) + b"\0" * size + b"\xff\xd9"


class TestCamera(Camera):
    """A camera that gives what a test says: a picture that changes or not, something else, nothing, or no answer."""

    __test__ = False
    _attr_should_poll = False

    def __init__(self, name: str) -> None:
        super().__init__()
        self._attr_name = name
        self._attr_unique_id = name
        self.entity_id = f"camera.{name.lower()}" if name.isalpha() else "camera.hostile"
        self.gives: bytes | Exception | None = None
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        self.asked += 1
        await self.answers.wait()
        if isinstance(self.gives, Exception):
            raise self.gives
        return frame(self.asked) if self.gives is None else self.gives


type Cameras = dict[str, TestCamera]


@pytest.fixture
async def cameras(hass: HomeAssistant) -> Cameras:
    """Return three cameras of the house, one of them with a hostile name."""
    known = {name: TestCamera(name) for name in ("Lobby", "Hall", HOSTILE)}

    async def add(_hass: HomeAssistant, _config: Any, add_entities: Any, _info: Any = None) -> None:
        add_entities(known.values())

    mock_platform(hass, "test.camera", MockPlatform(async_setup_platform=add))
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()
    return known


@pytest.fixture
async def house(cameras: Cameras, site: SiteUnderTest) -> SiteUnderTest:
    """Return a shop where Ann is called and Bob a minute later, with cameras; Cas has nothing to do with it."""
    for name in ("Ann", "Bob", "Cas"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), (60, ["Bob"]), call_type="staff_duress", pictures=Pictures.MESSAGES)
    await look_through(site, *cameras.values())
    return site


async def look_through(house: SiteUnderTest, *cameras: TestCamera, tried: bool = False) -> None:
    chosen = [{"entity": camera.entity_id, "tried": tried, "streamed": tried} for camera in cameras]
    await house.change(POINT, cameras=chosen)


async def outcomes(house: SiteUnderTest, incident: str) -> dict[str, str]:
    events = await house.events(incident)
    kept = {event.picture: "kept" for event in events if isinstance(event, PictureKept)}
    return kept | {event.picture: str(event.why) for event in events if isinstance(event, PictureMissed)}


@pytest.fixture
def fetch(house: SiteUnderTest) -> Any:
    """Return a function that fetches an address as somebody."""

    async def get(user: User, url: str) -> tuple[int, bytes]:
        refresh = await house.hass.auth.async_create_refresh_token(user, client_id="https://example.org/")
        token = house.hass.auth.async_create_access_token(refresh)
        response = await house.client.get(url, headers={"Authorization": f"Bearer {token}"})
        return response.status, await response.read()

    return get


def files(house: SiteUnderTest) -> list[Path]:
    folder = Path(house.hass.config.cache_path("duress"))
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_pictures_follow_the_call_in_the_same_message_and_on_the_page_without_another_ring(
    house: SiteUnderTest, cameras: Cameras, page_of: OpenPage, fetch: Any
) -> None:
    ann, incident = house.people["Ann"], None
    page = await page_of(ann.user)
    await house.press()
    incident = house.incident
    call, *updates = ann.reads()
    assert "image" not in call.data
    shown = updates[-1]
    assert (shown.title, shown.body, shown.buttons) == (call.title, call.body, call.buttons)
    assert (shown.data["tag"], shown.data["channel"]) == (call.data["tag"], call.data["channel"])
    assert shown.data["alert_once"] is True
    assert shown.data["push"] == {"interruption-level": "passive"}
    status, content = await fetch(ann.user, shown.data["image"])
    assert (status, content) == (HTTPStatus.OK, frame(1))
    rows = (await page.call())["pictures"]["rows"]
    assert [row["said"].split(",")[0] for row in rows][:2] == ["Lobby", "Hall"]
    assert all(row["url"] for row in rows)
    await house.advance(seconds=15)
    assert [camera.asked for camera in cameras.values()] == [3, 3, 3]
    ann.hears_nothing()
    assert len(await outcomes(house, incident.id)) == 9
    (seen,) = await house.site_events(PictureSeen)
    assert (seen.incident, seen.by) == (incident.id, ann.user.id)


async def test_a_picture_is_refused_to_whoever_may_not_see_the_call_and_to_whoever_guesses(
    house: SiteUnderTest, fetch: Any, hass_client_no_auth: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await house.press()
    incident = house.incident.id
    house.people["Ann"].reads()
    visitor = await house.hass.auth.async_create_user("Visitor", group_ids=["system-users"])
    good = f"/api/duress/pictures/{incident}/0-0"
    assert (await fetch(visitor, good))[0] == HTTPStatus.FORBIDDEN
    assert f"A picture or a record was refused to the user {visitor.id}" in caplog.text
    ann = house.people["Ann"].user
    for guess in ("0-9", "0-0.jpg", "..%2F..%2F..%2Fsecrets.yaml", "marked", "%00", "9" * 300):
        status, content = await fetch(ann, f"/api/duress/pictures/{incident}/{guess}")
        assert status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST), guess
        assert frame(1) not in content
    assert (await fetch(ann, f"/api/duress/pictures/{'A' * 26}/0-0"))[0] == HTTPStatus.FORBIDDEN
    assert (await (await hass_client_no_auth()).get(good)).status == HTTPStatus.UNAUTHORIZED
    assert (await fetch(ann, good))[0] == HTTPStatus.OK


async def test_whoever_was_called_sees_pictures_until_the_call_is_looked_through_and_those_in_charge_after_it(
    house: SiteUnderTest, hass_ws_client: Any, fetch: Any
) -> None:
    await house.press()
    incident, ann = house.incident.id, house.people["Ann"]
    await house.change_responder("Cas", manager=True)
    await house.action("resolve", ann.user)
    url = f"/api/duress/pictures/{incident}/0-0"
    assert (await fetch(ann.user, url))[0] == HTTPStatus.OK
    client = await hass_ws_client(house.hass)
    about = {"entry_id": house.entry.entry_id, "incident_id": incident, "code": "genuine"}
    await client.send_json_auto_id({"type": "duress/close_incident", **about})
    assert (await client.receive_json())["success"]
    assert (await fetch(ann.user, url))[0] == HTTPStatus.FORBIDDEN
    assert (await fetch(house.people["Cas"].user, url))[0] == HTTPStatus.OK
    ann.reads()


@pytest.mark.parametrize(
    ("gives", "why"),
    [
        (b"", Why.CAMERA_SILENT),
        (b"<html>500 Internal Server Error</html>", Why.NO_PICTURE),
        (b"\xff\xd8 cut off in the middle", Why.NO_PICTURE),
        (frame(1, 50 * 1024**2), Why.PICTURE_TOO_LARGE),
        (RuntimeError("gone"), Why.CAMERA_SILENT),
    ],
    ids=["nothing", "an error page", "half a picture", "50 MB", "an exception"],
)
async def test_what_is_no_picture_is_a_line_in_the_record_and_keeps_nobody_else_from_looking(
    house: SiteUnderTest, cameras: Cameras, page_of: OpenPage, gives: bytes | Exception, why: Why
) -> None:
    cameras["Lobby"].gives = gives
    page = await page_of(house.people["Ann"].user)
    await house.press()
    call, *shown = house.people["Ann"].reads()
    assert "Help needed" in call.title
    assert shown
    assert shown[-1].data["image"].endswith("/0-1")
    assert await outcomes(house, house.incident.id) == {"0-0": why, "0-1": "kept", "0-2": "kept"}
    rows = (await page.call())["pictures"]["rows"]
    assert next(row for row in rows if row["url"] is None)["said"].startswith("Lobby: no picture. ")


async def test_a_camera_that_gives_the_picture_of_before_is_told_apart(
    house: SiteUnderTest, cameras: Cameras, page_of: OpenPage
) -> None:
    cameras["Lobby"].gives = frame(7)
    page = await page_of(house.people["Ann"].user)
    await house.press()
    await house.advance(seconds=5)
    house.people["Ann"].reads()
    pictures = house.incident.pictures
    assert pictures["0-0"].unchanged_since is None
    assert pictures["1-0"].unchanged_since == pictures["0-0"].kept_at
    rows = (await page.call())["pictures"]["rows"]
    assert "the very same picture since" in " ".join(row["said"] for row in rows)


async def test_two_calls_at_once_are_both_shown_the_picture_that_a_camera_gives_twice(
    house: SiteUnderTest, cameras: Cameras
) -> None:
    trigger = {"platform": "event", "event_type": "till_2"}
    await house.add_point("Till 2", trigger, cameras=[{"entity": "camera.lobby", "tried": False}])
    cameras["Lobby"].gives = frame(7)
    house.hass.bus.async_fire("test_button")
    house.hass.bus.async_fire("till_2")
    await house.settle()
    for person in house.people.values():
        person.reads()
    pictures = [p for i in house.site.incidents.open() for p in i.pictures.values() if p.camera.name == "Lobby"]
    assert [picture.unchanged_since for picture in pictures] == [None, None]


async def test_a_camera_that_does_not_answer_delays_nobody(house: SiteUnderTest, cameras: Cameras) -> None:
    ann = house.people["Ann"]
    for camera in cameras.values():
        camera.answers.clear()
    house.hass.bus.async_fire("test_button")
    await house.until(lambda: bool(ann.unheard()))
    ann.hears("Help needed")
    incident = house.incident.id
    await house.until(lambda: all(camera.asked == 1 for camera in cameras.values()))
    house.freezer.tick(timedelta(seconds=8.1))
    await asyncio.sleep(0)
    async_fire_time_changed(house.hass)
    await house.until(lambda: house.incident.pictures["0-0"].state is not PictureState.TAKING)
    for camera in cameras.values():
        camera.answers.set()
    await house.settle()
    assert (await outcomes(house, incident))["0-0"] == Why.CAMERA_SILENT
    ann.reads()


async def test_with_a_full_disk_people_are_called_all_the_same(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "keep", full)
    await house.press()
    house.people["Ann"].hears("Help needed")
    assert set((await outcomes(house, house.incident.id)).values()) == {Why.NO_ROOM}


async def test_pictures_lie_apart_from_the_record_under_no_name_and_not_in_backups(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].reads()
    incident = house.incident.id
    assert [path.name for path in files(house)] == ["0-0.jpg", "0-1.jpg", "0-2.jpg"]
    folder = Path(house.hass.config.config_dir)
    assert {path.relative_to(folder).parts for path in files(house)} == {
        (".cache", "duress", house.entry.entry_id, incident, f"0-{number}.jpg") for number in range(3)
    }
    record = b"".join(path.read_bytes() for path in house.folder.rglob("*") if path.is_file())
    assert b"lobby" not in record.lower().replace(b"camera.lobby", b"")


async def test_what_is_on_record_fits_the_picture_that_is_kept(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].reads()
    kept = [e for e in await house.events(house.incident.id) if isinstance(e, PictureKept)]
    for event in kept:
        (file,) = [path for path in files(house) if path.stem == event.picture]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == event.sha256
        assert file.stat().st_size == event.size


async def test_pictures_go_after_thirty_days_with_a_line_that_says_so_unless_they_are_marked_or_the_call_is_open(
    house: SiteUnderTest, hass_ws_client: Any
) -> None:
    ann = house.people["Ann"]
    incidents = []
    for _ in range(2):
        await house.press()
        incidents.append(house.incident.id)
        await house.action("resolve", ann.user)
        await house.advance(seconds=1)
    await house.press()
    incidents.append(house.incident.id)
    ann.reads()
    client = await hass_ws_client(house.hass)
    about = {"entry_id": house.entry.entry_id, "incident_id": incidents[1]}
    await client.send_json_auto_id({"type": "duress/keep_pictures", **about, "marked": True})
    assert (await client.receive_json())["success"]
    (marked,) = await house.site_events(PicturesMarked)
    assert (marked.incident, marked.marked) == (incidents[1], True)
    house.freezer.tick(timedelta(days=29))
    await house.site.pictures._async_purge(house.freezer())
    assert {path.parent.name for path in files(house)} == set(incidents)
    house.freezer.tick(timedelta(days=2))
    await house.site.pictures._async_purge(house.freezer())
    assert {path.parent.name for path in files(house)} == set(incidents[1:])
    known = await house.site.async_find(incidents[1])
    assert known is not None
    await house.site.pictures.async_mark(known, "cas", marked=False)  # no connection outlives a month
    await house.site.pictures._async_purge(house.freezer())
    assert {path.parent.name for path in files(house)} == set(incidents[2:])
    purged, _ = await house.site_events(PicturesPurged)
    assert (purged.incident, purged.count, purged.why) == (incidents[0], 3, Why.TOO_OLD)
    await house.settle()
    for person in house.people.values():
        person.reads()


def test_the_oldest_pictures_go_where_all_take_too_much_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "QUOTA", 5000)
    folder = Folder(tmp_path)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    old, middle, new = (ulid_at_time(now.timestamp() - seconds) for seconds in (300, 200, 100))
    for incident in (old, middle, new):
        folder.keep(incident, "0-0", frame(1))
    assert folder.purge(now, {old}) == [(middle, 1, Why.NO_ROOM)]
    assert folder.file(old, "0-0").exists()
    assert folder.file(new, "0-0").exists()


def test_pictures_that_are_marked_push_out_none_of_what_just_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "QUOTA", 5000)
    folder = Folder(tmp_path)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    first, second, third, new = (ulid_at_time(now.timestamp() - seconds) for seconds in (400, 300, 200, 100))
    for incident in (first, second, third):
        folder.keep(incident, "0-0", frame(1))
        folder.mark(incident, marked=True)
    folder.keep(new, "0-0", frame(1))
    assert folder.purge(now, ()) == []


def test_a_mark_counts_that_was_made_before_the_first_picture_was_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    incident = ulid_at_time(now.timestamp())
    folder.mark(incident, marked=True)
    folder.keep(incident, "0-0", frame(1))
    assert folder.purge(now + timedelta(days=31), ()) == []


async def test_a_folder_that_cannot_be_removed_keeps_no_other_and_what_went_is_on_record(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents = []
    for _ in range(3):
        await house.press()
        incidents.append(house.incident.id)
        await house.action("resolve", house.people["Ann"].user)
        await house.advance(seconds=1)
    house.people["Ann"].reads()
    house.freezer.tick(timedelta(days=31))
    remove = shutil.rmtree

    def bad_sector(path: Path) -> None:
        if path.name == incidents[1]:
            raise OSError(5, "Input/output error")
        remove(path)

    monkeypatch.setattr(shutil, "rmtree", bad_sector)
    await house.site.pictures._async_purge(house.freezer())
    assert {path.parent.name for path in files(house)} == {incidents[1]}
    assert [event.incident for event in await house.site_events(PicturesPurged)] == [incidents[0], incidents[2]]
    for person in house.people.values():
        person.reads()


async def test_h07_pictures_of_a_call_that_came_before_the_clock_was_set_are_kept_as_long_as_others(
    house: SiteUnderTest,
) -> None:
    await house.press()
    await house.action("resolve", house.people["Ann"].user)
    right = house.freezer()
    await house.power_cut(before_start=lambda: house.freezer.move_to(right - timedelta(days=200)))
    await house.press()
    incident = house.incident.id
    await house.action("resolve", house.people["Ann"].user)
    await house.site.pictures._async_purge(house.freezer())
    assert incident in {path.parent.name for path in files(house)}
    for person in house.people.values():
        person.reads()


async def test_h07_a_start_with_a_clock_that_is_a_year_ahead_takes_no_pictures_away(house: SiteUnderTest) -> None:
    await house.press()
    incident = house.incident.id
    await house.action("resolve", house.people["Ann"].user)
    ahead = house.freezer() + timedelta(days=365)
    await house.power_cut(before_start=lambda: house.freezer.move_to(ahead))
    await house.advance(hours=1, seconds=1)
    assert incident in {path.parent.name for path in files(house)}
    for person in house.people.values():
        person.reads()


async def test_clips_of_many_cameras_that_end_together_are_all_kept(hass: HomeAssistant, tmp_path: Path) -> None:
    kept = Evidence(hass, tmp_path / "pictures", lambda *_: None)
    clip = b"x" * (30 * 1024**2)
    await asyncio.gather(*(kept.async_keep("A" * 26, f"clip-{camera}", clip) for camera in range(4)))
    await kept.async_stop()
    assert len(list(tmp_path.rglob("*.mp4"))) == 4


def test_pictures_leave_room_for_everything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "LEFT_FREE", 2**60)
    with pytest.raises(NoRoomError):
        Folder(tmp_path / "pictures").keep("A" * 26, "0-0", frame(1))
    assert not list((tmp_path / "pictures").rglob("*.*"))


@pytest.mark.parametrize(("incident", "picture"), [("../../etc", "0-0"), ("A" * 26, "../0-0"), ("A" * 26, "passwd")])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, incident: str, picture: str) -> None:
    with pytest.raises(ValueError, match="no such picture"):
        Folder(tmp_path).keep(incident, picture, frame(1))


async def test_h49_in_a_quiet_call_only_cameras_look_on_that_showed_nothing_when_they_were_tried(
    house: SiteUnderTest, cameras: Cameras
) -> None:
    await house.change(PLAN, covert=True, subject="Delivery")
    await house.press()
    assert [camera.asked for camera in cameras.values()] == [0, 0, 0]
    await house.action("resolve", house.people["Ann"].user)
    await look_through(house, cameras["Hall"], tried=True)
    await house.press()
    assert [camera.asked for camera in cameras.values()] == [0, 1, 0]
    ann = house.people["Ann"]
    assert not [message for message in ann.reads() if "image" in message.data]
    await house.taps("Ann", "I'm going")
    (confirmation,) = ann.reads()
    assert confirmation.data["image"].endswith("/0-0")


async def test_h25_where_people_live_no_message_shows_a_picture(house: SiteUnderTest) -> None:
    await house.change(PLAN, call_type="resident", pictures=Pictures.PAGE)
    await house.press()
    (call,) = house.people["Ann"].reads()
    assert "image" not in call.data
    assert house.incident.pictures


async def test_cameras_look_on_after_a_power_cut_that_came_between_the_first_call_and_them(
    house: SiteUnderTest, cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.duress.pictures.Pictures.run", lambda *_: None)
    await house.press()
    incident = house.incident
    assert not incident.looks
    monkeypatch.undo()
    await house.power_cut(seconds=3)
    house.people["Ann"].reads()
    assert set((await outcomes(house, incident.id)).values()) == {"kept"}
    assert [camera.asked for camera in cameras.values()] == [1, 1, 1]


async def test_pictures_that_were_asked_for_when_the_power_was_cut_are_asked_for_again(
    house: SiteUnderTest, cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.duress.pictures.Cameras.run", lambda *_: None)
    await house.press()
    incident = house.incident.id
    monkeypatch.undo()
    await house.power_cut(seconds=3)
    house.people["Ann"].reads()
    assert set((await outcomes(house, incident)).values()) == {"kept"}
    assert [camera.asked for camera in cameras.values()] == [1, 1, 1]


async def test_what_a_camera_saw_at_the_press_is_kept_though_the_power_failed_before_that_was_on_record(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.site.pictures._cameras, "_report", lambda *_: None)
    await house.press()
    incident = house.incident.id
    at_the_press = {path.name: path.read_bytes() for path in files(house)}
    assert len(at_the_press) == 3
    await house.power_cut(minutes=2)
    for person in house.people.values():
        person.reads()
    assert at_the_press.items() <= {path.name: path.read_bytes() for path in files(house)}.items()
    kept = {event.picture: event for event in await house.events(incident) if isinstance(event, PictureKept)}
    for name, content in at_the_press.items():
        event = kept[name.removesuffix(".jpg")]
        assert (event.sha256, event.size) == (hashlib.sha256(content).hexdigest(), len(content))


async def test_a_file_that_is_not_what_was_kept_is_shown_to_nobody(
    house: SiteUnderTest, fetch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await house.press()
    house.people["Ann"].reads()
    (file,) = [path for path in files(house) if path.name == "0-1.jpg"]
    file.write_bytes(frame(99))
    url = f"/api/duress/pictures/{house.incident.id}/0-1"
    assert (await fetch(house.people["Ann"].user, url))[0] == HTTPStatus.FORBIDDEN
    assert "A picture on the disk is not the one that was kept" in caplog.text
    assert not await house.site_events(PictureSeen)
