"""From what each integration sends to the trigger that hears it again: one row for each kind of source."""

from typing import Any

import pytest

from custom_components.duress.intake.gestures import gesture_of
from custom_components.duress.intake.recognise import EVENTS, Rank, recognise_event, recognise_state

ZWAVE = {"domain": "zwave_js", "home_id": 2119630849, "endpoint": 0, "device_id": "d"}
BUS: list[tuple[str, str, dict[str, Any], dict[str, Any] | None, str]] = [
    (
        "ZHA remote",
        "zha_event",
        {
            "device_ieee": "00:0d", "device_id": "d", "unique_id": "00:0d:1:0x0006", "endpoint_id": 1, "cluster_id": 6,
            "command": "remote_button_double_press", "args": [], "params": {},
        },
        {"device_ieee": "00:0d", "endpoint_id": 1, "cluster_id": 6, "command": "remote_button_double_press"},
        "double",
    ),
    (
        "ZHA remote, its attribute",
        "zha_event",
        {"device_ieee": "00:0d", "device_id": "d", "cluster_id": 6, "command": "attribute_updated", "args": {}},
        None,
        "",
    ),
    (
        "ZHA keypad, armed with a code",
        "zha_event",
        {
            "device_ieee": "00:0d", "device_id": "d", "endpoint_id": 1, "cluster_id": 1281, "command": "arm",
            "params": {"arm_mode": 0, "code": "1234", "zone_id": 0},
        },
        None,
        "",
    ),
    (
        "Z-Wave panic button",
        "zwave_js_notification",
        {
            **ZWAVE, "node_id": 2, "command_class": 113, "command_class_name": "Notification",
            "label": "Emergency Alarm", "type": 10, "event": 4, "event_label": "Panic alert", "parameters": {},
        },
        {"device_id": "d", "command_class": 113, "type": 10, "event": 4},
        "single",
    ),
    (
        "Z-Wave keypad, alert keys",
        "zwave_js_notification",
        {
            **ZWAVE, "node_id": 5, "command_class": 111, "event_type": 18, "event_type_label": "Panic alert",
            "data_type": 0, "event_data": None,
        },
        {"device_id": "d", "command_class": 111, "event_type": 18},
        "single",
    ),
    (
        "Z-Wave keypad, a code",
        "zwave_js_notification",
        {**ZWAVE, "node_id": 5, "command_class": 111, "event_type": 3, "event_data": "1234"},
        None,
        "",
    ),
    (
        "Z-Wave lock, code of one user",
        "zwave_js_notification",
        {
            **ZWAVE, "node_id": 4, "command_class": 113, "type": 6, "event": 6,
            "event_label": "Keypad unlock operation", "parameters": {"userId": 2},
        },
        {"device_id": "d", "command_class": 113, "type": 6, "event": 6, "parameters": {"userId": 2}},
        "code",
    ),
    (
        "Z-Wave door that was opened",
        "zwave_js_notification",
        {**ZWAVE, "command_class": 113, "type": 1, "event": 2, "event_label": "Smoke"},
        None,
        "",
    ),
    (
        "Z-Wave scene",
        "zwave_js_value_notification",
        {
            **ZWAVE, "node_id": 3, "command_class": 91, "label": "Scene 001", "property": "scene",
            "property_key": "001", "value": "KeyPressed2x", "value_raw": 3,
        },
        {"device_id": "d", "command_class": 91, "property": "scene", "property_key": "001", "value": "KeyPressed2x"},
        "double",
    ),
    (
        "deCONZ remote",
        "deconz_event",
        {"id": "pendant", "unique_id": "x", "event": 1002, "device_id": "d"},
        {"unique_id": "x", "event": 1002},
        "single",
    ),
    (
        "deCONZ keypad, alert keys",
        "deconz_alarm_event",
        {"id": "keypad", "unique_id": "x", "event": "panic", "device_id": "d"},
        {"unique_id": "x", "event": "panic"},
        "single",
    ),
    (
        "deCONZ keypad, wrong code",
        "deconz_alarm_event",
        {"id": "keypad", "unique_id": "x", "event": "invalid_code", "device_id": "d"},
        None,
        "",
    ),
    (
        "Shelly",
        "shelly.click",
        {"device_id": "d", "device": "shelly1", "channel": 1, "click_type": "long", "generation": 1},
        {"device_id": "d", "channel": 1, "click_type": "long"},
        "long",
    ),
    (
        "BTHome",
        "bthome_ble_event",
        {"device_id": "d", "address": "AA", "event_class": "button", "event_type": "long_press"},
        {"address": "AA", "event_class": "button", "event_type": "long_press"},
        "long",
    ),
    (
        "Xiaomi BLE",
        "xiaomi_ble_event",
        {"device_id": "d", "address": "AA", "event_class": "button", "event_type": "press"},
        {"address": "AA", "event_class": "button", "event_type": "press"},
        "single",
    ),
    (
        "Hue",
        "hue_event",
        {"id": "x", "device_id": "d", "type": "initial_press", "subtype": 1, "unique_id": "u"},
        {"device_id": "d", "type": "initial_press", "subtype": 1},
        "single",
    ),
    (
        "Lutron Caséta",
        "lutron_caseta_button_event",
        {"serial": 7, "type": "Pico", "button_number": 2, "device_id": "d", "action": "press"},
        {"device_id": "d", "serial": 7, "button_number": 2, "action": "press"},
        "single",
    ),
    (
        "Alarm panel over SIA: panic, hold-up, medical and emergency zones",
        "sia_event_7777_AAAA",
        {"account": "AAAA", "code": "PA", "ri": "12", "message": "Panic Alarm", "x_data": None, "event_type": None},
        {"code": "PA", "ri": "12"},
        "single",
    ),
    (
        "alarm panel over SIA: a burglary",
        "sia_event_7777_AAAA",
        {"account": "AAAA", "code": "BA", "ri": "12", "message": "Burglary Alarm"},
        None,
        "single",
    ),
    (
        "iPhone action",
        "ios.action_fired",
        {"sourceDeviceName": "iPhone", "sourceDeviceID": "anns", "actionName": "HELP", "triggerSource": "watch"},
        {"sourceDeviceID": "anns", "actionName": "HELP"},
        "single",
    ),
]  # fmt: skip
STATES: list[tuple[str, str, str | None, str, dict[str, Any], dict[str, Any] | None]] = [
    (
        "Event entity (Z-Wave scene, Matter, ESPHome, Shelly, BTHome, Hue, Zigbee2MQTT)",
        "event.pendant",
        "unavailable",
        "2026-11-25T03:12:00+00:00",
        {"event_type": "sos"},
        {"platform": "event.received", "target": {"entity_id": "event.pendant"}, "options": {"event_type": ["sos"]}},
    ),
    (
        "Button entity",
        "button.desk",
        "unknown",
        "2026-11-25T03:12:00+00:00",
        {},
        {"platform": "button.pressed", "target": {"entity_id": "button.desk"}, "options": {}},
    ),
    (
        "Button helper",
        "input_button.desk",
        "unknown",
        "2026-11-25T03:12:00+00:00",
        {},
        {"platform": "button.pressed", "target": {"entity_id": "input_button.desk"}, "options": {}},
    ),
    (
        "Sensor that turns on (wired loop, lock with a duress code)",
        "binary_sensor.pendant",
        "off",
        "on",
        {},
        {"platform": "state", "entity_id": ["binary_sensor.pendant"], "to": ["on"]},
    ),
    (
        "Sensor that turns off (wired loop that is closed at rest)",
        "binary_sensor.loop",
        "on",
        "off",
        {"device_class": "safety"},
        {"platform": "state", "entity_id": ["binary_sensor.loop"], "to": ["off"]},
    ),
    ("motion", "binary_sensor.hall", "off", "on", {"device_class": "motion"}, None),
    ("pendant that is gone", "binary_sensor.pendant", "on", "unavailable", {}, None),
    ("pendant that appears", "binary_sensor.pendant", None, "on", {}, None),
    (
        "Alarm panel that is triggered",
        "alarm_control_panel.house",
        "disarmed",
        "triggered",
        {},
        {"platform": "state", "entity_id": ["alarm_control_panel.house"], "to": ["triggered"]},
    ),
    ("alarm panel that is armed", "alarm_control_panel.house", "disarmed", "armed_away", {}, None),
    (
        "Action sensor (Zigbee2MQTT, the older way)",
        "sensor.pendant_action",
        "",
        "emergency",
        {},
        {"platform": "state", "entity_id": ["sensor.pendant_action"], "to": ["emergency"]},
    ),
    ("action sensor that goes blank", "sensor.pendant_action", "emergency", "", {}, None),
    ("temperature", "sensor.hall", "20", "21", {}, None),
]


@pytest.mark.parametrize(("event_type", "data", "wanted", "gesture"), [row[1:] for row in BUS], ids=[r[0] for r in BUS])
def test_an_event_of_each_integration_is_a_trigger_that_hears_it_again(
    event_type: str, data: dict[str, Any], wanted: dict[str, Any] | None, gesture: str
) -> None:
    found = recognise_event(event_type, data)
    if wanted is None:
        assert found is None
        return
    assert found is not None
    assert found.trigger == {"platform": "event", "event_type": event_type, "event_data": wanted}
    assert gesture_of(found.trigger) == gesture
    assert found.device_id == data.get("device_id")


@pytest.mark.parametrize(
    ("entity", "before", "state", "attributes", "wanted"), [row[1:] for row in STATES], ids=[r[0] for r in STATES]
)
def test_a_change_of_each_kind_of_entity_is_a_trigger_that_hears_it_again(
    entity: str, before: str | None, state: str, attributes: dict[str, Any], wanted: dict[str, Any] | None
) -> None:
    found = recognise_state(entity, before, state, attributes)
    assert (found.trigger if found is not None else None) == wanted


def test_a_tag_is_a_tag_trigger() -> None:
    found = recognise_event("tag_scanned", {"tag_id": "abc", "name": "Door tag", "device_id": "phone"})
    assert found is not None
    assert (found.trigger, found.what) == ({"platform": "tag", "tag_id": ["abc"]}, "Door tag")


def test_every_event_that_is_listened_to_has_a_row() -> None:
    assert {row[1] for row in BUS} - {"sia_event_7777_AAAA"} | {"tag_scanned"} == EVENTS


@pytest.mark.parametrize("event_type", sorted(EVENTS))
@pytest.mark.parametrize("data", [{}, {"command": None, "parameters": None, "tag_id": 7}])
def test_what_makes_no_sense_is_no_press(event_type: str, data: dict[str, Any]) -> None:
    found = recognise_event(event_type, data)
    assert found is None or event_type == "zwave_js_value_notification"


def test_h24_nothing_that_is_learned_carries_a_code() -> None:
    for _, event_type, data, _, _ in BUS:
        assert "1234" not in str(recognise_event(event_type, data))


def test_an_event_of_which_there_is_an_entity_ranks_below_it() -> None:
    assert Rank.CLUSTER < Rank.BUTTON < Rank.DEVICE < Rank.EVENT < Rank.DOUBLE < Rank.LEVEL < Rank.PANEL
