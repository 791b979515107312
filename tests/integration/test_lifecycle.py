"""Reloading, disabling, removing and starting, with a call open."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Context, CoreState, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration, mock_platform

from custom_components.duress.line import LINES, async_stop_line
from tests.site import SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site where Ann is called, and Bob after a minute."""
    await site.set_up_ann_then_bob()
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
    await house.advance(seconds=1)
    await house.hass.services.async_call("duress", "press", {"trigger_point": device}, blocking=True)
    assert house.incident.presses == 2
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()
    assert house.state("binary_sensor.room_4_call_open") == "on"


def switched_off(house: SiteUnderTest) -> None:
    """See that everybody was told that nobody is called any more, and nothing else."""
    for person in house.people.values():
        person.hears("No calls any more: Harbour House")


async def test_a_disabled_site_hears_and_calls_nobody_and_takes_up_its_call_when_enabled(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    entries = house.hass.config_entries
    await entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await house.press()
    await house.advance(minutes=5)
    switched_off(house)
    await entries.async_set_disabled_by(house.entry.entry_id, None)
    assert house.entry.state is ConfigEntryState.LOADED
    await house.settle()
    await house.advance(seconds=1)
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears("Help needed")


async def test_a_removed_site_is_silent(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.press()
    await house.advance(minutes=5)
    switched_off(house)


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


async def test_a_file_of_the_record_that_the_disk_does_not_give_back_costs_only_what_is_in_it(
    house: SiteUnderTest,
) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    folder = Path(house.hass.config.path(".storage", "duress", house.entry.entry_id))
    (folder / "2020-01.jsonl").mkdir()  # cannot be opened as a file
    await house.power_cut(minutes=2, before_start=(folder / "checkpoint.log").unlink)
    assert house.issues() == {"record_not_read"}
    await house.advance(seconds=1)
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears("Help needed")


async def test_a_trigger_whose_integration_fails_in_an_unforeseen_way_costs_no_other_button(
    site: SiteUnderTest, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    mock_integration(hass, MockModule("broken"))
    mock_platform(hass, "broken.trigger", SimpleNamespace(async_validate_trigger_config=_key_error))
    source = {"id": "s2", "trigger": {"platform": "broken"}, "gesture": "single", "plan_id": "plan"}
    subentry = site.entry.subentries["point"]
    hass.config_entries.async_update_subentry(
        site.entry, subentry, data={"sources": [source, *subentry.data["sources"]]}
    )
    await site.settle()
    assert site.issues() == {"trigger_point_deaf"}
    await site.press()
    ann.hears("Help needed")


async def _key_error(*_args: Any) -> Any:
    raise KeyError("00:0d:6f")


async def test_a_source_whose_integration_comes_late_is_attached_within_half_a_minute(
    site: SiteUnderTest, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    monkeypatch.setattr("tests.site.TRIGGER", {"platform": "late"})
    await site.set_up((0, ["Ann"]))
    assert site.issues() == {"trigger_point_deaf"}
    mock_integration(hass, MockModule("late"))
    mock_platform(hass, "late.trigger", _trigger_platform())
    await site.advance(seconds=31)
    assert site.issues() == set()
    await site.press()
    ann.hears("Help needed")


async def test_a_button_is_heard_while_the_integration_of_another_takes_its_time(
    site: SiteUnderTest, hass: HomeAssistant
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    slow, attaching = asyncio.Event(), asyncio.Event()

    async def attach(*_args: Any) -> CALLBACK_TYPE:
        attaching.set()
        await slow.wait()
        return lambda: None

    mock_integration(hass, MockModule("slow"))
    platform = SimpleNamespace(TRIGGER_SCHEMA=cv.TRIGGER_BASE_SCHEMA, async_attach_trigger=attach)
    mock_platform(hass, "slow.trigger", platform)
    plan = {"gesture": "single", "plan_id": "plan"}
    sources = [
        {"id": "s1", "trigger": {"platform": "slow"}, **plan},
        {"id": "s2", "trigger": {"platform": "event", "event_type": "quick_button"}, **plan},
    ]
    hass.config_entries.async_update_subentry(site.entry, site.entry.subentries["point"], data={"sources": sources})
    await site.until(attaching.is_set)
    hass.bus.async_fire("quick_button")
    await site.until(lambda: bool(site.site.incidents.open()))
    slow.set()
    await site.settle()
    site.people["Ann"].hears("Help needed")


async def test_a_site_that_stops_while_a_source_is_being_attached_never_tries_it_again(
    site: SiteUnderTest, hass: HomeAssistant
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    slow = asyncio.Event()
    attached: list[str] = []

    async def attach(*_args: Any) -> CALLBACK_TYPE:
        attached.append("on")
        await slow.wait()
        return lambda: attached.append("off")

    mock_integration(hass, MockModule("slow"))
    platform = SimpleNamespace(TRIGGER_SCHEMA=cv.TRIGGER_BASE_SCHEMA, async_attach_trigger=attach)
    mock_platform(hass, "slow.trigger", platform)
    source = {"id": "s1", "trigger": {"platform": "slow"}, "gesture": "single", "plan_id": "plan"}
    hass.config_entries.async_update_subentry(site.entry, site.entry.subentries["point"], data={"sources": [source]})
    await site.until(lambda: bool(attached))
    await async_stop_line(hass, site.entry.entry_id)
    slow.set()
    await site.settle()
    await site.advance(minutes=2)
    assert attached == ["on", "off"]


async def test_a_site_that_is_disabled_after_its_set_up_failed_calls_nobody(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: Any) -> None:
        raise RuntimeError("a platform is broken")

    entries = house.hass.config_entries
    monkeypatch.setattr(entries, "async_forward_entry_setups", fail)
    await entries.async_reload(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.SETUP_ERROR
    await house.press()
    house.people["Ann"].hears("Help needed")
    await entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await house.settle()
    await house.press()
    await house.advance(minutes=5)
    switched_off(house)


async def test_a_call_whose_trigger_point_was_removed_can_be_ended_from_the_site(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.press()
    house.hass.config_entries.async_remove_subentry(house.entry, "point")
    await house.settle()
    site = dr.async_get(house.hass).async_get_device_by_identifier(
        ("duress", house.entry.entry_id), house.entry.entry_id
    )
    assert site is not None
    await house.hass.services.async_call(
        "duress", "resolve", {"trigger_point": site.id}, blocking=True, context=Context(user_id=ann.user.id)
    )
    await house.settle()
    ann.hears("Help needed", "Over")
    with pytest.raises(ServiceValidationError):
        await house.hass.services.async_call("duress", "press", {"trigger_point": site.id}, blocking=True)


async def test_the_site_shows_up_in_a_home_assistant_without_the_companion_app(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "duress", {})


async def test_a_call_goes_on_when_one_of_our_entities_is_enabled_and_the_site_is_loaded_anew_for_it(
    house: SiteUnderTest,
) -> None:
    registry = er.async_get(house.hass)
    entity = "event.room_4_press"
    registry.async_update_entity(entity, disabled_by=er.RegistryEntryDisabler.USER)
    await house.settle()
    await house.press()
    house.people["Ann"].hears("Help needed")
    line = house.hass.data[LINES][house.entry.entry_id]
    registry.async_update_entity(entity, disabled_by=None)
    await house.advance(seconds=59)
    assert house.state(entity) != "unavailable"
    assert house.hass.data[LINES][house.entry.entry_id] is line
    house.people["Bob"].hears_nothing()
    await house.advance(seconds=1)
    house.people["Bob"].hears("Help needed")


async def test_a_site_that_is_disabled_and_enabled_again_hears_what_it_heard_before(house: SiteUnderTest) -> None:
    entries = house.hass.config_entries
    await entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await entries.async_set_disabled_by(house.entry.entry_id, None)
    await house.settle()
    switched_off(house)
    await house.press()
    house.people["Ann"].hears("Help needed")


async def test_a_site_that_was_removed_leaves_no_repair_issue_behind(site: SiteUnderTest, hass: HomeAssistant) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), options={"live": False, "installer": "ann"})
    await hass.config_entries.async_remove(site.phones_of("Ann")[0])
    hass.config_entries.async_remove_subentry(site.entry, "plan")
    await site.settle()
    assert site.issues() == {"site_not_live", "responder_out_of_reach", "plan_reaches_nobody"}
    await hass.config_entries.async_remove(site.entry.entry_id)
    await site.settle()
    assert site.issues() == set()
