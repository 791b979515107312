"""At the bed: a button in the room, a tag on the wall, and one tap that says what it was."""

from typing import Any

from homeassistant.core import Context, EventOrigin
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.duress.engine.events import Arrived, Resolved, TakenBack
from tests.site import PLAN, POINT, TRIGGER, SiteUnderTest

from .test_page import OpenPage, page_of

__all__ = ["page_of"]

THERE = {"platform": "event", "event_type": "room_green"}
OVER = {"platform": "event", "event_type": "room_reset"}
TAG = {"platform": "tag", "tag_id": "room-4"}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann is called and Bob a minute later; in Room 4 are two buttons and a tag."""
    await site.set_up_ann_then_bob()
    await furnish(site, is_there=[THERE, TAG], it_is_over=[OVER])
    return site


async def furnish(house: SiteUnderTest, **signals: list[dict[str, Any]]) -> None:
    sources = [{"id": "source", "trigger": TRIGGER, "gesture": "single", "plan_id": PLAN}]
    for signal, triggers in signals.items():
        sources += [
            {"id": f"{signal}{number}", "trigger": trigger, "gesture": "single", "plan_id": signal}
            for number, trigger in enumerate(triggers)
        ]
    await house.change(POINT, sources=sources)


async def pressed(house: SiteUnderTest, button: dict[str, str], **how: Any) -> None:
    house.hass.bus.async_fire(button["event_type"], **how)
    await house.settle()


async def scans_the_tag(house: SiteUnderTest, name: str) -> None:
    user = house.people[name].user
    house.hass.bus.async_fire("tag_scanned", {"tag_id": "room-4", "device_id": "x"}, context=Context(user_id=user.id))
    await house.settle()


async def proofs(house: SiteUnderTest, incident: str) -> list[str]:
    return [str(event.proof) for event in await house.events(incident) if isinstance(event, Arrived)]


async def test_a_call_is_ended_at_the_bed_by_whoever_went_without_a_phone_in_hand(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.press()
    await house.taps("Ann", "I'm going")
    ann.reads()
    incident = house.incident.id
    await pressed(house, OVER)
    ann.hears("Over: Room 4")
    assert house.site.incidents.open() == []
    (resolved,) = [event for event in await house.events(incident) if isinstance(event, Resolved)]
    assert resolved.proof == "room"
    assert resolved.by.user == ann.user.id


async def test_h17_a_reset_in_the_room_before_anybody_went_ends_nothing_and_the_phones_say_so(
    house: SiteUnderTest,
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    ann.reads()
    await pressed(house, OVER)
    (told,) = ann.reads()
    assert told.title == "Taken back, look all the same: Room 4"
    assert told.buttons == ["I'm going", "Can't go"]
    await house.advance(seconds=61)
    (called,) = bob.reads()
    assert called.title == "Taken back, look all the same: Room 4"
    await house.press()
    assert [p.reads()[-1].title for p in (ann, bob)] == ["Help needed: Room 4", "Help needed: Room 4"]
    await house.taps("Ann", "I'm going")
    ann.hears("You have it")
    bob.hears("Ann is going")


@pytest.mark.parametrize("call_type", ["hold_up", "staff_duress"])
async def test_h17_a_quiet_call_never_ends_where_it_was_pressed(house: SiteUnderTest, call_type: str) -> None:
    await house.change(PLAN, covert=True, call_type=call_type)
    await house.press()
    await house.taps("Ann", "I'm going" if call_type == "staff_duress" else "I see to it")
    house.people["Ann"].reads()
    await pressed(house, OVER)
    assert house.incident.is_open
    assert isinstance((await house.events(house.incident.id))[-1], TakenBack)


async def test_h44_a_tag_on_the_wall_says_who_is_there_and_a_button_in_the_room_says_more(
    house: SiteUnderTest,
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "Can't go")
    await house.taps("Ann", "Can't go")
    ann.reads()
    bob.reads()
    await scans_the_tag(house, "Bob")
    bob.hears("You are there")
    ann.hears("Bob is there")
    await pressed(house, THERE)
    bob.hears("You are there")
    assert await proofs(house, house.incident.id) == ["tag", "room"]


async def test_h44_a_tap_is_the_weakest_proof(house: SiteUnderTest) -> None:
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    house.people["Ann"].reads()
    assert await proofs(house, house.incident.id) == ["tap"]


async def test_h21_a_room_button_that_an_app_made_up_proves_nothing(house: SiteUnderTest) -> None:
    await house.press()
    await house.taps("Ann", "I'm going")
    house.people["Ann"].reads()
    await pressed(house, THERE, origin=EventOrigin.remote)
    await pressed(house, OVER, origin=EventOrigin.remote)
    assert house.incident.progress == "en_route"


async def test_what_is_said_in_the_room_without_a_call_means_nothing(house: SiteUnderTest) -> None:
    await pressed(house, OVER)
    await pressed(house, THERE)
    assert house.site.incidents.open() == []
    assert house.state("binary_sensor.room_4_call_open") == "off"


async def test_whoever_goes_is_reminded_and_told_when_the_others_are_called_again(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.change(PLAN, call_type="medical")
    await house.press()
    await house.taps("Ann", "I'm going")
    ann.reads()
    bob.hears_nothing()
    await house.advance(seconds=61)
    (reminder,) = ann.reads()
    assert reminder.title == "Are you there? Room 4"
    assert "everybody is called again at" in reminder.body
    assert reminder.buttons == ["I'm there", "Can't go"]
    assert reminder.data["push"] == {"interruption-level": "time-sensitive", "sound": "default"}
    await house.advance(seconds=60)
    ann.hears("Are you there?")
    await house.advance(seconds=60)
    ann.hears("Help needed")
    bob.hears("Help needed")


async def test_h34_what_it_was_is_said_by_one_tap_at_the_bed(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    for button, reason in (("Person helped", "helped"), ("By accident", "accidental")):
        await house.press()
        incident = house.incident.id
        await house.taps("Ann", "I'm going")
        await house.taps("Ann", "I'm there")
        there = ann.reads()[-1]
        assert there.buttons == ["Person helped", "By accident", "Another reason"]
        await house.taps("Ann", button)
        ann.hears("Over")
        (resolved,) = [event for event in await house.events(incident) if isinstance(event, Resolved)]
        assert resolved.reason == reason


@pytest.mark.parametrize(("button", "reason"), [("Only a test", "test"), ("Nobody had pressed", "false")])
async def test_a_reason_that_is_not_offered_is_two_taps_away(house: SiteUnderTest, button: str, reason: str) -> None:
    ann = house.people["Ann"]
    await house.press()
    incident = house.incident.id
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Another reason")
    asked = ann.reads()[-1]
    assert asked.title == "Why is it over? Room 4"
    assert asked.buttons == ["Only a test", "Nobody had pressed", "Person helped"]
    assert house.incident.is_open
    await house.taps("Ann", button)
    ann.hears("Over")
    (resolved,) = [event for event in await house.events(incident) if isinstance(event, Resolved)]
    assert resolved.reason == reason


async def test_who_is_still_there_after_half_an_hour_is_asked_whether_it_is_over(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    ann.reads()
    await house.advance(minutes=30, seconds=1)
    (asked,) = ann.reads()
    assert asked.title == "Is it over? Room 4"
    assert asked.buttons == ["Person helped", "By accident", "Another reason"]


async def end(house: SiteUnderTest, by: str) -> None:
    await house.action("resolve", house.people[by].user)


async def test_reset_only_at_origin_a_call_that_ends_in_the_room_ends_there_and_not_on_a_phone(
    house: SiteUnderTest,
) -> None:
    ann = house.people["Ann"]
    await house.change(PLAN, ends_at_origin=True)
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    there = ann.reads()[-1]
    assert there.buttons == []
    assert "only where it came from" in there.body
    with pytest.raises(ServiceValidationError) as refused:
        await end(house, "Ann")
    assert refused.value.translation_key == "only_at_origin"
    await pressed(house, OVER)
    ann.hears("Over")


async def test_dashboard_resolve_needs_permission_and_note(house: SiteUnderTest, page_of: OpenPage) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.change(PLAN, ends_at_origin=True)
    await house.press()
    ann.reads()
    incident = house.incident.id
    assert (await (await page_of(ann.user)).call())["end"] is None
    await house.change_responder("Bob", manager=True)
    with pytest.raises(ServiceValidationError) as refused:
        await end(house, "Bob")
    assert refused.value.translation_key == "only_at_origin"
    page = await page_of(bob.user)
    assert (await page.ends("Person helped", "  "))["error"]["code"] == "invalid_format"
    assert (await page.ends("Person helped", " The reset is broken "))["result"] == {"said": ""}
    ann.hears("Over")
    bob.hears_nothing()
    (resolved,) = [event for event in await house.events(incident) if isinstance(event, Resolved)]
    assert resolved.note == "The reset is broken"
    record = b"".join(path.read_bytes() for path in house.folder.rglob("*") if path.is_file())
    assert b"reset is broken" not in record, "a note is kept under a key that can be destroyed"


async def test_a_plan_that_ends_in_the_room_can_be_ended_from_afar_where_there_is_nothing_to_say_so_with(
    house: SiteUnderTest,
) -> None:
    await furnish(house)
    await house.change(PLAN, ends_at_origin=True)
    await house.press()
    await end(house, "Ann")
    house.people["Ann"].hears("Help needed", "Over")


async def test_the_room_button_ends_a_call_after_a_power_cut(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.power_cut(seconds=20)
    ann.reads()
    await pressed(house, OVER)
    ann.hears("Over")


async def test_h44_a_helper_that_somebody_presses_on_a_dashboard_is_no_button_in_the_room(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.change(PLAN, ends_at_origin=True)
    await house.press()
    await house.taps("Ann", "I'm going")
    ann.reads()
    by_hand = Context(user_id=ann.user.id)
    await pressed(house, THERE, context=by_hand)
    ann.hears("You are there")
    await pressed(house, OVER, context=by_hand)
    assert await proofs(house, house.incident.id) == ["tap"]
    assert house.incident.is_open


async def test_what_a_button_in_the_room_ended_says_so_and_not_that_somebody_did(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.press()
    await house.taps("Ann", "I'm going")
    ann.reads()
    await pressed(house, OVER)
    (over,) = ann.reads()
    assert "Ended by a button in the room. If it was not you or a colleague, look in all the same." in over.body


async def test_a_call_that_only_a_tag_could_end_can_be_ended_from_a_phone(house: SiteUnderTest) -> None:
    await furnish(house, is_there=[TAG])
    await house.change(PLAN, ends_at_origin=True)
    await house.press()
    await end(house, "Ann")
    house.people["Ann"].hears("Help needed", "Over")
