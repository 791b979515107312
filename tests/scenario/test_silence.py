"""Whoever silences a site is not alone in knowing."""

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
import pytest

from custom_components.duress.journal import Journal
from tests.site import SiteUnderTest


async def disable(site: SiteUnderTest) -> None:
    await site.hass.config_entries.async_set_disabled_by(site.entry.entry_id, ConfigEntryDisabler.USER)
    await site.settle()


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    return site


async def test_h28_whoever_would_be_called_is_told_loudly_that_a_site_was_disabled_and_which_calls_were_open(
    house: SiteUnderTest,
) -> None:
    await house.set_up((0, ["Ann"]), (60, ["Bob"]))
    await house.press()
    house.people["Ann"].hears("Help needed")
    await disable(house)
    for person in house.people.values():
        (told,) = person.reads()
        assert told.title == "No calls any more: Harbour House"
        assert "Open at that moment: Room 4." in told.body
        assert told.data["push"]["interruption-level"] == "critical"
        assert told.buttons == []


async def test_h28_whoever_would_be_called_is_told_that_a_site_was_removed(house: SiteUnderTest) -> None:
    await house.set_up((0, ["Ann"]), (60, ["Bob"]))
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.settle()
    for person in house.people.values():
        (told,) = person.reads()
        assert "Open at that moment" not in told.body


async def test_h28_whoever_would_be_called_is_told_when_a_site_cannot_be_set_up(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up((0, ["Ann"]))
    await disable(house)
    for person in house.people.values():
        person.reads()

    def fail(_journal: Journal) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Journal, "load", fail)
    await house.hass.config_entries.async_set_disabled_by(house.entry.entry_id, None)
    await house.settle()
    assert house.entry.state is ConfigEntryState.SETUP_ERROR
    for person in house.people.values():
        (told,) = person.reads()
        assert told.title == "No calls any more: Harbour House"
        assert "could not be started" in told.body


async def test_h28_a_reload_tells_nobody_anything(house: SiteUnderTest) -> None:
    await house.set_up((0, ["Ann"]))
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    house.people["Ann"].hears_nothing()


async def test_h06_of_a_quiet_call_only_those_hear_who_were_called_and_in_its_own_words(house: SiteUnderTest) -> None:
    cem = await house.add_person("Cem")
    await house.set_up((0, ["Ann", "Bob"]), holders=["bob"], call_type="hold_up", covert=True)
    await house.press()
    house.people["Ann"].hears("Message for you")
    await disable(house)
    (ann,) = house.people["Ann"].reads()
    assert "Open at that moment: Message for you: Room 4." in ann.body
    for person in (house.people["Bob"], cem):
        (told,) = person.reads()
        assert "Open at that moment" not in told.body


async def test_h53_before_a_site_is_live_only_whoever_sets_it_up_is_told(house: SiteUnderTest) -> None:
    await house.set_up((0, ["Ann"]), options={"live": False, "installer": "bob"})
    await disable(house)
    house.people["Bob"].hears("No calls any more")
    house.people["Ann"].hears_nothing()
