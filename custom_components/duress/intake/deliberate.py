"""Whether a press is meant, for sites that must ask for two actions: the same button twice, or two buttons together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant

from ..devices import physical_device, platform_of
from ..engine.decide import SAME_PRESS
from ..trigger_points import Source, TwoActions


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a trigger point: the way it was heard, the device it is on, and who tells of it."""

    source: str
    device: str | None
    platform: str

    def is_another(self, button: Button) -> bool:
        """Return whether two presses were of two buttons.

        One button of a device may be heard in two ways, which tell of it in different words: that is one button.
        """
        same_device = self.device is not None and self.device == button.device
        return self.source != button.source and not (same_device and self.platform != button.platform)


class Deliberate:
    """Remembers the presses of one trigger point for as long as a second may take."""

    def __init__(self) -> None:
        """Remember none."""
        self._pressed: list[tuple[Button, datetime]] = []

    def is_meant(self, button: Button, asks_for: TwoActions, within: timedelta, at: datetime) -> bool:
        """Return whether a press makes up, with one before it, what the trigger point asks for."""
        before = [(other, when) for other, when in self._pressed if at - when <= within]
        self._pressed = [*before, (button, at)]
        if asks_for is TwoActions.TOGETHER:
            return any(button.is_another(other) for other, _ in before)
        # A radio says the same press twice in less time than a hand needs for two.
        return any(not button.is_another(other) and at - when >= SAME_PRESS for other, when in before)


def button_of(hass: HomeAssistant, source: Source) -> Button:
    """Return the button that a source hears."""
    return button_at(hass, source.id, source.trigger)


def button_at(hass: HomeAssistant, source: str, trigger: Mapping[str, Any]) -> Button:
    """Return the button that a trigger hears, under a name for that way of hearing it."""
    return Button(source, physical_device(hass, [trigger]), platform_of(trigger))
