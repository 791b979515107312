"""Whoever is on duty is called, whoever is not is left in peace, and nobody is on duty without knowing it."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockPlatform, async_fire_time_changed, mock_platform

from simulation.phone import Phone
from tests.site import PLAN, SiteUnderTest

SHIFTS = {
    "day": [{"from": "06:00:00", "to": "22:00:00"}],
    "night": [{"from": "00:00:00", "to": "06:00:00"}, {"from": "22:00:00", "to": "24:00:00"}],
}
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Rota(CalendarEntity):
    """A calendar that answers with what a test puts in it, or not at all."""

    _attr_name = "Rota"

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.error: Exception | None = None

    @property
    def event(self) -> CalendarEvent | None:
        return self._event(self.entries[0]) if self.entries else None

    async def async_get_events(self, hass: HomeAssistant, start: datetime, end: datetime) -> list[CalendarEvent]:
        if self.error is not None:
            raise self.error
        return [self._event(title) for title in self.entries]

    @staticmethod
    def _event(title: str) -> CalendarEvent:
        return CalendarEvent(dt_util.start_of_local_day(), dt_util.now().replace(hour=23, minute=59), title)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let schedules wait for their next change when a test is over."""
    return True


@pytest.fixture
def began() -> datetime:
    """Return when a story begins: in Berlin, not long before the night shift does."""
    return datetime(2026, 11, 25, 20, 50, tzinfo=UTC)


@pytest.fixture
async def rota(hass: HomeAssistant, freezer: FrozenDateTimeFactory, began: datetime) -> Rota:
    """Return a calendar, in a Home Assistant in Berlin, where there are a day and a night shift as well."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(began)
    calendar = Rota()

    async def add(_hass: HomeAssistant, _config: Any, add_entities: Any, _info: Any = None) -> None:
        add_entities([calendar])

    mock_platform(hass, "test.calendar", MockPlatform(async_setup_platform=add))
    assert await async_setup_component(hass, "calendar", {"calendar": {"platform": "test"}})
    shifts = {name: {"name": name, **dict.fromkeys(WEEK, hours)} for name, hours in SHIFTS.items()}
    assert await async_setup_component(hass, "schedule", {"schedule": shifts})
    await hass.async_block_till_done()
    return calendar


@pytest.fixture
async def house(rota: Rota, site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann works by day and Bob by night, and both are called at once."""
    await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]))
    await works(site, "Ann", "schedule.day")
    await works(site, "Bob", "schedule.night")
    site.people["Bob"].reads()
    return site


async def works(house: SiteUnderTest, name: str, entity: str, **more: Any) -> None:
    await house.change_responder(name, duty_entities=[entity], **more)


async def until_night(house: SiteUnderTest) -> None:
    await house.advance(minutes=10, seconds=5)


async def hours_pass(house: SiteUnderTest, hours: float) -> None:
    """Let time pass in steps of a quarter of an hour."""
    for _ in range(int(hours * 4)):
        house.freezer.tick(timedelta(minutes=15))
        async_fire_time_changed(house.hass)
        await house.settle()
    await shifts_are_judged(house)


async def shifts_are_judged(house: SiteUnderTest) -> None:
    """Let the moment pass in which what ends is waited for with what begins."""
    await house.advance(seconds=3)


def on_duty(house: SiteUnderTest) -> set[str]:
    return {name for name in house.people if house.state(f"switch.{name.lower()}_on_duty") == "on"}


async def switch(house: SiteUnderTest, name: str, to: str, by: str | None) -> None:
    await house.hass.services.async_call(
        "switch",
        f"turn_{to}",
        {"entity_id": f"switch.{name.lower()}_on_duty"},
        blocking=True,
        context=Context(user_id=house.people[by].user.id if by else None),
    )
    await house.settle()


async def test_whoever_is_off_duty_is_not_called(house: SiteUnderTest) -> None:
    await house.press()
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears_nothing()
    assert house.state("sensor.harbour_house_on_duty") == "1"


async def test_h32_a_phone_rings_when_duty_begins_and_until_the_tap_the_one_before_is_called_too(
    house: SiteUnderTest,
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await until_night(house)
    (ring,) = bob.reads()
    assert (ring.title, ring.data["channel"], ring.buttons) == ("Your duty begins", "alarm_stream", ["I'm on duty"])
    (held,) = ann.reads()
    assert "nobody has said that they are there in your place" in held.body
    await house.press()
    ann.hears("Help needed")
    bob.hears("Help needed")
    await house.action("resolve", bob.user)
    ann.hears("Over")
    bob.hears("Over")
    await house.taps("Bob", "I'm on duty")
    assert [n.body for n in ann.reads()] == ["Ann is off duty. Calls go to the others."]
    assert [n.body for n in bob.reads()] == ["Bob is on duty: calls ring here."]
    assert on_duty(house) == {"Bob"}
    await house.press()
    bob.hears("Help needed")
    ann.hears_nothing()


async def test_h32_the_phone_rings_again_every_five_minutes_until_it_is_tapped(house: SiteUnderTest) -> None:
    bob = house.people["Bob"]
    await until_night(house)
    bob.hears("Your duty begins")
    for _ in range(3):
        await house.advance(minutes=5)
        bob.hears("Your duty begins")
    assert on_duty(house) == {"Ann", "Bob"}
    await house.taps("Bob", "I'm on duty")
    await house.advance(minutes=20)
    bob.reads()
    house.people["Ann"].reads()
    assert on_duty(house) == {"Bob"}


async def test_an_answer_to_a_call_says_that_somebody_is_on_duty(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await until_night(house)
    await house.press()
    await house.taps("Bob", "I'm going")
    ann.reads()
    bob.reads()
    assert on_duty(house) == {"Bob"}


async def test_h20_a_tap_on_a_phone_that_was_lost_since_puts_nobody_on_duty(house: SiteUnderTest) -> None:
    bob, kept = house.people["Bob"], Phone("Bob's other phone")
    refresh = await house.hass.auth.async_create_refresh_token(bob.user, client_id="https://example.org/")
    token = house.hass.auth.async_create_access_token(refresh)
    (lost,) = house.phones_of("Bob")
    await kept.register(house.client, house.push, {"Authorization": f"Bearer {token}"})
    phones = house.phones_of("Bob")
    await house.change_responder("Bob", phones=phones)
    await until_night(house)
    await house.change_responder("Bob", phones=[phone for phone in phones if phone != lost])
    await house.taps("Bob", "I'm on duty")
    assert on_duty(house) == {"Ann", "Bob"}, "Ann stays until Bob says that he is there"
    await kept.tap(house.client, "I'm on duty")
    await house.settle()
    assert on_duty(house) == {"Bob"}
    for person in house.people.values():
        person.reads()


async def test_a_tap_of_somebody_else_puts_nobody_on_duty(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await until_night(house)
    (ring,) = bob.reads()
    await ann.phone.fire(house.client, "mobile_app_notification_action", {"action": ring.data["actions"][0]["action"]})
    await bob.phone.fire(house.client, "mobile_app_notification_action", {"action": "DURESS_DUTY_0"})
    await house.settle()
    ann.reads()
    assert on_duty(house) == {"Ann", "Bob"}


@pytest.mark.parametrize("lost", ["removed", "unavailable", "unknown"])
async def test_h12_whose_schedule_does_not_work_counts_as_on_duty_and_it_is_reported(
    house: SiteUnderTest, lost: str
) -> None:
    if lost == "removed":
        house.hass.states.async_remove("schedule.night")
    else:
        house.hass.states.async_set("schedule.night", lost)
    await shifts_are_judged(house)
    assert house.issues() == {"duty_not_known"}
    assert on_duty(house) == {"Ann", "Bob"}
    await house.press()
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears("Help needed")
    house.hass.states.async_set("schedule.night", "off")
    await shifts_are_judged(house)
    assert house.issues() == set()
    assert on_duty(house) == {"Ann"}


async def test_a_calendar_tells_by_its_titles_whose_shift_it_is(house: SiteUnderTest, rota: Rota) -> None:
    await works(house, "Ann", "calendar.rota", shift="early")
    await works(house, "Bob", "calendar.rota", shift="bob")
    rota.entries = ["Early shift: Cas", "Training"]
    await house.advance(minutes=2)
    assert on_duty(house) == {"Ann"}
    rota.entries = ["Training", "Early shift: Bob"]
    await house.advance(minutes=2)
    house.people["Bob"].hears("Your duty begins")
    rota.entries = ["Late shift: Bob"]
    await house.advance(minutes=2)
    house.people["Ann"].reads()
    assert on_duty(house) == {"Ann", "Bob"}, "Bob has not said that he is there"
    await house.taps("Bob", "I'm on duty")
    assert on_duty(house) == {"Bob"}
    house.people["Ann"].reads()
    house.people["Bob"].reads()


@pytest.mark.parametrize("error", [TimeoutError(), RuntimeError("no network")])
async def test_h12_a_calendar_that_cannot_be_reached_takes_nobody_off_duty(
    house: SiteUnderTest, rota: Rota, error: Exception
) -> None:
    await works(house, "Bob", "calendar.rota")
    rota.entries = ["Somebody's shift"]
    await house.advance(minutes=2)
    await house.taps("Bob", "I'm on duty")
    rota.error = error
    await works(house, "Ann", "calendar.rota", shift="nobody")
    await house.advance(minutes=2)
    assert house.issues() == {"duty_not_known"}
    assert on_duty(house) == {"Ann", "Bob"}
    house.people["Bob"].reads()
    rota.error = None
    await house.advance(minutes=2)
    assert house.issues() == set()
    assert on_duty(house) == {"Bob"}
    house.people["Ann"].reads()


async def test_h12_where_somebody_is_adds_to_the_duty_and_never_takes_anybody_off(house: SiteUnderTest) -> None:
    bob = house.people["Bob"]
    states = house.hass.states
    states.async_set("person.bob", "not_home", {"user_id": bob.user.id})
    states.async_set("zone.house", "0", {"persons": []})
    await works(house, "Bob", "schedule.night", zone="zone.house")
    assert on_duty(house) == {"Ann"}
    states.async_set("zone.house", "1", {"persons": ["person.bob"]})
    await shifts_are_judged(house)
    bob.hears("Your duty begins")
    await house.taps("Bob", "I'm on duty")
    states.async_set("zone.house", "0", {"persons": []})
    await shifts_are_judged(house)
    assert on_duty(house) == {"Ann"}
    bob.reads()
    await until_night(house)
    bob.hears("Your duty begins")
    house.people["Ann"].reads()


async def test_h12_the_last_person_stays_on_duty_after_the_end_of_the_shift(house: SiteUnderTest) -> None:
    await works(house, "Bob", "schedule.day")
    house.people["Bob"].hears("Your duty begins")
    await house.taps("Bob", "I'm on duty")
    house.people["Bob"].reads()
    await until_night(house)
    assert on_duty(house) == {"Ann", "Bob"}
    await house.press()
    for person in house.people.values():
        assert person.reads()[-1].title == "Help needed: Room 4"


async def test_h12_nobody_is_taken_off_duty_by_hand_as_the_last_one(house: SiteUnderTest) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await switch(house, "Ann", "off", by="Ann")
    assert refused.value.translation_key == "last_on_duty"
    assert on_duty(house) == {"Ann"}


async def test_duty_is_changed_by_hand_until_the_plan_changes(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await switch(house, "Bob", "on", by="Bob")
    bob.hears("Your duty begins")
    await house.taps("Bob", "I'm on duty")
    bob.reads()
    await switch(house, "Ann", "off", by="Ann")
    ann.reads()
    assert on_duty(house) == {"Bob"}
    await until_night(house)
    assert on_duty(house) == {"Bob"}
    bob.hears_nothing()  # his duty by plan begins: he is there already
    await hours_pass(house, 8)
    ann.hears("Your duty begins")
    await house.taps("Ann", "I'm on duty")
    assert on_duty(house) == {"Ann"}
    ann.reads()
    bob.reads()


async def test_h22_others_duty_is_changed_only_by_those_in_charge_and_by_no_automation(house: SiteUnderTest) -> None:
    for by in ("Ann", None):
        with pytest.raises(ServiceValidationError) as refused:
            await switch(house, "Bob", "on", by=by)
        assert refused.value.translation_key == "not_allowed"
    await house.change_responder("Ann", manager=True)
    await switch(house, "Bob", "on", by="Ann")
    house.people["Bob"].hears("Your duty begins")


async def test_who_is_on_duty_is_known_after_a_power_cut(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await until_night(house)
    await house.taps("Bob", "I'm on duty")
    ann.reads()
    bob.reads()
    await house.power_cut(minutes=1)
    assert on_duty(house) == {"Bob"}
    await house.power_cut(hours=9)
    ann.hears("Your duty begins")
    bob.reads()
    assert on_duty(house) == {"Ann", "Bob"}


async def test_a_call_that_nobody_on_duty_answers_for_two_rounds_calls_those_off_duty(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.advance(seconds=61)
    ann.hears("Help needed", "Help needed")
    bob.hears_nothing()
    await house.advance(seconds=60)
    ann.hears("Help needed")
    bob.hears("Help needed")


async def test_a_step_with_nobody_on_duty_is_passed_over_at_once_and_the_record_says_why(house: SiteUnderTest) -> None:
    await house.change(PLAN, steps=[{"after": 0, "responders": ["bob"]}, {"after": 300, "responders": ["ann"]}])
    await house.press()
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears_nothing()
    whys = [getattr(event, "why", None) for event in await house.events(house.incident.id)]
    assert whys[1:3] == ["nobody_on_duty", "step_empty"]


async def test_a_site_that_is_not_live_rings_nobody_for_duty(house: SiteUnderTest) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"live": False, "installer": "bob"})
    await until_night(house)
    for person in house.people.values():
        person.hears_nothing()
    await house.press()
    house.people["Bob"].hears("Help needed")


NIGHTS = {
    "the clocks go back": (datetime(2026, 10, 24, 20, 30, tzinfo=UTC), 8.5),
    "the clocks go forward": (datetime(2027, 3, 27, 21, 30, tzinfo=UTC), 6.5),
}


@pytest.mark.parametrize(("began", "hours"), NIGHTS.values(), ids=NIGHTS)
async def test_h51_nobody_falls_off_duty_in_the_night_in_which_the_clocks_change(
    house: SiteUnderTest, began: datetime, hours: float
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    ann.reads()
    assert dt_util.now().strftime("%H:%M") == "22:30"
    for _ in range(int(hours * 4) - 1):
        assert on_duty(house) == {"Bob"}, dt_util.now().isoformat()
        await hours_pass(house, 0.25)
    bob.hears_nothing()
    await house.advance(minutes=15, seconds=1)
    await shifts_are_judged(house)
    assert dt_util.now().hour == 6
    ann.hears("Your duty begins")
    bob.reads()
    assert on_duty(house) == {"Ann", "Bob"}


async def test_h51_at_midnight_nobody_is_rung_and_nobody_falls_off_duty(house: SiteUnderTest) -> None:
    await until_night(house)
    await house.taps("Bob", "I'm on duty")
    for person in house.people.values():
        person.reads()
    await hours_pass(house, 2.25)
    assert on_duty(house) == {"Bob"}
    house.people["Bob"].hears_nothing()


async def test_h32_with_a_third_person_on_duty_too_nobody_goes_before_the_next_has_tapped(house: SiteUnderTest) -> None:
    cas = await house.add_person("Cas")
    subentry = house.responder("Cas")
    house.hass.config_entries.async_add_subentry(
        house.entry,
        ConfigSubentry(
            data=MappingProxyType(dict(subentry["data"])),
            subentry_id=subentry["subentry_id"],
            subentry_type="responder",
            title="Cas",
            unique_id=None,
        ),
    )
    await house.settle()
    house.hass.states.async_set("schedule.day", "off")
    await house.settle()
    house.hass.states.async_set("schedule.night", "on")
    await shifts_are_judged(house)
    assert on_duty(house) == {"Ann", "Bob", "Cas"}
    await house.taps("Bob", "I'm on duty")
    assert on_duty(house) == {"Bob", "Cas"}
    cas.hears_nothing()
    for name in ("Ann", "Bob"):
        house.people[name].reads()


async def test_who_cannot_go_has_not_said_that_they_are_on_duty(house: SiteUnderTest) -> None:
    await until_night(house)
    await house.press()
    await house.taps("Bob", "Can't go")
    assert on_duty(house) == {"Ann", "Bob"}
    for person in house.people.values():
        person.reads()


async def test_h06_an_answer_to_a_quiet_call_changes_nobodys_duty(house: SiteUnderTest) -> None:
    await until_night(house)
    await house.change(PLAN, covert=True, call_type="staff_duress")
    await house.press()
    for person in house.people.values():
        person.reads()
    await house.taps("Bob", "I'm going")
    assert on_duty(house) == {"Ann", "Bob"}
    assert [n.title for n in house.people["Ann"].reads()] == ["Message for you: Room 4"]
    house.people["Bob"].reads()


async def test_h12_whose_schedule_does_not_work_relieves_nobody(house: SiteUnderTest) -> None:
    await until_night(house)
    await house.taps("Bob", "I'm on duty")
    house.hass.states.async_set("schedule.night", "unavailable")
    house.hass.states.async_set("schedule.day", "on")
    await shifts_are_judged(house)
    await house.taps("Ann", "I'm on duty")
    house.hass.states.async_set("schedule.day", "off")
    await shifts_are_judged(house)
    assert on_duty(house) == {"Ann", "Bob"}
    for person in house.people.values():
        person.reads()


async def test_a_schedule_that_is_renamed_is_followed_under_its_new_name(house: SiteUnderTest) -> None:
    registry = er.async_get(house.hass)
    entry = registry.async_get_or_create("binary_sensor", "test", "shift", suggested_object_id="shift")
    house.hass.states.async_set(entry.entity_id, "off")
    await works(house, "Bob", entry.id)
    assert on_duty(house) == {"Ann"}
    registry.async_update_entity(entry.entity_id, new_entity_id="binary_sensor.late_shift")
    house.hass.states.async_set("binary_sensor.late_shift", "off")
    await shifts_are_judged(house)
    house.hass.states.async_set("binary_sensor.late_shift", "on")
    await shifts_are_judged(house)
    house.people["Bob"].hears("Your duty begins")


async def test_a_press_right_after_a_start_is_heard_though_a_calendar_does_not_answer(
    house: SiteUnderTest, rota: Rota, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works(house, "Ann", "calendar.rota")
    heard = asyncio.Event()

    async def hangs(*_: Any) -> list[CalendarEvent]:
        heard.set()
        await asyncio.sleep(0)
        house.hass.bus.async_fire("test_button")
        return []

    monkeypatch.setattr(rota, "async_get_events", hangs)
    await house.power_cut(seconds=1)
    assert heard.is_set()
    assert house.site.incidents.open()
    for person in house.people.values():
        person.reads()
