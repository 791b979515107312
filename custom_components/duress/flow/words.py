"""Sentences that dialogs put together, in the words that messages have."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..line import LINES


def say(hass: HomeAssistant, entry: ConfigEntry[Any], key: str, **words: str) -> str:
    """Return a sentence in the language of the house; nothing while the site is not up."""
    line = hass.data[LINES].get(entry.entry_id)
    return line.site.texts.default.say(key, words) if line is not None else ""
