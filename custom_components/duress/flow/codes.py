"""The codes that a responder types: chosen by whoever is in charge, and never shown again."""

from collections.abc import Mapping
from typing import Any

from homeassistant.helpers.selector import BooleanSelector, TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from ..codes import DURESS, PIN, Codes, all_codes, close_to, is_code

CONF_FORGET = "forget"
HIDDEN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
SCHEMA = vol.Schema(
    {
        vol.Optional(PIN): HIDDEN,
        vol.Optional(DURESS): HIDDEN,
        vol.Required(CONF_FORGET, default=False): BooleanSelector(),
    }
)


async def async_new_codes(
    codes: Codes, user_input: Mapping[str, Any], before: Mapping[str, str], of_others: list[Mapping[str, str]]
) -> dict[str, str] | None:
    """Return what is kept of a responder's codes from now on, or None where one that was typed cannot be used."""
    if user_input.get(CONF_FORGET):
        return {}
    new = {kind: user_input[kind] for kind in (PIN, DURESS) if user_input.get(kind)}
    kept = {kind: h for kind, h in before.items() if kind not in new}
    if not new or (DURESS in new and PIN not in {**new, **kept}):
        return None
    if len(new) > 1 and is_code(new[PIN]) and new[DURESS] in close_to(new[PIN]):
        return None
    taken = all_codes([*of_others, kept])
    for code in new.values():
        if not await codes.async_can_be_used(code, taken):
            return None
    return kept | {kind: await codes.async_hash(code) for kind, code in new.items()}
