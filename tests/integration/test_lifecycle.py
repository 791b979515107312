"""Reloading, disabling, removing and starting, with a call open."""

from types import SimpleNamespace
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration, mock_platform

from tests.site import SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site where Ann is called, and Bob after a minute."""
    await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    return site


async def test_a_call_goes_on_through_a_reload_as_if_nothing_had_happened(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    assert await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.advance(seconds=60)
    house.people["Bob"].hears("Help needed")
    assert house.state("binary_sensor.room_4_call_open") == "on"


async def test_a_press_while_the_entry_is_unloaded_is_not_lost(house: SiteUnderTest) -> None:
    device = house.device
    assert await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.press()
    house.people["Ann"].hears("Help needed")
    await house.hass.services.async_call("duress", "press", {"trigger_point": device}, blocking=True)
    assert house.incident.presses == 2
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()
    assert house.state("binary_sensor.room_4_call_open") == "on"


async def test_a_disabled_site_hears_and_calls_nobody_and_takes_up_its_call_when_enabled(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    entries = house.hass.config_entries
    await entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await house.press()
    await house.advance(minutes=5)
    house.people["Bob"].hears_nothing()
    await entries.async_set_disabled_by(house.entry.entry_id, None)
    assert house.entry.state is ConfigEntryState.LOADED
    await house.advance(seconds=1)
    house.people["Bob"].hears("Help needed")


async def test_a_removed_site_is_silent(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.press()
    await house.advance(minutes=5)


async def test_a_source_that_is_not_there_yet_is_tried_again_once_everything_has_started(
    site: SiteUnderTest, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    hass.set_state(CoreState.starting)
    monkeypatch.setattr("tests.site.TRIGGER", {"platform": "late"})
    await site.set_up((0, ["Ann"]))
    assert site.issues() == set()
    await site.press()
    ann.hears_nothing()
    mock_integration(hass, MockModule("late"))
    mock_platform(hass, "late.trigger", _trigger_platform())
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await site.settle()
    await site.press()
    ann.hears("Help needed")


def _trigger_platform() -> SimpleNamespace:
    """Return the trigger platform of an integration: it fires when the test button is pressed."""

    async def attach(hass: HomeAssistant, config: Any, action: Any, info: Any) -> CALLBACK_TYPE:
        @callback
        def fire(event: Event) -> None:
            hass.async_run_hass_job(HassJob(action), {"trigger": {"event": event}}, event.context)

        return hass.bus.async_listen("test_button", fire)

    return SimpleNamespace(TRIGGER_SCHEMA=cv.TRIGGER_BASE_SCHEMA, async_attach_trigger=attach)


async def test_a_trigger_point_that_cannot_be_heard_is_reported_until_it_is_removed(
    site: SiteUnderTest, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.add_person("Ann")
    monkeypatch.setattr("tests.site.TRIGGER", {"trigger": "gone.pressed"})
    await site.set_up((0, ["Ann"]))
    assert site.issues() == {"trigger_point_deaf"}
    hass.config_entries.async_remove_subentry(site.entry, "point")
    await site.settle()
    assert site.issues() == set()


async def test_a_press_from_an_app_is_kept_apart_from_one_that_was_heard_here(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await ann.phone.fire(house.client, "test_button", {})
    await house.settle()
    ann.hears("Help needed")
    assert (house.incident.press.origin, house.incident.press.user) == ("remote", ann.user.id)


async def test_an_unreadable_record_does_not_keep_a_site_from_starting(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("custom_components.duress.journal._lines", fail)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    ann.hears("Help needed")
    assert site.issues() == {"record_not_read"}


async def test_the_site_shows_up_in_a_home_assistant_without_the_companion_app(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "duress", {})
