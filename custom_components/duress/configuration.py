"""A site as the caretaker set it up: the config entry and its subentries, read into plain objects."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .const import (
    CONF_ADDRESS,
    CONF_AFTER,
    CONF_AUDITORS,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_COVERT,
    CONF_CRITICAL,
    CONF_DOORS,
    CONF_DOORS_FOR,
    CONF_DOORS_RESTORED,
    CONF_ENDS_AT_ORIGIN,
    CONF_ENTRANCE,
    CONF_FIRE_SENSORS,
    CONF_GROUPS,
    CONF_INSTALLER,
    CONF_KEPT_OUT,
    CONF_LIVE,
    CONF_NEEDS_TWO,
    CONF_PICTURES,
    CONF_REPEAT_AFTER,
    CONF_RESPONDERS,
    CONF_SECOND_ACTIVATION,
    CONF_STEPS,
    CONF_SUBJECT,
    CONF_TOGETHER,
    CONF_UPGRADES_TO,
    SUBENTRY_DOOR,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
    SUBENTRY_TRIGGER_POINT,
)
from .doors import Door, door_of
from .engine.cameras import Pictures
from .engine.doors import Bolt, Moment, PlanDoor
from .engine.plan import ARRIVAL_WITHIN, DOORS_FOR, CallType, Plan, Step
from .engine.reach import Reach
from .responders import LOOKING_AFTER, Responder, looking_after, responder_of
from .trigger_points import TriggerPoint, point_of

FALLBACK_PLAN = "fallback"
COMMISSIONING_PLAN = "commissioning"
COERCED_PLAN = "coerced"
REPEAT_AFTER = timedelta(seconds=60)
"""How long the plans wait that nobody set up: one default step."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of a site's configuration at one moment, by subentry id."""

    points: Mapping[str, TriggerPoint]
    responders: Mapping[str, Responder]
    plans: Mapping[str, Plan]
    live: bool = True
    """Until a site goes live, presses call only whoever sets it up (hazard H53)."""
    installer: str | None = None
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who stands behind each word that a step can call by."""
    address: str = ""
    """What somebody says to the emergency services on the telephone."""
    entrance: str = ""
    """How whoever comes gets in."""
    auditors: frozenset[str] = frozenset()
    """Users who may read the record, and nothing else."""
    kept_out: frozenset[str] = frozenset()
    """The kinds of events that Activity is not to show."""
    doors: Mapping[str, Door] = field(default_factory=dict)
    fire_sensors: tuple[str, ...] = ()
    """What says that nobody may be locked in, whoever wants it (hazard H8)."""

    @classmethod
    def of(cls, entry: ConfigEntry[Any]) -> Configuration:
        """Read the entry as it is now."""
        responders = {s.subentry_id: responder_of(s) for s in entry.get_subentries_of_type(SUBENTRY_RESPONDER)}
        plans = entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN)
        return cls(
            points={s.subentry_id: point_of(s) for s in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT)},
            responders=responders,
            plans={s.subentry_id: _plan(s, responders) for s in plans},
            live=entry.options.get(CONF_LIVE, True),
            installer=entry.options.get(CONF_INSTALLER),
            groups=_groups(responders.values()),
            address=entry.data.get(CONF_ADDRESS, ""),
            entrance=entry.data.get(CONF_ENTRANCE, ""),
            auditors=frozenset(entry.options.get(CONF_AUDITORS, ())),
            kept_out=frozenset(kind for plan in plans for kind in plan.data.get(CONF_KEPT_OUT, ())),
            doors={s.subentry_id: door_of(s) for s in entry.get_subentries_of_type(SUBENTRY_DOOR)},
            fire_sensors=tuple(entry.options.get(CONF_FIRE_SENSORS, ())),
        )

    def plan(
        self, point: TriggerPoint | None, plan_id: str | None, reach: Reach, pressed_by: tuple[str, ...] = ()
    ) -> Plan:
        """Return what happens after a press: a plan, or what stands in for one. A press is never refused.

        Everybody is called for a plan that was deleted or that nobody could answer.
        """
        holders = point.holders if point is not None else ()
        plan = self.plans.get(plan_id or "") or _unknown_plan(holders)
        plan = _at(plan, point.area if point is not None else None)
        holders = (*holders, *pressed_by)
        if not self.live and reach.can_answer(self.installer or ""):
            trying = _calling(COMMISSIONING_PLAN, plan, (str(self.installer),))
            return replace(trying, for_trying=True, needs_two=False)
        if plan.can_be_answered(plan.allowed(reach, holders)):
            return plan
        return _calling(FALLBACK_PLAN, plan, tuple(self.responders))

    def upgrade(self, plan: Plan, point: str, reach: Reach, holders: tuple[str, ...]) -> Plan | None:
        """Return the plan that takes the place of one when it gets worse, if there is one that reaches anybody."""
        worse = self.plans.get(plan.upgrades_to or "")
        if worse is None or plan.for_trying:
            return None
        place = self.points.get(point)
        worse = _at(worse, place.area if place is not None else None)
        worse = replace(worse, cancel_window=timedelta(0), against_somebody=plan.covert or plan.against_somebody)
        return worse if worse.can_be_answered(worse.allowed(reach, holders)) else None

    def coerced(
        self, plan: Plan, reach: Reach, made_to: tuple[str, ...], called: Iterable[str] = ()
    ) -> tuple[Plan, tuple[str, ...]]:
        """Return the quiet plan that goes on where somebody may have been made to end a call, and who is kept out.

        It calls at once those who were `called` already, then those whom the call would have called, or else everybody.
        Those who may have been `made_to` are kept out of it, unless nobody else can answer.
        """
        kind = CallType.STAFF_DURESS
        first, *others = plan.steps or (Step(after=timedelta(0), responders=()),)
        quiet = Plan(
            id=COERCED_PLAN,
            steps=(replace(first, responders=(*called, *first.responders)), *others),
            repeat_after=plan.repeat_after,
            call_type=kind,
            covert=True,
            arrival_within=ARRIVAL_WITHIN[kind],
            for_trying=plan.for_trying,
        )
        everybody = _calling(COERCED_PLAN, quiet, tuple(self.responders))
        for candidate in (quiet, everybody):
            if candidate.can_be_answered(candidate.allowed(reach, made_to)):
                return candidate, made_to
        return everybody, ()

    def are_near(self, point: str | None, other: str) -> bool:
        """Return whether two trigger points are in the same area."""
        areas = [known.area if (known := self.points.get(each or "")) else None for each in (point, other)]
        return areas[0] is not None and areas[0] == areas[1]

    def responders_of(self, user: str | None) -> tuple[str, ...]:
        """Return the responders that a user stands for."""
        return tuple(r.id for r in self.responders.values() if user is not None and r.user == user)

    def is_in_charge(self, user: str) -> bool:
        """Return whether a user is a responder in charge, which nobody is only for being an administrator (H27)."""
        return any(self.responders[responder].manager for responder in self.responders_of(user))

    def is_desk(self, responder: str | None) -> bool:
        """Return whether a responder is a desk, which ends no call without a note, and not in charge as well."""
        known = self.responders.get(responder or "")
        return known is not None and known.desk and not known.manager

    def is_covert(self, point: TriggerPoint) -> bool:
        """Return whether any gesture of a trigger point has a covert plan, or may have had one that is gone."""
        plans = (self.plans.get(plan or "") or _unknown_plan(point.holders) for plan in point.plans)
        return any(plan.covert for plan in plans)

    def joins(self, plan: str, other: str) -> bool:
        """Return whether a press under one plan belongs to a call under the other: not if a gesture asks for another.

        What stood in for a plan, or has been deleted since, keeps nobody from being called again.
        """
        if COERCED_PLAN in (plan, other):  # what goes on quietly must swallow no press (hazard H41)
            return False
        return plan == other or not self.plans.keys() >= {plan, other}


def _groups(responders: Iterable[Responder]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for responder in responders:
        for group in responder.stands_for:
            groups[group] = (*groups.get(group, ()), responder.id)
    return groups


def _unknown_plan(holders: tuple[str, ...]) -> Plan:
    """Return a plan of which nothing is known any more; only covert ones ask who holds the trigger point."""
    plan = Plan(id=FALLBACK_PLAN, steps=(), repeat_after=REPEAT_AFTER)
    if not holders:
        return plan
    kind = CallType.STAFF_DURESS  # of the covert ones the one in which somebody goes, with care
    return replace(plan, covert=True, call_type=kind, arrival_within=ARRIVAL_WITHIN[kind])


def _at(plan: Plan, area: str | None) -> Plan:
    """Return a plan that calls those who look after this area, where it calls whoever looks after the place."""
    place = {LOOKING_AFTER: looking_after(area)} if area is not None else {}
    if not any(LOOKING_AFTER in step.groups for step in plan.steps):
        return plan
    steps = (replace(s, groups=tuple(place.get(group, group) for group in s.groups)) for s in plan.steps)
    return replace(plan, steps=tuple(steps))


def _calling(plan_id: str, plan: Plan, responders: tuple[str, ...]) -> Plan:
    """Return a plan of the same kind that calls only these."""
    return replace(plan, id=plan_id, steps=(Step(after=timedelta(0), responders=responders),))


def _plan(subentry: ConfigSubentry, present: Container[str]) -> Plan:
    """Return a plan without responders who are gone."""
    call_type = CallType(subentry.data.get(CONF_CALL_TYPE, CallType.RESIDENT))
    return Plan(
        id=subentry.subentry_id,
        steps=tuple(
            Step(
                after=timedelta(seconds=step[CONF_AFTER]),
                responders=tuple(r for r in step[CONF_RESPONDERS] if r in present),
                groups=tuple(step.get(CONF_GROUPS, ())),
                critical=step.get(CONF_CRITICAL, True),
            )
            for step in subentry.data[CONF_STEPS]
        ),
        repeat_after=timedelta(seconds=subentry.data[CONF_REPEAT_AFTER]),
        call_type=call_type,
        covert=subentry.data.get(CONF_COVERT, False),
        ends_at_origin=subentry.data.get(CONF_ENDS_AT_ORIGIN, False),
        needs_two=subentry.data.get(CONF_NEEDS_TWO, False),
        together=subentry.data.get(CONF_TOGETHER, False),
        second_activation=subentry.data.get(CONF_SECOND_ACTIVATION, False),
        upgrades_to=subentry.data.get(CONF_UPGRADES_TO),
        subject=subentry.data.get(CONF_SUBJECT, ""),
        pictures=Pictures(subentry.data.get(CONF_PICTURES, Pictures.NONE)),
        doors=_plan_doors(subentry.data.get(CONF_DOORS, {})),
        doors_for=timedelta(seconds=subentry.data.get(CONF_DOORS_FOR, DOORS_FOR.total_seconds())),
        doors_restored=subentry.data.get(CONF_DOORS_RESTORED, True),
        cancel_window=timedelta(seconds=subentry.data.get(CONF_CANCEL_WINDOW, 0)),
        arrival_within=ARRIVAL_WITHIN[call_type],
    )


def _plan_doors(doors: Mapping[str, Mapping[str, Iterable[str]]]) -> tuple[PlanDoor, ...]:
    """Return what a plan wants of doors, which is stored by what is wanted, and when."""
    return tuple(
        PlanDoor(door=door, bolt=Bolt(bolt), moment=Moment(moment))
        for bolt, moments in doors.items()
        for moment, chosen in moments.items()
        for door in chosen
    )
