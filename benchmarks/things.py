"""Cameras and locks to measure with, as many as are wanted."""

import asyncio
from typing import Any

from homeassistant.components.camera import Camera
from homeassistant.components.lock import LockEntity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockPlatform, mock_platform

CAMERAS, LOCKS = 50, 20
PICTURE = 400_000
"""Bytes of a picture: about what a camera of 2 megapixels gives."""
SLOWEST = 0.3
"""Seconds that a camera takes at the most."""


class _Camera(Camera):
    """A camera that takes its time, and gives another picture each time."""

    _attr_should_poll = False

    def __init__(self, number: int) -> None:
        super().__init__()
        self._attr_name = f"Bench {number}"
        self._attr_unique_id = f"bench_{number}"
        self.entity_id = f"camera.bench_{number}"
        self._takes = SLOWEST * number / CAMERAS
        self._asked = 0

    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        """Give a picture."""
        await asyncio.sleep(self._takes)
        self._asked += 1
        return b"\xff\xd8" + self._asked.to_bytes(PICTURE, "little") + b"\xff\xd9"


class _Lock(LockEntity):
    """A lock that does at once what it is told."""

    _attr_should_poll = False
    _attr_is_locked = False

    def __init__(self, number: int) -> None:
        super().__init__()
        self._attr_name = f"Bench {number}"
        self._attr_unique_id = f"bench_{number}"
        self.entity_id = f"lock.bench_{number}"

    async def async_lock(self, **kwargs: Any) -> None:
        """Lock."""
        self._attr_is_locked = True
        self.async_write_ha_state()

    async def async_unlock(self, **kwargs: Any) -> None:
        """Unlock."""
        self._attr_is_locked = False
        self.async_write_ha_state()


async def add_cameras_and_locks(hass: HomeAssistant) -> None:
    """Have Home Assistant manage all of them."""
    for domain, entities in (
        ("camera", [_Camera(number) for number in range(CAMERAS)]),
        ("lock", [_Lock(number) for number in range(LOCKS)]),
    ):

        async def add(
            _hass: HomeAssistant, _config: Any, add_entities: Any, _info: Any = None, known: Any = entities
        ) -> None:
            add_entities(known)

        mock_platform(hass, f"test.{domain}", MockPlatform(async_setup_platform=add))
        assert await async_setup_component(hass, domain, {domain: {"platform": "test"}})
    await hass.async_block_till_done()


def cameras(count: int) -> list[dict[str, str]]:
    """Return so many of the cameras, as a trigger point has them."""
    return [{"entity": f"camera.bench_{number}"} for number in range(count)]
