"""Whether Home Assistant can do what a caretaker chose to have done."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from ..effects.actions import async_validate


async def async_errors_of_actions(
    hass: HomeAssistant, answers: Mapping[str, Any], fields: Iterable[str]
) -> dict[str, str]:
    """Return what is wrong with the actions in these fields of a form."""
    errors = {}
    for field in fields:
        try:
            await async_validate(hass, answers.get(field, ()))
        except Exception:  # noqa: BLE001  whatever the integration behind it says, it cannot be run
            errors[field] = "invalid_actions"
    return errors
