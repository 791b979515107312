"""Doors are set up in dialogs that ask what could get somebody hurt."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest

from custom_components.duress.configuration import Configuration
from custom_components.duress.engine.doors import Bolt, Moment, PlanDoor
from tests.scenario.test_doors import Locks, locks
from tests.site import PLAN, SiteUnderTest

from .test_config_flow import answer
from .test_responder_flow import change, suggested

__all__ = ["locks"]


@pytest.fixture
async def house(locks: Locks, site: SiteUnderTest) -> SiteUnderTest:
    """Return a house with locks, of which none is a door yet."""
    await site.set_up_ann_then_bob()
    return site


async def add(house: SiteUnderTest, by: str) -> Any:
    flow: Any = await house.hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "door"), context={"source": "user"}
    )
    return await answer(house.hass, flow, {"next_step_id": by})


async def reconfigure(house: SiteUnderTest, subentry: str) -> Any:
    return await house.entry.start_subentry_reconfigure_flow(house.hass, subentry)


def door_of(house: SiteUnderTest, title: str) -> Any:
    return next(d for d in Configuration.of(house.entry).doors.values() if d.name == title)


async def test_h08_a_lock_brings_its_name_and_place_and_is_an_escape_route_until_somebody_says_otherwise(
    house: SiteUnderTest,
) -> None:
    area = ar.async_get(house.hass).async_create("Quay")
    er.async_get(house.hass).async_update_entity("lock.front", area_id=area.id)
    form = await answer(house.hass, await add(house, "lock"), {"lock": "lock.front"})
    assert suggested(form) == {"name": "Front", "area_id": area.id}
    result = await answer(house.hass, form, {"name": "Front door", "area_id": area.id})
    assert result["type"] == "create_entry"
    door = door_of(house, "Front door")
    registered = er.async_get(house.hass).async_get("lock.front")
    assert registered is not None
    assert (door.lock, door.area, door.may_lock, door.jam_sensor) == (registered.id, area.id, False, None)
    form = await reconfigure(house, door.id)
    assert form["step_id"] == "door"
    changed = {"name": "Quay door", "may_lock": True, "jam_sensor": "binary_sensor.jam"}
    result = await answer(house.hass, form, changed)
    assert result["reason"] == "reconfigure_successful"
    door = door_of(house, "Quay door")
    assert (door.area, door.may_lock, door.jam_sensor) == (None, True, "binary_sensor.jam")
    assert suggested(await reconfigure(house, door.id))["jam_sensor"] == "binary_sensor.jam"


async def test_a_lock_belongs_to_one_door(house: SiteUnderTest, hass: HomeAssistant) -> None:
    form = await answer(hass, await add(house, "lock"), {"lock": "lock.front"})
    await answer(hass, form, {"name": "Front door"})
    form = await answer(hass, await add(house, "lock"), {"lock": "lock.front"})
    assert (form["step_id"], form["errors"]) == ("lock", {"lock": "lock_taken"})
    assert (await answer(hass, form, {"lock": "lock.back"}))["step_id"] == "door"


async def test_the_sensor_that_tells_of_a_jam_is_found(house: SiteUnderTest, hass: HomeAssistant) -> None:
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=house.entry.entry_id, identifiers={("test", "lock")}
    )
    registry = er.async_get(hass)
    registry.async_update_entity("lock.back", device_id=device.id)
    registry.async_get_or_create("binary_sensor", "test", "b", suggested_object_id="back_battery", device_id=device.id)
    registry.async_get_or_create("binary_sensor", "test", "j", suggested_object_id="back_jammed", device_id=device.id)
    form = await answer(hass, await add(house, "lock"), {"lock": "lock.back"})
    assert suggested(form)["jam_sensor"] == "binary_sensor.back_jammed"


async def test_a_lock_that_no_registry_knows_is_taken_by_its_name(house: SiteUnderTest, hass: HomeAssistant) -> None:
    hass.states.async_set("lock.yaml", "locked", {"friendly_name": "Cellar"})
    form = await answer(hass, await add(house, "lock"), {"lock": "lock.yaml"})
    assert suggested(form) == {"name": "Cellar"}
    await answer(hass, form, {"name": "Cellar", "may_lock": False})
    assert door_of(house, "Cellar").lock == "lock.yaml"


async def test_actions_can_stand_in_for_a_lock_but_only_such_as_run(house: SiteUnderTest, hass: HomeAssistant) -> None:
    form = await add(house, "actions")
    good = [{"event": "shutter"}]
    answers = {"name": "Shutter", "may_lock": True, "when_locked": good, "when_unlocked": [{"nonsense": 1}]}
    form = await answer(hass, form, answers)
    assert form["errors"] == {"when_unlocked": "invalid_actions"}
    result = await answer(hass, form, {**answers, "when_unlocked": []})
    assert result["type"] == "create_entry"
    door = door_of(house, "Shutter")
    assert (door.lock, door.actions(Bolt.LOCKED), door.actions(Bolt.UNLOCKED)) == (None, tuple(good), ())
    form = await reconfigure(house, door.id)
    assert (form["step_id"], suggested(form)["when_locked"]) == ("actions", good)


async def test_a_plan_says_which_doors_open_and_a_call_for_help_offers_to_lock_none(
    house: SiteUnderTest, hass: HomeAssistant
) -> None:
    assert (await reconfigure(house, PLAN))["step_id"] == "change"
    await house.add_door("front", "Front door", {"lock": "lock.front"})
    form = await change(house, PLAN, "doors")
    fields = [str(key) for key in form["data_schema"].schema]
    assert fields == ["unlocked_going", "unlocked_on_scene", "doors_for"]
    twice = {"unlocked_going": ["front"], "unlocked_on_scene": ["front"], "doors_for": 300}
    form = await answer(hass, form, twice)
    assert form["errors"] == {"base": "door_twice"}
    result = await answer(hass, form, {"unlocked_going": ["front"], "doors_for": 300})
    assert result["reason"] == "reconfigure_successful"
    plan = Configuration.of(house.entry).plans[PLAN]
    assert plan.doors == (PlanDoor(door="front", bolt=Bolt.UNLOCKED, moment=Moment.GOING),)
    assert plan.doors_for.total_seconds() == 300
    form = await change(house, PLAN, "change")
    answers = {**suggested(form), "name": "Resident call", "repeat_after": 60, "cancel_window": 0}
    result = await answer(hass, form, answers)
    assert result["reason"] == "reconfigure_successful"
    assert Configuration.of(house.entry).plans[PLAN].doors == plan.doors


async def test_h08_to_lock_a_door_it_must_be_no_escape_route_and_trap_nobody(
    house: SiteUnderTest, hass: HomeAssistant
) -> None:
    await house.change(PLAN, call_type="hold_up", covert=True)
    await house.add_door("front", "Front door", {"lock": "lock.front"})
    await house.add_door("back", "Back door", {"lock": "lock.back", "may_lock": True})
    form = await answer(hass, await change(house, PLAN, "doors"), {"locked_at_once": ["front"], "doors_for": 600})
    assert form["errors"] == {"base": "escape_route"}
    form = await answer(hass, form, {"locked_at_once": ["back"], "doors_for": 600, "doors_restored": False})
    assert form["step_id"] == "trapped"
    form = await answer(hass, form, {"nobody_trapped": False})
    assert form["errors"] == {"nobody_trapped": "would_trap"}
    result = await answer(hass, form, {"nobody_trapped": True})
    assert result["reason"] == "reconfigure_successful"
    plan = Configuration.of(house.entry).plans[PLAN]
    assert plan.doors == (PlanDoor(door="back", bolt=Bolt.LOCKED, moment=Moment.AT_ONCE),)
    assert not plan.doors_restored
    assert suggested(await change(house, PLAN, "doors"))["locked_at_once"] == ["back"]


async def test_what_says_that_there_is_a_fire_is_chosen_for_the_site(house: SiteUnderTest, hass: HomeAssistant) -> None:
    form: Any = await hass.config_entries.options.async_init(house.entry.entry_id)
    answers = {"live": True, "installer": "ann", "fire_sensors": ["binary_sensor.smoke"]}
    result: Any = await hass.config_entries.options.async_configure(form["flow_id"], answers)
    assert result["type"] == "create_entry"
    assert house.site.configuration.fire_sensors == ("binary_sensor.smoke",)
    form = await hass.config_entries.options.async_init(house.entry.entry_id)
    assert suggested(form)["fire_sensors"] == ["binary_sensor.smoke"]
