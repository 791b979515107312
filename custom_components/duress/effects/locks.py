"""Tells locks what is wanted, and reads what they say. What they answer to being told proves nothing.

A lock that is offline can hold its caller for more than a minute, so nobody waits for one.
"""

import asyncio
from collections.abc import Hashable
import logging

from homeassistant.const import ATTR_ASSUMED_STATE, ATTR_ENTITY_ID, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback

from ..devices import entity_id_of
from ..doors import Door
from ..engine.doors import Bolt, Live, Movement
from ..engine.moving import is_told
from .actions import async_run

_LOGGER = logging.getLogger(__name__)

LOCK = "lock"
SERVICES = {Bolt.LOCKED: "lock", Bolt.UNLOCKED: "unlock"}
JAMMED = "jammed"
BOLTS = {"locked": Bolt.LOCKED, "unlocked": Bolt.UNLOCKED, "open": Bolt.UNLOCKED}
"""What the states of a lock say of its bolt; the others say that it moves, or nothing."""


class Locks:
    """The locks of a site, and the actions that stand in for one."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Tell the locks of this Home Assistant."""
        self._hass = hass
        self._told: dict[str, Hashable] = {}
        """The attempt for which each door was told last."""
        self._actions: dict[str, Bolt] = {}
        """What actions were last run for, where they stand in for a lock."""
        self._tasks: set[asyncio.Task[None]] = set()

    @callback
    def stop(self) -> None:
        """Wait for no lock any more."""
        for task in self._tasks:
            task.cancel()

    @callback
    def live(self, door: Door) -> Live:
        """Return what a door says of itself."""
        if door.lock is None:
            return Live(bolt=self._actions.get(door.id), assumed=True)
        state = self._hass.states.get(entity_id_of(self._hass, door.lock))
        if state is None or state.state == STATE_UNAVAILABLE:
            return Live(available=False)
        sensor = self._hass.states.get(entity_id_of(self._hass, door.jam_sensor)) if door.jam_sensor else None
        return Live(
            bolt=BOLTS.get(state.state),
            jammed=state.state == JAMMED or (sensor is not None and sensor.state == STATE_ON),
            assumed=bool(state.attributes.get(ATTR_ASSUMED_STATE)),
        )

    @callback
    def tell(self, door: Door, movement: Movement) -> None:
        """Tell a door what is wanted of it: once for each attempt, and not if it is so already."""
        attempt = (movement.bolt, movement.since, movement.attempt)
        if self._told.get(door.id) == attempt or not is_told(movement, self.live(door)):
            return
        self._told[door.id] = attempt
        task = self._hass.async_create_background_task(self._tell(door, movement.bolt), "duress door", eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell(self, door: Door, bolt: Bolt) -> None:
        try:
            if door.lock is None:
                await async_run(self._hass, door.actions(bolt), {})
                self._actions[door.id] = bolt
                return
            target = {ATTR_ENTITY_ID: entity_id_of(self._hass, door.lock)}
            await self._hass.services.async_call(LOCK, SERVICES[bolt], target, blocking=True)
        except Exception as error:  # whatever the integration behind it does: only what the lock says counts
            _LOGGER.warning("A door could not be told what is wanted of it: %s", type(error).__name__)
            _LOGGER.debug("It failed in this way", exc_info=True)
