"""What was heard, as a trigger that hears it again: one rule for each kind of button that Home Assistant knows.

Codes that a keypad sends are never taken up: what carries one is passed over (hazard H24).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from .watch import BUTTON_DOMAINS, EVENT_TYPE, NO_LEVEL

type Data = Mapping[str, Any]


class Rank(IntEnum):
    """Which way of hearing a press tells most, the best first."""

    CLUSTER = 0
    BUTTON = 1
    DEVICE = 2
    EVENT = 3
    DOUBLE = 4
    """An event of which Home Assistant also makes an entity."""
    LEVEL = 5
    PANEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """One way in which a press was heard. `what` is the source's own word for what was done."""

    trigger: Mapping[str, Any]
    what: str
    rank: Rank
    device_id: str | None = None
    entity_id: str | None = None


def recognise_event(event_type: str, data: Data) -> Recognised | None:
    """Return how to hear an event of the bus again, or None for one that is no press."""
    rule = _sia if event_type.startswith(SIA_EVENT) else _EVENTS.get(event_type)
    return rule(event_type, data) if rule is not None else None


def recognise_state(entity: str, before: str | None, state: str, attributes: Data) -> Recognised | None:
    """Return how to hear a change of state again, or None for one that is no press."""
    domain = entity.partition(".")[0]
    if domain in BUTTON_DOMAINS:
        return _button(entity, domain, attributes)
    if before is None or state in NO_LEVEL or state == before:
        return None
    match domain:
        case "binary_sensor" if attributes.get("device_class") not in MOVES_BY_ITSELF:
            rank = Rank.LEVEL
        case "alarm_control_panel" if state == "triggered":
            rank = Rank.PANEL
        case "sensor" if "_action" in entity and state:
            rank = Rank.LEVEL
        case _:
            return None
    trigger = {"platform": "state", "entity_id": [entity], "to": [state]}
    return Recognised(trigger=trigger, what=state, rank=rank, entity_id=entity)


def _button(entity: str, domain: str, attributes: Data) -> Recognised:
    kind = attributes.get(EVENT_TYPE)
    if domain == "event" and isinstance(kind, str):
        trigger = {"platform": "event.received", "target": {"entity_id": entity}, "options": {EVENT_TYPE: [kind]}}
        return Recognised(trigger=trigger, what=kind, rank=Rank.BUTTON, entity_id=entity)
    trigger = {"platform": "button.pressed", "target": {"entity_id": entity}, "options": {}}
    return Recognised(trigger=trigger, what="pressed", rank=Rank.BUTTON, entity_id=entity)


def _matching(event_type: str, data: Data, keys: tuple[str, ...], what: object, rank: Rank = Rank.EVENT) -> Recognised:
    wanted = {key: data[key] for key in keys if data.get(key) is not None}
    trigger = {"platform": "event", "event_type": event_type, "event_data": wanted}
    return Recognised(trigger=trigger, what=str(what), rank=rank, device_id=data.get("device_id"))


def _zha(event_type: str, data: Data) -> Recognised | None:
    command = data.get("command")
    if command in (None, "attribute_updated", "device_offline") or data.get("cluster_id") == ZHA_IAS_ACE:
        return None  # every press also updates an attribute; what a keypad sends to arm carries its code
    return _matching(event_type, data, ("device_ieee", "endpoint_id", "cluster_id", "command"), command)


def _zwave_notification(event_type: str, data: Data) -> Recognised | None:
    match data.get("command_class"):
        case 113 if data.get("type") in ZWAVE_NOTIFICATIONS:
            keys: tuple[str, ...] = ("device_id", "command_class", "type", "event")
            found = _matching(event_type, data, keys, data.get("event_label", data.get("event")))
            user = (data.get("parameters") or {}).get("userId")
            if data.get("type") != ZWAVE_ACCESS_CONTROL or user is None:
                return found
            wanted = {**found.trigger["event_data"], "parameters": {"userId": user}}
            trigger = {**found.trigger, "event_data": wanted}
            return Recognised(
                trigger=trigger, what=f"{found.what} ({user})", rank=found.rank, device_id=found.device_id
            )
        case 111 if data.get("event_type") in ZWAVE_ALERT_KEYS:
            keys = ("device_id", "command_class", "event_type")
            return _matching(event_type, data, keys, data.get("event_type_label", data.get("event_type")))
    return None


def _zwave_value(event_type: str, data: Data) -> Recognised:
    keys = ("device_id", "command_class", "property", "property_key", "value")
    what = " ".join(str(data[key]) for key in ("label", "value") if data.get(key) is not None)
    return _matching(event_type, data, keys, what, Rank.DOUBLE)


def _deconz_alarm(event_type: str, data: Data) -> Recognised | None:
    if data.get("event") not in ("emergency", "fire", "panic") or data.get("unique_id") is None:
        return None  # the others say that a code was entered
    return _matching(event_type, data, ("unique_id", "event"), data["event"])


def _sia(event_type: str, data: Data) -> Recognised | None:
    if data.get("code") not in SIA_CODES:
        return None
    what = f"{data.get('message') or data['code']} ({data.get('ri')})"
    return _matching(event_type, data, ("code", "ri"), what)


def _tag(_event_type: str, data: Data) -> Recognised | None:
    if not isinstance(tag := data.get("tag_id"), str):
        return None
    return Recognised(trigger={"platform": "tag", "tag_id": [tag]}, what=str(data.get("name") or tag), rank=Rank.EVENT)


def _by(*keys: str, what: str, rank: Rank = Rank.EVENT) -> Callable[[str, Data], Recognised | None]:
    """Return the rule for an event that says in its first field whose it is, and in one what was done."""

    def rule(event_type: str, data: Data) -> Recognised | None:
        if data.get(keys[0]) is None or data.get(what) is None:
            return None
        return _matching(event_type, data, keys, data[what], rank)

    return rule


MOVES_BY_ITSELF = frozenset(
    {
        "battery",
        "battery_charging",
        "cold",
        "connectivity",
        "heat",
        "light",
        "motion",
        "moving",
        "occupancy",
        "plug",
        "power",
        "presence",
        "problem",
        "running",
        "sound",
        "update",
    }
)
"""Kinds of sensors that somebody in the house may move at any time while a button is looked for."""
ZHA_IAS_ACE = 0x0501
ZWAVE_ACCESS_CONTROL = 6
ZWAVE_NOTIFICATIONS = (ZWAVE_ACCESS_CONTROL, 7, 10)
"""Notification types in which a person acts: access control, home security, emergency."""
SIA_EVENT = "sia_event_"
"""Begins the names of the events of core's SIA integration; its port and the panel's account follow."""
SIA_CODES = ("PA", "HA", "MA", "QA")
"""Panic, hold-up, medical and emergency alarm (SIA DC-03). Its panel entity hears no second one until it is off."""
ZWAVE_ALERT_KEYS = (16, 17, 18, 19)
"""Entry Control events of the fire, police, panic and medical keys; all others carry what was typed."""

_EVENTS: dict[str, Callable[[str, Data], Recognised | None]] = {
    "zha_event": _zha,
    "zwave_js_notification": _zwave_notification,
    "zwave_js_value_notification": _zwave_value,
    "deconz_event": _by("unique_id", "event", what="event"),
    "deconz_alarm_event": _deconz_alarm,
    "shelly.click": _by("device_id", "channel", "click_type", what="click_type"),
    "tag_scanned": _tag,
    "bthome_ble_event": _by("address", "event_class", "event_type", what="event_type", rank=Rank.DOUBLE),
    "xiaomi_ble_event": _by("address", "event_class", "event_type", what="event_type", rank=Rank.DOUBLE),
    "hue_event": _by("device_id", "type", "subtype", what="type", rank=Rank.DOUBLE),
    "lutron_caseta_button_event": _by("device_id", "serial", "button_number", "action", what="action"),
    "ios.action_fired": _by("sourceDeviceID", "actionName", what="actionName"),
}
"""Events of the bus in which a press can be heard, as their integrations fire them."""
EVENTS = frozenset(_EVENTS)
