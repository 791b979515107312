"""Two falls and not enough people; a call changes hands."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.duress.engine.kinds import Origin
from custom_components.duress.engine.model import Press
from custom_components.duress.engine.plan import CallType
from tests.site import PLAN, SiteUnderTest

T0 = datetime(2026, 11, 25, tzinfo=UTC)
BATH = {"platform": "event", "event_type": "bath_button"}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house with two buttons, where Ann is called first and Bob a minute later."""
    await site.set_up_ann_then_bob(repeat_after=120)
    await site.add_point("Bath", BATH)
    return site


async def falls_in_the_bath(house: SiteUnderTest) -> None:
    house.hass.bus.async_fire("bath_button")
    await house.settle()


def progress(house: SiteUnderTest) -> dict[str, Any]:
    return {i.place.point: i.progress and i.progress.value for i in house.site.incidents.open()}


async def test_h15_who_has_a_call_in_hand_is_told_of_another_and_the_next_is_called_at_once(
    house: SiteUnderTest,
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.taps("Ann", "I'm going")
    ann.hears("Help needed: Room 4", "You have it: Room 4")
    await falls_in_the_bath(house)
    ann.hears("Help needed: Bath")
    bob.hears("Help needed: Bath")
    await house.taps("Ann", "I'm going")
    (told,) = ann.reads()
    assert told.title == "You have another call: Bath"
    assert told.buttons == ["I'm going", "Can't go"]
    assert progress(house) == {"Room 4": "en_route", "Bath": None}
    await house.taps("Bob", "I'm going")
    bob.hears("You have it: Bath")
    ann.hears("Bob is going: Bath")
    assert progress(house) == {"Room 4": "en_route", "Bath": "en_route"}


async def test_h15_a_call_that_waits_for_somebody_who_takes_another_waits_no_longer(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await falls_in_the_bath(house)
    ann.hears("Help needed: Room 4", "Help needed: Bath")
    bob.hears_nothing()
    await house.taps("Ann", "I'm going")
    ann.hears("You have it: Bath")
    bob.hears("Help needed: Room 4")


async def test_the_second_call_is_taken_once_the_first_is_over(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await falls_in_the_bath(house)
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    ann.reads()
    bob.hears("Help needed: Bath")
    await house.taps("Ann", "I'm going")
    ann.hears("You have it: Bath")
    bob.hears("Ann is going: Bath")


async def test_the_one_caretaker_is_rung_for_the_second_call_in_each_round_until_she_can_take_it(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=60)
    await site.add_point("Bath", BATH)
    await site.press()
    await site.taps("Ann", "I'm going")
    ann.reads()
    await falls_in_the_bath(site)
    ann.hears("Help needed: Bath")
    for _ in range(3):
        await site.advance(seconds=61)
        ann.hears("Help needed: Bath")


async def test_two_people_who_each_have_a_call_are_both_told_of_a_third(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.add_point("Hall", {"platform": "event", "event_type": "hall_button"})
    await house.press()
    await house.taps("Ann", "I'm going")
    await falls_in_the_bath(house)
    await house.taps("Bob", "I'm going")
    ann.reads()
    bob.reads()
    house.hass.bus.async_fire("hall_button")
    await house.settle()
    ann.hears("Help needed: Hall")
    bob.hears("Help needed: Hall")


async def test_a_call_is_taken_over_by_one_tap_and_whoever_had_it_is_told(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.advance(seconds=61)
    await house.taps("Ann", "I'm going")
    ann.hears("Help needed", "You have it")
    bob.hears("Help needed", "Ann is going")
    await house.taps("Bob", "Take over")
    bob.hears("You have it: Room 4")
    ann.hears("Bob is going: Room 4")
    await falls_in_the_bath(house)
    ann.hears("Help needed: Bath")  # and may take it: her hands are free
    await house.taps("Ann", "I'm going")
    ann.hears("You have it: Bath")
    bob.hears_nothing()


async def test_a_call_is_handed_over_at_the_bed(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    ann.reads()
    await house.action("take_over", bob.user)
    ann.hears("Bob is going: Room 4")
    await house.action("arrive", bob.user)
    ann.hears_nothing()
    await house.action("resolve", bob.user)
    ann.hears("Over")
    bob.hears_nothing()  # he was never called, so nothing has to be taken back


async def test_if_whoever_took_over_does_not_arrive_everybody_is_called_again(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.action("take_over", bob.user)
    ann.reads()
    await house.advance(minutes=10, seconds=1)
    ann.hears("Help needed: Room 4")
    bob.reads()


async def test_who_is_busy_cannot_take_over_by_an_action_either(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await falls_in_the_bath(house)
    with pytest.raises(ServiceValidationError) as refused:
        await house.hass.services.async_call(
            "duress",
            "go",
            {"trigger_point": house.device_of("bath")},
            blocking=True,
            context=Context(user_id=ann.user.id),
        )
    assert refused.value.translation_key == "busy"
    ann.reads()
    house.people["Bob"].reads()


async def test_whoever_is_at_the_bed_can_take_the_next_call_from_there(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    await house.advance(minutes=15)
    ann.reads()
    await house.press()
    ann.hears("Help needed: Room 4")
    await house.action("arrive", ann.user)
    ann.hears("You are there: Room 4")
    bob.hears_nothing()
    assert [i.progress and i.progress.value for i in house.site.incidents.open()] == ["on_scene", "on_scene"]


async def test_h06_a_covert_call_in_hand_changes_nothing_of_an_open_one(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    covert = replace(house.site.configuration.plans[PLAN], covert=True, call_type=CallType.STAFF_DURESS)
    points = house.site.configuration.points
    house.site.async_configure(replace(house.site.configuration, plans={PLAN: covert}))
    press = Press(point="bath", source="s", gesture="single", heard_at=T0, origin=Origin.LOCAL, user=None)
    house.site.async_press(points["bath"], press, PLAN)
    await house.settle()
    await house.taps("Ann", "I'm going")
    ann.hears("Message for you", "Message for you")
    house.site.async_configure(replace(house.site.configuration, plans={PLAN: replace(covert, covert=False)}))
    await house.press()
    ann.hears("Help needed: Room 4")
    bob.hears_nothing()
    await house.taps("Ann", "I'm going")
    ann.hears("You have it: Room 4")


async def test_buttons_are_tried_out_one_after_the_other_without_ending_the_first(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), options={"live": False, "installer": "ann"})
    await site.add_point("Bath", BATH)
    await site.press()
    await site.taps("Ann", "I'm going")
    await falls_in_the_bath(site)
    await site.taps("Ann", "I'm going")
    assert [notification.title for notification in ann.reads()][-1] == "You have it: Bath"
