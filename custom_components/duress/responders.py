"""Who can be called, as the caretaker set them up: how they are reached, what they stand for, when they are on duty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigSubentry

from .const import (
    CONF_ACTIONS,
    CONF_AREAS,
    CONF_CARRIERS,
    CONF_CODES,
    CONF_DESK,
    CONF_DUTY_ENTITIES,
    CONF_FOLLOW_UP,
    CONF_GROUPS,
    CONF_LANGUAGE,
    CONF_LOCAL,
    CONF_MANAGER,
    CONF_NOTIFY,
    CONF_PASSED_OVER,
    CONF_PHONES,
    CONF_QUIET,
    CONF_REPEAT_EVERY,
    CONF_SHIFT,
    CONF_USER,
    CONF_ZONE,
)
from .engine.reach import MANAGERS


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPlan:
    """When a responder is on duty: while any of the entities is on, or while the person is in the zone.

    Of a calendar only what has `shift` in its title counts. Without entities somebody is always on duty.
    """

    entities: tuple[str, ...] = ()
    shift: str = ""
    zone: str | None = None


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
    works_offline: bool = False
    """Whether the actions of a call also work without the internet, as a manager says (hazard H33)."""
    repeat_every: int = 0
    """Seconds after which the actions of a call run again, until somebody answers; 0 for never."""
    manager: bool = False
    """Whether this one is in charge of the site: told of what nobody else answers."""
    desk: bool = False
    """Whether this is a post that takes note of calls and passes them on: it ends none without a note."""
    groups: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    """Areas whose trigger points this one looks after."""
    duty: DutyPlan = DutyPlan()
    carriers: Mapping[str, str] = field(default_factory=dict)
    """The names of those who may have its shared phone, by ids of ours (hazard H31)."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """What is kept of the codes that this one types: `pin` and `duress`, as hashes (hazard H41)."""
    language: str | None = None
    """In which messages are written, None for Home Assistant's own."""

    @property
    def local(self) -> bool:
        """Return whether this one can be reached without the internet by something other than a phone."""
        return self.works_offline and bool(self.actions)

    @property
    def stands_for(self) -> frozenset[str]:
        """Return the groups of a step that this one belongs to."""
        managers = (MANAGERS,) if self.manager else ()
        return frozenset((*managers, *map(group_of, self.groups), *map(looking_after, self.areas)))


LOOKING_AFTER = "looking_after"
"""In a plan: whoever looks after the area of the trigger point."""


def group_of(name: str) -> str:
    """Return the group of a step that has this name."""
    return f"group:{name}"


def looking_after(area: str) -> str:
    """Return the group of a step that has those who look after an area."""
    return f"{LOOKING_AFTER}:{area}"


def responder_of(subentry: ConfigSubentry) -> Responder:
    """Return the responder that a caretaker set up."""
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
        works_offline=data.get(CONF_LOCAL, False),
        repeat_every=data.get(CONF_REPEAT_EVERY, 0),
        manager=data.get(CONF_MANAGER, False),
        desk=data.get(CONF_DESK, False),
        groups=tuple(data.get(CONF_GROUPS, ())),
        areas=tuple(data.get(CONF_AREAS, ())),
        duty=DutyPlan(
            entities=tuple(data.get(CONF_DUTY_ENTITIES, ())),
            shift=data.get(CONF_SHIFT, ""),
            zone=data.get(CONF_ZONE),
        ),
        carriers=data.get(CONF_CARRIERS, {}),
        codes=data.get(CONF_CODES, {}),
        language=data.get(CONF_LANGUAGE),
    )
