"""Calls of one area: two lounges' worth of falls, one carer who goes to all of them, each still seen by itself."""

from dataclasses import replace

from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.site import PLAN, POINT, SiteUnderTest


@pytest.fixture
async def lounge(site: SiteUnderTest) -> SiteUnderTest:
    """Return a lounge with two pendants and a kitchen with one; Ann is called, and Bob a minute later."""
    await site.set_up_ann_then_bob(together=True)
    await site.change(POINT, area_id="lounge")
    await site.add_point("Sofa", {"platform": "event", "event_type": "sofa"}, area_id="lounge")
    await site.add_point("Stove", {"platform": "event", "event_type": "stove"}, area_id="kitchen")
    return site


async def pressed(site: SiteUnderTest, button: str) -> None:
    site.hass.bus.async_fire(button)
    await site.settle()


async def test_whoever_goes_to_one_goes_to_all_in_the_area_and_each_is_ended_by_itself(lounge: SiteUnderTest) -> None:
    ann, bob = lounge.people["Ann"], lounge.people["Bob"]
    await lounge.press()
    await pressed(lounge, "sofa")
    ann.hears("Help needed: Room 4", "Help needed: Sofa")
    await lounge.taps("Ann", "I'm going")
    ann.hears("You have it: Sofa", "You have it: Room 4")
    await lounge.advance(seconds=70)
    bob.hears_nothing()
    await lounge.taps("Ann", "I'm there")
    await lounge.taps("Ann", "Person helped")
    assert len(lounge.site.incidents.open()) == 1
    ann.reads()


async def test_h15_a_second_fall_in_the_area_of_the_first_can_be_taken_by_whoever_is_there(
    lounge: SiteUnderTest,
) -> None:
    ann, bob = lounge.people["Ann"], lounge.people["Bob"]
    await lounge.press()
    await lounge.taps("Ann", "I'm going")
    await pressed(lounge, "sofa")
    bob.hears_nothing()
    await lounge.taps("Ann", "I'm going")
    ann.hears("Help needed", "You have it: Room 4", "Help needed: Sofa", "You have it: Sofa")


async def test_h15_a_fall_in_another_area_is_called_beside_as_ever(lounge: SiteUnderTest) -> None:
    ann, bob = lounge.people["Ann"], lounge.people["Bob"]
    await lounge.press()
    await lounge.taps("Ann", "I'm going")
    await pressed(lounge, "stove")
    bob.hears("Help needed: Stove")
    assert ann.reads()[-1].title == "Help needed: Stove"


async def test_h16_without_that_option_each_call_is_answered_by_itself(lounge: SiteUnderTest) -> None:
    ann = lounge.people["Ann"]
    await lounge.change(PLAN, together=False)
    await lounge.press()
    await pressed(lounge, "sofa")
    await lounge.taps("Ann", "I'm going")
    ann.hears("Help needed: Room 4", "Help needed: Sofa", "You have it: Sofa")
    lounge.people["Bob"].hears("Help needed: Room 4")  # Ann has a call in hand


async def test_a_second_activation_of_a_hold_up_is_told_for_the_police(lounge: SiteUnderTest) -> None:
    ann, bob = lounge.people["Ann"], lounge.people["Bob"]
    await lounge.change(PLAN, covert=True, call_type="hold_up", second_activation=True, together=False)
    await lounge.press()
    await lounge.taps("Ann", "I see to it")
    await lounge.advance(minutes=3)
    await pressed(lounge, "sofa")
    told = [message for message in ann.reads() if "Room 4" in message.title][-1]
    assert "Pressed a second time at" in told.body
    assert "second" not in " ".join(message.body for message in bob.reads())  # neutral on a locked phone
    assert "tell the police so" in told.body


async def test_h15_an_answer_that_does_not_count_takes_no_other_call(lounge: SiteUnderTest) -> None:
    ann = lounge.people["Ann"]
    await pressed(lounge, "stove")
    await lounge.taps("Ann", "I'm going")
    await lounge.press()
    await pressed(lounge, "sofa")
    with pytest.raises(ServiceValidationError, match="another call in hand"):
        await lounge.action("go", ann.user)
    taken = {incident.place.point: incident.taken_by for incident in lounge.site.incidents.open()}
    assert (taken["Sofa"], taken["Room 4"]) == (None, None)
    for person in lounge.people.values():
        person.reads()


async def test_who_was_not_called_for_the_other_call_yet_does_not_hold_its_people_back(lounge: SiteUnderTest) -> None:
    ann, bob = lounge.people["Ann"], lounge.people["Bob"]
    await lounge.press()
    await lounge.advance(seconds=61)
    await pressed(lounge, "sofa")
    await lounge.taps("Bob", "I'm going")
    ann.hears("Help needed: Room 4", "Help needed: Sofa", "Bob is going: Room 4")
    bob.hears("Help needed: Room 4", "You have it: Room 4")


async def test_a_late_press_is_no_second_activation(lounge: SiteUnderTest) -> None:
    await lounge.change(PLAN, second_activation=True, together=False)
    await lounge.press()
    await lounge.advance(minutes=3)
    for person in lounge.people.values():
        person.reads()
    point = lounge.site.configuration.points["sofa"]
    press = replace(lounge.incident.press, point="sofa")
    lounge.site.async_press(point, press, PLAN, late=True)
    await lounge.settle()
    assert [incident.activated_again_at for incident in lounge.site.incidents.open()] == [None, None]
    for person in lounge.people.values():
        person.reads()
