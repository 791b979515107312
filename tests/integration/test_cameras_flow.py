"""The cameras that look on are offered by place; none in a private room by itself, and none untried in a quiet call."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er, floor_registry as fr
import pytest

from tests.scenario.test_pictures import Cameras, TestCamera, cameras
from tests.site import PLAN, POINT, SiteUnderTest

from .test_config_flow import answer
from .test_responder_flow import change

__all__ = ["cameras"]


@pytest.fixture
async def house(cameras: Cameras, site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where the button is in the lobby; the hall is on the same floor, a bathroom as well."""
    await site.set_up_ann_then_bob()
    areas, floor = ar.async_get(site.hass), fr.async_get(site.hass).async_create("Ground floor")
    place = {name: areas.async_create(name, floor_id=floor.floor_id).id for name in ("Lobby", "Hall", "Bathroom")}
    registry = er.async_get(site.hass)
    for camera, area in zip(cameras.values(), ("Lobby", "Hall", "Bathroom"), strict=True):
        registry.async_update_entity(camera.entity_id, area_id=place[area])
    await site.change(POINT, area_id=place["Lobby"])
    return site


def offered(form: dict[str, Any]) -> dict[str, list[str]]:
    return {str(key): (key.description or {}).get("suggested_value", []) for key in form["data_schema"].schema}


def stored(house: SiteUnderTest) -> list[tuple[str, bool]]:
    registry = er.async_get(house.hass).entities
    chosen = house.entry.subentries[POINT].data["cameras"]
    return [(registry.get_entry(c["entity"]).entity_id, c["tried"]) for c in chosen]  # type: ignore[union-attr]


async def open_form(house: SiteUnderTest) -> dict[str, Any]:
    form: dict[str, Any] = await change(house, POINT, "cameras")
    return form


async def test_cameras_of_the_area_come_first_then_those_of_the_floor_and_none_of_a_private_room(
    house: SiteUnderTest,
) -> None:
    form = await open_form(house)
    assert offered(form) == {"cameras": ["camera.lobby", "camera.hall"], "private_cameras": []}
    shown = form["description_placeholders"]["thumbnails"]
    assert shown.startswith("![Lobby](/api/camera_proxy/camera.lobby?token=")
    assert "hostile" not in shown
    result = await answer(house.hass, form, {"cameras": ["camera.hall"], "private_cameras": ["camera.hostile"]})
    assert result["reason"] == "reconfigure_successful"
    assert stored(house) == [("camera.hall", False), ("camera.hostile", False)]
    assert offered(await open_form(house)) == {"cameras": ["camera.hall"], "private_cameras": ["camera.hostile"]}


async def test_a_hostile_name_of_a_camera_is_only_a_name(house: SiteUnderTest, cameras: Cameras) -> None:
    registry = er.async_get(house.hass)
    registry.async_update_entity("camera.lobby", name="![x](javascript:alert(1)) <img src=x onerror=alert(1)>")
    await house.settle()
    shown = (await open_form(house))["description_placeholders"]["thumbnails"]
    assert not set("<>") & set(shown)
    assert "javascript:alert(1)" not in shown


async def test_h49_a_camera_that_changes_anything_while_it_is_tried_cannot_be_chosen_for_quiet_calls(
    house: SiteUnderTest, cameras: Cameras
) -> None:
    await house.change(PLAN, covert=True, call_type="hold_up")
    cameras["Hall"].gives = b"no picture"
    lobby = cameras["Lobby"]
    moved = _Moving(house.hass, lobby)
    form = await answer(house.hass, await open_form(house), {"cameras": ["camera.lobby", "camera.hall"]})
    assert form["step_id"] == "tried"
    assert form["data_schema"].schema == {}
    assert form["description_placeholders"]["tried"].splitlines() == [
        "- Lobby: gave a picture, but this changed: Lobby. It does not look on in quiet calls.",
        "- Hall: no picture. What the camera gave is no picture.",
    ]
    moved.stop()
    cameras["Hall"].gives = None
    form = await answer(house.hass, await open_form(house), {"cameras": ["camera.lobby", "camera.hall"]})
    assert "gave a picture, and nothing changed" in form["description_placeholders"]["tried"]
    await answer(house.hass, form, {"tried": ["camera.lobby"]})
    assert stored(house) == [("camera.lobby", True), ("camera.hall", False)]


class _Moving:
    """Has a camera show that it streams whenever it is asked for a picture."""

    def __init__(self, hass: HomeAssistant, camera: TestCamera) -> None:
        self._camera = camera
        self._before = camera.async_camera_image

        async def image(width: int | None = None, height: int | None = None) -> bytes | None:
            hass.states.async_set(camera.entity_id, "streaming", {"friendly_name": "Lobby"})
            return await self._before()

        camera.async_camera_image = image  # type: ignore[method-assign]

    def stop(self) -> None:
        self._camera.async_camera_image = self._before  # type: ignore[method-assign]


async def test_whoever_leaves_all_cameras_out_has_none_look_on(house: SiteUnderTest) -> None:
    await answer(house.hass, await open_form(house), {})
    assert stored(house) == []
    assert offered(await open_form(house))["cameras"] == []


@pytest.mark.parametrize(
    ("kind", "offers"), [("resident", ["none", "page"]), ("hold_up", ["none", "page", "messages"])]
)
async def test_h25_a_plan_for_where_people_live_offers_no_pictures_in_messages(
    house: SiteUnderTest, kind: str, offers: list[str]
) -> None:
    await house.change(PLAN, call_type=kind)
    form = await house.entry.start_subentry_reconfigure_flow(house.hass, PLAN)
    (selector,) = [field for key, field in form["data_schema"].schema.items() if key == "pictures"]
    assert selector.config["options"] == offers
