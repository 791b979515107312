"""Setting a site up in the dialogs."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.duress.const import DOMAIN
from simulation.phone import Phone
from tests.site import SiteUnderTest


async def add_site(hass: HomeAssistant, name: str = "Harbour House") -> Any:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"name": name})
    await hass.async_block_till_done()
    return result


async def start(entry: ConfigEntry[Any], hass: HomeAssistant, kind: str) -> Any:
    return await hass.config_entries.subentries.async_init((entry.entry_id, kind), context={"source": SOURCE_USER})


async def answer(hass: HomeAssistant, flow: Any, answers: dict[str, Any]) -> Any:
    result = await hass.config_entries.subentries.async_configure(flow["flow_id"], answers)
    await hass.async_block_till_done()
    return result


@pytest.fixture
async def people(site: SiteUnderTest) -> SiteUnderTest:
    """Give Ann and Bob a login, a phone and a person each."""
    for name in ("Ann", "Bob"):
        person = await site.add_person(name)
        await _add_person_entity(site.hass, name, person.user.id)
    return site


async def _add_person_entity(hass: HomeAssistant, name: str, user: str) -> None:
    hass.states.async_set(f"person.{name.lower()}", "home", {"friendly_name": name, "user_id": user})


async def test_a_whole_site_is_set_up_in_four_dialogs_and_then_a_press_calls(people: SiteUnderTest) -> None:
    hass = people.hass
    result = await add_site(hass)
    entry = result["result"]
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    ann = people.people["Ann"]
    form = await answer(hass, {"flow_id": flow_id}, {"user_id": ann.user.id})
    assert form["step_id"] == "phones"
    done = await answer(hass, form, {"phones": people.phones_of("Ann")})
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Ann")
    (responder,) = entry.get_subentries_of_type("responder")
    flow = await start(entry, hass, "response_plan")
    plan = {"name": "Resident call", "first": [responder.subentry_id], "after": 60, "repeat_after": 60}
    await answer(hass, flow, plan)
    (plan_entry,) = entry.get_subentries_of_type("response_plan")
    assert plan_entry.data == {
        "steps": [{"after": 0, "responders": [responder.subentry_id]}],
        "repeat_after": 60,
        "call_type": "resident",
        "cancel_window": 0,
    }
    flow = await start(entry, hass, "trigger_point")
    trigger = {"trigger": "event", "event_type": "test_button"}
    await answer(hass, flow, {"name": "Room 4", "triggers": [trigger], "plan_id": plan_entry.subentry_id})
    await people.press()
    ann.hears("Help needed: Room 4")
    people.entry = entry
    assert people.state("binary_sensor.room_4_call_open") == "on"


async def test_a_second_site_needs_another_name(hass: HomeAssistant) -> None:
    MockConfigEntry(domain=DOMAIN, title="Harbour House", data={"name": "Harbour House"}).add_to_hass(hass)
    result = await add_site(hass)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_site_can_be_renamed_but_not_to_the_name_of_another(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    MockConfigEntry(domain=DOMAIN, title="Mill House", data={"name": "Mill House"}).add_to_hass(site.hass)
    for name, reason in (
        ("Mill House", "already_configured"),
        ("Harbour House", "reconfigure_successful"),
        ("Pier House", "reconfigure_successful"),
    ):
        form = await site.entry.start_reconfigure_flow(site.hass)
        assert form["step_id"] == "reconfigure"
        result = await site.hass.config_entries.flow.async_configure(form["flow_id"], {"name": name})
        assert result["reason"] == reason
    await site.settle()
    assert site.entry.title == "Pier House"


async def test_without_anybody_who_can_log_in_there_is_no_responder_to_add(hass: HomeAssistant) -> None:
    entry = (await add_site(hass))["result"]
    flow = await start(entry, hass, "responder")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_people")


async def test_a_person_without_a_phone_is_no_responder(site: SiteUnderTest) -> None:
    user = await site.hass.auth.async_create_user("Cas", group_ids=["system-users"])
    await _add_person_entity(site.hass, "Cas", user.id)
    entry = (await add_site(site.hass))["result"]
    flow = await start(entry, site.hass, "responder")
    result = await answer(site.hass, flow, {"user_id": user.id})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_phones")


async def test_a_registration_that_cannot_be_pushed_to_is_not_offered(people: SiteUnderTest) -> None:
    hass = people.hass
    (phone,) = people.phones_of("Ann")
    registration = hass.config_entries.async_get_entry(phone)
    assert registration is not None
    hass.config_entries.async_update_entry(registration, data={**registration.data, "app_data": {}})
    entry = (await add_site(hass))["result"]
    flow = await start(entry, hass, "responder")
    result = await answer(hass, flow, {"user_id": people.people["Ann"].user.id})
    assert result["reason"] == "no_phones"


async def test_a_responder_needs_at_least_one_phone(people: SiteUnderTest) -> None:
    entry = (await add_site(people.hass))["result"]
    flow = await start(entry, people.hass, "responder")
    form = await answer(people.hass, flow, {"user_id": people.people["Ann"].user.id})
    result = await answer(people.hass, form, {"phones": []})
    assert result["errors"] == {"phones": "no_phone_chosen"}


async def test_a_person_is_a_responder_of_a_site_only_once(people: SiteUnderTest) -> None:
    hass = people.hass
    entry = (await add_site(hass))["result"]
    ann = {"user_id": people.people["Ann"].user.id}
    # The same dialog in two windows: the second to finish must not add her again.
    dialogs = [await answer(hass, await start(entry, hass, "responder"), ann) for _ in range(2)]
    ends = [await answer(hass, dialog, {"phones": people.phones_of("Ann")}) for dialog in dialogs]
    assert [end["type"] for end in ends] == [FlowResultType.CREATE_ENTRY, FlowResultType.ABORT]
    form = await start(entry, hass, "responder")
    (field,) = form["data_schema"].schema.values()
    assert [option["label"] for option in field.config["options"]] == ["Bob"]


async def test_when_everybody_is_a_responder_the_dialog_says_so(people: SiteUnderTest) -> None:
    hass = people.hass
    entry = (await add_site(hass))["result"]
    for name, person in people.people.items():
        form = await answer(hass, await start(entry, hass, "responder"), {"user_id": person.user.id})
        await answer(hass, form, {"phones": people.phones_of(name)})
    flow = await start(entry, hass, "responder")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "all_added")


async def test_h03_a_new_phone_rings_once_somebody_adds_it(people: SiteUnderTest, site: SiteUnderTest) -> None:
    await site.set_up((0, ["Ann"]))
    ann = site.people["Ann"]
    refresh = await site.hass.auth.async_create_refresh_token(ann.user, client_id="https://example.org/")
    token = site.hass.auth.async_create_access_token(refresh)
    tablet = Phone("Ann's tablet")
    await tablet.register(site.client, site.push, {"Authorization": f"Bearer {token}"})
    form = await site.entry.start_subentry_reconfigure_flow(site.hass, "ann")
    assert form["step_id"] == "phones"
    result = await answer(site.hass, form, {"phones": site.phones_of("Ann")})
    assert result["reason"] == "reconfigure_successful"
    await site.press()
    ann.hears("Help needed")
    assert [n.title for n in tablet.screen] == ["Help needed: Room 4"]


async def test_a_plan_needs_somebody_to_call(site: SiteUnderTest) -> None:
    entry = (await add_site(site.hass))["result"]
    flow = await start(entry, site.hass, "response_plan")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_responders")
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    flow = await start(site.entry, site.hass, "response_plan")
    result = await answer(site.hass, flow, {"name": "Empty", "first": [], "after": 60, "repeat_after": 60})
    assert result["errors"] == {"first": "nobody_called"}


async def test_a_changed_plan_is_followed_by_the_next_press(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    form = await site.entry.start_subentry_reconfigure_flow(site.hass, "plan")
    answers = {"name": "Resident call", "first": ["bob"], "after": 30, "then": ["ann"], "repeat_after": 60}
    result = await answer(site.hass, form, answers)
    assert result["reason"] == "reconfigure_successful"
    await site.press()
    bob.hears("Help needed")
    ann.hears_nothing()
    await site.advance(seconds=30)
    ann.hears("Help needed")


async def test_a_trigger_point_needs_a_plan(hass: HomeAssistant) -> None:
    entry = (await add_site(hass))["result"]
    flow = await start(entry, hass, "trigger_point")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_plans")


@pytest.mark.parametrize(
    ("triggers", "error"),
    [
        ([], "no_trigger"),
        ([{"trigger": "state"}], "invalid_trigger"),
        ([{"trigger": "no_such.trigger"}], "invalid_trigger"),
        ([{"trigger": "device", "device_id": "gone", "domain": "zha", "type": "x", "subtype": "y"}], "invalid_trigger"),
    ],
)
async def test_a_trigger_point_that_could_not_be_heard_is_refused_with_the_reason(
    site: SiteUnderTest, triggers: list[dict[str, Any]], error: str
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    flow = await start(site.entry, site.hass, "trigger_point")
    result = await answer(site.hass, flow, {"name": "Room 5", "triggers": triggers, "plan_id": "plan"})
    assert result["errors"] == {"triggers": error}


async def test_a_trigger_point_keeps_its_sources_when_another_is_added(site: SiteUnderTest) -> None:
    assert await async_setup_component(site.hass, "input_button", {"input_button": {"desk": {}}})
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    form = await site.entry.start_subentry_reconfigure_flow(site.hass, "point")
    old = {"trigger": "event", "event_type": "test_button"}
    new = {"trigger": "state", "entity_id": ["input_button.desk"]}
    both_the_same = {"name": "Room 4", "triggers": [old, old], "plan_id": "plan"}
    form = await answer(site.hass, form, both_the_same)
    assert form["errors"] == {"triggers": "same_trigger_twice"}
    result = await answer(
        site.hass, form, {"name": "Room 4", "area_id": "hall", "triggers": [old, new], "plan_id": "plan"}
    )
    assert result["reason"] == "reconfigure_successful"
    sources = site.entry.subentries["point"].data["sources"]
    assert sources[0]["id"] == "source"
    await site.hass.services.async_call("input_button", "press", {"entity_id": "input_button.desk"}, blocking=True)
    await site.press()
    ann.hears("Help needed")
    assert site.incident.presses == 2
