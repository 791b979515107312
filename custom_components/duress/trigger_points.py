"""A thing that a person uses to call for help, as the caretaker set it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigSubentry

from .const import (
    CONF_AREA,
    CONF_ASKS_FOR,
    CONF_CAMERAS,
    CONF_CANCEL_WINDOW,
    CONF_CUSTODY,
    CONF_DEVICE,
    CONF_ENTITY,
    CONF_GESTURE,
    CONF_HOLDERS,
    CONF_KEYPAD,
    CONF_LENT_TO,
    CONF_LOST_SINCE,
    CONF_PHONE,
    CONF_PLAN,
    CONF_POSITION,
    CONF_REASON,
    CONF_SOFTENED,
    CONF_SOURCES,
    CONF_STREAMED,
    CONF_TRIED,
    CONF_TRIGGER,
    CONF_TWO_ACTIONS,
    CONF_UNTIL,
    CONF_WHEN_CODE_TYPED,
    CONF_WHEN_PLACED,
    CONF_WHEN_SOMEBODY_COMES,
    CONF_WITHIN,
    CONF_WORN,
)
from .engine.commands import AtOrigin

WITHIN = 3
"""How many seconds a second action may take, unless another time is chosen."""


class TwoActions(StrEnum):
    """What a site can ask for instead of one press, where it must."""

    TWICE = "twice"
    """The same button, twice."""
    TOGETHER = "together"
    """Two different buttons."""


IS_THERE = "is_there"
IT_IS_OVER = "it_is_over"
SIGNALS = {IS_THERE: AtOrigin.SOMEBODY_IS_THERE, IT_IS_OVER: AtOrigin.IT_IS_OVER}
"""What stands in the place of a plan where a source calls nobody, but says how a call stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One way a trigger point is heard: a Home Assistant trigger as the caretaker chose it."""

    id: str
    trigger: Mapping[str, Any]
    gesture: str
    plan: str

    @property
    def signals(self) -> AtOrigin | None:
        """Return what it says of an open call, None where it is a call itself."""
        return SIGNALS.get(self.plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypad:
    """Where codes are typed for a trigger point: what a duress code calls by, and what is done at every code."""

    device: str
    plan: str
    when_typed: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingOn:
    """A camera that sees where a trigger point is, or the way there.

    One that was `tried` showed nothing of being looked at: no light, no sound, no movement (hazard H49).
    """

    entity: str
    tried: bool = False
    streamed: bool = False
    """Whether that was tried with its stream as well."""


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
    when_placed: tuple[Mapping[str, Any], ...] = ()
    """Actions that tell whoever called that the call was made."""
    when_somebody_comes: tuple[Mapping[str, Any], ...] = ()
    keypad: Keypad | None = None
    cameras: tuple[LookingOn, ...] = ()
    """Which cameras look on, the one that shows most first."""
    lent_to: str | None = None
    lost_since: datetime | None = None
    soft_until: datetime | None = None
    """Until when its calls are softened, as somebody presses very often (hazard H35)."""
    soft_because: str = ""

    @property
    def calls(self) -> tuple[Source, ...]:
        """Return the sources that call for help."""
        return tuple(source for source in self.sources if source.signals is None)

    @property
    def plan(self) -> str | None:
        """Return what happens after a press that came through none of its sources."""
        return self.calls[0].plan if self.calls else self.phone_plan

    @property
    def plans(self) -> tuple[str | None, ...]:
        """Return what may happen after a press, whichever way it comes."""
        duress = (self.keypad.plan,) if self.keypad is not None else ()
        return (self.plan, *(source.plan for source in self.calls), *duress)


def point_of(subentry: ConfigSubentry) -> TriggerPoint:
    """Return the trigger point that a caretaker set up."""
    data = subentry.data
    custody = data.get(CONF_CUSTODY, {})
    two_actions = data.get(CONF_TWO_ACTIONS, {})
    softened = data.get(CONF_SOFTENED, {})
    keypad = data.get(CONF_KEYPAD)
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
        when_placed=tuple(data.get(CONF_WHEN_PLACED, ())),
        when_somebody_comes=tuple(data.get(CONF_WHEN_SOMEBODY_COMES, ())),
        soft_until=datetime.fromisoformat(softened[CONF_UNTIL]) if softened else None,
        soft_because=softened.get(CONF_REASON, ""),
        keypad=Keypad(
            device=keypad[CONF_DEVICE],
            plan=keypad[CONF_PLAN],
            when_typed=tuple(keypad.get(CONF_WHEN_CODE_TYPED, ())),
        )
        if keypad
        else None,
        cameras=tuple(
            LookingOn(entity=c[CONF_ENTITY], tried=c.get(CONF_TRIED, False), streamed=c.get(CONF_STREAMED, False))
            for c in data.get(CONF_CAMERAS, ())
        ),
        lent_to=custody.get(CONF_LENT_TO),
        lost_since=datetime.fromisoformat(custody[CONF_LOST_SINCE]) if CONF_LOST_SINCE in custody else None,
    )
