"""Caretakers automate around calls with triggers and conditions of ours; a quiet call runs only what asks for it."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import condition
from homeassistant.setup import async_setup_component
import pytest

from custom_components.duress.call_trigger import CALL_TRIGGERS
from tests.site import PLAN, SiteUnderTest

NOTE = {
    "action": "diary.note",
    "data": {
        "what": "{{ trigger.platform }}",
        "who": "{{ trigger.person }}",
        "where": "{{ trigger.trigger_point }}",
        "quiet": "{{ trigger.quiet }}",
        "kind": "{{ trigger.call_type }}",
    },
}


class Diary:
    """An action that keeps what it was called with."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.lines: list[dict[str, Any]] = []
        hass.services.async_register("diary", "note", self._note)

    async def _note(self, call: ServiceCall) -> None:
        self.lines.append(dict(call.data))

    def heard(self) -> list[str]:
        """Return what happened since it was last asked for."""
        lines, self.lines = self.lines, []
        return [line["what"].removeprefix("duress.call_") for line in lines]


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann is called and Bob a minute later."""
    await site.set_up_ann_then_bob()
    return site


async def automate(house: SiteUnderTest, **options: Any) -> Diary:
    """Write down all that happens to calls."""
    diary = Diary(house.hass)
    triggers = [{"trigger": f"duress.{key}", "options": options} for key in CALL_TRIGGERS]
    automation = {"alias": "Diary", "mode": "queued", "max": 50, "triggers": triggers, "actions": [NOTE]}
    assert await async_setup_component(house.hass, "automation", {"automation": [automation]})
    await house.settle()
    return diary


async def holds(house: SiteUnderTest, key: str) -> bool:
    config = await condition.async_validate_condition_config(house.hass, {"condition": f"duress.{key}"})
    checker = await condition.async_from_config(house.hass, config)
    result = checker.async_check()
    checker.async_unload()
    return bool(result)


async def test_each_step_of_a_call_runs_what_listens_for_it_with_what_is_known(house: SiteUnderTest) -> None:
    diary = await automate(house)
    await house.press()
    await house.advance(seconds=1)
    await house.press()
    await house.taps("Ann", "I'm going")
    (first, *_, answered) = diary.lines
    assert (first["where"], first["kind"], first["quiet"]) == ("Room 4", "resident", False)
    assert answered["who"] == "Ann"
    assert diary.heard() == ["opened", "pressed_again", "answered"]
    await house.taps("Ann", "Need more help")
    await house.taps("Ann", "I'm there")
    await house.taps("Ann", "Person helped")
    assert diary.heard() == ["more_help_asked", "arrived", "over"]
    for person in house.people.values():
        person.reads()


async def test_what_nobody_does_runs_what_listens_for_it(house: SiteUnderTest) -> None:
    diary = await automate(house)
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.advance(minutes=11)
    assert "answer_lapsed" in diary.heard()
    for person in house.people.values():
        person.reads()


async def test_h06_a_quiet_call_runs_nothing_that_does_not_ask_for_quiet_calls(house: SiteUnderTest) -> None:
    diary = await automate(house)
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    await house.taps("Ann", "I see to it")
    assert diary.heard() == []
    house.people["Ann"].reads()


async def test_a_quiet_call_runs_what_asks_for_it_with_all_that_is_known(house: SiteUnderTest) -> None:
    diary = await automate(house, quiet_too=True, call_type=["hold_up"])
    await house.press()
    assert diary.heard() == []
    await house.action("resolve", house.people["Ann"].user)
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    assert diary.lines[0]["quiet"] is True
    assert diary.heard() == ["opened"]
    house.people["Ann"].reads()


async def test_an_automation_can_be_for_some_trigger_points_only_and_survives_a_reload_of_the_site(
    house: SiteUnderTest,
) -> None:
    await house.add_point("Room 7", {"platform": "event", "event_type": "seven"})
    diary = await automate(house, trigger_points=[house.device_of("room_7")])
    await house.press()
    assert diary.heard() == []
    assert await house.hass.config_entries.async_reload(house.entry.entry_id)
    house.hass.bus.async_fire("seven")
    await house.settle()
    assert diary.heard() == ["opened"]
    for person in house.people.values():
        person.reads()


async def test_h06_no_condition_tells_of_a_quiet_call(house: SiteUnderTest) -> None:
    assert not await holds(house, "is_call_open")
    await house.press()
    assert await holds(house, "is_call_open")
    await house.action("resolve", house.people["Ann"].user)
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    assert not await holds(house, "is_call_open")
    house.people["Ann"].reads()


async def test_whether_somebody_is_on_duty_can_be_asked(house: SiteUnderTest) -> None:
    assert await holds(house, "is_somebody_on_duty")
    for person in house.people.values():
        await house.hass.auth.async_update_user(person.user, is_active=False)
    await house.settle()
    assert not await holds(house, "is_somebody_on_duty")
