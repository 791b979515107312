"""What a site shows in Home Assistant."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest

from custom_components.duress.const import DOMAIN
from tests.site import SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site where Ann is called."""
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    return site


def everything_else_is_heard(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    ann.heard = len(ann.phone.screen)


async def test_the_site_and_the_trigger_point_follow_a_call_from_press_to_end(house: SiteUnderTest) -> None:
    shown = ("sensor.harbour_house_state", "binary_sensor.room_4_call_open")
    assert [house.state(entity) for entity in shown] == ["clear", "off"]
    await house.press()
    assert [house.state(entity) for entity in shown] == ["active", "on"]
    await house.taps_going("Ann")
    assert [house.state(entity) for entity in shown] == ["acknowledged", "on"]
    await house.action("resolve", house.people["Ann"].user)
    assert [house.state(entity) for entity in shown] == ["clear", "off"]
    everything_else_is_heard(house)


async def test_every_press_is_an_event(house: SiteUnderTest) -> None:
    seen = [house.state("event.room_4_press")]
    for _ in range(3):
        await house.advance(seconds=1)
        await house.press()
        seen.append(house.state("event.room_4_press"))
    assert seen[0] == "unknown"
    assert len(set(seen)) == 4
    everything_else_is_heard(house)


async def test_an_open_call_is_shown_again_after_a_restart(house: SiteUnderTest) -> None:
    await house.press()
    await house.power_cut(seconds=5)
    assert house.state("binary_sensor.room_4_call_open") == "on"
    assert house.state("sensor.harbour_house_state") == "active"
    everything_else_is_heard(house)


async def test_a_trigger_point_is_a_device_in_its_area_below_the_site(house: SiteUnderTest) -> None:
    area = ar.async_get(house.hass).async_create("Room 4")
    subentry = house.entry.subentries["point"]
    house.hass.config_entries.async_update_subentry(
        house.entry, subentry, data={**subentry.data, "area_id": area.id}, title="Bedside"
    )
    await house.settle()
    registry = dr.async_get(house.hass)
    point = registry.async_get(house.device)
    site = registry.async_get_device_by_identifier((DOMAIN, house.entry.entry_id), house.entry.entry_id)
    assert isinstance(point, dr.DeviceEntry)
    assert site is not None
    assert (point.name, point.area_id, point.via_device_id) == ("Bedside", area.id, site.id)
    await house.press()
    (call,) = house.people["Ann"].unheard()
    assert call.title == "Help needed: Bedside"
    assert call.body.startswith("Room 4, pressed at")
    everything_else_is_heard(house)


async def test_a_trigger_point_added_later_is_heard_and_shown_without_a_reload(house: SiteUnderTest) -> None:
    site_before = house.site
    source = {"id": "s5", "trigger": {"trigger": "event", "event_type": "room_5"}, "gesture": "single"}
    data = {"sources": [{**source, "plan_id": "plan"}]}
    subentry = ConfigSubentry(data=data, subentry_type="trigger_point", title="Room 5", unique_id=None)  # type: ignore[arg-type]
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    await house.settle()
    house.hass.bus.async_fire("room_5")
    await house.settle()
    house.people["Ann"].hears("Help needed: Room 5")
    assert house.state("binary_sensor.room_5_call_open") == "on"
    assert house.state("binary_sensor.room_4_call_open") == "off"
    assert house.site is site_before


async def test_a_removed_trigger_point_is_neither_heard_nor_shown(house: SiteUnderTest) -> None:
    house.hass.config_entries.async_remove_subentry(house.entry, "point")
    await house.settle()
    await house.press()
    assert house.site.incidents.open() == []
    assert house.hass.states.get("binary_sensor.room_4_call_open") is None


async def test_nothing_that_an_incident_changes_is_of_class_safety(house: SiteUnderTest) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(house.hass), house.entry.entry_id)
    assert len(entities) == 10
    assert not [e for e in entities if (e.device_class or e.original_device_class) in ("safety", "tamper")]


async def test_a_view_that_fails_does_not_stop_the_call(house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("broken view")

    house.site.views.async_subscribe(fail)
    await house.press()
    house.people["Ann"].hears("Help needed")


async def test_the_site_counts_its_open_calls_and_tells_each_step_they_take(house: SiteUnderTest) -> None:
    told = []
    await house.press()
    told.append(house.hass.states.get("event.harbour_house_call"))
    assert house.state("sensor.harbour_house_open_calls") == "1"
    await house.taps_going("Ann")
    told.append(house.hass.states.get("event.harbour_house_call"))
    await house.action("arrive", house.people["Ann"].user)
    told.append(house.hass.states.get("event.harbour_house_call"))
    await house.action("resolve", house.people["Ann"].user)
    told.append(house.hass.states.get("event.harbour_house_call"))
    assert house.state("sensor.harbour_house_open_calls") == "0"
    assert [state.attributes["event_type"] for state in told if state] == ["opened", "answered", "arrived", "over"]
    assert {state.attributes["trigger_point"] for state in told if state} == {"Room 4"}
    everything_else_is_heard(house)


async def test_a_responder_is_shown_as_called_on_the_way_there_and_free(house: SiteUnderTest) -> None:
    seen = [house.state("sensor.ann_status")]
    await house.press()
    seen.append(house.state("sensor.ann_status"))
    for action in ("acknowledge", "go", "arrive", "resolve"):
        await house.action(action, house.people["Ann"].user)
        seen.append(house.state("sensor.ann_status"))
    assert seen == ["free", "called", "seen", "en_route", "on_scene", "free"]
    everything_else_is_heard(house)


async def test_the_last_press_is_shown_and_still_known_after_a_restart(house: SiteUnderTest) -> None:
    assert house.state("sensor.room_4_last_press") == "unknown"
    await house.press()
    pressed = house.state("sensor.room_4_last_press")
    assert pressed == house.incident.press.heard_at.isoformat(timespec="seconds")
    await house.advance(minutes=1)
    assert await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert house.state("sensor.room_4_last_press") == pressed
    everything_else_is_heard(house)


async def test_a_trigger_point_that_lost_its_plan_has_a_problem_until_it_has_one_again(house: SiteUnderTest) -> None:
    assert house.state("binary_sensor.room_4_problem") == "off"
    plan = house.entry.subentries["plan"]
    house.hass.config_entries.async_remove_subentry(house.entry, "plan")
    await house.settle()
    assert house.state("binary_sensor.room_4_problem") == "on"
    house.hass.config_entries.async_add_subentry(house.entry, plan)
    await house.settle()
    assert house.state("binary_sensor.room_4_problem") == "off"
    assert house.issues() == set()


async def test_a_trigger_point_has_no_more_than_six_entities(house: SiteUnderTest) -> None:
    registry = er.async_get(house.hass)
    ours = er.async_entries_for_device(registry, house.device)
    assert {entity.translation_key for entity in ours} == {"press", "active", "last_press", "problem"}
