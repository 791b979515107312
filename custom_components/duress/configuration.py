"""A site as the caretaker set it up: the config entry and its subentries, read into plain objects."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .const import (
    CONF_ACTIONS,
    CONF_AFTER,
    CONF_AREA,
    CONF_ASKS_FOR,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_COVERT,
    CONF_CRITICAL,
    CONF_CUSTODY,
    CONF_FOLLOW_UP,
    CONF_GESTURE,
    CONF_HOLDERS,
    CONF_INSTALLER,
    CONF_LENT_TO,
    CONF_LIVE,
    CONF_LOST_SINCE,
    CONF_NOTIFY,
    CONF_PASSED_OVER,
    CONF_PHONE,
    CONF_PHONES,
    CONF_PLAN,
    CONF_POSITION,
    CONF_QUIET,
    CONF_REPEAT_AFTER,
    CONF_RESPONDERS,
    CONF_SOURCES,
    CONF_STEPS,
    CONF_SUBJECT,
    CONF_TRIGGER,
    CONF_TWO_ACTIONS,
    CONF_USER,
    CONF_WITHIN,
    CONF_WORN,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
    SUBENTRY_TRIGGER_POINT,
)
from .engine.plan import ARRIVAL_WITHIN, CallType, Plan, Reach, Step

FALLBACK_PLAN = "fallback"
COMMISSIONING_PLAN = "commissioning"
REPEAT_AFTER = timedelta(seconds=60)
"""How long the plans wait that nobody set up: one default step."""


WITHIN = 3
"""How many seconds a second action may take, unless another time is chosen."""


class TwoActions(StrEnum):
    """What a site can ask for instead of one press, where it must."""

    TWICE = "twice"
    """The same button, twice."""
    TOGETHER = "together"
    """Two different buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One way a trigger point is heard: a Home Assistant trigger as the caretaker chose it."""

    id: str
    trigger: Mapping[str, Any]
    gesture: str
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerPoint:
    """A thing that a person uses to call for help."""

    id: str
    name: str
    area: str | None
    sources: tuple[Source, ...]
    holders: tuple[str, ...] = ()
    """Responders who carry it, or are where it is (hazard H2)."""
    worn: bool = False
    by_phone: bool = False
    """Whether it is a button in the companion app, which has no sources."""
    tells_position: bool = False
    """Whether the phone of whoever presses it says where it is."""
    phone_plan: str | None = None
    asks_for: TwoActions | None = None
    """What calls for help where one press is not enough."""
    within: timedelta = timedelta(seconds=WITHIN)
    """How long the second action may take."""
    cancel_window: timedelta = timedelta(0)
    """How long an open call waits before anybody is called: the button is known to call by itself."""
    lent_to: str | None = None
    lost_since: datetime | None = None

    @property
    def plan(self) -> str | None:
        """Return what happens after a press that came through none of its sources."""
        return self.sources[0].plan if self.sources else self.phone_plan

    @property
    def plans(self) -> tuple[str | None, ...]:
        """Return what may happen after a press, whichever way it comes."""
        return (self.plan, *(source.plan for source in self.sources))


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """A person, or a post, who can be called: which phones ring, and what else is done.

    `phones` are registrations of the companion app in the name of `user`. `notify` are entities that send a message,
    by registry id or entity id. `actions` run at each call, `follow_up` when that is answered or over; `quiet` says
    that they show nowhere, so that they also run in a covert call.
    """

    id: str
    name: str
    user: str | None
    phones: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    """Phones of the same user that were offered to a manager and not chosen."""
    notify: tuple[str, ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()
    follow_up: tuple[Mapping[str, Any], ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of a site's configuration at one moment, by subentry id."""

    points: Mapping[str, TriggerPoint]
    responders: Mapping[str, Responder]
    plans: Mapping[str, Plan]
    live: bool = True
    """Until a site goes live, presses call only whoever sets it up (hazard H53)."""
    installer: str | None = None

    @classmethod
    def of(cls, entry: ConfigEntry[Any]) -> Configuration:
        """Read the entry as it is now."""
        responders = {s.subentry_id: _responder(s) for s in entry.get_subentries_of_type(SUBENTRY_RESPONDER)}
        plans = entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN)
        return cls(
            points={s.subentry_id: _point(s) for s in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT)},
            responders=responders,
            plans={s.subentry_id: _plan(s, responders) for s in plans},
            live=entry.options.get(CONF_LIVE, True),
            installer=entry.options.get(CONF_INSTALLER),
        )

    def plan(
        self, point: TriggerPoint | None, plan_id: str | None, reach: Reach, pressed_by: tuple[str, ...] = ()
    ) -> Plan:
        """Return what happens after a press: a plan, or what stands in for one. A press is never refused.

        Everybody is called for a plan that was deleted or that nobody could answer.
        """
        holders = point.holders if point is not None else ()
        plan = self.plans.get(plan_id or "") or _unknown_plan(holders)
        holders = (*holders, *pressed_by)
        if not self.live and any(channel.answerable for channel in reach.get(self.installer or "", ())):
            return replace(_calling(COMMISSIONING_PLAN, plan, (str(self.installer),)), for_trying=True)
        if plan.can_be_answered(plan.allowed(reach, holders)):
            return plan
        return _calling(FALLBACK_PLAN, plan, tuple(self.responders))

    def is_covert(self, point: TriggerPoint) -> bool:
        """Return whether any gesture of a trigger point has a covert plan, or may have had one that is gone."""
        plans = (self.plans.get(plan or "") or _unknown_plan(point.holders) for plan in point.plans)
        return any(plan.covert for plan in plans)

    def joins(self, plan: str, other: str) -> bool:
        """Return whether a press under one plan belongs to a call under the other: not if a gesture asks for another.

        What stood in for a plan, or has been deleted since, keeps nobody from being called again.
        """
        return plan == other or not self.plans.keys() >= {plan, other}


def _unknown_plan(holders: tuple[str, ...]) -> Plan:
    """Return a plan of which nothing is known any more; only covert ones ask who holds the trigger point."""
    plan = Plan(id=FALLBACK_PLAN, steps=(), repeat_after=REPEAT_AFTER)
    if not holders:
        return plan
    kind = CallType.STAFF_DURESS  # of the covert ones the one in which somebody goes, with care
    return replace(plan, covert=True, call_type=kind, arrival_within=ARRIVAL_WITHIN[kind])


def _calling(plan_id: str, plan: Plan, responders: tuple[str, ...]) -> Plan:
    """Return a plan of the same kind that calls only these."""
    return replace(plan, id=plan_id, steps=(Step(after=timedelta(0), responders=responders),))


def _point(subentry: ConfigSubentry) -> TriggerPoint:
    data = subentry.data
    custody = data.get(CONF_CUSTODY, {})
    two_actions = data.get(CONF_TWO_ACTIONS, {})
    return TriggerPoint(
        id=subentry.subentry_id,
        name=subentry.title,
        area=custody.get(CONF_AREA) or data.get(CONF_AREA),
        sources=tuple(
            Source(id=s["id"], trigger=s[CONF_TRIGGER], gesture=s[CONF_GESTURE], plan=s[CONF_PLAN])
            for s in data[CONF_SOURCES]
        ),
        holders=tuple(data.get(CONF_HOLDERS, ())),
        worn=data.get(CONF_WORN, False),
        by_phone=CONF_PHONE in data,
        tells_position=data.get(CONF_PHONE, {}).get(CONF_POSITION, False),
        phone_plan=data.get(CONF_PHONE, {}).get(CONF_PLAN),
        asks_for=TwoActions(two_actions[CONF_ASKS_FOR]) if CONF_ASKS_FOR in two_actions else None,
        within=timedelta(seconds=two_actions.get(CONF_WITHIN, WITHIN)),
        cancel_window=timedelta(seconds=data.get(CONF_CANCEL_WINDOW, 0)),
        lent_to=custody.get(CONF_LENT_TO),
        lost_since=datetime.fromisoformat(custody[CONF_LOST_SINCE]) if CONF_LOST_SINCE in custody else None,
    )


def _responder(subentry: ConfigSubentry) -> Responder:
    data = subentry.data
    return Responder(
        id=subentry.subentry_id,
        name=subentry.title,
        user=data[CONF_USER],
        phones=tuple(data[CONF_PHONES]),
        passed_over=tuple(data.get(CONF_PASSED_OVER, ())),
        notify=tuple(data.get(CONF_NOTIFY, ())),
        actions=tuple(data.get(CONF_ACTIONS, ())),
        follow_up=tuple(data.get(CONF_FOLLOW_UP, ())),
        quiet=data.get(CONF_QUIET, False),
    )


def _plan(subentry: ConfigSubentry, present: Container[str]) -> Plan:
    """Return a plan without responders who are gone."""
    call_type = CallType(subentry.data.get(CONF_CALL_TYPE, CallType.RESIDENT))
    return Plan(
        id=subentry.subentry_id,
        steps=tuple(
            Step(
                after=timedelta(seconds=step[CONF_AFTER]),
                responders=tuple(r for r in step[CONF_RESPONDERS] if r in present),
                critical=step.get(CONF_CRITICAL, True),
            )
            for step in subentry.data[CONF_STEPS]
        ),
        repeat_after=timedelta(seconds=subentry.data[CONF_REPEAT_AFTER]),
        call_type=call_type,
        covert=subentry.data.get(CONF_COVERT, False),
        subject=subentry.data.get(CONF_SUBJECT, ""),
        cancel_window=timedelta(seconds=subentry.data.get(CONF_CANCEL_WINDOW, 0)),
        arrival_within=ARRIVAL_WITHIN[call_type],
    )
