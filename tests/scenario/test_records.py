"""Calls that are over: listed for those who look them through, closed on the page, and handed out whole."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
import io
from pathlib import Path
import subprocess
import sys
from typing import Any
import zipfile

from homeassistant.auth.models import User
import pytest

from custom_components.duress.engine.site_events import PicturesMarked, RecordExported
from custom_components.duress.export import exported
from tests.site import PLAN, SiteUnderTest

from .test_page import OpenPage, page_of
from .test_pictures import cameras, fetch, files, house

__all__ = ["cameras", "fetch", "house", "page_of"]

type Fetch = Callable[[User, str], Coroutine[Any, Any, tuple[int, bytes]]]


@pytest.fixture
async def incident(house: SiteUnderTest) -> str:
    """Return a call that is over, in a shop where Cas is in charge."""
    await house.change_responder("Cas", manager=True)
    await house.press()
    known = house.incident.id
    await house.action("resolve", house.people["Ann"].user)
    for person in house.people.values():
        person.reads()
    return known


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def checked(folder: Path) -> tuple[int, str]:
    """Run the check that is in an export; returns its status and what it says."""
    run = subprocess.run([sys.executable, "-I", str(folder / "check.py")], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


async def test_an_incident_is_handed_out_whole_and_its_check_notices_one_changed_byte(
    house: SiteUnderTest, incident: str, fetch: Fetch, tmp_path: Path
) -> None:
    cas = house.people["Cas"].user
    status, content = await fetch(cas, f"/api/duress/export/{incident}")
    assert status == HTTPStatus.OK
    folder = unpacked(content, tmp_path / "export")
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    pictures = {f"pictures/0-{camera}.jpg" for camera in range(3)}
    assert names == {"record.html", "record.json", "check.py", "SHA256SUMS", *pictures}
    page = (folder / "record.html").read_text("utf-8")
    assert "A call was opened. The button was pressed." in page
    assert page.count("<img") == 3
    (exported,) = await house.site_events(RecordExported)
    assert (exported.incident, exported.by) == (incident, cas.id)
    status, said = await house.hass.async_add_executor_job(checked, folder)
    assert (status, "Every file is as it was" in said, exported.digest in said) == (0, True, True)
    picture = folder / "pictures" / "0-1.jpg"
    changed = bytearray(picture.read_bytes())
    changed[100] ^= 1
    picture.write_bytes(changed)
    status, said = await house.hass.async_add_executor_job(checked, folder)
    assert (status, "CHANGED or missing: pictures/0-1.jpg" in said) == (1, True)


@pytest.mark.parametrize("content", [b"\xff\xd8another picture\xff\xd9", None])
async def test_an_export_says_which_picture_is_gone_or_is_not_the_one_that_was_kept(
    house: SiteUnderTest, incident: str, fetch: Fetch, tmp_path: Path, content: bytes | None
) -> None:
    (file,) = [path for path in files(house) if path.name == "0-1.jpg"]
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    _, archive = await fetch(house.people["Cas"].user, f"/api/duress/export/{incident}")
    folder = unpacked(archive, tmp_path / "export")
    page = (folder / "record.html").read_text("utf-8")
    assert (page.count("<figcaption"), page.count("<img"), page.count("This picture is not here")) == (3, 2, 1)
    assert not (folder / "pictures" / "0-1.jpg").exists()
    assert (await house.hass.async_add_executor_job(checked, folder))[0] == 0


async def test_the_check_of_an_export_does_not_pass_without_the_sums_of_what_every_export_has(
    house: SiteUnderTest, incident: str, fetch: Fetch, tmp_path: Path
) -> None:
    _, archive = await fetch(house.people["Cas"].user, f"/api/duress/export/{incident}")
    folder = unpacked(archive, tmp_path / "export")
    (folder / "SHA256SUMS").write_bytes(b"")
    status, said = await house.hass.async_add_executor_job(checked, folder)
    assert (status, "CHANGED or missing: record.json" in said) == (1, True)


async def test_those_in_charge_have_the_pictures_of_a_call_kept_for_longer_on_the_page(
    house: SiteUnderTest, incident: str, page_of: OpenPage
) -> None:
    page = await page_of(house.people["Cas"].user)
    for label, marked in (("Keep its pictures for longer", True), ("Keep its pictures no longer than others", False)):
        (row,) = (await page.asks(type="duress/page_records"))["result"]["rows"]
        assert row["keeps"] == {"label": label, "marked": marked}
        asked = await page.asks(type="duress/keep_pictures", incident_id=incident, marked=marked)
        assert asked["success"]
    assert [event.marked for event in await house.site_events(PicturesMarked)] == [True, False]


async def test_nothing_in_an_export_is_markup_that_a_name_brought_along(tmp_path: Path) -> None:
    hostile = '<script>alert(1)</script>"'
    content, _ = exported(
        hostile, {"timeline": hostile, "pictures": hostile, "note": hostile}, {}, [], {("0-0", hostile, "x"): b""}
    )
    page = (unpacked(content, tmp_path) / "record.html").read_text("utf-8")
    assert "<script>" not in page
    assert 'alert(1)"' not in page


@pytest.mark.parametrize("who", ["Ann", "visitor"])
async def test_an_incident_is_handed_out_to_nobody_who_is_not_in_charge(
    house: SiteUnderTest, incident: str, fetch: Fetch, who: str
) -> None:
    user = house.people["Ann"].user
    if who == "visitor":
        user = await house.hass.auth.async_create_user("Visitor", group_ids=["system-users"])
    assert (await fetch(user, f"/api/duress/export/{incident}"))[0] == HTTPStatus.FORBIDDEN
    assert await house.site_events(RecordExported) == []


async def test_those_in_charge_see_on_the_page_what_is_over_and_close_it_there(
    house: SiteUnderTest, incident: str, page_of: OpenPage
) -> None:
    page = await page_of(house.people["Cas"].user)
    (records,) = (await page.shows())["records"]
    assert records["label"] == "Calls that are over"
    asked = (await page.asks(type="duress/page_records"))["result"]
    (row,) = asked["rows"]
    assert (row["incident_id"], row["closes"], row["url"]) == (incident, True, f"/api/duress/export/{incident}")
    assert row["said"].startswith("Room 4, ")
    assert {"code": "genuine", "label": "somebody needed help"} in asked["codes"]
    answer = await page.asks(type="duress/close_incident", incident_id=incident, code="accidental")
    assert answer["success"]
    (row,) = (await page.asks(type="duress/page_records"))["result"]["rows"]
    assert not row["closes"]
    assert row["said"].endswith(": pressed by accident")


async def test_h27_what_is_over_is_offered_to_nobody_for_being_an_administrator(
    house: SiteUnderTest, incident: str, page_of: OpenPage
) -> None:
    tablet = await house.hass.auth.async_create_user("Tablet", group_ids=["system-admin"])
    for user in (tablet, house.people["Ann"].user):
        assert (await (await page_of(user)).shows())["records"] == []


async def test_whoever_holds_the_button_of_a_quiet_call_reads_nothing_of_it_once_it_is_over(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    await house.change_responder("Cas", manager=True)
    await house.change(PLAN, covert=True, call_type="staff_duress")
    await house.change("point", holders=["cas"])
    await house.press()
    await house.action("resolve", house.people["Ann"].user)
    page = await page_of(house.people["Cas"].user)
    assert (await page.asks(type="duress/page_records"))["result"]["rows"] == []
    house.people["Ann"].reads()


async def test_what_is_over_is_still_listed_after_a_power_cut(
    house: SiteUnderTest, incident: str, page_of: OpenPage
) -> None:
    await house.power_cut(hours=30)
    page = await page_of(house.people["Cas"].user)
    assert [r["incident_id"] for r in (await page.asks(type="duress/page_records"))["result"]["rows"]] == [incident]
