"""Beside phones people are reached through notify entities and actions, on which nobody can answer."""

import asyncio
from datetime import timedelta
from types import MappingProxyType
from typing import Any, override

from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.duress.engine.delivery_events import DeliveryFailed
from custom_components.duress.engine.kinds import DeliveryState
from tests.site import SiteUnderTest


class Mailbox(NotifyEntity):
    """A notify entity that keeps what was sent, or fails as it is told to."""

    _attr_name = "Mailbox"
    _attr_unique_id = "mailbox"

    def __init__(self, *, titled: bool) -> None:
        self._attr_supported_features = NotifyEntityFeature.TITLE if titled else NotifyEntityFeature(0)
        self.sent: list[tuple[str | None, str]] = []
        self.error: Exception | None = None

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append((title, message))


async def mailbox(hass: HomeAssistant, *, titled: bool = True) -> Mailbox:
    """Add a notify entity to this Home Assistant."""
    assert await async_setup_component(hass, "notify", {})
    entity = Mailbox(titled=titled)
    await hass.data["notify"].async_add_entities([entity])
    return entity


class Siren:
    """An action that keeps what it was called with, or fails as it is told to."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.heard: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.silent: asyncio.Event | None = None
        hass.services.async_register("siren", "sound", self._sound)

    async def _sound(self, call: ServiceCall) -> None:
        if self.silent is not None:
            await self.silent.wait()
        if self.error is not None:
            raise self.error
        self.heard.append(dict(call.data))


SOUND = {"action": "siren.sound", "data": {"says": "{{ title }} / {{ message }}"}}
STOP = {"action": "siren.sound", "data": {"stops": "{{ title }}"}}


async def reached_also(site: SiteUnderTest, name: str, **ways: Any) -> None:
    """Give a responder more ways to be reached."""
    subentry = site.entry.subentries[name.lower()]
    site.hass.config_entries.async_update_subentry(site.entry, subentry, data={**subentry.data, **ways})
    await site.settle()


@pytest.mark.parametrize("titled", [True, False])
async def test_a_notify_entity_is_told_of_the_call_and_of_what_becomes_of_it(site: SiteUnderTest, titled: bool) -> None:
    box = await mailbox(site.hass, titled=titled)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", notify_entities=[box.entity_id])
    await site.press()
    await site.taps_going("Ann")
    await site.action("resolve", ann.user)
    ann.hears("Help needed", "You have it", "Over")
    said = [f"{title}\n{body}" if title else body for title, body in box.sent]
    assert [text.splitlines()[0] for text in said] == ["Help needed: Room 4", "You have it: Room 4", "Over: Room 4"]
    assert said[0].splitlines()[-1] == "This message cannot be answered. If you go, tell the others."
    assert not [text for text in said if "Tap" in text]


async def test_a_responder_whose_only_way_goes_away_is_said_to_be_out_of_reach_before_anybody_presses(
    site: SiteUnderTest,
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    box = await mailbox(site.hass)
    responder = ConfigSubentry(
        data=MappingProxyType({"user_id": None, "phones": [], "notify_entities": [box.entity_id]}),
        subentry_id="post",
        subentry_type="responder",
        title="Post",
        unique_id=None,
    )
    site.hass.config_entries.async_add_subentry(site.entry, responder)
    await site.settle()
    assert site.issues() == set()
    site.hass.states.async_set(box.entity_id, "unavailable")
    await site.settle()
    assert site.issues() == {"responder_out_of_reach"}
    site.hass.states.async_set(box.entity_id, "unknown")
    await site.settle()
    assert site.issues() == set()


async def test_a_notify_entity_is_found_under_its_new_name(site: SiteUnderTest) -> None:
    box = await mailbox(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    registry = er.async_get(site.hass)
    entry = registry.async_get(box.entity_id)
    assert entry is not None
    await reached_also(site, "Ann", notify_entities=[entry.id])
    registry.async_update_entity(box.entity_id, new_entity_id="notify.post_room")
    await site.settle()
    await site.press()
    ann.hears("Help needed")
    assert len(box.sent) == 1


async def test_a_notify_entity_that_is_not_there_is_not_claimed_to_have_been_told(site: SiteUnderTest) -> None:
    box = await mailbox(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await reached_also(site, "Ann", notify_entities=[box.entity_id, "notify.never_was"])
    site.hass.states.async_set(box.entity_id, STATE_UNAVAILABLE)
    await site.press()
    ann.hears("Help needed")
    assert {call.channel.partition(":")[0] for call in site.incident.called} == {"phone"}


async def test_h04_a_notify_entity_that_fails_is_a_failure_on_record_and_tried_again(site: SiteUnderTest) -> None:
    box = await mailbox(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", notify_entities=[box.entity_id])
    box.error = HomeAssistantError("mail to ann@example.org failed")
    await site.press()
    (failure,) = [e for e in await site.events(site.incident.id) if isinstance(e, DeliveryFailed)]
    assert failure.error == "HomeAssistantError"
    box.error = None
    await site.advance(seconds=16)
    assert len(box.sent) == 1
    ann.hears("Help needed")


async def test_a_notify_entity_that_goes_while_a_message_is_owed_is_a_failure_on_record(site: SiteUnderTest) -> None:
    box = await mailbox(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", notify_entities=[box.entity_id])
    box.error = HomeAssistantError("failed")
    await site.press()
    site.hass.states.async_set(box.entity_id, STATE_UNAVAILABLE)
    await site.advance(seconds=16)
    failures = [e.error for e in await site.events(site.incident.id) if isinstance(e, DeliveryFailed)]
    assert failures == ["HomeAssistantError", "the responder can no longer be reached there"]
    ann.hears("Help needed")


async def test_actions_run_at_the_call_and_others_once_somebody_goes_and_once_it_is_over(site: SiteUnderTest) -> None:
    siren = Siren(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await reached_also(site, "Ann", actions=[SOUND], follow_up_actions=[STOP])
    await site.press()
    (heard,) = siren.heard
    assert heard["says"].startswith("Help needed: Room 4 / Place not set, pressed at")
    await site.taps_going("Ann")
    await site.action("resolve", ann.user)
    assert [call["stops"] for call in siren.heard[1:]] == ["You have it: Room 4", "Over: Room 4"]
    ann.hears("Help needed", "You have it", "Over")


async def test_actions_with_nothing_to_do_afterwards_are_not_claimed_to_have_been_told(site: SiteUnderTest) -> None:
    siren = Siren(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await reached_also(site, "Ann", actions=[SOUND])
    await site.press()
    await site.taps_going("Ann")
    channels = {m.channel for m in site.incident.messages.values() if m.kind == "confirmation"}
    assert channels == {f"phone:{site.phones_of('Ann')[0]}"}
    assert len(siren.heard) == 1
    ann.hears("Help needed", "You have it")


@pytest.mark.parametrize(
    ("actions", "error"),
    [
        ([{"action": "siren.gone"}], "ServiceNotFound"),
        ([{"action": "siren.sound"}], "HomeAssistantError"),
        ([{"no_such": "action"}], "MultipleInvalid"),
    ],
)
async def test_actions_that_fail_are_a_failure_on_record_and_hold_up_no_phone(
    site: SiteUnderTest, actions: list[dict[str, Any]], error: str
) -> None:
    siren = Siren(site.hass)
    siren.error = HomeAssistantError("broken")
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", actions=actions)
    await site.press()
    ann.hears("Help needed")
    failures = [e.error for e in await site.events(site.incident.id) if isinstance(e, DeliveryFailed)]
    assert failures == [error]


async def test_actions_that_take_too_long_are_stopped_and_hold_up_no_phone(site: SiteUnderTest) -> None:
    siren = Siren(site.hass)
    siren.silent = asyncio.Event()
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", actions=[SOUND])
    site.hass.bus.async_fire("test_button")
    await site.until(lambda: bool(ann.unheard()))
    ann.hears("Help needed")
    await site.until(lambda: {m.state for m in site.incident.messages.values()} >= {DeliveryState.HANDED_OVER})
    site.freezer.tick(timedelta(seconds=20))
    await site.advance(seconds=1)
    assert DeliveryState.OWED in {m.state for m in site.incident.messages.values()}
    siren.silent.set()


async def test_while_home_assistant_stops_actions_that_were_not_run_are_not_claimed_to_have_been(
    site: SiteUnderTest,
) -> None:
    Siren(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await reached_also(site, "Ann", actions=[SOUND])
    site.hass.data["helpers.script_not_allowed"] = None
    await site.press()
    ann.hears("Help needed")
    (failure,) = [e for e in await site.events(site.incident.id) if isinstance(e, DeliveryFailed)]
    assert failure.error == "the actions were not run"


@pytest.mark.parametrize("quiet", [True, False])
async def test_h06_a_covert_call_uses_no_notify_entity_and_only_actions_that_show_nowhere(
    site: SiteUnderTest, quiet: bool
) -> None:
    box, siren = await mailbox(site.hass), Siren(site.hass)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    await reached_also(
        site, "Ann", notify_entities=[box.entity_id], actions=[SOUND], follow_up_actions=[STOP], quiet=quiet
    )
    await site.press()
    await site.taps("Ann", "I see to it")
    ann.hears("Message for you", "Message for you")
    assert box.sent == []
    said = [text for call in siren.heard for text in call.values()]
    assert len(said) == (2 if quiet else 0)
    for text in said:
        assert text.startswith("Message for you: Room 4")
        assert "emergency" not in text


async def test_h20_who_left_is_not_told_in_any_other_way_either(site: SiteUnderTest) -> None:
    box = await mailbox(site.hass)
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]))
    await reached_also(site, "Ann", notify_entities=[box.entity_id])
    await site.hass.auth.async_update_user(ann.user, is_active=False)
    await site.settle()
    assert site.issues() == {"responder_out_of_reach"}
    await site.press()
    bob.hears("Help needed")
    assert box.sent == []


async def test_h47_a_plan_whose_people_could_only_be_told_calls_everybody(site: SiteUnderTest) -> None:
    box = await mailbox(site.hass)
    bob = await site.add_person("Bob")
    await site.add_person("Post")
    await site.set_up((0, ["Post"]))
    await reached_also(site, "Post", phones=[], user_id=None, notify_entities=[box.entity_id])
    assert site.issues() == {"plan_reaches_nobody"}
    await site.press()
    bob.hears("Help needed")
    assert len(box.sent) == 1
