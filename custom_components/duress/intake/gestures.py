"""What was done with a button, read off the words that its integration has for it."""

from collections.abc import Mapping
import re
from typing import Any

from ..const import GESTURE_CODE, GESTURE_DOUBLE, GESTURE_LONG, GESTURE_SINGLE

_WORDS = ((GESTURE_DOUBLE, r"double|2x|multi_press_2|twice"), (GESTURE_LONG, r"long|hold|held"))
_WHICH = frozenset(
    {"address", "alias", "device_id", "device_ieee", "entity_id", "id", "sourceDeviceID", "target", "topic"}
)
"""Keys that say which button it is, in words that people chose, not what was done with it."""


def gesture_of(trigger: Mapping[str, Any]) -> str:
    """Return the gesture that a trigger hears: single unless its own words say otherwise."""
    if "userId" in trigger.get("event_data", {}).get("parameters", {}):
        return GESTURE_CODE  # the code of one user, at a lock
    said = " ".join(_texts(trigger))
    return next((gesture for gesture, words in _WORDS if re.search(words, said, re.IGNORECASE)), GESTURE_SINGLE)


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for key, each in value.items() if key not in _WHICH for text in _texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
