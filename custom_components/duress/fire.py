"""Whether something says that there is a fire, so that nobody may be locked in (hazard H8)."""

from collections.abc import Collection, Iterable

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from .devices import entity_id_of

FIRE = frozenset({"on", "triggered"})
"""States in which a smoke detector, an alarm panel or a switch says so."""


class FireWatch:
    """What was said of fire, and not taken back since: a detector that burns says nothing any more."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no fire."""
        self._hass = hass
        self._burning: set[str] = set()

    def is_fire(self, sensors: Collection[str]) -> bool:
        """Return whether any of these says that there is a fire, or was the last to say so."""
        for sensor in sensors:
            state = self._hass.states.get(entity_id_of(self._hass, sensor))
            if state is not None and state.state in FIRE:
                self._burning.add(sensor)
            elif state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
                self._burning.discard(sensor)
        return not self._burning.isdisjoint(sensors)

    def assume(self, sensors: Iterable[str]) -> None:
        """Take it that there is a fire until these say otherwise: there was one when the program stopped."""
        self._burning.update(sensors)
