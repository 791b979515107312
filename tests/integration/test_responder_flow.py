"""Adding a post, and other ways to reach a responder than a phone."""

from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from tests.scenario.test_other_ways import Mailbox, Siren, mailbox
from tests.site import SiteUnderTest

from .test_config_flow import answer, start

NO_WAY = {"quiet": False}
SOUND = {"action": "siren.sound", "data": {}}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site where Ann is called."""
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    return site


async def add_post(site: SiteUnderTest, **answers: Any) -> Any:
    menu = await start(site.entry, site.hass, "responder")
    assert menu["menu_options"] == ["person", "post"]
    form = await answer(site.hass, menu, {"next_step_id": "post"})
    return await answer(site.hass, form, {"name": "Night desk", **answers})


async def change(site: SiteUnderTest, responder: str, what: str) -> Any:
    menu = await site.entry.start_subentry_reconfigure_flow(site.hass, responder)
    assert menu["type"] is FlowResultType.MENU
    assert what in menu["menu_options"]
    return await answer(site.hass, menu, {"next_step_id": what})


def suggested(form: Any) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if (key.description or {}).get("suggested_value") is not None
    }


def stored(site: SiteUnderTest, title: str) -> Any:
    (found,) = [s for s in site.entry.subentries.values() if s.title == title]
    return found


async def test_h31_a_post_is_called_on_its_shared_phone_and_answers_as_the_post(house: SiteUnderTest) -> None:
    ward = await house.add_person("Ward", phone_name="Ward phone")
    form = await add_post(house, user_id=ward.user.id)
    result = await answer(house.hass, form, {"phones": house.phones_of("Ward")})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    post = stored(house, "Night desk")
    plan = house.entry.subentries["plan"]
    steps = [{"after": 0, "responders": [post.subentry_id]}]
    house.hass.config_entries.async_update_subentry(house.entry, plan, data={**plan.data, "steps": steps})
    await house.settle()
    await house.press()
    await house.taps_going("Ward")
    ward.hears("Help needed", "You have it")
    assert house.incident.taken_by is not None
    assert house.incident.taken_by.responder == post.subentry_id


async def test_a_login_stands_for_one_responder_only(house: SiteUnderTest) -> None:
    await house.add_person("Ward")
    menu = await start(house.entry, house.hass, "responder")
    form = await answer(house.hass, menu, {"next_step_id": "post"})
    _, login, _ = form["data_schema"].schema.values()
    assert [option["label"] for option in login.config["options"]] == ["Ward"]


async def test_a_post_without_a_phone_needs_another_way_to_be_reached(house: SiteUnderTest) -> None:
    siren = Siren(house.hass)
    form = await add_post(house)
    result = await answer(house.hass, form, NO_WAY)
    assert (result["step_id"], result["errors"]) == ("ways", {"base": "no_way"})
    result = await answer(house.hass, result, {**NO_WAY, "actions": [SOUND]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert stored(house, "Night desk").data["actions"] == [SOUND]
    assert siren.heard == []


@pytest.mark.parametrize("field", ["actions", "follow_up_actions"])
async def test_actions_that_home_assistant_cannot_do_are_refused_and_nothing_is_lost(
    house: SiteUnderTest, field: str
) -> None:
    Siren(house.hass)
    form = await add_post(house)
    wrong = {"quiet": True, "actions": [SOUND], field: [{"no_such": "action"}]}
    result = await answer(house.hass, form, wrong)
    assert result["errors"] == {field: "invalid_actions"}
    assert suggested(result) == wrong


async def test_a_post_is_renamed_and_gets_another_shared_phone(house: SiteUnderTest) -> None:
    Siren(house.hass)
    form = await add_post(house)
    await answer(house.hass, form, {**NO_WAY, "actions": [SOUND]})
    ward = await house.add_person("Ward")
    form = await change(house, stored(house, "Night desk").subentry_id, "post")
    assert suggested(form) == {"name": "Night desk"}
    form = await answer(house.hass, form, {"name": "Day desk", "user_id": ward.user.id})
    assert form["step_id"] == "phones"
    result = await answer(house.hass, form, {"phones": house.phones_of("Ward")})
    assert result["reason"] == "reconfigure_successful"
    post = stored(house, "Day desk")
    assert (post.data["user_id"], post.data["actions"]) == (ward.user.id, [SOUND])
    form = await change(house, post.subentry_id, "post")
    form = await answer(house.hass, form, {"name": "Day desk"})
    assert form["step_id"] == "ways"
    await answer(house.hass, form, {**NO_WAY, "actions": [SOUND]})
    assert stored(house, "Day desk").data["phones"] == []


async def _box_of_ann(house: SiteUnderTest) -> Mailbox:
    house.hass.states.async_set("person.ann", "home", {"user_id": house.people["Ann"].user.id, "friendly_name": "Ann"})
    return await mailbox(house.hass)


async def test_a_person_is_told_through_a_notify_entity_as_well(house: SiteUnderTest) -> None:
    box = await _box_of_ann(house)
    form = await change(house, "ann", "ways")
    result = await answer(house.hass, form, {**NO_WAY, "notify_entities": [box.entity_id]})
    assert result["reason"] == "reconfigure_successful"
    entry = er.async_get(house.hass).async_get(box.entity_id)
    assert entry is not None
    assert stored(house, "Ann").data["notify_entities"] == [entry.id]
    form = await change(house, "ann", "ways")
    assert suggested(form) == {"notify_entities": [box.entity_id]}
    await house.press()
    assert len(box.sent) == 1
    house.people["Ann"].hears("Help needed")


async def test_h03_the_notify_entity_of_a_phone_is_not_offered(house: SiteUnderTest, hass: HomeAssistant) -> None:
    await _box_of_ann(house)
    form = await change(house, "ann", "ways")
    selector = form["data_schema"].schema["notify_entities"]
    assert selector.config["exclude_entities"] == ["notify.ann_s_phone"]


async def test_a_notify_entity_without_a_registry_entry_is_kept_as_it_is(house: SiteUnderTest) -> None:
    await _box_of_ann(house)
    form = await change(house, "ann", "ways")
    await answer(house.hass, form, {**NO_WAY, "notify_entities": ["notify.by_yaml"]})
    form = await change(house, "ann", "ways")
    assert suggested(form) == {"notify_entities": ["notify.by_yaml"]}


async def test_what_somebody_stands_for_is_chosen_and_offered_to_the_next(house: SiteUnderTest) -> None:
    form = await change(house, "ann", "part")
    result = await answer(house.hass, form, {"manager": True, "groups": ["Night staff"], "area_ids": ["east"]})
    assert result["reason"] == "reconfigure_successful"
    data = stored(house, "Ann").data
    assert (data["manager"], data["groups"], data["area_ids"]) == (True, ["Night staff"], ["east"])
    form = await change(house, "ann", "part")
    assert suggested(form) == {"manager": True, "groups": ["Night staff"], "area_ids": ["east"]}
    assert form["data_schema"].schema["groups"].config["options"] == ["Night staff"]
    await answer(house.hass, form, {"manager": False})
    assert (stored(house, "Ann").data["groups"], stored(house, "Ann").data["area_ids"]) == ([], [])


async def test_when_somebody_is_on_duty_is_chosen_and_renamed_entities_stay_chosen(house: SiteUnderTest) -> None:
    registry = er.async_get(house.hass)
    entry = registry.async_get_or_create("schedule", "schedule", "night")
    form = await change(house, "ann", "duty")
    result = await answer(house.hass, form, {"duty_entities": [entry.entity_id], "shift": " Night "})
    assert result["reason"] == "reconfigure_successful"
    data = stored(house, "Ann").data
    assert (data["duty_entities"], data["shift"], data["zone"]) == ([entry.id], "Night", None)
    registry.async_update_entity(entry.entity_id, new_entity_id="schedule.late")
    form = await change(house, "ann", "duty")
    assert suggested(form) == {"duty_entities": ["schedule.late"], "shift": "Night"}
    house.hass.states.async_set("schedule.late", "on")


async def test_h12_a_zone_alone_does_not_say_who_is_on_duty(house: SiteUnderTest) -> None:
    form = await change(house, "ann", "duty")
    result = await answer(house.hass, form, {"zone": "zone.home"})
    assert result["errors"] == {"zone": "zone_only_adds"}
    assert suggested(result) == {"zone": "zone.home"}
    result = await answer(house.hass, result, {})
    assert result["reason"] == "reconfigure_successful"


async def test_a_post_whose_login_belongs_to_a_person_stays_a_post_with_its_names(house: SiteUnderTest) -> None:
    ward = await house.add_person("Ward", phone_name="Ward phone")
    house.hass.states.async_set("person.ward", "home", {"user_id": ward.user.id, "friendly_name": "Ward W."})
    form = await add_post(house, user_id=ward.user.id, carriers=["Rosa", "Tim", " Rosa "])
    await answer(house.hass, form, {"phones": house.phones_of("Ward")})
    post = stored(house, "Night desk")
    names = dict(post.data["carriers"])
    assert sorted(names.values()) == ["Rosa", "Tim"]
    form = await change(house, post.subentry_id, "post")
    filled = {"name": "Night desk", "user_id": ward.user.id, "carriers": ["Tim", "Zoe"]}
    form = await answer(house.hass, form, filled)
    await answer(house.hass, form, {"phones": house.phones_of("Ward")})
    kept = stored(house, "Night desk").data["carriers"]
    (tim,) = [carrier for carrier, name in names.items() if name == "Tim"]
    assert (kept[tim], len(kept)) == ("Tim", 2)


async def test_a_post_keeps_its_login_and_names_while_no_login_has_a_phone(house: SiteUnderTest) -> None:
    ward = await house.add_person("Ward", phone_name="Ward phone")
    form = await add_post(house, user_id=ward.user.id, carriers=["Rosa"])
    await answer(house.hass, form, {"phones": house.phones_of("Ward")})
    post = stored(house, "Night desk")
    for entry in house.hass.config_entries.async_entries("mobile_app"):
        await house.hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    form = await change(house, post.subentry_id, "post")
    assert list(map(str, form["data_schema"].schema)) == ["name"]
    await answer(house.hass, form, {"name": "Ward desk"})
    kept = stored(house, "Night desk").data
    assert (list(kept["carriers"].values()), kept["user_id"]) == (["Rosa"], ward.user.id)
