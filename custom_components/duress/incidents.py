"""The incidents of a site: those that something is still to be done about, and for a while those that are over."""

from collections.abc import Callable, Container, Iterator

from .engine.kinds import Phase
from .engine.model import Actor, Call, Incident

type AreNear = Callable[[str | None, str], bool]
"""Tells whether two trigger points are in the same area."""

OVER_KEPT = 200
"""How many incidents that are over are known to whoever answers late: a busy house has half as many calls a day."""


class Incidents:
    """Each as it is now, oldest first. Whoever answers one that is long over is still answered (hazard H46)."""

    def __init__(self) -> None:
        """Know of none."""
        self._current: dict[str, Incident] = {}
        self._over: dict[str, Incident] = {}

    def __iter__(self) -> Iterator[Incident]:
        """Go through those that something is still to be done about; they may change meanwhile."""
        return iter(list(self._current.values()))

    def get(self, incident_id: str) -> Incident | None:
        """Return an incident as it is now, if it is known."""
        return self._current.get(incident_id) or self._over.get(incident_id)

    def put(self, incident: Incident) -> None:
        """Note how an incident is now."""
        self._current[incident.id] = incident
        self._over.pop(incident.id, None)

    def forget(self, incident: Incident) -> None:
        """Have nothing more to do about an incident, but for answering whoever answers it."""
        self._current.pop(incident.id, None)
        self._over[incident.id] = incident
        if len(self._over) > OVER_KEPT:
            del self._over[next(iter(self._over))]

    def open(self, point: str | None = None) -> list[Incident]:
        """Return the open incidents, of one trigger point or of all."""
        return [i for i in self._current.values() if i.is_open and point in (None, i.press.point)]

    def busy(self, point: str | None, are_near: AreNear) -> frozenset[str]:
        """Return the responders who go to, or are at, another open incident, and so cannot come to this point (H15).

        Whoever is at the same trigger point can, or near it where calls of one area go together, and whoever only tries
        one out or practises. A covert incident does not count: that others are called the sooner for an open one would
        show that there is one (hazard H6).
        """
        real = (i for i in self._current.values() if not (i.plan.covert or i.plan.for_trying or i.drill))
        elsewhere = (
            i for i in real if i.press.point != point and not (i.plan.together and are_near(point, i.press.point))
        )
        going = (actor for i in elsewhere if i.is_open for actor in i.going)
        return frozenset(actor.responder for actor in going if actor.responder is not None)

    def real(self, point: str | None = None) -> list[Incident]:
        """Return the open incidents that are no drills, of one trigger point or of all."""
        return [incident for incident in self.open(point) if not incident.drill]

    def elsewhere(self, plan: str, point: str) -> list[Incident]:
        """Return the open incidents that began with a plan at other trigger points, but for drills."""
        return [i for i in self.real() if i.began_with == plan and i.press.point != point]

    def together_with(self, incident: Incident, are_near: AreNear, by: Actor) -> list[Incident]:
        """Return the open incidents nearby that whoever goes to this one goes to as well: called, and not had yet."""
        together = incident.plan.together and not incident.drill
        others = self.elsewhere(incident.began_with, incident.press.point) if together else ()
        return [
            other
            for other in others
            if are_near(incident.press.point, other.press.point)
            and other.phase is Phase.ACTIVE
            and not other.going
            and any(call.responder == by.responder for call in other.called)
        ]

    def shown_to(self, responders: Container[str]) -> Iterator[tuple[Incident, Call]]:
        """Yield what was shown to these responders, and where."""
        for incident in (*self._current.values(), *self._over.values()):
            yield from ((incident, call) for call in incident.called if call.responder in responders)
