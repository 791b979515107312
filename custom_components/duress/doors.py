"""A door, or what else can be shut and opened for a call, as the caretaker set it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigSubentry

from .const import CONF_AREA, CONF_JAM_SENSOR, CONF_LOCK, CONF_MAY_LOCK, CONF_WHEN_LOCKED, CONF_WHEN_UNLOCKED
from .engine.doors import Bolt


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door with a lock, or with actions in the place of one: an access controller, a shutter, a light."""

    id: str
    name: str
    area: str | None = None
    lock: str | None = None
    """The lock, by the id that Home Assistant keeps for it."""
    jam_sensor: str | None = None
    """What says that the lock is jammed, where the lock itself does not."""
    may_lock: bool = False
    """Whether those in charge said that it opens from inside without key, code or power (hazard H8)."""
    when_locked: tuple[Mapping[str, Any], ...] = ()
    when_unlocked: tuple[Mapping[str, Any], ...] = ()

    def actions(self, bolt: Bolt) -> tuple[Mapping[str, Any], ...]:
        """Return what is done where there is no lock."""
        return self.when_locked if bolt is Bolt.LOCKED else self.when_unlocked


def door_of(subentry: ConfigSubentry) -> Door:
    """Read a door as it is set up."""
    data = subentry.data
    return Door(
        id=subentry.subentry_id,
        name=subentry.title,
        area=data.get(CONF_AREA),
        lock=data.get(CONF_LOCK),
        jam_sensor=data.get(CONF_JAM_SENSOR),
        may_lock=data.get(CONF_MAY_LOCK, False),
        when_locked=tuple(data.get(CONF_WHEN_LOCKED, ())),
        when_unlocked=tuple(data.get(CONF_WHEN_UNLOCKED, ())),
    )
