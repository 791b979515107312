"""A Bluetooth proxy in the house, and a button in its range."""

from collections.abc import Callable
from enum import IntEnum
import time

from homeassistant.components.bluetooth import BaseHaRemoteScanner, async_register_scanner
from homeassistant.core import HomeAssistant

PROXY = "AA:BB:CC:00:00:01"
BUTTON = "B0:C7:DE:11:22:33"
BUTTON_NAME = "SBBT-002C"
"""What a Shelly BLU Button1 calls itself."""
REPEATS = 3
"""How often a button sends each press: nobody tells it whether it was heard."""
BTHOME = "0000fcd2-0000-1000-8000-00805f9b34fb"
"""The service whose data is of the BTHome format, https://bthome.io/format/."""
VERSION_2_WHEN_PRESSED = 0x44
PACKET_ID, BATTERY, PRESS = 0x00, 0x01, 0x3A


class Gesture(IntEnum):
    """What was done with a button, in the numbers of the BTHome format."""

    NONE = 0
    SINGLE = 1
    DOUBLE = 2
    LONG = 4


class Scanner(BaseHaRemoteScanner):
    """Passes on what it hears, as a proxy does."""

    def __init__(self) -> None:
        """Be a proxy that only listens."""
        super().__init__(PROXY, "Proxy", None, connectable=False)
        self._packet = 0

    def start(self, hass: HomeAssistant) -> Callable[[], None]:
        """Listen until the returned function is called."""
        stops = (async_register_scanner(hass, self), self.async_setup())

        def stop() -> None:
            for each in stops:
                each()

        return stop

    def press(self, gesture: Gesture) -> None:
        """Hear the button once more, each of its repeats."""
        self._packet = (self._packet + 1) % 256
        data = bytes([VERSION_2_WHEN_PRESSED, PACKET_ID, self._packet, BATTERY, 91, PRESS, gesture])
        for _ in range(REPEATS):
            self._async_on_advertisement(BUTTON, -55, BUTTON_NAME, [], {BTHOME: data}, {}, None, {}, time.monotonic())
