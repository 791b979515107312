"""Calls reach the right phone, and the record does not claim more than is known."""

from datetime import timedelta

from homeassistant.components.mobile_app.const import DOMAIN as MOBILE_APP
from homeassistant.core import Event, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.duress.effects import LateFailure
from custom_components.duress.engine.delivery_events import DeliveryFailed
from custom_components.duress.engine.events import Opened
from custom_components.duress.engine.kinds import DeliveryState, Origin
from custom_components.duress.engine.model import Incident, Message
from simulation.phone import Phone
from tests.site import BUTTON_EVENT, SiteUnderTest


async def test_h03_two_phones_of_the_same_name_are_told_apart(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann", phone_name="iPhone")
    bob = await site.add_person("Bob", phone_name="iPhone")
    await site.set_up((0, ["Bob"]))
    await site.press()
    bob.hears("Help needed")
    ann.hears_nothing()


async def test_h03_a_phone_that_registers_later_in_anns_name_is_not_called(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    refresh = await site.hass.auth.async_create_refresh_token(ann.user, client_id="https://example.org/")
    stranger = Phone("Another phone of Ann's")
    token = site.hass.auth.async_create_access_token(refresh)
    await stranger.register(site.client, site.push, {"Authorization": f"Bearer {token}"})
    await site.press()
    ann.hears("Help needed")
    assert stranger.screen == []


async def test_a_phone_that_never_answers_and_one_that_fails_hold_up_nobody_elses(site: SiteUnderTest) -> None:
    silent, failing, *others = [await site.add_person(name) for name in ("Ann", "Bob", "Cas", "Dee", "Eve")]
    await site.set_up((0, ["Ann", "Bob", "Cas", "Dee", "Eve"]))
    silent.phone.answers = None
    failing.phone.answers = 500
    site.hass.bus.async_fire("test_button")
    # The clock stands still: whoever is called without it going on is called no later for the other two.
    await site.until(lambda: all(other.unheard() for other in others))
    for other in others:
        other.hears("Help needed")
    await site.until(lambda: _on_its_way(site) == {"ann"})
    silent.phone.answers = failing.phone.answers = 201
    site.freezer.tick(timedelta(seconds=20))
    await site.advance(seconds=31)
    silent.hears("Help needed")
    failing.hears("Help needed")


@pytest.mark.parametrize("status", [500, 429])
async def test_h04_a_push_service_that_refuses_is_a_failure_on_record_and_tried_again(
    site: SiteUnderTest, status: int
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    ann.phone.answers = status
    await site.press()
    (message,) = site.incident.messages.values()
    assert message.state is DeliveryState.OWED
    assert any(isinstance(event, DeliveryFailed) for event in await site.events(site.incident.id))
    ann.phone.answers = 201
    await site.advance(seconds=15)
    ann.hears("Help needed")
    (message,) = site.incident.messages.values()
    assert (message.state, message.attempts) == (DeliveryState.HANDED_OVER, 2)


async def test_h24_why_a_call_failed_is_on_record_and_in_the_log_without_naming_anybody(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    ann.phone.answers = 500
    await site.press()
    (failure,) = [e for e in await site.events(site.incident.id) if isinstance(e, DeliveryFailed)]
    assert failure.error == "error_sending_notification"
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components.duress")]
    assert [line for line in ours if "error_sending_notification" in line]
    assert not [line for line in ours if "Ann" in line]


async def test_a_step_in_which_every_call_failed_is_not_waited_for_while_they_are_tried_again(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (3600, ["Bob"]))
    ann.phone.answers = 500
    await site.press()
    await site.advance(seconds=1)
    bob.hears("Help needed")
    await site.advance(seconds=31)
    failed = [m for m in site.incident.messages.values() if m.responder == "ann"]
    assert [(m.state, m.attempts) for m in failed] == [(DeliveryState.FAILED, 3)]


async def test_h33_a_push_service_that_does_not_answer_keeps_the_next_people_waiting_for_ten_seconds_only(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (3600, ["Bob"]))
    ann.phone.answers = None
    site.hass.bus.async_fire("test_button")
    await site.until(lambda: bool(site.site._timers._running))  # once the press is on record
    site.freezer.tick(11)
    async_fire_time_changed(site.hass)
    await site.until(lambda: bool(bob.unheard()))
    bob.hears("Help needed")


async def test_a_call_that_was_under_way_when_it_was_answered_is_not_tried_again(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]))
    ann.phone.answers = None
    site.hass.bus.async_fire("test_button")
    await site.until(lambda: _state(site, "bob") is DeliveryState.HANDED_OVER)
    await bob.phone.tap(site.client, "I'm going")
    # Nothing of Bob's may be on its way when the clock jumps: it would run out of time with Ann's.
    await site.until(lambda: _on_its_way(site) == {"ann"} and site.incident.taken_by is not None)
    site.freezer.tick(timedelta(seconds=20))
    ann.phone.answers = 201
    await site.advance(minutes=1)
    ann.hears("Bob is going")
    bob.hears("Help needed", "You have it")


async def test_while_the_disk_is_in_trouble_every_phone_in_the_house_still_rings_once(site: SiteUnderTest) -> None:
    names = ["Ann", "Bob", "Cas", "Dee"]
    for name in names:
        await site.add_person(name)
    await site.set_up((0, names))
    sent = {name: await _connect_locally(site, name) for name in names}
    site.site._journal.in_trouble = True
    await site.press()
    assert {name: len(messages) for name, messages in sent.items()} == dict.fromkeys(names, 1)
    for channel in list(site.hass.data[MOBILE_APP]["push_channel"].values()):
        for confirm in list(channel.pending_confirms):
            channel.async_confirm_notification(confirm)


async def test_h20_a_plan_whose_people_were_all_deactivated_calls_everybody_else(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.hass.auth.async_update_user(ann.user, is_active=False)
    await site.settle()
    await site.press()
    ann.hears_nothing()
    bob.hears("Help needed")


async def test_when_the_last_phone_of_a_plan_goes_during_a_call_everybody_else_is_called(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.press()
    ann.hears("Help needed")
    await site.hass.config_entries.async_remove(site.phones_of("Ann")[0])
    await site.advance(seconds=61)
    bob.hears("Help needed")


async def test_h04_a_call_leaves_no_trace_in_the_phones_entity_or_on_the_bus(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    seen: list[str] = []

    @callback
    def note(event: Event) -> None:
        seen.append(str(event.data))

    site.hass.bus.async_listen("call_service", note)
    before = site.hass.states.get("notify.ann_s_phone")
    await site.press()
    ann.hears("Help needed")
    assert site.hass.states.get("notify.ann_s_phone") == before
    assert not [line for line in seen if "Room 4" in line]


async def test_a_phone_that_is_silent_holds_up_nobody_else(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]))
    ann.phone.answers = None
    site.hass.bus.async_fire("test_button")
    await site.until(lambda: _state(site, "bob") is DeliveryState.HANDED_OVER)
    bob.hears("Help needed")
    site.freezer.tick(timedelta(seconds=20))
    ann.phone.answers = 201
    await site.advance(seconds=1)
    assert _state(site, "ann") is DeliveryState.OWED
    assert _state(site, "bob") is DeliveryState.HANDED_OVER


async def test_a_phone_in_the_house_is_called_over_its_own_connection(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    sent = await _connect_locally(site, "Ann")
    await site.press()
    assert [message["title"] for message in sent] == ["Help needed: Room 4"]
    (channel,) = site.hass.data[MOBILE_APP]["push_channel"].values()
    assert channel.async_confirm_notification(sent[0]["hass_confirm_id"])
    await site.advance(seconds=20)
    ann.hears_nothing()


async def test_a_local_call_that_the_phone_does_not_confirm_goes_through_the_push_service(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    sent = await _connect_locally(site, "Ann")
    await site.press()
    assert len(sent) == 1
    await site.advance(seconds=10)
    ann.hears("Help needed")


async def test_a_local_call_that_is_lost_on_both_ways_is_a_failure_on_record(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await _connect_locally(site, "Ann")
    ann.phone.answers = 500
    await site.press()
    await site.advance(seconds=11)
    (message,) = site.incident.messages.values()
    assert message.state is DeliveryState.OWED


async def test_a_local_call_that_is_lost_in_a_way_nobody_foresaw_is_a_failure_on_record(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: object) -> None:
        raise ValueError("not JSON")

    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    await _connect_locally(site, "Ann")
    monkeypatch.setattr("homeassistant.components.mobile_app.notify._send_message", fail)
    await site.press()
    await site.advance(seconds=11)
    assert await _failure(site) == "ValueError"


async def test_h20_a_person_whose_login_was_deactivated_is_not_called_and_cannot_answer(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    await site.hass.auth.async_deactivate_user(ann.user)
    await site.taps_going("Ann")
    assert site.incident.taken_by is None
    await site.advance(seconds=118)
    bob.hears("Help needed")
    ann.hears_nothing()


async def test_h20_an_answer_counts_only_from_the_person_it_was_shown_to(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.press()
    (call,) = ann.unheard()
    ann.hears("Help needed")
    stolen = {"action": call.data["actions"][0]["action"]}
    await bob.phone.fire(site.client, "mobile_app_notification_action", stolen)
    await site.settle()
    assert site.incident.taken_by is None


@pytest.mark.parametrize(
    "action", ["DURESS_GOING_", "DURESS_GOING_0000", "DURESS_GOING_\u00e9", "SOMETHING_ELSE", 7, None]
)
async def test_h42_an_answer_that_makes_no_sense_changes_nothing(site: SiteUnderTest, action: object) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    ann.hears("Help needed")
    await ann.phone.fire(site.client, "mobile_app_notification_action", {"action": action})
    await site.settle()
    assert site.incident.taken_by is None


async def test_h23_what_a_phone_is_shown_differs_for_every_call_and_phone(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]))
    seen = set()
    for _ in range(2):
        await site.press()
        for person in (ann, bob):
            (call,) = person.unheard()
            seen |= {call.data["tag"], call.data["actions"][0]["action"]}
            person.hears("Help needed")
        await site.action("resolve", ann.user)
        ann.hears("Over")
        bob.hears("Over")
    assert len(seen) == 8


async def test_h18_the_answer_asks_for_the_phone_to_be_unlocked(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    (call,) = ann.unheard()
    assert call.data["actions"][0]["authenticationRequired"] is True
    ann.hears("Help needed")


async def test_a_call_breaks_through_silent_mode_and_the_rest_does_not(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    await site.taps_going("Ann")
    call, confirmation = ann.unheard()
    assert call.data["push"]["interruption-level"] == "critical"
    assert call.data["channel"] == "alarm_stream"
    assert confirmation.data["push"]["interruption-level"] == "time-sensitive"
    assert confirmation.data["tag"] == call.data["tag"]
    ann.hears("Help needed", "You have it")


def _on_its_way(site: SiteUnderTest) -> set[str]:
    """Return whose messages are being sent."""
    return {m.responder for m in site.incident.messages.values() if m.state is DeliveryState.SENDING}


def _state(site: SiteUnderTest, responder: str) -> DeliveryState | None:
    """Return how far the call to a responder got."""
    messages = [m for i in site.site.incidents.open() for m in i.messages.values() if m.responder == responder]
    return messages[0].state if messages else None


async def _connect_locally(site: SiteUnderTest, name: str) -> list[dict[str, str]]:
    """Connect a phone for local push that never confirms; returns what is sent to it."""
    (entry_id,) = site.phones_of(name)
    entry = site.hass.config_entries.async_get_entry(entry_id)
    assert entry is not None
    sent: list[dict[str, str]] = []
    _open_channel(site.hass, entry.data["webhook_id"], sent)
    return sent


def _open_channel(hass: HomeAssistant, webhook_id: str, sent: list[dict[str, str]]) -> None:
    from homeassistant.components.mobile_app.push_notification import PushChannel  # noqa: PLC0415

    channels = hass.data[MOBILE_APP]["push_channel"]
    channels[webhook_id] = PushChannel(
        hass, webhook_id, support_confirm=True, send_message=sent.append, on_teardown=lambda: channels.pop(webhook_id)
    )


async def _failure(site: SiteUnderTest) -> str:
    """Return why the one failed call failed."""
    (failure,) = [e for e in await site.events(site.incident.id) if isinstance(e, DeliveryFailed)]
    return failure.error


async def test_a_phone_that_needs_the_local_network_and_is_away_is_a_failure_on_record(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    (phone,) = site.phones_of("Ann")
    entry = site.hass.config_entries.async_get_entry(phone)
    assert entry is not None
    site.hass.config_entries.async_update_entry(
        entry, data={**entry.data, "app_data": {"push_websocket_channel": True}}
    )
    await site.press()
    assert await _failure(site) == "the phone is not connected and has no push service"


async def test_a_phone_whose_integration_is_not_loaded_is_a_failure_on_record(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    assert await site.hass.config_entries.async_unload(site.phones_of("Ann")[0])
    await site.press()
    assert await _failure(site) == "the companion app integration is not ready"


async def test_a_responder_who_is_removed_during_a_call_is_not_called_again(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]), repeat_after=300)
    ann.phone.answers = 500
    await site.press()
    bob.hears("Help needed")
    ann.phone.answers = 201
    site.hass.config_entries.async_remove_subentry(site.entry, "ann")
    await site.advance(minutes=6)
    ann.hears_nothing()
    bob.hears("Help needed")


async def test_a_failure_that_nobody_foresaw_is_on_record_and_stops_nobody_else(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]), repeat_after=300)
    deliver = site.site._runner._deliver

    async def break_for_ann(incident: Incident, message: Message, late: LateFailure) -> None:
        if message.responder == "ann":
            raise ZeroDivisionError("Ann")
        await deliver(incident, message, late)

    monkeypatch.setattr(site.site._runner, "_deliver", break_for_ann)
    await site.press()
    bob.hears("Help needed")
    ann.hears_nothing()
    assert await _failure(site) == "ZeroDivisionError"


async def test_h23_a_call_wiped_off_a_phone_rings_again_and_only_its_owner_can_do_that(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (3600, ["Bob"]))
    await site.press()
    (call,) = ann.reads()
    await bob.phone.fire(site.client, "mobile_app_notification_cleared", {"tag": call.data["tag"]})
    for wrong in ({"tag": "guessed"}, {"tag": 7}, {}):
        await ann.phone.fire(site.client, "mobile_app_notification_cleared", wrong)
    await site.advance(seconds=3)
    ann.hears_nothing()
    await ann.phone.clear(site.client)
    await site.advance(seconds=3)
    ann.hears("Help needed")


async def test_h21_a_press_that_an_app_could_have_made_up_is_a_call_and_is_marked_with_who_made_it(
    site: SiteUnderTest,
) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await bob.phone.fire(site.client, BUTTON_EVENT, {})
    await site.settle()
    ann.hears("Help needed")
    assert (site.incident.press.origin, site.incident.press.user) == (Origin.REMOTE, bob.user.id)
    opened, *_ = await site.events(site.incident.id)
    assert isinstance(opened, Opened)
    assert opened.press == site.incident.press


async def test_h46_an_answer_to_a_call_that_somebody_has_or_that_is_over_is_answered_in_words(
    site: SiteUnderTest,
) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann", "Bob"]))
    await site.press()
    await site.taps_going("Bob")
    ann.hears("Help needed", "Bob is going")
    bob.hears("Help needed", "You have it")
    await site.taps_going("Ann")  # on an iPhone the old notification is still there
    ann.hears("Bob is going")
    await site.action("resolve", bob.user)
    ann.hears("Over")
    bob.hears("Over")
    await site.taps_going("Ann")
    ann.hears("Over")
    assert not site.site.incidents.open()
