"""What is told of doors that do not come back to what they were.

People are called to one that was opened for a call and could not be secured again (hazard H9).
"""

from dataclasses import replace
from datetime import timedelta
import secrets
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.util.ulid import ulid_at_time

from .clock import Clock
from .configuration import REPEAT_AFTER
from .doors import Door
from .effects.phone import async_warn_people
from .effects.texts import plain
from .engine.commands import HandlePress
from .engine.doors import Movement
from .engine.kinds import Origin
from .engine.model import Incident, Place, Press
from .engine.plan import ARRIVAL_WITHIN, CallType, Plan, Step
from .engine.reach import MANAGERS
from .responders import Responder

if TYPE_CHECKING:
    from .site import Site

SOURCE = "door"
LEFT_OPEN = "left_open"


def call_to(site: Site, door: Door, cause: Incident | None) -> HandlePress:
    """Return what calls people to a door: who was called to what it was opened for, those in charge, or everybody.

    What it was opened for may still have to be quiet.
    """
    reach = site.reach()
    called = dict.fromkeys(call.responder for call in cause.called) if cause is not None else {}
    holders = cause.holders if cause is not None else ()
    plan = Plan(
        id=LEFT_OPEN,
        steps=(Step(after=timedelta(0), responders=tuple(called), groups=(MANAGERS,)),),
        repeat_after=REPEAT_AFTER,
        call_type=CallType.DOOR,
        covert=cause is not None and cause.plan.covert,
        arrival_within=ARRIVAL_WITHIN[CallType.DOOR],
    )
    if not plan.can_be_answered(plan.allowed(reach, holders)):
        everybody = tuple(site.configuration.responders)
        plan = replace(plan, steps=(Step(after=timedelta(0), responders=everybody),))
    area = ar.async_get(site.hass).async_get_area(door.area) if door.area else None
    press = Press(
        point=door.id, source=SOURCE, gesture=LEFT_OPEN, heard_at=Clock.wall(), origin=Origin.LOCAL, user=None
    )
    return HandlePress(
        press=press,
        place=Place(point=door.name, area=area.name if area else None),
        plan=plan,
        incident=ulid_at_time(site.now().timestamp()),
        secret=secrets.token_hex(16),
        reach=reach,
        holders=holders,
    )


async def async_tell_stuck(hass: HomeAssistant, site: Site, door: Door, movement: Movement) -> None:
    """Tell those in charge of a door that was locked for a call, or in a lockdown, and could not be unlocked again."""
    responders = site.configuration.responders
    told = site.configuration.groups.get(MANAGERS) or tuple(responders)

    def text(responder: Responder) -> tuple[str, str]:
        language = site.texts.to(responder)
        return language.say("door_stuck_title", {"point": plain(door.name)}), language.door(door.name, movement)

    phones = ((phone, responders[responder]) for responder in told for phone in responders[responder].phones)
    await async_warn_people(hass, phones, text, f"duress_door_{door.id}")
