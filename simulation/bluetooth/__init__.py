"""A custom integration for the demo's Home Assistant: a Bluetooth proxy whose button is pressed by an action."""

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .scanner import Gesture, Scanner

DOMAIN = "simulated_bluetooth"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Listen, and offer the action."""
    scanner = Scanner()
    scanner.start(hass)

    async def press(call: ServiceCall) -> None:
        scanner.press(Gesture[call.data["gesture"].upper()])

    gestures = vol.In([gesture.name.lower() for gesture in Gesture])
    hass.services.async_register(DOMAIN, "press", press, vol.Schema({vol.Required("gesture"): gestures}))
    return True
