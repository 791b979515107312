"""What standards, laws and the best of the field ask of a call for help and of its answer, each as one story."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, callback
import pytest

from custom_components.duress.engine.events import NobodyToCall, PressRepeated
from tests.site import PLAN, POINT, SiteUnderTest

SENSOR = "binary_sensor.pendant"


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house with the default of a minute between Ann and Bob."""
    await site.set_up_ann_then_bob()
    return site


async def make_covert(house: SiteUnderTest, **more: Any) -> None:
    await house.change(PLAN, covert=True, call_type="hold_up", **more)


def titles(house: SiteUnderTest, name: str) -> list[str]:
    return [notification.title for notification in house.people[name].reads()]


# Trigger and latch


async def test_single_press_commits(house: SiteUnderTest) -> None:
    await house.press()
    assert house.incident.phase == "active"
    house.people["Ann"].hears("Help needed")


async def test_double_gesture_profile(house: SiteUnderTest) -> None:
    await make_covert(house)
    steps = [{"after": 0, "responders": ["bob"], "groups": []}]
    second = {**house.entry.subentries[PLAN].data, "covert": False, "call_type": "medical", "steps": steps}
    await _add_plan(house, "assist", second)
    source = {"id": "twice", "trigger": {"platform": "event", "event_type": "twice"}, "gesture": "double"}
    before = house.entry.subentries[POINT].data["sources"]
    await house.change(POINT, sources=[*before, {**source, "plan_id": "assist"}])
    house.hass.bus.async_fire("twice")
    await house.settle()
    house.people["Bob"].hears("Help needed")
    await house.press()
    house.people["Ann"].hears("Message for you")
    assert sorted(i.plan.call_type for i in house.site.incidents.open()) == ["hold_up", "medical"]


async def _add_plan(house: SiteUnderTest, identifier: str, data: dict[str, Any]) -> None:
    plan = ConfigSubentry(
        data=MappingProxyType(data),
        subentry_id=identifier,
        subentry_type="response_plan",
        title=identifier,
        unique_id=None,
    )
    house.hass.config_entries.async_add_subentry(house.entry, plan)
    await house.settle()


async def test_latched_after_device_offline(house: SiteUnderTest) -> None:
    house.hass.states.async_set(SENSOR, "off")
    await house.add_point("Pendant", {"platform": "state", "entity_id": [SENSOR], "to": "on"})
    house.hass.states.async_set(SENSOR, "on")
    await house.settle()
    house.people["Ann"].hears("Help needed: Pendant")
    for state in ("off", "unavailable"):
        house.hass.states.async_set(SENSOR, state)
        await house.settle()
    assert house.state("binary_sensor.pendant_call_open") == "on"
    await house.advance(seconds=61)
    house.people["Bob"].hears("Help needed: Pendant")


async def test_restart_restores_active_and_timers(house: SiteUnderTest) -> None:
    await house.press()
    await house.power_cut(seconds=30)
    house.people["Ann"].reads()
    await house.advance(seconds=29)
    house.people["Bob"].hears_nothing()
    await house.advance(seconds=2)
    house.people["Bob"].hears("Help needed")


async def test_repeat_press_never_cancels(house: SiteUnderTest) -> None:
    for _ in range(6):
        await house.press()
        await house.advance(seconds=1)
    assert (house.incident.phase, house.incident.presses) == ("active", 6)
    house.people["Ann"].hears("Help needed")


async def test_repeat_press_same_zone_merged_timeline(house: SiteUnderTest) -> None:
    await house.press()
    await house.advance(seconds=5)
    await house.press()
    events = await house.events(house.incident.id)
    assert [event.why for event in events if isinstance(event, PressRepeated)] == ["already_calling"]
    house.people["Ann"].hears("Help needed")


async def test_silent_trigger_leaves_area_untouched(house: SiteUnderTest) -> None:
    await make_covert(house)
    used: list[str] = []

    @callback
    def note(event: Event) -> None:
        used.append(event.data["domain"])

    before = {state.entity_id: state for state in house.hass.states.async_all()}
    house.hass.bus.async_listen(EVENT_CALL_SERVICE, note)
    await house.press()
    await house.advance(seconds=61)
    assert used == []
    assert {state.entity_id: state for state in house.hass.states.async_all()} == before
    assert titles(house, "Ann") == titles(house, "Bob") == ["Message for you: Room 4"]


async def test_neutral_push_text_in_threat_area(house: SiteUnderTest) -> None:
    await make_covert(house, subject="Delivery")
    await house.press()
    (shown,) = house.people["Ann"].reads()
    said = f"{shown.title} {shown.body} {' '.join(shown.buttons)}".lower()
    assert not [word for word in ("help", "hold", "alarm", "duress", "police", "emergency") if word in said]
    assert shown.data["visibility"] == "secret"


@pytest.mark.parametrize("covert", [True, False])
async def test_abort_only_for_audible(house: SiteUnderTest, covert: bool) -> None:
    await house.change(POINT, cancel_window=30)
    if covert:
        await make_covert(house)
    await house.press()
    assert titles(house, "Ann") == (["Message for you: Room 4"] if covert else [])
    if not covert:
        await house.action("resolve", house.people["Ann"].user)
        await house.advance(seconds=60)
        house.people["Ann"].hears_nothing()
        house.people["Bob"].hears_nothing()


async def test_h16_two_zones_two_locations_visible(house: SiteUnderTest) -> None:
    await house.add_point("Bath", {"platform": "event", "event_type": "bath"})
    await house.press()
    house.hass.bus.async_fire("bath")
    await house.settle()
    assert titles(house, "Ann") == ["Help needed: Room 4", "Help needed: Bath"]
    assert house.state("sensor.harbour_house_open_calls") == "2"
    await house.action("resolve", house.people["Ann"].user)
    (left,) = house.site.incidents.open()
    assert left.place.point == "Bath"
    house.people["Ann"].hears("Over: Room 4")


async def test_50_presses_no_loss(house: SiteUnderTest) -> None:
    for number in range(50):
        await house.add_point(f"Button {number}", {"platform": "event", "event_type": "all_at_once"})
    house.hass.bus.async_fire("all_at_once")
    await house.settle()
    assert len(house.site.incidents.open()) == 50
    assert {title.removeprefix("Help needed: ") for title in titles(house, "Ann")} == {
        f"Button {number}" for number in range(50)
    }


# Acknowledge and escalate


async def test_escalates_at_60s_until_ack(house: SiteUnderTest) -> None:
    await house.press()
    for name in ("Bob", "Ann", "Bob"):
        await house.advance(seconds=60, milliseconds=100)
        assert titles(house, name)[-1] == "Help needed: Room 4"
    await house.taps("Bob", "I'm going")
    for name in ("Ann", "Bob"):
        titles(house, name)
    await house.advance(seconds=130)
    house.people["Ann"].hears_nothing()


async def test_zero_seconds_parallel(house: SiteUnderTest) -> None:
    steps = [{"after": 0, "responders": [name], "groups": []} for name in ("ann", "bob")]
    await house.change(PLAN, steps=steps)
    await house.press()
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears("Help needed")


async def test_ack_stops_escalation_not_incident(house: SiteUnderTest) -> None:
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.advance(seconds=120)
    house.people["Bob"].hears_nothing()
    assert house.incident.phase == "acknowledged"
    assert house.state("binary_sensor.room_4_call_open") == "on"
    titles(house, "Ann")


async def test_claim_keeps_claimant_nagged_until_reset(house: SiteUnderTest) -> None:
    await house.press()
    await house.taps("Ann", "I'm going")
    titles(house, "Ann")
    await house.advance(minutes=7)
    assert titles(house, "Ann") == ["Are you there? Room 4"] * 2
    await house.taps("Ann", "I'm there")
    await house.advance(minutes=61)
    assert titles(house, "Ann") == ["You are there: Room 4", "Is it over? Room 4", "Is it over? Room 4"]
    await house.taps("Ann", "Person helped")
    await house.advance(minutes=61)
    house.people["Ann"].hears("Over")


async def test_no_responder_available_fault(house: SiteUnderTest) -> None:
    for person in house.people.values():
        await house.hass.auth.async_update_user(person.user, is_active=False)
    await house.settle()
    await house.press()
    assert "nobody_can_be_called" in house.issues()
    assert any(isinstance(event, NobodyToCall) for event in await house.events(house.incident.id))


async def test_stale_incident_realerts(house: SiteUnderTest) -> None:
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    await house.power_cut(hours=13)
    await house.advance(seconds=1)
    assert titles(house, "Ann")[-1] == "Found open: Room 4"
    titles(house, "Bob")


async def test_h14_within_five_seconds_of_the_tap_the_phone_says_who_has_it_and_that_without_it_nobody_does(
    house: SiteUnderTest,
) -> None:
    await house.press()
    (call,) = house.people["Ann"].reads()
    assert "until you see it, nobody knows that you are coming" in call.body
    tapped = house.freezer()
    await house.taps("Ann", "I'm going")
    (answer,) = house.people["Ann"].reads()
    assert answer.title == "You have it: Room 4"
    assert (house.freezer() - tapped).total_seconds() < 5


@pytest.mark.parametrize("call_type", ["hold_up", "medical"])
async def test_h19_who_has_it_is_told_what_to_say_to_the_emergency_number(house: SiteUnderTest, call_type: str) -> None:
    data = {"name": "Harbour House", "address": "1 Harbour Street,\n<b>back</b> entrance"}
    house.hass.config_entries.async_update_entry(house.entry, data=data)
    await house.change(PLAN, covert=call_type == "hold_up", call_type=call_type)
    await house.press()
    (call,) = house.people["Ann"].reads()
    assert "Harbour Street" not in call.body
    await house.taps("Ann", call.buttons[0])
    (told,) = house.people["Ann"].reads()
    assert "1 Harbour Street, b back /b entrance" in told.body
