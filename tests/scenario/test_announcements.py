"""A voice on a speaker goes on until somebody answers; whoever called hears that they were heard."""

import asyncio
from datetime import timedelta

from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.duress.engine.kinds import Origin
from custom_components.duress.engine.model import Press
from tests.integration.test_config_flow import answer
from tests.site import PLAN, POINT, SiteUnderTest

from .test_other_ways import SOUND, STOP, Siren, reached_also

PLACED = {"action": "siren.sound", "data": {"says": "People have been called"}}
COMING = {"action": "siren.sound", "data": {"says": "Somebody is coming"}}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann's phone is called, and with it a voice on a speaker."""
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", actions=[SOUND], follow_up_actions=[STOP], repeat_every=10)
    return site


def said(siren: Siren) -> list[str]:
    """Take what was said since the last time."""
    words = [str(next(iter(data.values()))) for data in siren.heard]
    siren.heard.clear()
    return words


async def test_unacked_repeats_every_10s_panel(house: SiteUnderTest) -> None:
    siren = Siren(house.hass)
    await house.press()
    for _ in range(4):
        (words,) = said(siren)
        assert words.startswith("Help needed: Room 4")
        await house.advance(seconds=10, milliseconds=100)
    said(siren)
    await house.taps("Ann", "I'm going")
    assert said(siren) == ["You have it: Room 4"]
    await house.advance(seconds=60)
    assert said(siren) == []
    house.people["Ann"].reads()


async def test_a_voice_that_fails_or_hangs_is_tried_again_ten_seconds_later(house: SiteUnderTest) -> None:
    siren = Siren(house.hass)
    await house.press()
    said(siren)
    siren.error = HomeAssistantError("broken")
    await house.advance(seconds=11)
    assert said(siren) == []
    siren.error = None
    await house.advance(seconds=10)
    assert len(said(siren)) == 1
    siren.silent = asyncio.Event()
    house.freezer.tick(timedelta(seconds=11))
    async_fire_time_changed(house.hass)
    house.freezer.tick(timedelta(seconds=21))
    async_fire_time_changed(house.hass)
    siren.silent.set()
    await house.settle()
    assert said(siren)
    house.people["Ann"].reads()


async def test_a_voice_goes_on_after_a_power_cut_and_stops_when_its_call_goes_stale_or_is_over(
    house: SiteUnderTest,
) -> None:
    siren = Siren(house.hass)
    await house.press()
    await house.power_cut(seconds=5)
    await house.advance(seconds=1)
    said(siren)
    await house.advance(seconds=11)
    assert said(siren)
    await house.change_responder("Ann", repeat_every=0)
    await house.advance(seconds=31)
    assert len(said(siren)) <= 3
    await house.action("resolve", house.people["Ann"].user)
    said(siren)
    await house.advance(seconds=31)
    assert said(siren) == []
    house.people["Ann"].reads()


async def test_h48_whoever_called_is_told_that_the_call_was_made_and_that_somebody_comes(house: SiteUnderTest) -> None:
    await reached_also(house, "Ann", actions=[], follow_up_actions=[])
    siren = Siren(house.hass)
    await house.change(POINT, when_placed=[PLACED], when_somebody_comes=[COMING])
    house.people["Ann"].phone.answers = 500
    await house.press()
    assert said(siren) == [], "nobody was reached yet"
    house.people["Ann"].phone.answers = 201
    await house.advance(seconds=16)
    assert said(siren) == ["People have been called"]
    await house.taps("Ann", "I'm going")
    assert said(siren) == ["Somebody is coming"]
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    assert said(siren) == []
    house.people["Ann"].reads()


async def test_h48_in_a_quiet_call_nothing_is_said_where_it_was_pressed(house: SiteUnderTest) -> None:
    siren = Siren(house.hass)
    await house.change(POINT, when_placed=[PLACED], when_somebody_comes=[COMING])
    await house.change(PLAN, covert=True, call_type="staff_duress")
    await house.press()
    await house.advance(seconds=31)
    await house.taps("Ann", "I'm going")
    assert said(siren) == []
    house.people["Ann"].reads()


async def test_what_is_said_to_whoever_called_and_fails_stops_nothing(house: SiteUnderTest) -> None:
    siren = Siren(house.hass)
    siren.error = HomeAssistantError("broken")
    await house.change(POINT, when_placed=[PLACED])
    await house.press()
    await house.taps("Ann", "I'm going")
    house.people["Ann"].hears("Help needed", "You have it")


async def test_what_whoever_called_is_told_is_chosen_in_the_dialog_and_kept(house: SiteUnderTest) -> None:
    Siren(house.hass)
    menu = await house.entry.start_subentry_reconfigure_flow(house.hass, POINT)
    form = await answer(house.hass, menu, {"next_step_id": "assurance"})
    result = await answer(house.hass, form, {"when_placed": [{"no_such": "action"}]})
    assert result["errors"] == {"when_placed": "invalid_actions"}
    result = await answer(house.hass, result, {"when_placed": [PLACED]})
    assert result["reason"] == "reconfigure_successful"
    menu = await house.entry.start_subentry_reconfigure_flow(house.hass, POINT)
    form = await answer(house.hass, menu, {"next_step_id": "choose"})
    trigger = house.entry.subentries[POINT].data["sources"][0]["trigger"]
    await answer(house.hass, form, {"name": "Room 4", "triggers": [trigger], "plan_id": PLAN})
    assert house.entry.subentries[POINT].data["when_placed"] == [PLACED]


async def test_h20_a_voice_stops_once_its_responder_says_no_or_may_not_be_called_any_more(house: SiteUnderTest) -> None:
    siren = Siren(house.hass)
    await house.press()
    await house.taps("Ann", "Can't go")
    said(siren)
    await house.advance(seconds=31)
    assert said(siren) == []
    house.people["Ann"].reads()


async def test_h48_nobody_is_told_that_a_call_was_made_when_people_are_only_asked_about_an_old_one(
    house: SiteUnderTest,
) -> None:
    siren = Siren(house.hass)
    await house.change(POINT, when_placed=[PLACED])
    await reached_also(house, "Ann", actions=[], follow_up_actions=[])
    press = Press(
        point=POINT, source="source", gesture="single", heard_at=house.freezer(), origin=Origin.LOCAL, user=None
    )
    house.site.async_press(house.site.configuration.points[POINT], press, PLAN, late=True)
    await house.settle()
    assert said(siren) == []
    house.people["Ann"].hears("Found open")
