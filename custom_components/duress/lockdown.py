"""Tells those in charge what became of the doors of a lockdown, once that is known of each."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback

from .doors import Door
from .effects.phone import async_warn_people
from .effects.texts import Language, clock
from .engine.door_events import LockdownChanged
from .engine.doors import Stage
from .engine.reach import MANAGERS
from .responders import Responder
from .site import Site

TAG = "duress_lockdown_"


class LockdownReports:
    """Follows lockdowns until it is known what became of every door."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Take up those that were not known of when the program stopped."""
        self._hass = hass
        self._site = site
        self._told = {each.area: each for each in self._settled()}
        self.async_stop = site.views.async_subscribe_configuration(self._look)

    def _settled(self) -> Iterable[LockdownChanged]:
        doors = self._site.doors
        return [each for each in doors.lockdowns if doors.are_settled(each.doors)]

    @callback
    def _look(self) -> None:
        for lockdown in self._settled():
            if self._told.get(lockdown.area) != lockdown:
                self._told[lockdown.area] = lockdown
                tell = _async_tell(self._hass, self._site, lockdown)
                self._hass.async_create_task(tell, "duress lockdown", eager_start=True)


def results(site: Site, lockdown: LockdownChanged, language: Language) -> list[str]:
    """Return how each door of a lockdown is, in a sentence."""
    doors = (site.configuration.doors.get(door) for door in lockdown.doors)
    return [said for door in doors if door is not None and (said := said_of(site, door, language))]


def said_of(site: Site, door: Door, language: Language) -> str:
    """Return how a door is with what was last wanted of it, in a sentence; nothing while it is still being moved."""
    movement = site.doors.movement(door.id)
    if movement is None or movement.stage is Stage.MOVING or (movement.stage is Stage.KEPT and movement.why is None):
        return ""
    return language.door(door.name, movement)


async def _async_tell(hass: HomeAssistant, site: Site, lockdown: LockdownChanged) -> None:
    """Tell those in charge, and whoever did it."""
    configuration = site.configuration
    by = configuration.responders_of(lockdown.by)
    told = dict.fromkeys((*configuration.groups.get(MANAGERS, ()), *by))
    responders = [configuration.responders[responder] for responder in told]

    def text(responder: Responder) -> tuple[str, str]:
        language = site.texts.to(responder)
        words = {"at": clock(lockdown.at), "name": configuration.responders[by[0]].name if by else ""}
        said = language.say("lockdown_by", words) if by else language.say("lockdown_since", words)
        return language.say("lockdown_title", {}), " ".join((said, *results(site, lockdown, language)))

    phones = ((phone, responder) for responder in responders for phone in responder.phones)
    await async_warn_people(hass, phones, text, TAG + site.entry_id)
