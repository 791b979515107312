"""From a press to a person."""

from datetime import UTC, datetime

import pytest

from custom_components.duress.clock import Clock
from tests.site import SiteUnderTest


async def test_a_press_calls_the_first_person_and_then_the_second_until_one_answers(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed: Room 4")
    await site.advance(seconds=59)
    bob.hears_nothing()
    await site.advance(seconds=1)
    bob.hears("Help needed: Room 4")
    await site.taps_going("Bob")
    bob.hears("You have it")
    ann.hears("Bob is going")
    await site.advance(minutes=9)
    bob.hears("Are you there?", "Are you there?")
    await site.action("resolve", bob.user)
    ann.hears("Over")
    bob.hears("Over")


async def test_h13_the_rounds_go_on_for_hours_while_nobody_answers(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await site.press()
    await site.advance(hours=2)
    ann.hears(*["Help needed"] * 25)


async def test_a_step_after_no_time_is_called_at_once(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (0, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    bob.hears("Help needed")


async def test_what_is_heard_twice_within_half_a_second_is_one_press_and_what_comes_later_counts(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    site.hass.bus.async_fire("test_button")
    await site.press()
    ann.hears("Help needed")
    assert site.incident.presses == 1
    await site.advance(seconds=0.5)
    await site.press()
    assert site.incident.presses == 2


async def test_a_person_who_is_not_reachable_is_passed_over_at_once(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.hass.config_entries.async_remove(site.phones_of("Ann")[0])
    await site.press()
    ann.hears_nothing()
    bob.hears("Help needed")


async def test_when_nobody_can_be_called_it_says_so_and_goes_on_trying(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    (phone,) = site.phones_of("Ann")
    await site.hass.config_entries.async_remove(phone)
    await site.press()
    assert "nobody_can_be_called" in site.issues()
    await site.advance(minutes=5, seconds=1)
    assert site.incident.round == 5
    await site.action("resolve", site.people["Ann"].user)
    assert "nobody_can_be_called" not in site.issues()


async def test_when_nobody_of_the_plan_can_be_called_everybody_else_is(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.hass.config_entries.async_remove(site.phones_of("Ann")[0])
    await site.press()
    bob.hears("Help needed")
    assert site.issues() == {"plan_reaches_nobody", "responder_out_of_reach"}


async def test_an_empty_later_step_is_no_call_that_reaches_nobody(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.hass.config_entries.async_remove(site.phones_of("Bob")[0])
    await site.press()
    await site.advance(seconds=61)
    ann.hears("Help needed")
    assert site.issues() == {"responder_out_of_reach"}


async def test_a_deleted_plan_makes_a_press_call_everybody(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    site.hass.config_entries.async_remove_subentry(site.entry, "plan")
    await site.settle()
    await site.press()
    ann.hears("Help needed")
    bob.hears("Help needed")
    assert site.issues() == {"plan_reaches_nobody"}


async def test_an_open_call_keeps_the_plan_it_began_with(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    site.hass.config_entries.async_remove_subentry(site.entry, "plan")
    await site.advance(seconds=60)
    ann.hears("Help needed")
    bob.hears("Help needed")


async def test_a_message_tells_what_it_is_where_since_when_and_what_to_do(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    site.freezer.move_to("2026-11-23 03:12:00+00:00")
    await site.press()
    (call,) = ann.unheard()
    assert call.title == "Help needed: Room 4"
    assert "pressed at 19:12" in call.body  # the tests' Home Assistant lives in California
    assert "wait for “You have it”" in call.body
    assert call.buttons == ["I'm going", "Can't go"]
    ann.hears("Help needed")


async def test_h46_the_time_in_a_message_is_the_time_on_the_wall_after_the_clock_was_put_right(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    wall = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
    monkeypatch.setattr(Clock, "wall", staticmethod(lambda: wall))
    await site.press()
    (call,) = ann.unheard()
    assert "pressed at 19:12" in call.body
    ann.hears("Help needed")
