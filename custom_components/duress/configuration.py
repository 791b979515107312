"""A site as the caretaker set it up: the config entry and its subentries, read into plain objects."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .const import (
    CONF_AFTER,
    CONF_AREA,
    CONF_CALL_TYPE,
    CONF_CANCEL_WINDOW,
    CONF_GESTURE,
    CONF_PHONES,
    CONF_PLAN,
    CONF_REPEAT_AFTER,
    CONF_RESPONDERS,
    CONF_SOURCES,
    CONF_STEPS,
    CONF_TRIGGER,
    CONF_USER,
    SUBENTRY_RESPONDER,
    SUBENTRY_RESPONSE_PLAN,
    SUBENTRY_TRIGGER_POINT,
)
from .engine.model import ARRIVAL_WITHIN, CallType, Plan, Reach, Step

FALLBACK_PLAN = "fallback"
FALLBACK_REPEAT_AFTER = timedelta(seconds=60)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """A person who can be called: a Home Assistant user, and which registrations of the companion app ring."""

    id: str
    name: str
    user: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of a site's configuration at one moment, by subentry id."""

    points: Mapping[str, TriggerPoint]
    responders: Mapping[str, Responder]
    plans: Mapping[str, Plan]

    @classmethod
    def of(cls, entry: ConfigEntry[Any]) -> Configuration:
        """Read the entry as it is now."""
        responders = {s.subentry_id: _responder(s) for s in entry.get_subentries_of_type(SUBENTRY_RESPONDER)}
        plans = entry.get_subentries_of_type(SUBENTRY_RESPONSE_PLAN)
        return cls(
            points={s.subentry_id: _point(s) for s in entry.get_subentries_of_type(SUBENTRY_TRIGGER_POINT)},
            responders=responders,
            plans={s.subentry_id: _plan(s, responders) for s in plans},
        )

    def plan(self, plan_id: str | None, reach: Reach) -> Plan:
        """Return a plan, or the fallback, which calls everybody.

        The fallback stands in for a plan that was deleted or that nobody could answer: a press is never refused.
        """
        if plan_id is not None and (plan := self.plans.get(plan_id)) is not None and plan.can_be_answered(reach):
            return plan
        everybody = Step(after=timedelta(0), responders=tuple(self.responders))
        return Plan(id=FALLBACK_PLAN, steps=(everybody,), repeat_after=FALLBACK_REPEAT_AFTER)


def _point(subentry: ConfigSubentry) -> TriggerPoint:
    data = subentry.data
    return TriggerPoint(
        id=subentry.subentry_id,
        name=subentry.title,
        area=data.get(CONF_AREA),
        sources=tuple(
            Source(id=s["id"], trigger=s[CONF_TRIGGER], gesture=s[CONF_GESTURE], plan=s[CONF_PLAN])
            for s in data[CONF_SOURCES]
        ),
    )


def _responder(subentry: ConfigSubentry) -> Responder:
    return Responder(
        id=subentry.subentry_id,
        name=subentry.title,
        user=subentry.data[CONF_USER],
        phones=tuple(subentry.data[CONF_PHONES]),
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
            )
            for step in subentry.data[CONF_STEPS]
        ),
        repeat_after=timedelta(seconds=subentry.data[CONF_REPEAT_AFTER]),
        call_type=call_type,
        cancel_window=timedelta(seconds=subentry.data.get(CONF_CANCEL_WINDOW, 0)),
        arrival_within=ARRIVAL_WITHIN[call_type],
    )
