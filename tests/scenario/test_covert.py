"""A covert call shows nowhere but on the phones that are called, and nobody who is threatened gets it."""

from typing import Any

from homeassistant.core import Event, callback
from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.site import SiteUnderTest

HOLD_UP: dict[str, Any] = {"call_type": "hold_up", "covert": True}


async def everything_that_shows(site: SiteUnderTest) -> dict[str, Any]:
    """Return the states of all our entities, and our repair issues."""
    states = {state.entity_id: state.as_dict() for state in site.hass.states.async_all() if "room_4" in state.entity_id}
    site_state = site.hass.states.get("sensor.harbour_house_state")
    assert site_state is not None
    return {**states, "site": site_state.as_dict(), "issues": site.issues()}


async def test_h06_nothing_of_ours_moves_while_a_covert_call_comes_and_goes(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), **HOLD_UP)
    moved: list[str] = []

    @callback
    def note(event: Event) -> None:
        moved.append(event.data["entity_id"])

    site.hass.bus.async_listen("state_changed", note)
    before = await everything_that_shows(site)
    await site.press()
    ann.hears("Message for you: Room 4")
    await site.press()
    await site.advance(seconds=61)
    ann.hears("Message for you")
    await site.taps("Ann", "I see to it")
    ann.hears("Message for you")
    await site.action("arrive", ann.user)
    await site.action("resolve", ann.user)
    assert not site.site.incidents.open()
    ann.hears("Message for you", "Message for you")
    assert await everything_that_shows(site) == before
    assert moved == []


async def test_h26_no_repair_issue_tells_of_a_covert_call_that_reaches_nobody(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), **HOLD_UP)
    await site.hass.auth.async_update_user(ann.user, is_active=False)
    await site.settle()
    before = site.issues()
    await site.press()
    assert site.incident.called == ()
    assert site.issues() == before


async def test_h02_a_covert_call_goes_past_whoever_holds_the_button(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]), holders=["Ann"], **HOLD_UP)
    await site.press()
    bob.hears("Message for you")
    ann.hears_nothing()
    await site.advance(minutes=3)
    assert bob.reads()
    ann.hears_nothing()


async def test_h02_an_answer_of_whoever_holds_the_button_looks_accepted_and_changes_nothing(
    site: SiteUnderTest,
) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), holders=["Ann"], **HOLD_UP)
    await site.press()
    bob.hears("Message for you")
    for action in ("acknowledge", "go", "arrive", "decline", "resolve"):
        await site.action(action, ann.user)
    assert site.incident.taken_by is None
    bob.hears_nothing()
    with pytest.raises(ServiceValidationError):
        await site.action("resolve", None)


async def test_h02_where_the_plan_of_a_covert_button_is_gone_its_holder_is_still_not_called(
    site: SiteUnderTest,
) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), holders=["Ann"], **HOLD_UP)
    site.hass.config_entries.async_remove_subentry(site.entry, "plan")
    await site.settle()
    assert "plan_reaches_nobody" in site.issues()
    before = await everything_that_shows(site)
    await site.press()
    bob.hears("Message for you")
    ann.hears_nothing()
    assert await everything_that_shows(site) == before


async def test_h25_what_a_phone_shows_of_a_covert_call_means_nothing_to_others(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), **HOLD_UP, subject="Delivery <b>today</b>")
    await site.press()
    (call,) = ann.reads()
    assert call.title == "Delivery b today /b: Room 4"
    for word in ("help", "hold", "police", "press", "call", "duress", "alarm"):
        assert word not in f"{call.title} {call.body} {call.buttons}".lower()
    assert call.data["visibility"] == "secret"
    assert call.data["push"]["interruption-level"] == "critical"


async def test_h19_who_takes_a_hold_up_is_told_not_to_go_in(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), **HOLD_UP)
    await site.press()
    await site.taps("Ann", "I see to it")
    _, confirmation = ann.reads()
    assert "Do not ring there and do not go in. Call the emergency number" in confirmation.body
    assert confirmation.buttons == ["Police have it", "I can't"]


async def test_h34_a_resident_call_starts_softly_and_breaks_through_from_the_second_step(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up()
    await _start_softly(site)
    await site.press()
    await site.advance(seconds=61)
    soft, loud = ann.reads()
    assert soft.data["push"]["interruption-level"] == "time-sensitive"
    assert (soft.data["channel"], soft.data["importance"]) == ("duress_calls", "high")
    assert loud.data["push"]["interruption-level"] == "critical"
    assert loud.data["channel"] == "alarm_stream"


async def _start_softly(site: SiteUnderTest) -> None:
    plan = site.entry.subentries["plan"]
    steps = [{"after": 0, "responders": ["ann"], "critical": False}]
    site.hass.config_entries.async_update_subentry(site.entry, plan, data={**plan.data, "steps": steps})
    await site.settle()


async def test_h02_who_answers_a_covert_call_whose_plan_is_gone_is_told_that_they_have_it(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), holders=["bob"], **HOLD_UP)
    site.hass.config_entries.async_remove_subentry(site.entry, "plan")
    await site.settle()
    await site.press()
    await site.taps("Ann", "I'm going")
    _, told = ann.reads()
    assert told.body.startswith("You have it.")
    assert told.buttons == ["I'm there", "Can't go"]
