"""One person is not enough: some calls need two, and whoever is there can ask for more help."""

from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.duress.engine.events import AnswerRefused
from tests.site import PLAN, SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann and Bob are called, and Cas a minute later; Dora has nothing to do with it."""
    for name in ("Ann", "Bob", "Cas", "Dora"):
        await site.add_person(name)
    await site.set_up((0, ["Ann", "Bob"]), (60, ["Cas"]))
    return site


async def add_plan(house: SiteUnderTest, name: str, *people: str, **data: object) -> None:
    content = {
        "steps": [{"after": 0, "responders": [person.lower() for person in people]}],
        "repeat_after": 60,
        "call_type": "medical",
        **data,
    }
    subentry = ConfigSubentry(
        data=MappingProxyType(content), subentry_id=name, subentry_type="response_plan", title=name, unique_id=None
    )
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    await house.settle()


async def test_a_lift_that_needs_two_calls_until_two_go_and_each_knows_of_the_other(house: SiteUnderTest) -> None:
    ann, bob, cas = (house.people[name] for name in ("Ann", "Bob", "Cas"))
    await house.change(PLAN, needs_two=True)
    await house.press()
    for person in (ann, bob):
        person.hears("Help needed: Room 4")
    await house.taps("Ann", "I'm going")
    (has_it,) = ann.reads()
    assert has_it.title == "You have it: Room 4"
    assert "One more person is being called." in has_it.body
    (asked,) = bob.reads()
    assert asked.title == "One more is needed: Room 4"
    assert "Ann is going, and one person is not enough" in asked.body
    assert asked.data.get("channel") != "alarm_stream"  # Bob was rung a moment ago
    await house.advance(seconds=61)
    (loud,) = cas.reads()
    assert (loud.title, loud.data["channel"]) == ("One more is needed: Room 4", "alarm_stream")
    await house.taps("Bob", "I'm going")
    (told,) = ann.reads()
    assert "Bob goes as well." in told.body
    (told,) = bob.reads()
    assert "Ann goes as well." in told.body
    cas.hears("Ann is going")
    assert [house.state(f"sensor.{name}_status") for name in ("ann", "bob", "cas")] == ["en_route", "en_route", "free"]
    await house.taps("Ann", "I'm there")
    await house.taps("Bob", "I'm there")
    await house.taps("Bob", "Person helped")
    for person in (ann, bob, cas):
        assert person.reads()[-1].title == "Over: Room 4"
    house.people["Dora"].hears_nothing()


async def test_whoever_goes_taps_need_more_help_and_everybody_else_is_rung_again(house: SiteUnderTest) -> None:
    ann, bob, cas = (house.people[name] for name in ("Ann", "Bob", "Cas"))
    await house.press()
    await house.taps("Ann", "I'm going")
    bob.hears("Help needed", "Ann is going")
    ann.reads()
    await house.taps("Ann", "Need more help")
    await house.advance(seconds=1)
    ann.hears("You have it: Room 4")
    bob.hears("One more is needed: Room 4")
    await house.advance(seconds=61)
    cas.hears("One more is needed: Room 4")
    await house.taps("Cas", "I'm going")
    cas.hears("You have it: Room 4")
    bob.hears("Ann is going: Room 4")
    ann.hears("You have it: Room 4")


async def test_at_the_bed_more_help_is_called_by_the_plan_for_that_without_closing_the_call(
    house: SiteUnderTest,
) -> None:
    ann, dora = house.people["Ann"], house.people["Dora"]
    await add_plan(house, "emergency", "Dora")
    await house.change(PLAN, upgrades_to="emergency")
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    incident = house.incident.id
    await house.action("ask_for_more_help", ann.user)
    await house.advance(seconds=1)
    assert (house.incident.id, house.incident.plan.id) == (incident, "emergency")
    with pytest.raises(ServiceValidationError, match="being called already"):
        await house.action("ask_for_more_help", ann.user)
    await house.press()
    assert len(house.site.incidents.open()) == 1  # it is still the call that this plan began
    (called,) = dora.reads()
    assert called.title == "One more is needed: Room 4"
    assert "Ann is there" in called.body
    assert called.data["channel"] == "alarm_stream"
    assert "One more person is being called." in ann.reads()[-1].body
    await house.taps("Dora", "I'm going")
    assert "If an ambulance is needed" in dora.reads()[-1].body
    assert ann.reads()[-1].body.count("Dora goes as well.") == 1
    assert house.people["Bob"].reads()[-1].title == "Ann is there: Room 4"
    house.people["Cas"].hears_nothing()


async def test_a_plan_for_worse_that_reaches_nobody_leaves_the_call_with_its_own_people(house: SiteUnderTest) -> None:
    await add_plan(house, "emergency")
    await house.change(PLAN, upgrades_to="emergency")
    await house.press()
    await house.taps("Ann", "I'm going")
    house.people["Bob"].reads()
    await house.taps("Ann", "Need more help")
    await house.advance(seconds=1)
    house.people["Bob"].hears("One more is needed: Room 4")
    house.people["Ann"].hears("Help needed: Room 4", "You have it: Room 4", "You have it: Room 4")
    assert house.incident.plan.id == PLAN


async def test_h06_asking_for_more_help_in_a_quiet_call_moves_nothing_and_says_nothing_plain(
    house: SiteUnderTest,
) -> None:
    bob = house.people["Bob"]
    await house.change(PLAN, covert=True, call_type="staff_duress", subject="Delivery")
    before = {state.entity_id: state for state in house.hass.states.async_all() if "room_4" in state.entity_id}
    await house.press()
    await house.taps("Ann", "I'm going")
    bob.reads()
    await house.action("ask_for_more_help", house.people["Ann"].user)
    await house.advance(seconds=1)
    (asked,) = bob.reads()
    assert asked.title == "Delivery: Room 4"
    assert "Ann sees to it, and one more is needed" in asked.body
    assert {entity: house.hass.states.get(entity) for entity in before} == before
    assert [message.title for message in house.people["Ann"].reads()] == ["Delivery: Room 4"] * 3


async def test_h02_whoever_holds_the_button_of_a_quiet_call_cannot_make_it_an_open_one(house: SiteUnderTest) -> None:
    await add_plan(house, "lockdown", "Dora")
    await house.change(PLAN, covert=True, call_type="staff_duress", upgrades_to="lockdown")
    await house.change("point", holders=["ann"])
    await house.press()
    await house.action("ask_for_more_help", house.people["Ann"].user)
    assert house.incident.plan.id == PLAN
    assert not [e for e in await house.events(house.incident.id) if isinstance(e, AnswerRefused)]
    house.people["Bob"].hears("Message for you: Room 4")
    for nobody in ("Ann", "Cas", "Dora"):
        house.people[nobody].hears_nothing()


async def test_h15_whoever_goes_as_the_second_has_that_call_in_hand(house: SiteUnderTest) -> None:
    await house.change(PLAN, needs_two=True)
    await house.add_point("Room 7", {"platform": "event", "event_type": "seven"})
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Bob", "I'm going")
    house.people["Cas"].reads()
    house.hass.bus.async_fire("seven")
    await house.settle()
    house.people["Cas"].hears("Help needed: Room 7")  # the next step begins at once beside the busy ones
    for busy in ("Ann", "Bob"):
        assert house.people[busy].reads()[-1].title == "Help needed: Room 7"


async def test_each_responder_reads_in_the_language_chosen_for_them(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.change_responder("Bob", language="de")
    await house.press()
    ann.hears("Help needed: Room 4")
    (ruf,) = bob.reads()
    assert ruf.title == "Hilfe nötig: Room 4"
    assert ruf.buttons == ["Ich gehe hin", "Kann nicht"]
    await house.taps("Bob", "Ich gehe hin")
    bob.hears("Sie haben übernommen: Room 4")
    ann.hears("Bob is going: Room 4")


async def test_h48_a_call_that_was_quiet_says_nothing_aloud_where_it_was_pressed_once_it_is_open(
    house: SiteUnderTest,
) -> None:
    said: list[str] = []
    house.hass.services.async_register("siren", "say", lambda _call: said.append("said"))
    await add_plan(house, "lockdown", "Dora")
    await house.change("point", when_placed=[{"action": "siren.say"}], holders=["dora"])
    await house.change(PLAN, covert=True, call_type="staff_duress", upgrades_to="lockdown")
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.action("ask_for_more_help", house.people["Ann"].user)
    await house.advance(seconds=5)
    assert said == []
    house.people["Dora"].hears_nothing()  # who holds the button is still kept out of it
    for person in house.people.values():
        person.reads()


async def test_an_upgrade_finds_whoever_looks_after_the_area_and_ends_where_something_can_say_so(
    house: SiteUnderTest,
) -> None:
    await house.change("point", area_id="wing")
    await house.change_responder("Dora", area_ids=["wing"])
    await add_plan(house, "area", ends_at_origin=True)
    steps = [{"after": 0, "responders": [], "groups": ["looking_after"]}]
    await house.change("area", steps=steps)
    await house.change(PLAN, upgrades_to="area")
    await house.press()
    await house.action("arrive", house.people["Ann"].user)
    await house.action("ask_for_more_help", house.people["Ann"].user)
    await house.advance(seconds=1)
    house.people["Dora"].hears("One more is needed: Room 4")
    assert not house.incident.plan.ends_at_origin
    await house.action("resolve", house.people["Ann"].user)
    for person in house.people.values():
        person.reads()
