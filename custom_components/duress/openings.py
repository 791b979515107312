"""What a press asks of the engine, as the site stands at that moment."""

from dataclasses import replace
from datetime import datetime
import secrets

from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.util.ulid import ulid_at_time

from .configuration import COMMISSIONING_PLAN, Configuration
from .devices import physical_device, platform_of
from .engine.commands import AtOrigin, HandlePress
from .engine.model import Incident, Place, Press
from .engine.origin import never_ends_there
from .engine.plan import CallType, Plan
from .engine.reach import Reach
from .trigger_points import TriggerPoint
from .whereabouts import near, position_of

PERSON = "person"
USER_ID = "user_id"
FROM_ANYWHERE = ("tag", "webhook")
"""Triggers that can be pulled without being in the room."""


@callback
def opening(
    hass: HomeAssistant,
    configuration: Configuration,
    reach: Reach,
    point: TriggerPoint,
    press: Press,
    *,
    plan_id: str | None,
    now: datetime,
    visited_at: datetime | None = None,
    found: bool = False,
    late: bool = False,
    drill: bool = False,
) -> HandlePress:
    """Return the command for a press, where somebody was last `visited_at`.

    Whoever is known to have pressed holds the trigger point (hazard H2), unless they only began a drill.
    """
    pressed_by = configuration.responders_of(press.user) if not drill else ()
    plan = configuration.plan(point, plan_id, reach, pressed_by)
    if not plan.covert:
        plan = replace(plan, cancel_window=max(plan.cancel_window, point.cancel_window))
    soft_until = _soft_until(point, plan, now)
    if soft_until is not None:
        plan = replace(plan, steps=tuple(replace(step, critical=False) for step in plan.steps))
    plan = replace(plan, ends_at_origin=plan.ends_at_origin and _can_end_there(point, plan))
    holders = tuple(dict.fromkeys((*point.holders, *pressed_by)))
    tracks = point.tells_position and press.user is not None and not drill
    return HandlePress(
        press=press,
        place=replace(place_of(hass, point, press.user), soft_until=soft_until, visited_at=visited_at),
        plan=plan,
        incident=ulid_at_time(now.timestamp()),
        secret=secrets.token_hex(16),
        reach=reach,
        holders=holders if plan.id != COMMISSIONING_PLAN else (),
        tracks=tracks,
        position=position_of(hass, press.user) if tracks else None,
        found=found and not plan.covert,
        late=late,
        drill=drill,
    )


def upgraded(configuration: Configuration, incident: Incident, reach: Reach) -> Plan | None:
    """Return the plan that an open call goes on by when it gets worse, None for its own."""
    plan = configuration.upgrade(incident.plan, incident.press.point, reach, incident.holders)
    point = configuration.points.get(incident.press.point)
    if plan is None or point is None:
        return plan
    return replace(plan, ends_at_origin=plan.ends_at_origin and _can_end_there(point, plan))


def _soft_until(point: TriggerPoint, plan: Plan, now: datetime) -> datetime | None:
    """Return until when a repeat-caller rule softens calls like this one: only residents' own, and none that is over.

    The second round is loud all the same (hazard H35).
    """
    until = point.soft_until if plan.call_type is CallType.RESIDENT else None
    return until if until is not None and until > now else None


def _can_end_there(point: TriggerPoint, plan: Plan) -> bool:
    """Return whether a button in the room can show that somebody is there, or that it is over where that counts."""
    buttons = [s.signals for s in point.sources if s.signals and platform_of(s.trigger) not in FROM_ANYWHERE]
    return AtOrigin.SOMEBODY_IS_THERE in buttons or (bool(buttons) and not never_ends_there(plan))


@callback
def place_of(hass: HomeAssistant, point: TriggerPoint, user: str | None = None) -> Place:
    """Return where a trigger point is; one on a phone is wherever the person is whose phone it is."""
    area = ar.async_get(hass).async_get_area(point.area) if point.area else None
    name = point.name
    if point.by_phone and (person := _person(hass, user)) is not None:
        name = f"{name} ({person})"
    pressed = physical_device(hass, (source.trigger for source in point.sources)) if point.worn else None
    heard = near(hass, pressed) if pressed is not None else None
    return Place(
        point=name,
        area=area.name if area else None,
        worn=point.worn,
        near=heard.where if heard else None,
        near_at=heard.at if heard else None,
        lent_to=point.lent_to,
        lost_since=point.lost_since,
    )


def _person(hass: HomeAssistant, user: str | None) -> str | None:
    """Return the name of the person who has a login."""
    people = hass.states.async_all(PERSON) if user is not None else ()
    return next((p.attributes.get(ATTR_FRIENDLY_NAME) for p in people if p.attributes.get(USER_ID) == user), None)
