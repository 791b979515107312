"""Codes: whoever types one ends the call in their own name; whoever is made to seems to, and is not left alone."""

from typing import Any

from homeassistant.core import EventOrigin
import pytest

from custom_components.duress.codes import DURESS, PIN
from custom_components.duress.engine.events import Opened, Resolved
from custom_components.duress.engine.kinds import ResolveReason
from custom_components.duress.engine.site_events import CodeTyped, ConfigurationChanged
from custom_components.duress.engine.why import Why
from tests.site import PLAN, POINT, SiteUnderTest

from .test_page import OpenPage, Page, page_of
from .test_two_people import add_plan

__all__ = ["page_of"]

CODE, DURESS_CODE, WRONG = "481516", "903774", "112358"
KEYPAD = "keypad-device"


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann is called and Bob a minute later, and Ann has codes; a keypad is in Room 4."""
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    codes = site.site.codes
    await site.change_responder(
        "Ann", codes={PIN: await codes.async_hash(CODE), DURESS: await codes.async_hash(DURESS_CODE)}
    )
    await add_plan(site, "quiet", "Bob", covert=True, call_type="staff_duress", subject="Delivery")
    await site.change(POINT, keypad={"device_id": KEYPAD, "plan_id": "quiet"})
    return site


async def types(house: SiteUnderTest, code: str, key: int = 3, **how: Any) -> None:
    """Type a code on the keypad, before disarm unless said otherwise."""
    data = {"device_id": KEYPAD, "command_class": 111, "event_type": key, "event_data": code}
    house.hass.bus.async_fire("zwave_js_notification", data, **how)
    await house.settle()


async def whys(house: SiteUnderTest) -> list[Why]:
    incidents = house.site.incidents.open()
    events = [event for incident in incidents for event in await house.events(incident.id)]
    return [event.why for event in events if isinstance(event, Opened)]


def looks(house: SiteUnderTest) -> dict[str, str]:
    """Return all that can be seen of us in the house."""
    return {s.entity_id: s.state for s in house.hass.states.async_all() if "event." not in s.entity_id}


async def cancels(page: Page, code: str) -> dict[str, Any]:
    """Type a code on the page of the one call that it shows."""
    call = await page.call()
    return await page.asks(type="duress/page_cancel", incident_id=call["incident_id"], code=code)


async def test_a_code_ends_the_call_on_the_keypad_in_its_owners_name(house: SiteUnderTest) -> None:
    await house.press()
    incident = house.incident.id
    await types(house, CODE)
    assert house.site.incidents.open() == []
    (ended,) = [event for event in await house.events(incident) if isinstance(event, Resolved)]
    assert (ended.reason, ended.proof) == (ResolveReason.CANCELLED, "room")
    (typed,) = await house.site_events(CodeTyped)
    assert (typed.person, typed.incident) == ("ann", incident)
    house.people["Ann"].hears("Help needed", "Over: Room 4")


@pytest.mark.parametrize(
    ("code", "why"), [(DURESS_CODE, Why.CANCELLED_UNDER_DURESS), (WRONG, Why.CANCELLED_WITH_WRONG_CODE)]
)
async def test_wrong_cancel_pin_looks_like_success_and_keeps_alarm(house: SiteUnderTest, code: str, why: Why) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    before = looks(house)
    await house.press()
    first = house.incident.id
    await house.advance(seconds=61)
    bob.hears("Help needed: Room 4")
    await types(house, code)
    assert looks(house) | {"sensor.room_4_last_press": ""} == before | {"sensor.room_4_last_press": ""}
    assert await whys(house) == [why]
    assert (house.incident.plan.covert, house.incident.follows) == (True, first)
    if code == DURESS_CODE:  # Ann's phone may be in the wrong hand
        ann.hears("Help needed", "Over: Room 4")
        bob.hears("Over: Room 4", "Message for you: Room 4")
    else:
        ann.hears("Help needed", "Over: Room 4", "Message for you: Room 4")
        bob.hears("Over: Room 4", "Message for you: Room 4")
    await house.action("resolve", bob.user)
    assert house.site.incidents.open() == []
    for person in (ann, bob):
        person.reads()


async def test_duress_pin_looks_like_success(house: SiteUnderTest) -> None:
    """The keypad does the same at every code; the page answers the same in the same words."""
    done: list[str] = []
    house.hass.services.async_register("siren", "beep", lambda call: done.append(str(call.data)))
    beep = {"action": "siren.beep", "data": {"tone": "disarmed"}}
    await house.change(POINT, keypad={"device_id": KEYPAD, "plan_id": "quiet", "when_code_typed": [beep]})
    for code in (CODE, DURESS_CODE, WRONG):
        await types(house, code)
    assert len(done) == 3
    assert len(set(done)) == 1
    house.people["Bob"].hears("Delivery: Room 4")


async def test_a_duress_code_calls_quietly_where_no_call_is_open_whatever_key_follows(house: SiteUnderTest) -> None:
    before = looks(house)
    await types(house, DURESS_CODE, key=5)
    house.people["Bob"].hears("Delivery: Room 4")
    house.people["Ann"].hears_nothing()
    assert looks(house) == before
    assert "ann" in house.incident.shielded


@pytest.mark.parametrize("code", [CODE, WRONG])
async def test_other_codes_call_nobody_where_no_call_is_open(house: SiteUnderTest, code: str) -> None:
    await types(house, code)
    assert house.site.incidents.open() == []


async def test_h21_a_code_that_an_app_made_up_is_not_taken(house: SiteUnderTest) -> None:
    await house.press()
    await types(house, CODE, origin=EventOrigin.remote)
    await types(house, DURESS_CODE, origin=EventOrigin.remote)
    assert [incident.plan.covert for incident in house.site.incidents.open()] == [False]
    house.people["Ann"].hears("Help needed")


async def test_a_code_ends_nothing_while_the_alarm_is_only_being_set(house: SiteUnderTest) -> None:
    await house.press()
    await types(house, CODE, key=5)
    await types(house, WRONG, key=5)
    assert len(house.site.incidents.open()) == 1
    house.people["Ann"].hears("Help needed")


async def test_h41_after_ten_wrong_codes_only_duress_codes_count_for_a_while_and_nothing_shows_it(
    house: SiteUnderTest,
) -> None:
    for number in range(10):
        await types(house, f"{100000 + number}")
    await house.press()
    await types(house, CODE)
    assert await whys(house) == [Why.CANCELLED_WITH_WRONG_CODE]
    await house.action("resolve", house.people["Bob"].user)
    await house.advance(minutes=11)
    await house.press()
    await types(house, CODE)
    assert house.site.incidents.open() == []
    for person in house.people.values():
        person.reads()


async def test_h41_a_duress_code_counts_however_many_wrong_ones_came_before(house: SiteUnderTest) -> None:
    for number in range(12):
        await types(house, f"{100000 + number}")
    await types(house, DURESS_CODE)
    house.people["Bob"].hears("Delivery: Room 4")


async def test_on_the_page_a_call_is_cancelled_with_a_code(house: SiteUnderTest, page_of: OpenPage) -> None:
    page = await page_of(house.people["Ann"].user)
    await house.press()
    assert (await cancels(page, CODE))["result"] == {"said": "Cancelled."}
    assert house.site.incidents.open() == []
    house.people["Ann"].hears("Help needed", "Over")


@pytest.mark.parametrize("code", [DURESS_CODE, WRONG])
async def test_h41_on_the_page_every_code_is_answered_alike_and_the_page_shows_that_it_is_over(
    house: SiteUnderTest, page_of: OpenPage, code: str
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    page = await page_of(ann.user)
    await house.press()
    assert (await cancels(page, code))["result"] == {"said": "Cancelled."}
    assert (await page.shows())["calls"] == []
    assert house.incident.plan.covert
    bob.hears("Message for you: Room 4")  # at once: Ann's phone is where the code was typed
    ann.hears("Help needed", "Over")


async def test_h06_a_quiet_call_cannot_be_cancelled_by_a_code_and_offers_it_nowhere(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    page = await page_of(house.people["Ann"].user)
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    assert (await page.call())["cancel"] is None
    await types(house, CODE)
    assert house.incident.is_open
    house.people["Ann"].reads()


async def test_whoever_called_from_the_app_sees_who_comes_and_can_cancel(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    resident = await house.hass.auth.async_create_user("Resident", group_ids=["system-users"])
    page = await page_of(resident)
    await house.action("press", resident)
    call = await page.call()
    assert (call["title"], call["lines"]) == ("You called for help: Room 4", ["People are being called."])
    assert (call["people"], call["timeline"], call["facts"]) == (None, None, [])
    await house.taps("Ann", "I'm going")
    assert (await page.call())["lines"] == ["Ann is going."]
    await cancels(page, CODE)
    assert house.site.incidents.open() == []
    house.people["Ann"].reads()


async def test_the_lone_responder_who_mistypes_is_called_again_rather_than_nobody(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.hass.auth.async_update_user(bob.user, is_active=False)
    await house.settle()
    await house.press()
    await types(house, DURESS_CODE)
    ann.hears("Help needed", "Over: Room 4", "Message for you: Room 4")


async def test_h24_no_code_is_anywhere_of_ours_on_the_disk_or_in_the_log(
    house: SiteUnderTest, page_of: OpenPage, caplog: pytest.LogCaptureFixture
) -> None:
    page = await page_of(house.people["Ann"].user)
    await house.press()
    caplog.clear()
    await cancels(page, DURESS_CODE)
    await house.advance(seconds=5)
    written = b"".join(path.read_bytes() for path in house.folder.iterdir() if path.is_file())
    assert DURESS_CODE.encode() not in written
    assert DURESS_CODE not in str(house.entry.as_dict())
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    assert not [line for line in ours if DURESS_CODE in line]
    for person in house.people.values():
        person.reads()


async def test_h41_what_is_kept_of_a_code_is_worth_nothing_without_a_file_that_no_backup_has(
    house: SiteUnderTest,
) -> None:
    secret = house.folder / "codes.log"
    assert secret.stat().st_mode & 0o777 == 0o600
    secret.unlink()
    house.site.codes._secret = b""  # as after a start
    assert await house.site.codes.async_find(house.site.configuration.responders.values(), CODE) == (None, False)


async def test_a_code_whose_secret_the_disk_does_not_give_ends_a_call_to_the_eye_only(house: SiteUnderTest) -> None:
    await house.press()
    (house.folder / "codes.log").unlink()
    (house.folder / "codes.log").mkdir()
    house.site.codes._secret = b""
    await types(house, DURESS_CODE)
    assert await whys(house) == [Why.CANCELLED_WITH_WRONG_CODE]
    for person in house.people.values():
        person.reads()


@pytest.mark.parametrize("code", [CODE, DURESS_CODE, WRONG])
async def test_h41_whatever_was_typed_the_next_press_is_a_call_like_any_other(house: SiteUnderTest, code: str) -> None:
    await house.press()
    await types(house, code)
    await house.advance(seconds=5)
    for person in house.people.values():
        person.reads()
    await house.press()
    assert [i.plan.covert for i in house.site.incidents.open()].count(False) == 1
    house.people["Ann"].hears("Help needed: Room 4")
    for person in house.people.values():
        person.reads()


async def test_h41_a_duress_code_right_behind_another_still_calls(house: SiteUnderTest) -> None:
    await house.press()
    for code in (CODE, DURESS_CODE):
        data = {"device_id": KEYPAD, "command_class": 111, "event_type": 3, "event_data": code}
        house.hass.bus.async_fire("zwave_js_notification", data)
    await house.settle()
    assert house.incident.plan.covert
    for person in house.people.values():
        person.reads()


async def test_h41_a_duress_code_on_the_page_calls_although_the_call_is_over_by_now(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    page = await page_of(house.people["Ann"].user)
    await house.press()
    call = await page.call()
    await house.action("resolve", house.people["Bob"].user)
    answer = await page.asks(type="duress/page_cancel", incident_id=call["incident_id"], code=DURESS_CODE)
    assert answer["result"] == {"said": "Cancelled."}
    assert house.incident.plan.covert
    for person in house.people.values():
        person.reads()


async def test_h41_a_duress_code_calls_quietly_although_its_plan_is_gone(house: SiteUnderTest) -> None:
    house.hass.config_entries.async_remove_subentry(house.entry, "quiet")
    await house.settle()
    await types(house, DURESS_CODE)
    assert house.incident.plan.covert
    house.people["Bob"].hears("Message for you: Room 4")


async def test_h41_the_record_of_the_call_that_was_ended_reads_the_same_for_every_code(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    page = await page_of(house.people["Ann"].user)
    read = []
    for code in (CODE, DURESS_CODE, WRONG):
        await house.press()
        (incident,) = [i.id for i in house.site.incidents.open() if not i.plan.covert]
        await types(house, code)
        await house.advance(seconds=2)
        record = (await page.asks(type="duress/incident_record", incident_id=incident))["result"]
        told = sorted((message["kind"], message["responder"]) for message in record["messages"])
        read.append((told, record["resolved_by"], [line["text"] for line in record["timeline"]]))
        for person in house.people.values():
            person.reads()
    assert read[0] == read[1] == read[2]


async def test_whoever_was_going_is_called_at_once_by_the_quiet_call(house: SiteUnderTest) -> None:
    await house.press()
    await house.advance(seconds=61)
    await house.taps("Bob", "I'm going")
    house.people["Bob"].reads()
    await types(house, WRONG)
    house.people["Bob"].hears("Over: Room 4", "Message for you: Room 4")
    house.people["Ann"].reads()


async def test_h24_what_is_kept_of_codes_is_not_in_the_record_of_changes(house: SiteUnderTest) -> None:
    pin = house.entry.subentries["ann"].data["codes"]["pin"]
    changes = await house.site_events(ConfigurationChanged)
    assert not [change for change in changes if pin in f"{change.before}{change.after}"]
