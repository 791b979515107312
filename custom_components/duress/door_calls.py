"""What calls people to a door that was opened for a call and could not be secured again (hazard H9)."""

from dataclasses import replace
from datetime import timedelta
import secrets
from typing import TYPE_CHECKING

from homeassistant.helpers import area_registry as ar
from homeassistant.util.ulid import ulid_at_time

from .clock import Clock
from .configuration import REPEAT_AFTER
from .doors import Door
from .engine.commands import HandlePress
from .engine.kinds import Origin
from .engine.model import Incident, Place, Press
from .engine.plan import ARRIVAL_WITHIN, CallType, Plan, Step
from .engine.reach import MANAGERS

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
