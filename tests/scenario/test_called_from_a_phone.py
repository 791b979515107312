"""Somebody calls from a phone: who it was is said, and where the phone is, for no longer than it is needed."""

from datetime import timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, restore_state
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from tests.site import PLAN, SiteUnderTest

BUTTON = "button.staff_phone_call_for_help"
ASKED, TOLD = "request_location_update", "Your phone says where it is"


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house in which Ann can be called, and Bob has a login and a phone."""
    for domain in ("person", "button"):
        assert await async_setup_component(site.hass, domain, {})
    await site.add_person("Ann")
    await site.add_person("Bob")
    site.hass.states.async_set("person.bob", "home", {"user_id": site.people["Bob"].user.id, "friendly_name": "Bob"})
    return site


async def set_up(house: SiteUnderTest, *, position: bool = True, **plan: Any) -> None:
    await house.set_up((0, ["Ann"]), repeat_after=60, **plan)
    await house.add_point("Staff phone", phone={"plan_id": PLAN, "position": position})


async def press(house: SiteUnderTest, name: str = "Bob") -> None:
    """Have somebody press the button in the app."""
    house.freezer.tick(1)
    context = Context(user_id=house.people[name].user.id)
    await house.hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True, context=context)
    await house.settle()


async def moves(house: SiteUnderTest, latitude: float) -> None:
    await house.people["Bob"].phone.moves(house.client, latitude, -0.1245)
    await house.settle()


def on_bobs_phone(house: SiteUnderTest) -> list[str]:
    return [notification.body for notification in house.people["Bob"].reads()]


async def test_one_tap_in_the_app_calls_and_says_who_it_was_and_where(house: SiteUnderTest) -> None:
    await moves(house, 51.5)
    await set_up(house)
    await press(house)
    ann = house.people["Ann"]
    (call,) = ann.reads()
    assert call.title == "Help needed: Staff phone (Bob)"
    assert call.body.startswith("Phone at 51.50000, -0.12450, within 10 m, at")
    asked, told = on_bobs_phone(house)
    assert (asked, told[: len(TOLD)]) == (ASKED, TOLD)
    await moves(house, 51.6)
    await house.advance(seconds=61)
    (again,) = ann.reads()
    assert again.body.startswith("Phone at 51.60000")
    await house.advance(seconds=61)
    ann.reads()
    assert set(on_bobs_phone(house)) == {ASKED}


async def test_until_the_phone_says_where_it_is_the_call_says_that_it_has_not(house: SiteUnderTest) -> None:
    await set_up(house)
    await press(house)
    (call,) = house.people["Ann"].reads()
    assert call.body.startswith("The phone has not said where it is, pressed at")
    await house.people["Bob"].phone.moves(house.client, 251.5, 0)
    await house.settle()
    assert house.incident.position is None
    on_bobs_phone(house)


async def test_a_position_that_was_only_remembered_over_a_start_is_as_old_as_it_is(house: SiteUnderTest) -> None:
    await moves(house, 51.5)
    tracker = house.hass.states.get("device_tracker.bob_s_phone")
    assert tracker is not None
    pressed_at = tracker.last_updated + timedelta(days=2)
    restore_state.async_get(house.hass).last_states[tracker.entity_id] = restore_state.StoredState(
        tracker, None, tracker.last_updated
    )
    house.freezer.move_to(pressed_at)
    house.hass.states.async_remove(tracker.entity_id)
    house.hass.states.async_set(tracker.entity_id, tracker.state, tracker.attributes)
    await set_up(house)
    await press(house)
    (call,) = house.people["Ann"].reads()
    assert f"at {dt_util.as_local(tracker.last_updated):%Y-%m-%d %H:%M}" in call.body
    on_bobs_phone(house)


@pytest.mark.parametrize("ends", ["arrive", "resolve"])
async def test_h43_the_phone_is_followed_no_longer_once_somebody_is_there_or_it_is_over(
    house: SiteUnderTest, ends: str
) -> None:
    await set_up(house)
    await press(house)
    await moves(house, 51.5)
    point = house.device_of("staff_phone")
    context = Context(user_id=house.people["Ann"].user.id)
    incident = house.incident.id
    await house.hass.services.async_call("duress", ends, {"trigger_point": point}, blocking=True, context=context)
    await house.settle()
    on_bobs_phone(house)
    await moves(house, 51.6)
    await house.advance(minutes=5)
    assert ASKED not in on_bobs_phone(house)
    assert len([e for e in await house.events(incident) if type(e).__name__ == "PositionReported"]) == 1
    house.people["Ann"].reads()


async def test_h43_the_phone_is_followed_for_an_hour_and_again_after_another_press(house: SiteUnderTest) -> None:
    await set_up(house)
    await press(house)
    await moves(house, 51.5)
    await house.advance(minutes=62)
    assert on_bobs_phone(house)[-1] == "clear_notification"
    await moves(house, 51.6)
    assert house.incident.position is not None
    assert house.incident.position.latitude == 51.5
    await press(house)
    await moves(house, 51.7)
    assert house.incident.position.latitude == 51.7
    assert ASKED in on_bobs_phone(house)
    house.people["Ann"].reads()


async def test_h43_a_call_that_is_open_at_a_start_goes_on_following_the_phone(house: SiteUnderTest) -> None:
    await set_up(house)
    await press(house)
    await house.power_cut(minutes=2)
    await moves(house, 51.5)
    assert house.incident.position is not None
    for person in house.people.values():
        person.reads()


async def test_h43_where_a_phone_is_stands_beside_the_record_under_a_key_that_can_be_destroyed(
    house: SiteUnderTest,
) -> None:
    await set_up(house)
    await press(house)
    await moves(house, 51.50731)
    lines = b"".join(path.read_bytes() for path in house.folder.glob("*.jsonl"))
    assert b"PositionReported" in lines
    assert b"51.50731" not in lines
    for person in house.people.values():
        person.reads()


async def test_h43_nobody_is_followed_where_that_was_not_chosen(house: SiteUnderTest) -> None:
    await set_up(house, position=False)
    await press(house)
    await moves(house, 51.5)
    assert house.incident.position is None
    assert on_bobs_phone(house) == []
    house.people["Ann"].hears("Help needed")


async def test_h02_whoever_calls_covertly_from_a_phone_is_neither_called_nor_told_anything(
    house: SiteUnderTest,
) -> None:
    await house.set_up((0, ["Ann", "Bob"]), covert=True)
    await house.add_point("Staff phone", phone={"plan_id": PLAN, "position": True})
    assert er.async_get(house.hass).async_get(BUTTON) is None
    context = Context(user_id=house.people["Bob"].user.id)
    data = {"trigger_point": house.device_of("staff_phone")}
    await house.hass.services.async_call("duress", "press", data, blocking=True, context=context)
    await house.settle()
    house.people["Ann"].hears("Message for you: Staff phone (Bob)")
    await house.advance(minutes=5)
    assert on_bobs_phone(house) == []
    house.people["Ann"].reads()


async def test_who_may_only_look_cannot_call_from_the_app(house: SiteUnderTest) -> None:
    await set_up(house)
    await house.hass.auth.async_update_user(house.people["Bob"].user, group_ids=["system-read-only"])
    with pytest.raises(HomeAssistantError):
        await press(house)
    assert not house.site.incidents.open()


async def test_h21_a_webhook_with_a_secret_calls_and_is_marked_as_coming_from_elsewhere(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, hass: HomeAssistant
) -> None:
    trigger = {"trigger": "webhook", "webhook_id": "a-long-secret", "allowed_methods": ["POST"], "local_only": True}
    monkeypatch.setattr("tests.site.TRIGGER", trigger)
    await house.set_up((0, ["Ann"]))
    await house.client.post("/api/webhook/another-secret")
    assert not house.site.incidents.open()
    await house.client.post("/api/webhook/a-long-secret")
    await house.settle()
    house.people["Ann"].hears("Help needed: Room 4")
    assert house.incident.press.origin == "remote"
