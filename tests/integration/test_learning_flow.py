"""Learning a button by pressing it."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.site import SiteUnderTest

from .test_config_flow import answer, start

PENDANT = "event.pendant"


@pytest.fixture
async def house(site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[SiteUnderTest]:
    """Return a site where Ann is called, beside a pendant and a sensor in Room 7."""
    monkeypatch.setattr("custom_components.duress.intake.learning.SETTLE", 0)
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    hass = site.hass
    assert await async_setup_component(hass, "event", {})
    area = ar.async_get(hass).async_create("Room 7")
    entry = MockConfigEntry(domain="maker")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("maker", "pendant")}, name="Pendant <12>"
    )
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    for domain, name in (("event", "pendant"), ("binary_sensor", "alarm")):
        entity = er.async_get(hass).async_get_or_create(domain, "maker", name, device_id=device.id).entity_id
        er.async_get(hass).async_update_entity(entity, new_entity_id=f"{domain}.{name}")
    hass.states.async_set(PENDANT, "unknown")
    hass.states.async_set("binary_sensor.alarm", "off")
    yield site
    for flow in hass.config_entries.subentries.async_progress():
        hass.config_entries.subentries.async_abort(flow["flow_id"])


async def begin(site: SiteUnderTest) -> Any:
    menu = await start(site.entry, site.hass, "trigger_point")
    assert (menu["type"], menu["menu_options"]) == (FlowResultType.MENU, ["learn", "choose", "phone"])
    return await site.hass.config_entries.subentries.async_configure(menu["flow_id"], {"next_step_id": "learn"})


async def look(site: SiteUnderTest, flow: Any) -> Any:
    """Return what a dialog shows, once it waits for nothing that is under way."""
    result: Any = flow
    for _ in range(200):
        await site.hass.async_block_till_done()
        result = await site.hass.config_entries.subentries.async_configure(flow["flow_id"])
        if result["type"] is not FlowResultType.SHOW_PROGRESS:
            break
    return result


async def listening(site: SiteUnderTest) -> None:
    """Let the dialog get as far as it can without anybody pressing."""
    for _ in range(20):
        await site.hass.async_add_executor_job(int)
        await site.hass.async_block_till_done()


def press(site: SiteUnderTest, kind: str = "sos") -> None:
    site.freezer.tick(1)
    site.hass.states.async_set(PENDANT, site.freezer().isoformat(timespec="milliseconds"), {"event_type": kind})


def labels(form: Any) -> list[str]:
    (choice,) = form["data_schema"].schema.values()
    return [option["label"] for option in choice.config["options"]]


async def test_a_button_is_learned_by_pressing_it_twice_and_then_calls(house: SiteUnderTest) -> None:
    flow = await begin(house)
    assert (flow["type"], flow["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "listening")
    press(house)
    form = await look(house, flow)
    assert (form["step_id"], labels(form)) == ("heard", ["Pendant 12, Room 7: sos"])
    flow = await house.hass.config_entries.subentries.async_configure(form["flow_id"], {"heard": "0"})
    assert flow["progress_action"] == "proving"
    assert flow["description_placeholders"] == {"heard": "Pendant 12, Room 7: sos"}
    press(house)
    form = await look(house, flow)
    assert form["step_id"] == "choose"
    filled = {str(key): key.description["suggested_value"] for key in form["data_schema"].schema if key.description}
    assert filled["name"] == "Pendant 12"
    area = ar.async_get(house.hass).async_get_area(filled["area_id"])
    assert area is not None
    assert area.name == "Room 7"
    trigger = {"platform": "event.received", "target": {"entity_id": PENDANT}, "options": {"event_type": ["sos"]}}
    assert filled["triggers"] == [trigger]
    result = await answer(house.hass, form, {**filled, "plan_id": "plan"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["sources"][0]["trigger"] == trigger
    assert not house.site.incidents.open()
    press(house)
    await house.settle()
    house.people["Ann"].hears("Help needed: Pendant 12")


async def test_a_panic_zone_of_an_alarm_panel_is_heard_over_sia(house: SiteUnderTest) -> None:
    data = {"port": 7777, "accounts": [{"account": "AAAA"}]}
    MockConfigEntry(domain="sia", data=data).add_to_hass(house.hass)
    flow = await begin(house)
    house.hass.bus.async_fire("sia_event_7777_AAAA", {"code": "PA", "ri": "12", "message": "Panic Alarm"})
    form = await look(house, flow)
    assert (form["step_id"], labels(form)) == ("heard", ["Panic Alarm (12): Panic Alarm (12)"])


async def test_when_nothing_is_pressed_the_dialog_says_so_and_listens_again(house: SiteUnderTest) -> None:
    flow = await begin(house)
    house.hass.states.async_set("binary_sensor.hall", "off", {"device_class": "motion"})
    house.hass.states.async_set("binary_sensor.hall", "on", {"device_class": "motion"})
    await listening(house)
    house.freezer.tick(timedelta(seconds=61))
    menu = await look(house, flow)
    assert (menu["step_id"], menu["menu_options"]) == ("silence", ["learn", "choose"])
    flow = await house.hass.config_entries.subentries.async_configure(menu["flow_id"], {"next_step_id": "learn"})
    press(house)
    assert (await look(house, flow))["step_id"] == "heard"


async def test_a_second_press_that_is_not_heard_is_said_and_can_be_tried_again(house: SiteUnderTest) -> None:
    flow = await begin(house)
    press(house)
    form = await look(house, flow)
    configure = house.hass.config_entries.subentries.async_configure
    flow = await configure(form["flow_id"], {"heard": "0"})
    await listening(house)
    press(house, "battery_low")
    await listening(house)
    house.freezer.tick(timedelta(seconds=61))
    menu = await look(house, flow)
    assert (menu["step_id"], menu["menu_options"]) == ("only_once", ["again", "learn", "learned"])
    flow = await configure(menu["flow_id"], {"next_step_id": "again"})
    press(house)
    assert (await look(house, flow))["step_id"] == "choose"


async def test_a_sensor_that_stays_on_must_fall_before_its_second_press_counts(house: SiteUnderTest) -> None:
    flow = await begin(house)
    house.hass.states.async_set("binary_sensor.alarm", "on")
    form = await look(house, flow)
    assert labels(form) == ["Pendant 12, Room 7: on"]
    flow = await house.hass.config_entries.subentries.async_configure(form["flow_id"], {"heard": "0"})
    house.hass.states.async_set("binary_sensor.alarm", "on", {"battery": 80})
    still = await house.hass.config_entries.subentries.async_configure(flow["flow_id"])
    assert still["progress_action"] == "proving"
    await listening(house)
    for state in ("off", "on"):
        house.hass.states.async_set("binary_sensor.alarm", state)
    assert (await look(house, flow))["step_id"] == "choose"


async def test_a_button_that_calls_already_is_not_learned_twice(house: SiteUnderTest) -> None:
    trigger = {"platform": "event.received", "target": {"entity_id": PENDANT}, "options": {"event_type": ["sos"]}}
    source = {"id": "source", "trigger": trigger, "gesture": "single", "plan_id": "plan"}
    point = house.entry.subentries["point"]
    house.hass.config_entries.async_update_subentry(house.entry, point, data={**point.data, "sources": [source]})
    await house.settle()
    flow = await begin(house)
    press(house)
    form = await look(house, flow)
    form = await house.hass.config_entries.subentries.async_configure(form["flow_id"], {"heard": "0"})
    assert form["errors"] == {"heard": "already_used"}
    await house.settle()
    house.people["Ann"].hears("Help needed")


async def test_h53_a_button_in_use_warns_before_it_is_pressed_and_gets_one_more_way_to_be_heard(
    house: SiteUnderTest,
) -> None:
    configure = house.hass.config_entries.subentries.async_configure
    menu = await house.entry.start_subentry_reconfigure_flow(house.hass, "point")
    warning = await configure(menu["flow_id"], {"next_step_id": "warned"})
    assert (warning["step_id"], warning["menu_options"]) == ("warned", ["learn", "choose"])
    flow = await configure(warning["flow_id"], {"next_step_id": "learn"})
    press(house)
    form = await look(house, flow)
    flow = await configure(form["flow_id"], {"heard": "0"})
    press(house)
    form = await look(house, flow)
    filled = {str(key): key.description["suggested_value"] for key in form["data_schema"].schema if key.description}
    assert filled["name"] == "Room 4"
    assert len(filled["triggers"]) == 2


async def test_a_dialog_that_is_closed_listens_no_longer(house: SiteUnderTest, hass: HomeAssistant) -> None:
    flow = await begin(house)
    hass.config_entries.subentries.async_abort(flow["flow_id"])
    await house.settle()
    listeners = hass.bus.async_listeners()
    assert "zha_event" not in listeners


async def test_of_two_buttons_pressed_at_once_the_person_chooses(house: SiteUnderTest) -> None:
    flow = await begin(house)
    press(house)
    house.hass.bus.async_fire("tag_scanned", {"tag_id": "abc", "name": "Door tag"})
    form = await look(house, flow)
    assert labels(form) == ["Pendant 12, Room 7: sos", "Door tag: Door tag"]


async def test_a_button_that_goes_away_between_its_two_presses_is_not_proven_and_the_dialog_goes_on(
    house: SiteUnderTest,
) -> None:
    flow = await begin(house)
    press(house)
    form = await look(house, flow)
    house.hass.states.async_remove(PENDANT)
    er.async_get(house.hass).async_remove(PENDANT)
    flow = await house.hass.config_entries.subentries.async_configure(form["flow_id"], {"heard": "0"})
    assert (await look(house, flow))["step_id"] == "only_once"
