"""What is wanted of doors at the moment, read off the open incidents and the lockdown. Nothing of it is remembered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .door_events import LockdownChanged
from .doors import Bolt, Moment, Order, PlanDoor, Stage
from .kinds import Origin, Phase, Progress, ResolveReason
from .model import Incident
from .plan import CallType

LOCKDOWN_MOVES_FOR = timedelta(minutes=30)
"""How long after a lockdown began a lock may still be moved for it: whoever was on the way out is out."""
LOCKS = (CallType.HOLD_UP, CallType.STAFF_DURESS)
"""Calls against a person. To all others somebody has to come in, or out (hazard H8)."""


def orders_of(incident: Incident, now: datetime, desks: frozenset[str] = frozenset()) -> list[Order]:
    """Return what an incident wants of doors: nothing where nobody is in need, or nobody has asked for long.

    `desks` are responders that are no person: none is opened for what somebody says there (hazard H9).
    """
    plan = incident.plan
    tried_out = incident.drill or plan.for_trying
    if not incident.is_open or incident.stale or tried_out or incident.phase is Phase.PENDING:
        return []
    orders = []
    for wanted in plan.doors:
        since = _since(incident, wanted.moment, desks)
        may = plan.call_type in LOCKS if wanted.bolt is Bolt.LOCKED else _may_unlock(incident, wanted.moment)
        until = since + plan.doors_for if since is not None else _stays_until(incident, wanted)
        if until is not None and may:
            orders.append(Order(door=wanted.door, bolt=wanted.bolt, until=until, incident=incident.id))
    orders += [
        Order(door=door, bolt=Bolt.UNLOCKED, until=until, incident=incident.id, asked=True)
        for door, until in incident.unlocked_for.items()
        if _named(incident, desks)
    ]
    return [order for order in orders if order.bolt is Bolt.LOCKED or order.until > now]


def orders_of_lockdown(lockdown: LockdownChanged) -> list[Order]:
    """Return what a lockdown wants of doors."""
    until = lockdown.at + LOCKDOWN_MOVES_FOR
    return [Order(door=door, bolt=Bolt.LOCKED, until=until) for door in lockdown.doors]


def strongest(orders: Iterable[Order]) -> Order | None:
    """Return which of the orders for a door counts.

    What somebody asks for who goes there goes before a lockdown, and that before what a plan would open by itself.
    """

    def rank(order: Order) -> tuple[bool, bool, bool, datetime]:
        return (order.asked, order.bolt is Bolt.LOCKED, order.incident is None, order.until)

    return max(orders, key=rank, default=None)


def releases(incident: Incident) -> bool:
    """Return whether doors that an incident had locked are unlocked again: only at the word of a known person."""
    by = incident.resolved_by
    named = by is not None and by.responder is not None
    return incident.plan.doors_restored and named and incident.reason is not ResolveReason.CANCELLED


def _since(incident: Incident, moment: Moment, desks: frozenset[str]) -> datetime | None:
    if moment is Moment.AT_ONCE:
        return incident.plan_since or incident.opened_at
    there = incident.progress is Progress.ON_SCENE
    return incident.taken_at if _named(incident, desks) and (there or moment is Moment.GOING) else None


def _stays_until(incident: Incident, wanted: PlanDoor) -> datetime | None:
    """Return until when a door is not locked in front of whoever went, and was asked anew on the way."""
    result = incident.doors.get(wanted.door)
    is_open = result is not None and (result.bolt, result.stage, result.securing) == (Bolt.UNLOCKED, Stage.DONE, False)
    return incident.doors_stay_until if is_open and wanted.bolt is Bolt.UNLOCKED else None


def _named(incident: Incident, desks: frozenset[str]) -> bool:
    """Return whether somebody goes, or is there, whose name is known (hazard H9)."""
    return any(actor.responder is not None and actor.responder not in desks for actor in incident.going)


def _may_unlock(incident: Incident, moment: Moment) -> bool:
    """Return whether a door may be opened by itself: at no press alone, nor for one that anybody can forge (H21)."""
    return moment is not Moment.AT_ONCE and incident.press.origin is not Origin.REMOTE
