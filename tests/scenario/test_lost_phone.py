"""A phone that was lost or stolen rings no more, and nothing that is tapped on it counts."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.duress.engine.site_events import ConfigurationChanged, PhoneLost
from tests.site import SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site where Ann is called first and then Bob, with Cas in charge."""
    for name in ("Ann", "Bob", "Cas"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.change_responder("Cas", manager=True)
    return site


async def report(house: SiteUnderTest, phone_of: str, by: str) -> None:
    (entry,) = house.phones_of(phone_of)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(house.hass), entry)
    await say_lost(house, {"phone": device.id}, by)


async def say_lost(house: SiteUnderTest, data: Mapping[str, Any], by: str) -> None:
    context = Context(user_id=house.people[by].user.id)
    await house.hass.services.async_call("duress", "report_phone_lost", dict(data), blocking=True, context=context)
    await house.settle()


async def test_h20_what_is_tapped_on_a_lost_phone_does_not_count_and_those_in_charge_are_told(
    house: SiteUnderTest,
) -> None:
    ann, bob, cas = (house.people[name] for name in ("Ann", "Bob", "Cas"))
    await house.press()
    ann.hears("Help needed")
    await report(house, "Ann", by="Bob")
    (told,) = cas.reads()
    assert told.title == "A phone is lost: Ann"
    assert told.body.startswith("Bob says that the phone Ann's phone of Ann is lost.")
    assert told.data["push"]["interruption-level"] == "critical"
    await house.taps_going("Ann")
    assert house.incident.taken_by is None
    await house.advance(seconds=60)
    bob.hears("Help needed")
    await house.advance(minutes=3)
    assert not ann.unheard()
    assert bob.reads()
    assert cas.reads()


async def test_h20_a_lost_phone_is_on_record_with_who_said_so_and_counts_again_once_it_is_chosen(
    house: SiteUnderTest,
) -> None:
    phones = house.phones_of("Ann")
    await report(house, "Ann", by="Bob")
    house.people["Cas"].reads()
    (lost,) = await house.site_events(PhoneLost)
    assert (lost.responder, [lost.phone], lost.by) == ("ann", phones, house.people["Bob"].user.id)
    changed = (await house.site_events(ConfigurationChanged))[-1]
    assert (changed.part, changed.by) == ("ann", house.people["Bob"].user.id)
    assert "phone_does_not_ring_yet" not in house.issues()
    await house.change_responder("Ann", phones=phones, passed_over=[])
    await house.press()
    house.people["Ann"].hears("Help needed")


async def test_h20_whoever_has_a_caretakers_phone_cannot_silence_those_in_charge_with_it(house: SiteUnderTest) -> None:
    with pytest.raises(ServiceValidationError) as refusal:
        await report(house, "Cas", by="Bob")
    assert refusal.value.translation_key == "not_allowed"
    await report(house, "Cas", by="Cas")


async def test_h20_the_last_phone_that_can_be_called_is_not_given_up(house: SiteUnderTest) -> None:
    await report(house, "Ann", by="Cas")
    await report(house, "Bob", by="Cas")
    with pytest.raises(ServiceValidationError) as refusal:
        await report(house, "Cas", by="Cas")
    assert refusal.value.translation_key == "last_phone"
    house.people["Cas"].reads()


@pytest.mark.parametrize("device", ["nothing", "trigger point"])
async def test_what_is_no_phone_of_a_responder_is_refused(house: SiteUnderTest, device: str) -> None:
    with pytest.raises(ServiceValidationError) as refusal:
        await say_lost(house, {"phone": house.device if device == "trigger point" else device}, by="Bob")
    assert refusal.value.translation_key == "unknown_phone"
