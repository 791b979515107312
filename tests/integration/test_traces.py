"""What others than us would show of a quiet call is listed, and taken away where the button is still heard."""

from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

from homeassistant.components.logbook import _process_logbook_platform
from homeassistant.components.logbook.models import LogbookConfig
from homeassistant.core import EventOrigin, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_integration,
)

from custom_components.duress.activity import LOGBOOK, kinds_shown
from custom_components.duress.engine.site_events import PressProved
from tests.site import SiteUnderTest

from .test_config_flow import answer
from .test_learning_flow import look

SENSOR = "binary_sensor.alarm"


class House:
    """A site with a button of some maker's under the counter, heard by its radio and by its sensor."""

    def __init__(self, site: SiteUnderTest, device: str) -> None:
        self.site = site
        self.device = device
        self.data = {"device_id": device, "press": "short"}
        self.by_radio = {"platform": "event", "event_type": "maker_event", "event_data": self.data}

    async def press(self) -> None:
        await self.press_while_asked()
        await self.site.settle()

    async def press_while_asked(self, origin: EventOrigin = EventOrigin.local) -> None:
        """Press without waiting for the dialog, which may wait for the next press."""
        self.site.hass.bus.async_fire("maker_event", self.data, origin)
        await self.site.hass.async_block_till_done()

    async def asks(self) -> Any:
        """Open the dialog that says what would show."""
        menu = await self.site.entry.start_subentry_reconfigure_flow(self.site.hass, "plan")
        return await answer(self.site.hass, menu, {"next_step_id": "shows"})

    async def takes_away(self, *traces: str) -> Any:
        """Take these away, up to where the button has to be pressed."""
        form = await self.asks()
        result = await self.site.hass.config_entries.subentries.async_configure(
            form["flow_id"], {"take_away": list(traces)}
        )
        await self.site.hass.async_block_till_done()
        return result

    def is_disabled(self, entity_id: str) -> bool:
        entry = er.async_get(self.site.hass).async_get(entity_id)
        assert entry is not None
        return entry.disabled_by is not None

    @property
    def sources(self) -> list[str]:
        return [source["trigger"]["platform"] for source in self.site.entry.subentries["point"].data["sources"]]


def offered(form: Any) -> list[str]:
    """Return what a dialog offers to take away."""
    fields = form["data_schema"].schema
    return [option["value"] for selector in fields.values() for option in selector.config["options"]]


def _activity(hass: HomeAssistant) -> LogbookConfig:
    activity: LogbookConfig = hass.data[LOGBOOK]
    return activity


def _teach(hass: HomeAssistant, known: dict[str, Any]) -> None:
    """Have an Activity that knows how to show these."""
    taught: Any = dict(known)
    hass.data[LOGBOOK] = LogbookConfig(taught)


@pytest.fixture
async def house(site: SiteUnderTest) -> AsyncGenerator[House]:
    hass = site.hass
    mock_integration(hass, MockModule("maker"))
    entry = MockConfigEntry(domain="maker")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("maker", "00:11")}, name="Till"
    )
    for domain, name, kind in (
        ("binary_sensor", "alarm", None),
        ("binary_sensor", "low", "battery"),
        ("sensor", "last_seen", "timestamp"),
        ("sensor", "charge", "battery"),
    ):
        entity = er.async_get(hass).async_get_or_create(
            domain, "maker", name, device_id=device.id, suggested_object_id=name, original_device_class=kind
        )
        hass.states.async_set(entity.entity_id, "off")
    _teach(hass, {"maker_event": ("maker", dict)})
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    house = House(site, device.id)
    by_sensor = {"platform": "state", "entity_id": [SENSOR], "to": "on"}
    sources = [
        {"id": name, "trigger": trigger, "gesture": "single", "plan_id": "plan"}
        for name, trigger in (("radio", house.by_radio), ("sensor", by_sensor))
    ]
    await site.change("point", sources=sources)
    yield house
    for flow in hass.config_entries.subentries.async_progress():
        hass.config_entries.subentries.async_abort(flow["flow_id"])


async def test_h06_a_quiet_plan_says_which_traces_of_others_would_show(house: House) -> None:
    form = await house.asks()
    assert offered(form) == [f"entity:{SENSOR}", "entity:sensor.last_seen", "activity:maker"]
    assert form["description_placeholders"]["stays"] == "Nothing."


async def test_h06_what_is_taken_away_is_gone_once_the_button_was_pressed_and_that_press_calls_nobody(
    house: House,
) -> None:
    site, ann = house.site, house.site.people["Ann"]
    waiting = await house.takes_away(f"entity:{SENSOR}", "entity:sensor.last_seen", "activity:maker")
    assert (waiting["type"], waiting["step_id"]) == (FlowResultType.SHOW_PROGRESS, "pressed")
    assert waiting["description_placeholders"] == {"point": "Room 4"}
    await house.press()
    done = await look(site, waiting)
    assert done["reason"] == "looked_after"
    ann.hears_nothing()
    assert house.is_disabled(SENSOR)
    assert house.is_disabled("sensor.last_seen")
    assert house.sources == ["event"]
    assert kinds_shown(site.hass, ["maker"]) == {}
    (proved,) = await site.site_events(PressProved)
    assert proved.press.source == "radio"
    await house.press()
    ann.hears_nothing()  # the same press, heard in another way
    await site.advance(seconds=1)
    await house.press()
    ann.hears("Message for you")
    assert offered(await house.asks()) == []


async def test_h06_a_button_that_is_not_heard_any_more_gets_back_what_was_taken_away(house: House) -> None:
    waiting = await house.takes_away(f"entity:{SENSOR}")
    assert house.is_disabled(SENSOR)
    house.site.freezer.tick(61)
    async_fire_time_changed(house.site.hass)
    assert (await look(house.site, waiting))["reason"] == "not_heard"
    assert not house.is_disabled(SENSOR)
    assert house.sources == ["event", "state"]


async def test_h06_closing_the_dialog_before_the_button_was_pressed_puts_all_back(house: House) -> None:
    waiting = await house.takes_away(f"entity:{SENSOR}")
    house.site.hass.config_entries.subentries.async_abort(waiting["flow_id"])
    await house.site.settle()
    assert not house.is_disabled(SENSOR)
    assert house.sources == ["event", "state"]
    await house.press()
    house.site.people["Ann"].hears("Message for you")


async def test_h10_while_a_call_is_open_no_press_is_taken_for_the_one_that_was_asked_for(house: House) -> None:
    await house.press()
    house.site.people["Ann"].hears("Message for you")
    await house.site.advance(seconds=1)
    waiting = await house.takes_away(f"entity:{SENSOR}")
    await house.press_while_asked()
    assert house.site.incident.presses == 2
    house.site.hass.config_entries.subentries.async_abort(waiting["flow_id"])


async def test_h21_a_press_that_an_app_could_have_made_up_proves_nothing_and_calls(house: House) -> None:
    waiting = await house.takes_away(f"entity:{SENSOR}")
    await house.press_while_asked(EventOrigin.remote)
    assert house.site.incident.presses == 1
    house.site.hass.config_entries.subentries.async_abort(waiting["flow_id"])
    await house.site.settle()
    house.site.people["Ann"].hears("Message for you")


async def test_h06_what_a_button_is_heard_by_is_not_taken_away(house: House) -> None:
    sources = house.site.entry.subentries["point"].data["sources"]
    await house.site.change("point", sources=sources[1:])
    form = await house.asks()
    assert offered(form) == ["entity:sensor.last_seen", "activity:maker"]
    assert "The button is heard by it" in form["description_placeholders"]["stays"]


async def test_h06_automations_and_a_phone_that_shows_its_messages_are_listed(house: House) -> None:
    hass = house.site.hass
    automations = {
        "By the button": {"trigger": "state", "entity_id": SENSOR},
        "By a quiet call": {"trigger": "duress.call_opened", "options": {"quiet_too": True}},
        "By open calls": {"trigger": "duress.call_opened"},
        "By something else": {"trigger": "state", "entity_id": "binary_sensor.other"},
    }
    config = [{"alias": alias, "triggers": [trigger], "actions": []} for alias, trigger in automations.items()]
    assert await async_setup_component(hass, "automation", {"automation": config})
    (phone,) = house.site.phones_of("Ann")
    er.async_get(hass).async_get_or_create(
        "sensor",
        "mobile_app",
        "abc_last_notification",
        config_entry=hass.config_entries.async_get_entry(phone),
        suggested_object_id="last_notification",
    )
    await house.site.change_responder("Ann", actions=[{"event": "blink"}], quiet=True)
    form = await house.asks()
    assert "message:sensor.last_notification" in offered(form)
    stays = form["description_placeholders"]["stays"]
    assert [words for words in (*automations, "What is done for Ann") if words in stays] == [
        "By the button",
        "By a quiet call",
        "What is done for Ann",
    ]
    await house.takes_away("message:sensor.last_notification")
    assert house.is_disabled("sensor.last_notification")


async def test_h06_what_is_kept_out_of_activity_stays_out_when_it_is_taught_again_and_comes_back_with_the_plan(
    house: House,
) -> None:
    """By Home Assistant's own way of teaching it, so that this notices when that changes."""
    hass = house.site.hass
    open_screen = _activity(hass).external_events
    done = await house.takes_away("activity:maker")
    assert done["reason"] == "looked_after"
    assert open_screen == {}
    teacher = SimpleNamespace(async_describe_events=lambda _hass, teach: teach("maker", "maker_event", dict))
    _process_logbook_platform(hass, "maker", teacher)
    assert kinds_shown(hass, ["maker"]) == {}
    hass.config_entries.async_remove_subentry(house.site.entry, "plan")
    await house.site.settle()
    assert kinds_shown(hass, ["maker"]) == {"maker_event": "maker"}


async def test_h06_activity_that_starts_after_us_is_taught_nothing_that_is_kept_out(house: House) -> None:
    hass = house.site.hass
    await house.takes_away("activity:maker")
    _teach(hass, {"maker_event": ("maker", dict), "other": ("other", dict)})
    hass.bus.async_fire("component_loaded", {"component": "logbook"})
    await hass.async_block_till_done()
    assert kinds_shown(hass, ["maker", "other"]) == {"other": "other"}


async def test_h24_the_recorder_leaves_out_what_is_tapped_on_phones_and_typed_on_keypads(
    site: SiteUnderTest,
) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    tapped = {"mobile_app_notification_action", "mobile_app_notification_cleared"}
    recorder = SimpleNamespace(exclude_event_types={"private"})
    data: Any = site.hass.data
    data["recorder_instance"] = recorder
    keypad = {"device_id": "keypad", "plan_id": "plan", "when_code_typed": []}
    await site.change("point", keypad=keypad)
    assert recorder.exclude_event_types == {"private", "zwave_js_notification", *tapped}
    await site.change("point", keypad=None)
    assert recorder.exclude_event_types == {"private", *tapped}
    await site.change("point", keypad=keypad)
    await site.hass.config_entries.async_remove(site.entry.entry_id)
    await site.settle()
    assert recorder.exclude_event_types == {"private"}
    site.people["Ann"].reads()


def _source(name: str, trigger: dict[str, Any], gesture: str = "single") -> dict[str, Any]:
    return {"id": name, "trigger": trigger, "gesture": gesture, "plan_id": "plan"}


BY_SENSOR = {"platform": "state", "entity_id": [SENSOR], "to": "on"}


@pytest.mark.parametrize(
    "other",
    [
        {"platform": "template", "value_template": "{{ states.binary_sensor.alarm.state == 'on' }}"},
        {"platform": "state", "entity_id": SENSOR, "to": "on"},
        {"trigger": "binary_sensor.became_on", "target": {"area_id": "kitchen"}},
    ],
)
async def test_h06_what_another_point_is_heard_by_is_not_taken_away(house: House, other: dict[str, Any]) -> None:
    await house.site.add_point("Kitchen", other)
    assert f"entity:{SENSOR}" not in offered(await house.asks())


async def test_h06_what_says_who_is_on_duty_is_not_taken_away(house: House) -> None:
    await house.site.change_responder("Ann", duty_entities=[SENSOR])
    assert f"entity:{SENSOR}" not in offered(await house.asks())
    house.site.people["Ann"].reads()


async def test_h06_a_button_is_not_given_up_for_another_one_of_the_same_trigger_point(house: House) -> None:
    button = {"platform": "event", "event_type": "another_button"}
    await house.site.change("point", sources=[_source("other", button), _source("sensor", BY_SENSOR)])
    assert f"entity:{SENSOR}" not in offered(await house.asks())


async def test_h06_a_gesture_is_not_given_up_for_another_one_of_the_same_button(house: House) -> None:
    sources = [_source("radio", house.by_radio), _source("sensor", BY_SENSOR, "long")]
    await house.site.change("point", sources=sources)
    assert f"entity:{SENSOR}" not in offered(await house.asks())


async def test_h10_while_a_button_is_asked_for_another_one_of_the_same_trigger_point_calls(house: House) -> None:
    button = {"platform": "event", "event_type": "another_button"}
    sources = house.site.entry.subentries["point"].data["sources"]
    await house.site.change("point", sources=[*sources, _source("other", button)])
    waiting = await house.takes_away(f"entity:{SENSOR}")
    house.site.hass.bus.async_fire("another_button")
    await house.site.hass.async_block_till_done()
    assert house.site.incident.presses == 1
    house.site.hass.config_entries.subentries.async_abort(waiting["flow_id"])
    await house.site.settle()
    house.site.people["Ann"].hears("Message for you")


async def test_h06_after_a_power_cut_before_the_button_was_pressed_all_is_as_it_was(house: House) -> None:
    waiting = await house.takes_away(f"entity:{SENSOR}")
    data = dict(house.site.entry.subentries["plan"].data)
    house.site.hass.config_entries.subentries.async_abort(waiting["flow_id"])
    await house.site.settle()
    await house.site.change("plan", **data)  # what the disk has then
    await house.site.change("point", sources=[_source("radio", house.by_radio)])
    er.async_get(house.site.hass).async_update_entity(SENSOR, disabled_by=er.RegistryEntryDisabler.USER)
    await house.site.power_cut(minutes=1)
    assert not house.is_disabled(SENSOR)
    assert house.sources == ["event", "state"]
    assert "unproved" not in house.site.entry.subentries["plan"].data


async def test_h06_what_is_gone_by_then_keeps_nothing_from_being_put_back(house: House) -> None:
    waiting = await house.takes_away(f"entity:{SENSOR}", "entity:sensor.last_seen")
    er.async_get(house.site.hass).async_remove("sensor.last_seen")
    house.site.hass.config_entries.subentries.async_abort(waiting["flow_id"])
    await house.site.settle()
    assert not house.is_disabled(SENSOR)
    assert house.sources == ["event", "state"]


async def test_what_guards_something_else_on_the_same_board_is_not_offered(house: House) -> None:
    registry = er.async_get(house.site.hass)
    for name, kind in (("smoke", "smoke"), ("input_2", None)):
        registry.async_get_or_create(
            "binary_sensor",
            "maker",
            name,
            device_id=house.device,
            suggested_object_id=name,
            original_device_class=kind,
        )
    form = await house.asks()
    assert "entity:binary_sensor.smoke" not in offered(form)
    assert "entity:binary_sensor.input_2" in offered(form)
    (field,) = form["data_schema"].schema
    assert "entity:binary_sensor.input_2" not in field.description["suggested_value"]


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "template", "value_template": "{{ states.binary_sensor.alarm.state == 'on' }}"},
        {"triggers": [{"trigger": "duress.call_opened", "options": {"quiet_too": True}}]},
        {"trigger": "event", "event_type": "maker_event", "event_data": {"address": "00:11"}},
    ],
)
async def test_h06_an_automation_is_found_however_it_names_the_button(house: House, trigger: dict[str, Any]) -> None:
    config = {"automation": [{"alias": "Lamp", "triggers": [trigger], "actions": []}]}
    assert await async_setup_component(house.site.hass, "automation", config)
    assert "The automation Lamp" in (await house.asks())["description_placeholders"]["stays"]
