"""What is to happen after a press: who is called when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from .cameras import Pictures
from .doors import PlanDoor
from .reach import Reach


class CallType(StrEnum):
    """What kind of help a plan asks for."""

    RESIDENT = "resident"
    MEDICAL = "medical"
    HOLD_UP = "hold_up"
    STAFF_DURESS = "staff_duress"
    DOOR = "door"
    """A door that was opened for a call has to be secured: no plan of anybody's."""


ARRIVAL_WITHIN = {
    CallType.RESIDENT: timedelta(minutes=10),
    CallType.MEDICAL: timedelta(minutes=3),
    CallType.HOLD_UP: timedelta(minutes=5),
    CallType.STAFF_DURESS: timedelta(minutes=5),
    CallType.DOOR: timedelta(minutes=10),
}
"""How long somebody who is going may take before the others are called again (hazard H18)."""

DOORS_FOR = timedelta(minutes=10)
"""How long doors are moved for a call: as long as a resident waits for somebody at the most."""
REMINDERS = 3
"""Into how many parts reminders divide the time to arrive: the last part ends with everybody being called again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Call these responders, `after` the step before began. The first step is never waited for.

    With them whoever belongs to one of the `groups` at that moment. A `critical` call breaks through a silenced phone.
    Whatever is called for the second time does (hazard H34).
    """

    after: timedelta
    responders: tuple[str, ...]
    groups: tuple[str, ...] = ()
    critical: bool = True

    def calls(self, reach: Reach) -> tuple[str, ...]:
        """Return whom it calls at the moment, each once."""
        members = (member for group in self.groups for member in reach.groups.get(group, ()))
        return tuple(dict.fromkeys((*self.responders, *members)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is called and when. Rounds of steps repeat `repeat_after` the last step began.

    They repeat without end unless `rounds` limits them; after the last everybody is called, again and again.
    Nobody is called before `cancel_window` is over. Whoever goes must be there `arrival_within`. While an incident
    of a `covert` plan is open nothing shows but on the phones that are called (hazard H6).
    """

    id: str
    steps: tuple[Step, ...]
    repeat_after: timedelta
    rounds: int | None = None
    call_type: CallType = CallType.RESIDENT
    covert: bool = False
    subject: str = ""
    """What the phones show of a covert call: words that only those mean something to who know them."""
    cancel_window: timedelta = timedelta(0)
    arrival_within: timedelta = ARRIVAL_WITHIN[CallType.RESIDENT]
    ends_at_origin: bool = False
    """Whether it can be ended only where it came from, or by those in charge with a note."""
    needs_two: bool = False
    """Whether others go on being called until two people go."""
    together: bool = False
    """Whether whoever goes to one of its calls goes to all in the same area."""
    second_activation: bool = False
    """Whether those who are called are told when it is pressed again after a while, as for a hold-up (BS 8243)."""
    upgrades_to: str | None = None
    """The plan that takes its place when whoever goes asks for more help."""
    pictures: Pictures = Pictures.NONE
    """Whether cameras look on, and where what they see is shown."""
    doors: tuple[PlanDoor, ...] = ()
    doors_for: timedelta = DOORS_FOR
    """How long a door is moved for it: then one that was unlocked is locked again."""
    doors_restored: bool = True
    """Whether doors that were locked for it are unlocked again once somebody ends it."""
    against_somebody: bool = False
    """Whether it took the place of a covert one: whoever it is against may still stand where it came from."""
    for_trying: bool = False
    """Whether it only stands in while a site is set up, so that nobody else may take its calls for real ones (H53)."""

    @property
    def people_needed(self) -> int:
        """Return how many have to go."""
        return 2 if self.needs_two else 1

    @property
    def remind_every(self) -> timedelta:
        """Return how often whoever is going is reminded until they say that they are there."""
        return self.arrival_within / REMINDERS

    @property
    def widens(self) -> bool:
        """Return whether others are called where all of its responders are busy."""
        return not self.covert and not self.for_trying

    def calls(self, reach: Reach) -> tuple[str, ...]:
        """Return everybody whom any step calls at the moment, each once."""
        return tuple(dict.fromkeys(responder for step in self.steps for responder in step.calls(reach)))

    def allowed(self, reach: Reach, holders: Iterable[str]) -> Reach:
        """Return who may be called and how: under a covert plan no holder (hazard H2), and nothing that shows (H6)."""
        held = shielded(self, holders)
        if not self.covert:
            return reach.without(held)
        discreet = {r: tuple(c for c in channels if c.discreet) for r, channels in reach.channels.items()}
        return replace(reach, channels={r: channels for r, channels in discreet.items() if r not in held})

    def can_be_answered(self, reach: Reach, without: frozenset[str] = frozenset()) -> bool:
        """Return whether any step would call somebody, other than those `without`, who can answer (hazard H47)."""
        return any(reach.can_answer(r) for r in self.calls(reach) if r not in without)

    def wait_after(self, step: int) -> timedelta:
        """Return how long the plan waits once this step has begun."""
        return self.steps[step + 1].after if step + 1 < len(self.steps) else self.repeat_after


def shielded(plan: Plan, holders: Iterable[str]) -> frozenset[str]:
    """Return those of a trigger point's holders whom a plan keeps out of it: all, where it is covert, or was (H2)."""
    return frozenset(holders) if plan.covert or plan.against_somebody else frozenset()
