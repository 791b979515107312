"""Who is on duty. Nobody goes off before somebody else has said that they have come (hazards H12, H32)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """How it stands with the duty of one responder.

    `planned` is what schedules, calendars and the like say, `by_hand` what a person said instead, until those change.
    Whoever comes on duty is on duty at once, but relieves others only once `confirmed`: by a tap on a phone that rang.
    Who would go is `held` until then.
    """

    planned: bool = True
    by_hand: bool | None = None
    confirmed: bool = True
    held: bool = False

    @property
    def wanted(self) -> bool:
        """Return whether the responder is to be on duty."""
        return self.planned if self.by_hand is None else self.by_hand

    @property
    def is_on(self) -> bool:
        """Return whether the responder is called when there is a call."""
        return self.wanted or self.held

    @property
    def relieves(self) -> bool:
        """Return whether others may go because of this one."""
        return self.wanted and self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What there is to know of a responder beside the duty.

    Whoever can be rung is asked to confirm. Those with the same `stands_for` can relieve one another, if they can
    answer a call.
    """

    stands_for: frozenset[str] = frozenset()
    can_answer: bool = True
    rings: bool = True


def follow(known: Mapping[str, Duty], planned: Mapping[str, bool], posts: Mapping[str, Post]) -> Mapping[str, Duty]:
    """Return how it stands now that schedules and the like say this. Who is new was on duty until now."""
    duties = {
        responder: _planned(known.get(responder, Duty()), planned.get(responder, True), post)
        for responder, post in posts.items()
    }
    return _relieved(duties, posts)


def set_by_hand(
    duties: Mapping[str, Duty], responder: str, posts: Mapping[str, Post], *, on: bool
) -> Mapping[str, Duty]:
    """Return how it stands once somebody was put on or taken off duty by hand, until the plan changes.

    Who is taken off stays on where nobody is left who could be hoped for.
    """
    duty = duties[responder]
    changed = _changed(duty, replace(duty, by_hand=None if duty.planned == on else on), posts[responder])
    if not on:
        changed = replace(changed, held=duty.is_on and not _somebody_is_there(responder, duties, posts))
    return _relieved({**duties, responder: changed}, posts)


def confirm(duties: Mapping[str, Duty], responder: str, posts: Mapping[str, Post]) -> Mapping[str, Duty]:
    """Return how it stands once somebody has tapped that they are on duty, or has shown it by answering a call."""
    return _relieved({**duties, responder: replace(duties[responder], confirmed=True)}, posts)


def _planned(duty: Duty, planned: bool, post: Post) -> Duty:
    if duty.planned == planned:
        return duty
    return _changed(duty, replace(duty, planned=planned, by_hand=None), post)


def _changed(before: Duty, after: Duty, post: Post) -> Duty:
    """Return the duty after it began or ended. Who never left need not confirm anything."""
    if after.wanted and not before.wanted:
        return replace(after, held=False, confirmed=(before.held and before.confirmed) or not post.rings)
    if before.wanted and not after.wanted:
        return replace(after, held=True)
    return after


def _relieved(duties: Mapping[str, Duty], posts: Mapping[str, Post]) -> Mapping[str, Duty]:
    return {
        responder: replace(duty, held=False) if duty.held and _may_go(responder, duties, posts) else duty
        for responder, duty in duties.items()
    }


def _may_go(responder: str, duties: Mapping[str, Duty], posts: Mapping[str, Post]) -> bool:
    """Return whether nobody is waited for any more who comes in somebody's place, and somebody is there."""
    own = posts[responder].stands_for
    related = (r for r, post in posts.items() if r != responder and (own <= post.stands_for or own >= post.stands_for))
    awaited = any(duties[other].wanted and not duties[other].confirmed for other in related)
    return not awaited and _somebody_is_there(responder, duties, posts)


def _somebody_is_there(responder: str, duties: Mapping[str, Duty], posts: Mapping[str, Post]) -> bool:
    return any(duties[other].relieves and posts[other].can_answer for other in _peers(responder, posts))


def _peers(responder: str, posts: Mapping[str, Post]) -> Collection[str]:
    """Return the others who stand for all that this one stands for."""
    own = posts[responder].stands_for
    return [other for other, post in posts.items() if other != responder and own <= post.stands_for]
