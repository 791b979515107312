"""A drill runs the whole plan, and nobody takes it for a real call, nor a real one for a drill."""

from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.site import PLAN, POINT, SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann is called and Bob, who is in charge, a minute later."""
    await site.set_up_ann_then_bob()
    await site.change_responder("Bob", manager=True)
    return site


async def test_h38_every_message_of_a_drill_begins_with_that(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.action("start_drill", bob.user)
    await house.advance(seconds=61)
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    for person in (ann, bob):
        messages = person.reads()
        assert len(messages) >= 3
        for message in messages:
            assert message.title.startswith("DRILL: ")
            assert message.body.startswith("This is a drill: nobody needs help.")


async def test_h38_a_press_during_a_drill_is_a_real_call_beside_it_and_is_not_held_back(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.action("start_drill", bob.user)
    await house.taps("Ann", "I'm going")
    ann.hears("DRILL: Help needed: Room 4", "DRILL: You have it: Room 4")
    await house.press()
    ann.hears("Help needed: Room 4")
    bob.hears_nothing()  # who practises is not busy
    await house.taps("Ann", "I'm going")
    ann.hears("You have it: Room 4")
    await house.action("resolve", ann.user)
    ann.hears("Over: Room 4")  # what is real goes first
    assert [incident.drill for incident in house.site.incidents.open()] == [True]
    await house.action("resolve", ann.user)
    ann.hears("DRILL: Over: Room 4")


async def test_h38_a_drill_of_a_quiet_plan_is_marked_as_one_and_moves_nothing(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.change(PLAN, covert=True, call_type="hold_up", subject="Delivery")
    await house.change(POINT, holders=["bob"])
    before = {state.entity_id: state for state in house.hass.states.async_all() if "room_4" in state.entity_id}
    await house.action("start_drill", bob.user)
    ann.hears("DRILL: Delivery: Room 4")
    assert {entity: house.hass.states.get(entity) for entity in before} == before
    await house.action("resolve", ann.user)
    ann.hears("DRILL: Delivery: Room 4")


async def test_h38_who_begins_a_drill_of_a_quiet_plan_is_called_in_it(house: SiteUnderTest) -> None:
    bob = house.people["Bob"]
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.action("start_drill", bob.user)
    await house.advance(seconds=61)
    bob.hears("DRILL: Message for you: Room 4")
    house.people["Ann"].reads()


async def test_a_drill_goes_on_after_a_power_cut_as_a_drill(house: SiteUnderTest) -> None:
    await house.action("start_drill", house.people["Bob"].user)
    await house.power_cut(seconds=20)
    await house.advance(seconds=61)
    for person in house.people.values():
        assert all(message.title.startswith("DRILL: ") for message in person.reads())
    assert house.incident.drill


async def test_two_drills_do_not_hold_each_other_back_and_are_ended_together(house: SiteUnderTest) -> None:
    for _ in range(2):
        await house.action("start_drill", house.people["Bob"].user)
    await house.action("resolve", house.people["Bob"].user)
    assert house.site.incidents.open() == []
    for person in house.people.values():
        person.reads()


async def test_only_those_in_charge_start_a_drill(house: SiteUnderTest) -> None:
    for user in (house.people["Ann"].user, None):
        with pytest.raises(ServiceValidationError, match="not allowed"):
            await house.action("start_drill", user)
