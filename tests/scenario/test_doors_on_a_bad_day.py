"""Doors on a bad day: slow bolts, a fire, two calls that want one door, a lock that fails each time."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later
import pytest

from custom_components.duress.engine.commands import ReportDoor
from custom_components.duress.engine.kinds import Reply
from custom_components.duress.engine.plan import CallType
from custom_components.duress.site import Site
from tests.site import PLAN, SiteUnderTest

from .test_doors import Locks, TestLock, add_smoke_detector, house, lock_down, lock_the_shop, locks, release, shop
from .test_page import OpenPage, page_of

__all__ = ["house", "locks", "page_of"]


async def add(house: SiteUnderTest, identifier: str, kind: str, data: dict[str, Any]) -> None:
    subentry = ConfigSubentry(
        data=MappingProxyType(data), subentry_id=identifier, subentry_type=kind, title=identifier, unique_id=None
    )
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    await house.settle()


async def add_till(house: SiteUnderTest, plan: str) -> None:
    """Add a button that calls by a plan of its own."""
    trigger = {"platform": "event", "event_type": "till"}
    till = {"id": "till", "trigger": trigger, "gesture": "single", "plan_id": plan}
    await add(house, "till", "trigger_point", {"sources": [till]})


async def test_two_calls_that_say_different_things_of_one_door_are_told_so_once(
    house: SiteUnderTest, locks: Locks, page_of: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.change("back", may_lock=True)
    both = {"steps": [{"after": 0, "responders": ["ann", "bob"]}], "repeat_after": 60}
    await house.change(PLAN, **both, doors={"unlocked": {"going": ["back"]}})
    await add(
        house, "hold_up", "response_plan", {**both, "call_type": "hold_up", "doors": {"locked": {"at_once": ["back"]}}}
    )
    await add_till(house, "hold_up")
    house.hass.bus.async_fire("till")
    await house.press()
    await house.advance(seconds=8)
    hold_up, fall = house.site.incidents.open()
    for incident, name in ((hold_up, "Ann"), (fall, "Bob")):
        house.site.async_answer(incident, house.site.actor(house.people[name].user.id), Reply.GOING)
        await house.settle()

    async def asks_for_the_door(name: str, incident: str) -> None:
        page = await page_of(house.people[name].user)
        assert (await page.asks(type="duress/page_unlock", incident_id=incident, door="back"))["success"]

    await asks_for_the_door("Ann", hold_up.id)
    await house.advance(seconds=8)
    locks["Back"].set(locked=True)  # it locks by itself behind her
    await house.advance(seconds=8)
    reported, handle = 0, Site.handle

    def counted(site: Site, command: Any, incident: str) -> Any:
        nonlocal reported
        reported += isinstance(command, ReportDoor)
        return handle(site, command, incident) if reported < 500 else []

    monkeypatch.setattr(Site, "handle", counted)
    await asks_for_the_door("Bob", fall.id)
    await house.advance(seconds=8)
    assert reported < 100


def slow(house: SiteUnderTest, lock: TestLock, seconds: float) -> None:
    """Have a bolt turn only so long after its lock was told."""

    async def turn(told: str, *, locked: bool) -> None:
        lock.told.append(told)

        @callback
        def turned(_now: Any) -> None:
            lock.set(locked=locked)

        async_call_later(house.hass, seconds, turned)

    lock._turn = turn  # type: ignore[method-assign]


async def test_h09_a_slow_bolt_that_is_not_wanted_open_any_more_is_locked_all_the_same(
    house: SiteUnderTest, locks: Locks
) -> None:
    slow(house, locks["Front"], 10)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=2)
    await house.taps("Ann", "Can't go")
    await house.advance(minutes=2)
    told = [message.title for person in house.people.values() for message in person.reads()]
    assert locks["Front"].is_locked or any("Not locked" in title for title in told)


async def test_h08_a_slow_bolt_on_its_way_when_a_fire_begins_is_unlocked(house: SiteUnderTest, locks: Locks) -> None:
    await house.change("back", may_lock=True)
    await add_smoke_detector(house)
    locks["Back"].set(locked=False)
    slow(house, locks["Back"], 10)
    await lock_down(house, "Bob")
    await house.advance(seconds=2)
    house.hass.states.async_set("binary_sensor.smoke", "on")
    await house.advance(minutes=2)
    assert not locks["Back"].is_locked


async def fire(house: SiteUnderTest, locks: Locks) -> None:
    """Have a quiet call lock the back door, and then a fire unlock it."""
    await shop(house)
    await add_smoke_detector(house)
    locks["Back"].set(locked=False)
    await house.press()
    await house.advance(seconds=8)
    house.hass.states.async_set("binary_sensor.smoke", "on")
    await house.advance(seconds=10)
    assert locks["Back"].told == ["lock", "unlock"]


async def test_h08_a_detector_that_burns_does_not_lock_the_doors_again(house: SiteUnderTest, locks: Locks) -> None:
    await fire(house, locks)
    house.hass.states.async_set("binary_sensor.smoke", "unavailable")
    await house.advance(seconds=10)
    assert locks["Back"].told == ["lock", "unlock"]


async def test_h08_a_start_in_a_fire_does_not_lock_the_doors_again(house: SiteUnderTest, locks: Locks) -> None:
    await fire(house, locks)
    await house.power_cut(lambda: house.hass.states.async_set("binary_sensor.smoke", "unavailable"), seconds=60)
    await house.advance(seconds=1)
    assert locks["Back"].told == ["lock", "unlock"]


async def test_h08_a_lock_that_was_away_as_a_fire_began_is_unlocked_when_it_is_back(
    house: SiteUnderTest, locks: Locks
) -> None:
    await shop(house)
    await add_smoke_detector(house)
    locks["Back"].set(locked=False)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    locks["Back"].set(available=False)
    house.hass.states.async_set("binary_sensor.smoke", "on")
    await house.advance(minutes=2)
    said = [message.body for message in house.people["Ann"].reads()]
    assert "Back door did not lock: fire alarm." not in said[-1]  # it is locked
    locks["Back"].set(available=True)
    await house.advance(minutes=1)
    assert locks["Back"].told == ["lock", "unlock"]


async def test_h08_a_door_found_to_be_an_escape_route_while_it_is_locked_is_unlocked(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.change_responder("Bob", manager=True)
    await house.change("back", may_lock=True)
    locks["Back"].set(locked=False)
    await lock_down(house, "Bob")
    await house.advance(seconds=8)
    assert locks["Back"].told == ["lock"]
    await house.change("back", may_lock=False)
    await house.advance(seconds=60)
    await release(house, "Bob")
    await house.advance(seconds=60)
    assert locks["Back"].told == ["lock", "unlock"]


async def test_h09_people_are_called_each_time_that_a_door_does_not_lock_again(
    house: SiteUnderTest, locks: Locks
) -> None:
    for _ in range(2):
        await house.press()
        locks["Front"].jams = False  # only locking jams: the door sags
        await house.taps_going("Ann")
        await house.advance(seconds=8)
        locks["Front"].jams = True
        await house.taps("Ann", "I'm there")
        await house.taps("Ann", "Person helped")
        await house.advance(seconds=90)
        assert [incident.plan.call_type for incident in house.site.incidents.open()] == [CallType.DOOR]
        for button in ("I'm going", "I'm there", "It is locked"):  # with the key
            await house.taps("Ann", button)
        await house.advance(minutes=20)
        assert house.site.incidents.open() == []


async def test_h09_a_door_we_opened_that_jams_in_a_lockdown_still_calls_once_it_is_released(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.change_responder("Bob", manager=True)
    await house.change("front", may_lock=True)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    locks["Front"].jams = True
    await lock_down(house, "Bob")
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    await house.advance(seconds=90)
    await release(house, "Bob")
    await house.advance(minutes=20)
    told = [message.title for person in house.people.values() for message in person.reads()]
    assert any("Not locked" in title for title in told)


async def test_h08_nobody_is_sent_to_lock_a_door_while_there_is_a_fire(house: SiteUnderTest, locks: Locks) -> None:
    await add_smoke_detector(house)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    house.hass.states.async_set("binary_sensor.smoke", "on")
    await house.settle()
    for button in ("I'm there", "Person helped"):
        await house.taps("Ann", button)
    await house.advance(seconds=90)
    said = [message.body for person in house.people.values() for message in person.reads()]
    assert not any("Go and see, and lock it" in body for body in said)
    house.hass.states.async_set("binary_sensor.smoke", "off")
    await house.advance(seconds=5)
    assert house.incident.plan.call_type is CallType.DOOR  # it is for a person afterwards


async def test_a_door_that_a_call_had_locked_and_that_does_not_unlock_again_is_told_to_those_in_charge(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.change_responder("Bob", manager=True)
    await lock_the_shop(house, locks)
    locks["Back"].is_deaf = True
    await house.taps("Ann", "It is over")
    house.people["Bob"].reads()
    await house.advance(minutes=2)
    (told,) = [message for message in house.people["Bob"].reads() if "Still locked" in message.title]
    assert (told.title, told.body) == ("Still locked: Back door", "Back door did not unlock: no answer.")


async def test_a_door_is_not_locked_in_front_of_whoever_goes_because_the_button_was_pressed_again(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=30)
    await house.press()
    await house.advance(seconds=30)
    assert locks["Front"].told == ["unlock"]
    await house.taps_going("Ann")
    await house.advance(seconds=60)
    assert locks["Front"].told == ["unlock"]
    await house.press()
    await house.advance(seconds=70)
    assert locks["Front"].told == ["unlock", "lock"]


async def test_h09_no_door_opens_for_what_somebody_says_at_a_desk(house: SiteUnderTest, locks: Locks) -> None:
    await house.change_responder("Ann", desk=True)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=30)
    assert locks["Front"].told == []


async def test_h06_a_door_that_a_quiet_call_holds_is_not_said_to_be_in_a_lockdown(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.change("front", may_lock=True)
    plan = {"steps": [{"after": 0, "responders": ["bob"]}], "repeat_after": 60, "call_type": "hold_up", "covert": True}
    await add(house, "quiet", "response_plan", {**plan, "doors": {"locked": {"at_once": ["front"]}}})
    await add_till(house, "quiet")
    house.hass.bus.async_fire("till")
    await house.press()
    await house.advance(seconds=8)
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    assert "Front door did not unlock: it has to stay locked." in house.people["Ann"].reads()[-1].body
