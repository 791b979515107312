"""Setting a site up in the dialogs."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryDisabler, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.duress.configuration import Configuration
from custom_components.duress.const import DOMAIN
from custom_components.duress.flow.people import new_responder
from simulation.phone import Phone
from tests.site import SiteUnderTest

SITE = {"name": "Harbour House", "kind": "assisted_living", "address": "1 Harbour Street"}
BUTTON = {"trigger": "event", "event_type": "test_button"}


async def begin(hass: HomeAssistant, *answers: dict[str, Any]) -> Any:
    """Add a site, and answer its dialogs one after another."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    for answer in answers:
        result = await hass.config_entries.flow.async_configure(result["flow_id"], answer)
    await hass.async_block_till_done()
    return result


async def start(entry: ConfigEntry[Any], hass: HomeAssistant, kind: str) -> Any:
    return await hass.config_entries.subentries.async_init((entry.entry_id, kind), context={"source": SOURCE_USER})


async def start_person(entry: ConfigEntry[Any], hass: HomeAssistant) -> Any:
    """Begin to add a person."""
    return await answer(hass, await start(entry, hass, "responder"), {"next_step_id": "person"})


async def by_hand(hass: HomeAssistant, menu: Any) -> Any:
    """Choose a trigger point's triggers by hand."""
    return await answer(hass, menu, {"next_step_id": "choose"})


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


async def test_a_whole_site_is_set_up_in_five_dialogs_and_then_a_press_calls(people: SiteUnderTest) -> None:
    hass, ann = people.hass, people.people["Ann"]
    who, phones = {"user_id": ann.user.id}, {"phones": people.phones_of("Ann")}
    result = await begin(hass, SITE, who, phones, {"call_type": "resident"})
    entry = result["result"]
    assert (entry.title, entry.data) == ("Harbour House", SITE)
    (responder,) = entry.get_subentries_of_type("responder")
    (plan,) = entry.get_subentries_of_type("response_plan")
    assert (responder.title, responder.data) == (
        "Ann",
        {**new_responder(ann.user.id, phones["phones"]), "manager": True},
    )
    assert plan.title == "Resident call"
    assert plan.data == {
        "call_type": "resident",
        "covert": False,
        "steps": [{"after": 0, "responders": [responder.subentry_id], "groups": [], "critical": False}],
        "repeat_after": 60,
        "cancel_window": 0,
        "ends_at_origin": False,
        "needs_two": False,
        "together": False,
        "second_activation": False,
        "upgrades_to": None,
        "subject": "",
        "pictures": "none",
    }
    assert entry.options == {"live": False, "installer": responder.subentry_id}
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    form = await answer(hass, {"flow_id": flow_id}, {"next_step_id": "choose"})
    await answer(hass, form, {"name": "Room 4", "triggers": [BUTTON], "plan_id": plan.subentry_id})
    await people.press()
    ann.hears("Help needed: Room 4")
    people.entry = entry
    assert people.state("binary_sensor.room_4_call_open") == "on"


@pytest.mark.parametrize(
    ("call_type", "covert", "critical", "arrival"),
    [("resident", False, False, 600), ("medical", False, True, 180), ("staff_duress", True, True, 300),
     ("hold_up", True, True, 300)],
)  # fmt: skip
async def test_each_template_has_the_urgency_and_the_time_limit_of_its_kind(
    people: SiteUnderTest, call_type: str, covert: bool, critical: bool, arrival: int
) -> None:
    ann = people.people["Ann"]
    steps: list[dict[str, Any]] = [
        SITE,
        {"user_id": ann.user.id},
        {"phones": people.phones_of("Ann")},
        {"call_type": call_type},
    ]
    entry = (await begin(people.hass, *steps))["result"]
    (plan,) = Configuration.of(entry).plans.values()
    assert (plan.covert, plan.steps[0].critical, plan.arrival_within.total_seconds()) == (covert, critical, arrival)


async def test_a_second_site_needs_another_name(people: SiteUnderTest) -> None:
    MockConfigEntry(domain=DOMAIN, title="Harbour House", data={"name": "Harbour House"}).add_to_hass(people.hass)
    result = await begin(people.hass, SITE)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_site_that_could_call_nobody_is_refused_with_the_reason(site: SiteUnderTest) -> None:
    assert (await begin(site.hass))["reason"] == "no_people"
    user = await site.hass.auth.async_create_user("Cas", group_ids=["system-users"])
    await _add_person_entity(site.hass, "Cas", user.id)
    result = await begin(site.hass, SITE, {"user_id": user.id})
    assert (result["step_id"], result["errors"]) == ("responder", {"user_id": "no_phones"})


async def test_h22_a_login_that_may_only_look_is_refused_as_a_responder(people: SiteUnderTest) -> None:
    ann, who = people.people["Ann"], {"user_id": people.people["Ann"].user.id}
    await people.hass.auth.async_update_user(ann.user, group_ids=["system-read-only"])
    result = await begin(people.hass, SITE, who)
    assert (result["step_id"], result["errors"]) == ("responder", {"user_id": "only_looks"})
    await people.set_up()
    people.hass.config_entries.async_remove_subentry(people.entry, "ann")
    form = await answer(people.hass, await start_person(people.entry, people.hass), who)
    assert (form["step_id"], form["errors"]) == ("person", {"user_id": "only_looks"})


async def test_a_site_needs_at_least_one_phone_that_rings(people: SiteUnderTest) -> None:
    result = await begin(people.hass, SITE, {"user_id": people.people["Ann"].user.id}, {"phones": []})
    assert (result["step_id"], result["errors"]) == ("phones", {"phones": "no_phone_chosen"})


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
        result = await site.hass.config_entries.flow.async_configure(form["flow_id"], {**SITE, "name": name})
        assert result["reason"] == reason
    await site.settle()
    assert site.entry.title == "Pier House"


@pytest.fixture
async def empty(people: SiteUnderTest) -> SiteUnderTest:
    """Give a site without a responder, a plan or a trigger point, to people who could be some."""
    people.entry = MockConfigEntry(domain=DOMAIN, title="Harbour House", data={"name": "Harbour House"})
    people.entry.add_to_hass(people.hass)
    assert await people.hass.config_entries.async_setup(people.entry.entry_id)
    return people


async def test_without_anybody_who_can_log_in_there_is_no_responder_to_add(site: SiteUnderTest) -> None:
    await site.set_up()
    flow = await start_person(site.entry, site.hass)
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_people")


async def test_a_person_without_a_phone_or_any_other_way_is_no_responder(empty: SiteUnderTest) -> None:
    user = await empty.hass.auth.async_create_user("Cas", group_ids=["system-users"])
    await _add_person_entity(empty.hass, "Cas", user.id)
    flow = await start_person(empty.entry, empty.hass)
    form = await answer(empty.hass, flow, {"user_id": user.id})
    result = await answer(empty.hass, form, {"quiet": False})
    assert (result["step_id"], result["errors"]) == ("ways", {"base": "no_way"})


async def test_a_registration_that_cannot_be_pushed_to_is_not_offered(empty: SiteUnderTest) -> None:
    hass = empty.hass
    (phone,) = empty.phones_of("Ann")
    registration = hass.config_entries.async_get_entry(phone)
    assert registration is not None
    hass.config_entries.async_update_entry(registration, data={**registration.data, "app_data": {}})
    flow = await start_person(empty.entry, hass)
    result = await answer(hass, flow, {"user_id": empty.people["Ann"].user.id})
    assert result["step_id"] == "ways"


async def test_a_responder_needs_at_least_one_phone(empty: SiteUnderTest) -> None:
    flow = await start_person(empty.entry, empty.hass)
    form = await answer(empty.hass, flow, {"user_id": empty.people["Ann"].user.id})
    result = await answer(empty.hass, form, {"phones": []})
    assert result["errors"] == {"phones": "no_phone_chosen"}


async def test_a_person_is_a_responder_of_a_site_only_once(empty: SiteUnderTest) -> None:
    hass, entry = empty.hass, empty.entry
    ann = {"user_id": empty.people["Ann"].user.id}
    # The same dialog in two windows: the second to finish must not add her again.
    dialogs = [await answer(hass, await start_person(entry, hass), ann) for _ in range(2)]
    ends = [await answer(hass, dialog, {"phones": empty.phones_of("Ann")}) for dialog in dialogs]
    assert [end["type"] for end in ends] == [FlowResultType.CREATE_ENTRY, FlowResultType.ABORT]
    form = await start_person(entry, hass)
    (field,) = form["data_schema"].schema.values()
    assert [option["label"] for option in field.config["options"]] == ["Bob"]


async def test_when_everybody_is_a_responder_the_dialog_says_so(empty: SiteUnderTest) -> None:
    hass = empty.hass
    for name, person in empty.people.items():
        form = await answer(hass, await start_person(empty.entry, hass), {"user_id": person.user.id})
        await answer(hass, form, {"phones": empty.phones_of(name)})
    flow = await start_person(empty.entry, hass)
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "all_added")


async def test_h03_a_new_phone_rings_once_somebody_adds_it(people: SiteUnderTest, site: SiteUnderTest) -> None:
    await site.set_up((0, ["Ann"]))
    ann = site.people["Ann"]
    refresh = await site.hass.auth.async_create_refresh_token(ann.user, client_id="https://example.org/")
    token = site.hass.auth.async_create_access_token(refresh)
    tablet = Phone("Ann's tablet")
    await tablet.register(site.client, site.push, {"Authorization": f"Bearer {token}"})
    await site.settle()
    assert site.issues() == {"phone_does_not_ring_yet"}
    await site.press()
    ann.hears("Help needed")
    assert tablet.screen == []
    await site.action("resolve", ann.user)
    ann.hears("Over")
    menu = await site.entry.start_subentry_reconfigure_flow(site.hass, "ann")
    form = await answer(site.hass, menu, {"next_step_id": "phones"})
    result = await answer(site.hass, form, {"phones": site.phones_of("Ann")})
    assert result["reason"] == "reconfigure_successful"
    assert site.issues() == set()
    await site.press()
    ann.hears("Help needed")
    assert [n.title for n in tablet.screen] == ["Help needed: Room 4"]


def step(site: SiteUnderTest, *names: str, after: int = 0) -> dict[str, Any]:
    """Return a line of the list of steps, as the dialog has it: with the devices that stand for people."""
    return {"responders": [site.responder_device(name) for name in names], "after": after}


async def add_plan(site: SiteUnderTest, call_type: str, answers: dict[str, Any]) -> Any:
    flow = await start(site.entry, site.hass, "response_plan")
    form = await answer(site.hass, flow, {"call_type": call_type})
    assert form["step_id"] == "plan"
    return await answer(site.hass, form, {"name": "New", "repeat_after": 90, **answers})


async def test_a_plan_needs_somebody_to_call(empty: SiteUnderTest) -> None:
    flow = await start(empty.entry, empty.hass, "response_plan")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_responders")


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (1, False), (14, False), (15, True), (45, True)])
async def test_abort_window_bounds_15_45(site: SiteUnderTest, seconds: int, taken: bool) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    result = await add_plan(site, "medical", {"steps": [step(site, "Ann")], "cancel_window": seconds})
    assert (result["type"] is FlowResultType.CREATE_ENTRY) is taken
    if not taken:
        assert result["errors"] == {"cancel_window": "cancel_window_bounds"}


async def test_a_plan_calls_step_after_step_in_the_order_of_the_list(site: SiteUnderTest) -> None:
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]))
    steps = [step(site, "Ann", after=20), step(site, "Bob", "Ann", after=30)]
    result = await add_plan(site, "medical", {"steps": steps, "cancel_window": 20})
    assert result["data"] == {
        "call_type": "medical",
        "covert": False,
        "steps": [
            {"after": 0, "responders": ["ann"], "groups": [], "critical": True},
            {"after": 30, "responders": ["bob", "ann"], "groups": [], "critical": True},
        ],
        "repeat_after": 90,
        "cancel_window": 20,
        "ends_at_origin": False,
        "needs_two": False,
        "together": False,
        "second_activation": False,
        "upgrades_to": None,
        "subject": "",
        "pictures": "none",
    }


async def test_a_plan_calls_groups_and_says_who_would_be_called_by_it_now(site: SiteUnderTest) -> None:
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]))
    for name in ("Ann", "Bob"):
        await site.change_responder(name, groups=["First aid"], area_ids=["east"])
    form = await site.entry.start_subentry_reconfigure_flow(site.hass, "plan")
    assert form["description_placeholders"] == {"outlook": "- At once: Ann"}
    steps = [
        {"groups": ["looking_after"]},
        {"after": 30, "groups": ["managers"]},
        {"after": 40, "groups": ["group:First aid"]},
    ]
    answers = {"name": "Resident call", "steps": steps, "repeat_after": 60, "cancel_window": 0}
    result = await answer(site.hass, form, answers)
    assert result["reason"] == "reconfigure_successful"
    form = await site.entry.start_subentry_reconfigure_flow(site.hass, "plan")
    shown = {str(key): key.description["suggested_value"] for key in form["data_schema"].schema if key.description}
    assert [line["groups"] for line in shown["steps"]] == [["looking_after"], ["managers"], ["group:First aid"]]
    outlook = form["description_placeholders"]["outlook"]
    nobody = "nobody. Nobody in this step can be reached."
    assert outlook == f"- At once: {nobody}\n- At once: {nobody}\n- At once: Ann, Bob"
    nobody_there = {**answers, "steps": [{"groups": ["managers"]}]}
    result = await answer(site.hass, form, nobody_there)
    assert result["errors"] == {"steps": "nobody_can_answer"}


async def test_h47_a_plan_that_would_reach_nobody_is_refused_with_the_reason(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    empty: list[list[dict[str, Any]]] = [[], [{"responders": []}], [step(site, "Ann"), {"responders": ["gone"]}]]
    for steps in empty:
        result = await add_plan(site, "resident", {"steps": steps, "cancel_window": 0})
        assert result["errors"] == {"steps": "nobody_called"}
    await site.hass.auth.async_update_user(ann.user, is_active=False)
    await site.settle()
    result = await add_plan(site, "resident", {"steps": [step(site, "Ann")], "cancel_window": 0})
    assert result["errors"] == {"steps": "nobody_can_answer"}


async def test_a_plan_can_be_set_up_while_its_site_is_not_running(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.hass.config_entries.async_set_disabled_by(site.entry.entry_id, ConfigEntryDisabler.USER)
    await site.settle()
    ann.hears("No calls any more")
    result = await add_plan(site, "resident", {"steps": [step(site, "Ann")], "cancel_window": 0})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_changed_plan_is_followed_by_the_next_press(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    form = await site.entry.start_subentry_reconfigure_flow(site.hass, "plan")
    shown = {str(key): key.description["suggested_value"] for key in form["data_schema"].schema if key.description}
    assert [line["responders"] for line in shown["steps"]] == [
        [site.responder_device("Ann")],
        [site.responder_device("Bob")],
    ]
    steps = [step(site, "Bob"), step(site, "Ann", after=30)]
    result = await answer(
        site.hass, form, {"name": "Resident call", "steps": steps, "repeat_after": 60, "cancel_window": 0}
    )
    assert result["reason"] == "reconfigure_successful"
    await site.press()
    (soft,) = bob.reads()
    ann.hears_nothing()
    await site.advance(seconds=30)
    (loud,) = ann.reads()
    assert [call.data["channel"] for call in (soft, loud)] == ["duress_calls", "alarm_stream"]


async def test_h02_a_plan_and_a_button_that_would_call_only_whoever_holds_it_are_refused(site: SiteUnderTest) -> None:
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann", "Bob"]), holders=["Ann"], call_type="hold_up", covert=True)
    menu = await site.entry.start_subentry_reconfigure_flow(site.hass, "plan")
    assert menu["menu_options"] == ["change", "shows"]
    form = await answer(site.hass, menu, {"next_step_id": "change"})
    plan = {"name": "Hold-up", "repeat_after": 60, "subject": "Delivery"}
    result = await answer(site.hass, form, {**plan, "steps": [step(site, "Ann")]})
    assert result["errors"] == {"steps": "only_the_holder"}
    form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
    button = {"name": "Till", "triggers": [BUTTON], "plan_id": "plan"}
    result = await answer(site.hass, form, {**button, "holders": ["ann", "bob"]})
    assert result["errors"] == {"holders": "only_the_holder"}
    result = await answer(site.hass, form, {**button, "holders": ["bob"]})
    assert result["reason"] == "reconfigure_successful"
    assert site.entry.subentries["point"].data["holders"] == ["bob"]


async def test_a_quiet_button_without_a_holder_can_be_changed_while_nobody_can_be_reached(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    await site.hass.auth.async_update_user(ann.user, is_active=False)
    await site.settle()
    form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
    result = await answer(site.hass, form, {"name": "Till", "triggers": [BUTTON], "plan_id": "plan"})
    assert result["reason"] == "reconfigure_successful"


async def test_a_trigger_point_needs_a_plan(empty: SiteUnderTest) -> None:
    flow = await start(empty.entry, empty.hass, "trigger_point")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_plans")


async def test_h53_a_site_goes_live_in_its_options_and_what_was_set_up_is_called_from_then_on(
    site: SiteUnderTest,
) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), options={"live": False, "installer": "ann"})
    assert site.issues() == {"site_not_live"}
    form = await site.hass.config_entries.options.async_init(site.entry.entry_id)
    assert form["step_id"] == "init"
    await site.hass.config_entries.options.async_configure(form["flow_id"], {"live": True, "installer": "ann"})
    await site.settle()
    assert site.issues() == set()
    await site.press()
    bob.hears("Help needed")
    ann.hears_nothing()


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
    flow = await by_hand(site.hass, await start(site.entry, site.hass, "trigger_point"))
    result = await answer(site.hass, flow, {"name": "Room 5", "triggers": triggers, "plan_id": "plan"})
    assert result["errors"] == {"triggers": error}


async def test_a_trigger_point_keeps_its_sources_when_another_is_added(site: SiteUnderTest) -> None:
    assert await async_setup_component(site.hass, "input_button", {"input_button": {"desk": {}}})
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
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
    await site.advance(seconds=1)
    await site.press()
    ann.hears("Help needed")
    assert site.incident.presses == 2


SINGLE, DOUBLE, LONG = (
    {"trigger": "event", "event_type": "test_button", "event_data": {"kind": kind}} for kind in ("1", "double", "held")
)


async def test_each_gesture_has_a_plan_of_its_own_and_opens_a_call_of_its_own(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    result = await add_plan(site, "medical", {"steps": [step(site, "Bob")], "cancel_window": 0})
    (medical,) = [s.subentry_id for s in site.entry.subentries.values() if s.title == "New"]
    assert result["type"] is FlowResultType.CREATE_ENTRY
    form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
    button = {"name": "Room 4", "triggers": [SINGLE, DOUBLE], "plan_id": "plan"}
    form = await answer(site.hass, form, button)
    assert form["step_id"] == "gestures"
    assert [str(key) for key in form["data_schema"].schema] == ["plan_single", "plan_double"]
    result = await answer(site.hass, form, {"plan_single": "plan", "plan_double": medical})
    assert result["reason"] == "reconfigure_successful"
    form = await answer(
        site.hass,
        await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point")),
        button,
    )
    assert {str(key): key.default() for key in form["data_schema"].schema} == {
        "plan_single": "plan",
        "plan_double": medical,
    }
    for kind in ("1", "double"):
        site.hass.bus.async_fire("test_button", {"kind": kind})
        await site.settle()
    ann.hears("Help needed")
    bob.hears("Help needed")
    first, second = site.site.incidents.open()
    assert [i.press.gesture for i in (first, second)] == ["single", "double"]
    await site.advance(seconds=1)
    site.hass.bus.async_fire("test_button", {"kind": "double"})
    await site.settle()
    assert [i.presses for i in site.site.incidents.open()] == [1, 2]


async def test_a_gesture_whose_quiet_plan_would_call_only_its_holder_is_refused(site: SiteUnderTest) -> None:
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), holders=["Ann"])
    await add_plan(site, "hold_up", {"steps": [step(site, "Ann")]})
    (quiet,) = [s.subentry_id for s in site.entry.subentries.values() if s.title == "New"]
    form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
    form = await answer(
        site.hass, form, {"name": "Till", "triggers": [SINGLE, LONG], "plan_id": "plan", "holders": ["ann"]}
    )
    form = await answer(site.hass, form, {"plan_single": "plan", "plan_long": quiet})
    assert form["errors"] == {"plan_long": "only_the_holder"}


async def test_h05_a_key_fob_that_sounds_is_refused_for_a_quiet_plan_or_kept_from_zha(
    site: SiteUnderTest,
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    panel = er.async_get(site.hass).async_get_or_create("alarm_control_panel", "zha", "fob").entity_id
    by_panel = {"trigger": "state", "entity_id": [panel], "to": ["triggered"]}
    entry = er.async_get(site.hass).async_get(panel)
    assert entry is not None
    by_text = {"trigger": "state", "entity_id": panel, "to": "triggered"}
    by_id = {"trigger": "state", "entity_id": [entry.id], "to": "triggered"}
    by_key = {"trigger": "duress.zigbee_alarm", "options": {"device_id": "fob", "alarms": ["panic"]}}
    pendant = {"trigger": "duress.zigbee_alarm", "options": {"device_id": "pendant", "alarms": ["alarm"]}}

    async def set_up(trigger: dict[str, Any]) -> Any:
        form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
        return await answer(site.hass, form, {"name": "Till", "triggers": [trigger], "plan_id": "plan"})

    for trigger in (by_panel, by_text, by_id):
        assert (await set_up(trigger))["errors"] == {"triggers": "sounds_when_pressed"}
    warned = await set_up(by_key)
    assert warned["step_id"] == "alone"
    assert (await answer(site.hass, warned, {}))["reason"] == "reconfigure_successful"
    (source,) = site.entry.subentries["point"].data["sources"]
    assert source["trigger"]["options"]["alone"] is True
    assert (await set_up(source["trigger"]))["reason"] == "reconfigure_successful"
    assert (await set_up(pendant))["reason"] == "reconfigure_successful"


async def test_h45_a_call_from_what_is_worn_says_that_it_may_be_elsewhere(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    area = ar.async_get(site.hass).async_create("Room 4").id
    pendant = {"name": "Pendant 12", "triggers": [BUTTON], "plan_id": "plan", "area_id": area, "worn": True}
    form = await by_hand(site.hass, await site.entry.start_subentry_reconfigure_flow(site.hass, "point"))
    await answer(site.hass, form, pendant)
    await site.press()
    (call,) = ann.reads()
    assert call.body.startswith("Room 4, or wherever it is worn now, pressed at")
    await site.power_cut(minutes=2)
    await site.advance(seconds=1)
    (again,) = ann.reads()
    assert again.body.startswith("Room 4, or wherever it is worn now, pressed at")


async def test_a_trigger_point_whose_last_plan_is_gone_is_changed_once_there_is_another(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    site.hass.config_entries.async_remove_subentry(site.entry, "plan")
    flow = await site.entry.start_subentry_reconfigure_flow(site.hass, "point")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "no_plans")


async def test_what_says_in_the_room_how_it_stands_is_chosen_and_kept_apart_from_what_calls(
    site: SiteUnderTest,
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    green, reset = ({"platform": "event", "event_type": name} for name in ("green", "reset"))
    form = await answer(site.hass, await start(site.entry, site.hass, "trigger_point"), {"next_step_id": "choose"})
    answers = {"name": "Bath", "triggers": [BUTTON], "plan_id": "plan"}
    twice = {**answers, "in_the_room": {"is_there": [BUTTON], "it_is_over": []}}
    result = await answer(site.hass, form, twice)
    assert result["errors"] == {"triggers": "same_trigger_twice"}
    room = {"is_there": [green], "it_is_over": [reset]}
    result = await answer(site.hass, form, {**answers, "in_the_room": room})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [source["plan_id"] for source in result["data"]["sources"]] == ["plan", "is_there", "it_is_over"]
    (bath,) = [s for s in site.entry.subentries.values() if s.title == "Bath"]
    menu = await site.entry.start_subentry_reconfigure_flow(site.hass, bath.subentry_id)
    form = await answer(site.hass, menu, {"next_step_id": "choose"})
    shown = {str(key): (key.description or {}).get("suggested_value") for key in form["data_schema"].schema}
    assert [trigger["event_type"] for trigger in shown["triggers"] or []] == [BUTTON["event_type"]]
    ids = [source["id"] for source in bath.data["sources"]]
    result = await answer(site.hass, form, {**answers, "in_the_room": room})
    assert result["reason"] == "reconfigure_successful"
    assert [s["id"] for s in site.entry.subentries[bath.subentry_id].data["sources"]] == ids
