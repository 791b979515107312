"""Doors are moved for a call and for a lockdown, are believed only as far as locks deserve it, and come back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
import logging
from typing import Any

from homeassistant.components.lock import LockEntity
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockPlatform, mock_platform

from custom_components.duress.const import DOMAIN
from custom_components.duress.doorkeeper import Doorkeeper
from custom_components.duress.engine.door_events import LockdownChanged
from custom_components.duress.engine.doors import Bolt, Stage
from custom_components.duress.engine.kinds import Reply
from custom_components.duress.engine.plan import CallType
from custom_components.duress.engine.why import Why
from tests.site import PLAN, SiteUnderTest

from .test_page import OpenPage, page_of

__all__ = ["page_of"]


class TestLock(LockEntity):
    """A lock whose bolt takes two seconds, or that fails in the way a test says."""

    __test__ = False
    _attr_should_poll = False

    def __init__(self, name: str) -> None:
        super().__init__()
        self._attr_name = name
        self._attr_unique_id = name
        self.entity_id = f"lock.{name.lower()}"
        self._attr_is_locked = True
        self.jams = False
        self.is_deaf = False
        self.told: list[str] = []

    async def async_lock(self, **kwargs: Any) -> None:
        await self._turn("lock", locked=True)

    async def async_unlock(self, **kwargs: Any) -> None:
        await self._turn("unlock", locked=False)

    async def _turn(self, told: str, *, locked: bool) -> None:
        self.told.append(told)
        if self.is_deaf:
            return
        if self.jams:
            self.set(jammed=True)
        else:
            self.set(locked=locked)

    def set(self, *, locked: bool | None = None, jammed: bool = False, available: bool = True) -> None:
        """Have it say something else."""
        self._attr_is_locked = self._attr_is_locked if locked is None else locked
        self._attr_is_jammed = jammed
        self._attr_available = available
        self.async_write_ha_state()


type Locks = dict[str, TestLock]
NAMES = ("Front", "Back", "Side")


@pytest.fixture
async def locks(hass: HomeAssistant) -> Locks:
    """Return the locks of three doors, which are all locked."""
    known = {name: TestLock(name) for name in NAMES}

    async def add(_hass: HomeAssistant, _config: Any, add_entities: Any, _info: Any = None) -> None:
        add_entities(known.values())

    mock_platform(hass, "test.lock", MockPlatform(async_setup_platform=add))
    assert await async_setup_component(hass, "lock", {"lock": {"platform": "test"}})
    await hass.async_block_till_done()
    return known


@pytest.fixture
async def house(locks: Locks, site: SiteUnderTest) -> AsyncIterator[SiteUnderTest]:
    """Return a house where Ann is called and Bob a minute later; the front door opens for whoever goes."""
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), (60, ["Bob"]), doors={"unlocked": {"going": ["front"]}})
    for name in NAMES:
        await site.add_door(name.lower(), f"{name} door", {"lock": f"lock.{name.lower()}"})
    yield site
    for person in site.people.values():  # what is said beside doors is told elsewhere
        person.reads()


async def shop(house: SiteUnderTest, **doors: Any) -> None:
    """Make it a shop with a quiet plan that locks the back door and the side door, of which only the back may be."""
    await house.change("back", may_lock=True)
    await house.change(PLAN, call_type="staff_duress", covert=True, doors={"locked": {"at_once": ["back", "side"]}})


async def add_smoke_detector(house: SiteUnderTest) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"fire_sensors": ["binary_sensor.smoke"]})
    await house.settle()


async def lock_the_shop(house: SiteUnderTest, locks: Locks) -> None:
    """Have a quiet call lock the back door, to which Ann goes and where she is now."""
    await shop(house)
    locks["Back"].set(locked=False)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    await house.taps("Ann", "I'm there")


def results(house: SiteUnderTest) -> dict[str, tuple[Bolt, Stage, Why | None]]:
    return {door: (r.bolt, r.stage, r.why) for door, r in house.incident.doors.items()}


async def test_h09_a_press_alone_opens_no_door_and_a_named_answer_does(house: SiteUnderTest, locks: Locks) -> None:
    await house.press()
    await house.advance(seconds=70)
    assert locks["Front"].told == []
    await house.taps_going("Ann")
    assert locks["Front"].told == ["unlock"]
    assert results(house) == {}
    await house.advance(seconds=8)
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.DONE, None)}
    assert "Front door is unlocked." in house.people["Ann"].reads()[-1].body
    assert "Front door" not in house.people["Bob"].reads()[-1].body


async def test_h09_the_door_is_locked_again_once_the_call_is_over(house: SiteUnderTest, locks: Locks) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    incident = house.incident.id
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    assert locks["Front"].told == ["unlock", "lock"]
    await house.advance(seconds=40)
    assert locks["Front"].is_locked
    assert house.site.incidents.open() == []
    record = await house.events(incident)
    assert [event.bolt for event in record if hasattr(event, "bolt")] == [Bolt.UNLOCKED, Bolt.LOCKED]


async def test_h09_the_door_is_locked_again_when_whoever_goes_cannot_after_all(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    await house.taps("Ann", "Can't go")
    assert locks["Front"].told == ["unlock", "lock"]


async def test_h09_the_door_is_locked_again_when_its_time_is_over(house: SiteUnderTest, locks: Locks) -> None:
    await house.change(PLAN, doors_for=120)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=119)
    assert locks["Front"].told == ["unlock"]
    await house.advance(seconds=2)
    assert locks["Front"].told == ["unlock", "lock"]


async def test_h09_a_door_that_does_not_lock_again_calls_until_somebody_says_that_it_is(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    locks["Front"].jams = True
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    house.people["Ann"].reads()
    house.people["Bob"].reads()
    await house.advance(seconds=90)
    assert locks["Front"].told == ["unlock", "lock", "lock", "lock"]
    ann = house.people["Ann"]
    assert ann.reads()[0].title == "Not locked: Front door"
    await house.advance(seconds=60)
    assert "Not locked" in ann.reads()[0].title
    await house.taps_going("Ann")
    (told,) = ann.reads()[-1:]
    assert told.title == "You have it: Front door"
    assert told.body.startswith("It was unlocked for a call and is not locked again.")
    assert "person" not in told.body
    await house.taps("Ann", "I'm there")
    locks["Front"].set(locked=True)
    await house.advance(seconds=10)
    assert house.incident.doors["front"].stage is Stage.DONE
    await house.taps("Ann", "It is locked")
    assert house.site.incidents.open() == []
    await house.advance(minutes=10)
    assert locks["Front"].told == ["unlock", "lock", "lock", "lock"]


async def test_h09_nothing_is_moved_after_a_long_outage_and_people_are_called_to_the_open_door(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    await house.power_cut(hours=3)
    assert locks["Front"].told == ["unlock"]
    titles = {notification.title for notification in house.people["Ann"].reads()}
    assert "Not locked: Front door" in titles
    incidents = len(house.site.incidents.open())
    await house.power_cut(seconds=10)
    assert len(house.site.incidents.open()) == incidents


async def test_a_door_on_its_way_when_the_power_fails_is_as_wanted_after_it(house: SiteUnderTest, locks: Locks) -> None:
    locks["Front"].is_deaf = True
    await house.press()
    await house.taps_going("Ann")
    assert locks["Front"].told == ["unlock"]
    locks["Front"].is_deaf = False
    await house.power_cut(seconds=5)
    assert locks["Front"].told == ["unlock", "unlock"]
    await house.advance(seconds=8)
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.DONE, None)}


async def test_h29_an_old_backup_moves_no_door(house: SiteUnderTest, locks: Locks) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    locks["Front"].set(locked=True)
    told = len(locks["Front"].told)

    def restore() -> None:
        (house.folder / "checkpoint.log").unlink()
        (house.folder / "alive.log").unlink(missing_ok=True)

    await house.power_cut(restore, days=7)
    assert house.incident.stale
    await house.advance(minutes=5)
    assert len(locks["Front"].told) == told


async def test_h08_a_call_for_help_never_locks_anything_and_a_quiet_one_only_what_was_looked_at(
    house: SiteUnderTest, locks: Locks
) -> None:
    for lock in locks.values():
        lock.set(locked=False)
    await house.change("back", may_lock=True)
    await house.change(PLAN, call_type="medical", doors={"locked": {"at_once": ["back", "side"]}})
    await house.press()
    await house.advance(seconds=30)
    assert [lock.told for lock in locks.values()] == [[], [], []]
    await shop(house)
    await house.taps("Ann", "I'm going")
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    await house.press()
    await house.advance(seconds=8)
    assert locks["Back"].told == ["lock"]
    assert locks["Side"].told == []
    expected = {
        "back": (Bolt.LOCKED, Stage.DONE, None),
        "side": (Bolt.LOCKED, Stage.KEPT, Why.ESCAPE_ROUTE),
    }
    assert results(house) == expected


async def test_of_a_quiet_call_only_whoever_has_answered_reads_of_doors(house: SiteUnderTest, locks: Locks) -> None:
    await shop(house)
    locks["Back"].set(locked=False)
    await house.press()
    await house.advance(seconds=8)
    assert "door" not in "".join(n.body for n in house.people["Ann"].reads())
    await house.taps_going("Ann")
    said = house.people["Ann"].reads()[-1].body
    assert "Side door did not lock: it is an escape route. Back door is locked." in said


async def test_doors_that_were_locked_for_a_call_are_unlocked_when_a_known_person_ends_it(
    house: SiteUnderTest, locks: Locks
) -> None:
    await lock_the_shop(house, locks)
    await house.taps("Ann", "It is over")
    assert locks["Back"].told == ["lock", "unlock"]


async def test_doors_stay_locked_where_a_plan_says_so(house: SiteUnderTest, locks: Locks) -> None:
    await house.change(PLAN, doors_restored=False)
    await lock_the_shop(house, locks)
    await house.taps("Ann", "It is over")
    await house.advance(seconds=60)
    assert locks["Back"].told == ["lock"]


async def test_h08_a_fire_unlocks_what_was_locked(house: SiteUnderTest, locks: Locks) -> None:
    await shop(house)
    await add_smoke_detector(house)
    locks["Back"].set(locked=False)
    await house.press()
    await house.advance(seconds=8)
    house.hass.states.async_set("binary_sensor.smoke", "on")
    await house.settle()
    assert locks["Back"].told == ["lock", "unlock"]
    await house.advance(seconds=8)
    assert results(house)["back"] == (Bolt.LOCKED, Stage.KEPT, Why.FIRE)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"jams": True}, Why.DOOR_JAMMED),
        ({"is_deaf": True}, Why.DOOR_SILENT),
        ({"_attr_available": False}, Why.DOOR_GONE),
    ],
)
async def test_what_is_wrong_with_a_lock_is_told_and_nobody_waits_for_it(
    house: SiteUnderTest, locks: Locks, wrong: dict[str, bool], why: Why
) -> None:
    await house.advance(seconds=100)
    for name, value in wrong.items():
        setattr(locks["Front"], name, value)
    locks["Front"].set(available=not wrong.get("_attr_available") and "_attr_available" not in wrong)
    await house.press()
    await house.taps_going("Ann")
    told = house.people["Ann"].reads()
    assert "You have it" in told[-1].title
    await house.advance(seconds=25)
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.FAILED, why)}
    assert "Front door did not unlock" in [*told, *house.people["Ann"].reads()][-1].body


async def test_a_lock_that_raises_is_a_line_and_no_harm(
    house: SiteUnderTest, locks: Locks, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_kwargs: Any) -> None:
        raise HomeAssistantError("secret of the lock")

    monkeypatch.setattr(locks["Front"], "async_unlock", fail)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=25)
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.FAILED, Why.DOOR_SILENT)}
    assert "A door could not be told what is wanted of it: HomeAssistantError" in caplog.text
    warned = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert "secret of the lock" not in "".join(warned)


async def test_actions_stand_in_for_a_lock_and_are_told_to_be_unverifiable(house: SiteUnderTest) -> None:
    done: list[str] = []
    house.hass.bus.async_listen("shutter", lambda event: done.append(event.data["to"]))
    actions = {
        "when_locked": [{"event": "shutter", "event_data": {"to": "down"}}],
        "when_unlocked": [{"event": "shutter", "event_data": {"to": "up"}}],
    }
    await house.add_door("shutter", "Shutter", actions)
    await house.change(PLAN, doors={"unlocked": {"going": ["shutter"]}})
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    assert done == ["up"]
    assert results(house) == {"shutter": (Bolt.UNLOCKED, Stage.DONE, Why.UNVERIFIABLE)}
    await house.taps("Ann", "Can't go")
    await house.advance(seconds=8)
    assert done == ["up", "down"]


async def lock_down(house: SiteUnderTest, name: str, *, answer: bool = False, **data: str) -> Any:
    context = Context(user_id=house.people[name].user.id)
    call = house.hass.services.async_call(
        DOMAIN,
        "lock_down",
        {"site": house.entry.entry_id, **data},
        blocking=True,
        return_response=answer,
        context=context,
    )
    if not answer:
        return await call
    task = asyncio.create_task(call)
    await house.advance(seconds=100)
    return await task


async def release(house: SiteUnderTest, name: str, **data: str) -> None:
    context = Context(user_id=house.people[name].user.id)
    await house.hass.services.async_call(
        DOMAIN, "release_doors", {"site": house.entry.entry_id, **data}, blocking=True, context=context
    )
    await house.settle()


async def test_a_lockdown_locks_what_may_be_and_says_what_became_of_each_door_and_release_restores(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.change_responder("Bob", manager=True)
    for name in ("front", "back"):
        await house.change(name, may_lock=True)
    for lock in locks.values():
        lock.set(locked=False)
    locks["Front"].jams = True
    answer = await lock_down(house, "Ann", answer=True)
    said = [
        "Front door did not lock: jammed.",
        "Back door is locked.",
        "Side door did not lock: it is an escape route.",
    ]
    assert answer == {"doors": said}
    (told,) = house.people["Bob"].reads()
    assert told.title == "Doors are locked down"
    assert told.body.startswith("Ann locked them down at ")
    assert told.body.endswith(" ".join(said))
    assert house.state("binary_sensor.harbour_house_locked_down") == "on"
    with pytest.raises(ServiceValidationError):
        await release(house, "Ann")
    await release(house, "Bob")
    assert locks["Back"].told == ["lock", "unlock"]
    assert locks["Side"].told == []
    assert house.state("binary_sensor.harbour_house_locked_down") == "off"
    with pytest.raises(ServiceValidationError, match="No doors are locked down"):
        await release(house, "Bob")
    changes = await house.site_events(LockdownChanged)
    assert [(change.released, change.by) for change in changes] == [
        (False, house.people["Ann"].user.id),
        (True, house.people["Bob"].user.id),
    ]


async def test_an_area_is_locked_down_and_released_by_itself(house: SiteUnderTest, locks: Locks) -> None:
    await house.change_responder("Bob", manager=True)
    await house.change("back", may_lock=True, area_id="shop")
    await house.change("side", may_lock=True, area_id="store")
    for lock in locks.values():
        lock.set(locked=False)
    await lock_down(house, "Bob", area="shop")
    await house.advance(seconds=8)
    assert (locks["Back"].told, locks["Side"].told) == (["lock"], [])
    with pytest.raises(ServiceValidationError, match="no door to lock"):
        await lock_down(house, "Bob", area="attic")
    await release(house, "Bob", area="shop")
    assert locks["Back"].told == ["lock", "unlock"]


async def test_h22_an_automation_without_a_user_locks_nothing_down(house: SiteUnderTest) -> None:
    for action in ("lock_down", "release_doors"):
        with pytest.raises(ServiceValidationError, match="not allowed"):
            await house.hass.services.async_call(DOMAIN, action, {"site": house.entry.entry_id}, blocking=True)
    with pytest.raises(ServiceValidationError, match="not up"):
        await house.hass.services.async_call(DOMAIN, "lock_down", {"site": "elsewhere"}, blocking=True)


async def test_a_lockdown_outlives_a_power_cut_and_moves_nothing_when_it_comes_back_late(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.change("back", may_lock=True)
    locks["Back"].set(locked=False)
    locks["Back"].is_deaf = True
    await lock_down(house, "Ann")
    await house.settle()
    locks["Back"].is_deaf = False
    await house.power_cut(minutes=2)
    assert locks["Back"].told == ["lock", "lock"]
    await house.advance(seconds=8)
    assert "Back door is locked." in house.people["Ann"].reads()[-1].body
    locks["Back"].set(locked=False)
    await house.power_cut(hours=2)
    await house.advance(minutes=2)
    assert locks["Back"].told == ["lock", "lock"]
    assert house.site.doors.lockdowns


async def test_while_doors_are_locked_down_none_opens_by_itself_and_whoever_goes_can_have_one_opened(
    house: SiteUnderTest, locks: Locks, page_of: OpenPage
) -> None:
    await house.change("front", may_lock=True)
    await lock_down(house, "Bob")
    await house.advance(seconds=8)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    assert locks["Front"].told == []
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.KEPT, Why.LOCKED_DOWN)}
    page = await page_of(house.people["Ann"].user)
    call = await page.call()
    assert "Front door did not unlock: doors are locked down." in call["lines"]
    assert call["doors"]["rows"] == []
    assert {"door": "front", "label": "Unlock Front door"} in call["doors"]["buttons"]
    await page.asks(type="duress/page_unlock", incident_id=call["incident_id"], door="front")
    assert (await page.call())["doors"] is None
    await house.settle()
    assert locks["Front"].told == ["unlock"]
    await house.advance(seconds=8)
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.DONE, None)}
    await house.taps("Ann", "Can't go")
    await house.settle()
    assert locks["Front"].told == ["unlock", "lock"]


async def test_only_whoever_goes_can_have_a_door_opened(house: SiteUnderTest, locks: Locks, page_of: OpenPage) -> None:
    await house.press()
    await house.advance(seconds=61)
    await house.taps_going("Ann")
    page = await page_of(house.people["Bob"].user)
    call = await page.call()
    assert not (call["doors"] or {}).get("buttons")
    for door in ("front", "back", "nowhere"):
        refused = await page.asks(type="duress/page_unlock", incident_id=call["incident_id"], door=door)
        assert not refused["success"]
    assert locks["Front"].told == ["unlock"]


async def test_a_drill_moves_no_door(house: SiteUnderTest, locks: Locks) -> None:
    await house.change_responder("Bob", manager=True)
    await house.action("start_drill", house.people["Bob"].user)
    await house.taps_going("Ann")
    await house.advance(seconds=20)
    assert locks["Front"].told == []


async def test_h53_a_site_that_is_not_live_moves_no_door_for_a_call(house: SiteUnderTest, locks: Locks) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"live": False, "installer": "ann"})
    await house.settle()
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=20)
    assert locks["Front"].told == []


async def test_of_a_door_nothing_shows_in_states_while_a_quiet_call_is_open(house: SiteUnderTest, locks: Locks) -> None:
    await shop(house)
    locks["Back"].set(locked=False)
    changed: list[str] = []

    def note(event: Event[Any]) -> None:
        changed.append(event.data["entity_id"])

    house.hass.bus.async_listen("state_changed", note)
    await house.press()
    await house.advance(seconds=30)
    assert set(changed) == {"lock.back"}


async def test_a_lock_that_is_renamed_is_still_followed(
    house: SiteUnderTest, locks: Locks, entity_registry: er.EntityRegistry
) -> None:
    known = entity_registry.async_get("lock.front")
    assert known is not None
    await house.change("front", lock=known.id)
    entity_registry.async_update_entity("lock.front", new_entity_id="lock.porch")
    await house.settle()
    await house.advance(seconds=31)
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    assert results(house) == {"front": (Bolt.UNLOCKED, Stage.DONE, None)}


async def test_h09_people_are_called_to_an_open_door_though_the_power_failed_before_they_were(
    house: SiteUnderTest, locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    locks["Front"].jams = True
    with monkeypatch.context() as before:
        before.setattr(Doorkeeper, "_call_to", lambda *_: None)
        await house.taps("Ann", "I'm there")
        await house.taps("Ann", "Person helped")
        await house.advance(seconds=90)
        assert house.site.incidents.open() == []
        await house.settle()
    await house.power_cut(seconds=10)
    assert house.incident.plan.call_type is CallType.DOOR


async def test_h09_a_door_that_is_removed_while_it_is_open_is_still_secured(house: SiteUnderTest, locks: Locks) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    house.hass.config_entries.async_remove_subentry(house.entry, "front")
    await house.taps("Ann", "Can't go")
    await house.advance(seconds=8)
    assert locks["Front"].told == ["unlock", "lock"]


async def test_h09_people_are_called_to_a_door_that_was_removed_while_it_was_open_and_nothing_ran(
    house: SiteUnderTest, locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    with monkeypatch.context() as nothing_runs:
        nothing_runs.setattr(Doorkeeper, "run", lambda _self: None)
        house.hass.config_entries.async_remove_subentry(house.entry, "front")
        await house.settle()
    await house.power_cut(hours=1)
    await house.advance(seconds=91)
    titles = [message.title for message in house.people["Ann"].reads()]
    assert "Not locked: place not known" in titles


@pytest.mark.parametrize(
    ("away", "told"), [(timedelta(seconds=10), ["lock", "unlock"]), (timedelta(hours=7), ["lock"])]
)
async def test_h09_a_release_is_carried_out_though_the_power_failed_in_the_middle_of_it_but_not_hours_late(
    house: SiteUnderTest, locks: Locks, monkeypatch: pytest.MonkeyPatch, away: timedelta, told: list[str]
) -> None:
    await house.change_responder("Bob", manager=True)
    await house.change("back", may_lock=True)
    locks["Back"].set(locked=False)
    await lock_down(house, "Bob")
    await house.advance(seconds=8)
    with monkeypatch.context() as cut:
        cut.setattr(Doorkeeper, "run", lambda _self: None)
        await release(house, "Bob")
    await house.power_cut(seconds=away.total_seconds())
    assert locks["Back"].told == told


@pytest.mark.parametrize(("away", "told"), [(timedelta(minutes=5), ["lock", "unlock"]), (timedelta(hours=7), ["lock"])])
async def test_h09_doors_are_unlocked_though_the_power_failed_as_a_call_ended_but_not_hours_late(
    house: SiteUnderTest, locks: Locks, monkeypatch: pytest.MonkeyPatch, away: timedelta, told: list[str]
) -> None:
    await lock_the_shop(house, locks)
    with monkeypatch.context() as cut:
        cut.setattr(Doorkeeper, "run", lambda _self: None)
        await house.taps("Ann", "It is over")
    await house.power_cut(seconds=away.total_seconds())
    await house.advance(seconds=100)
    assert locks["Back"].told == told


async def test_two_calls_share_a_door_which_is_secured_when_the_second_is_over(
    house: SiteUnderTest, locks: Locks
) -> None:
    await house.add_point("Bath", {"platform": "event", "event_type": "bath"})
    await house.press()
    await house.taps_going("Ann")
    await house.advance(seconds=8)
    house.hass.bus.async_fire("bath")
    await house.settle()
    first, second = house.site.incidents.open()
    bob = house.site.actor(house.people["Bob"].user.id)
    house.site.async_answer(second, bob, Reply.GOING)
    await house.advance(seconds=1)
    assert house.site.incidents.get(second.id).doors["front"].stage is Stage.DONE  # type: ignore[union-attr]
    house.site.async_answer(first, house.site.actor(house.people["Ann"].user.id), Reply.OVER)
    await house.advance(seconds=20)
    assert locks["Front"].told == ["unlock"]
    house.site.async_answer(second, bob, Reply.OVER)
    await house.settle()
    assert locks["Front"].told == ["unlock", "lock"]
