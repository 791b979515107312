"""What a code does that somebody types to end a call. Whatever it is, it looks as if the call was ended (hazard H41).

A wrong code, or one that says that its owner is being threatened, ends what everybody can see just as a right one
does, in the same words. Then a quiet call begins that goes on.
"""

from collections.abc import Iterable
import secrets

from homeassistant.core import callback
from homeassistant.util.ulid import ulid_at_time

from .engine.commands import HandlePress, Resolve
from .engine.kinds import Proof, ResolveReason
from .engine.model import Actor, Incident, Place, Press
from .engine.plan import Plan
from .engine.site_events import CodeTyped
from .engine.why import Why
from .site import Site


@callback
def cancel(
    site: Site, incidents: Iterable[Incident], typed: tuple[str | None, bool], by: Actor, proof: Proof | None
) -> bool:
    """End calls by a code, at least to the eye; returns whether any was open.

    `typed` is whose code it was, and whether it was for duress; `by` whoever's screen or keypad it was typed on.
    """
    person, is_duress = typed
    any_open = False
    for known in incidents:
        incident = site.incidents.get(known.id)  # the code took its time
        if incident is None or not incident.is_open or incident.plan.covert:
            continue
        any_open = True
        site.handle(Resolve(by=by, reason=ResolveReason.CANCELLED, proof=proof), incident.id)
        if not is_duress and (person is not None or incident.drill):
            site.record(CodeTyped(at=site.now(), person=person, incident=incident.id))
            continue
        # At once after the other, so that its messages come last: whoever is called must not read that it is over.
        why = Why.CANCELLED_UNDER_DURESS if is_duress else Why.CANCELLED_WITH_WRONG_CODE
        go_on_quietly(site, incident, why, person, by)
    return any_open


@callback
def go_on_quietly(site: Site, incident: Incident, why: Why, person: str | None, by: Actor) -> None:
    """Open a quiet call in the place of one that somebody may have been made to end."""
    called = dict.fromkeys(call.responder for call in incident.called)
    made_to = (*incident.holders, *_made_to(site, person, by))
    call_quietly(site, incident.press, incident.place, incident.plan, made_to, why, called, incident.id)


@callback
def call_quietly(  # noqa: PLR0917  what a call is made of
    site: Site,
    press: Press,
    place: Place,
    plan: Plan,
    made_to: tuple[str, ...],
    why: Why,
    called: Iterable[str] = (),
    follows: str | None = None,
) -> None:
    """Open a quiet call that calls those of a plan, without whoever may have been made to type a code."""
    reach = site.reach(press.point)
    quiet, holders = site.configuration.coerced(plan, reach, tuple(dict.fromkeys(made_to)), called)
    command = HandlePress(
        press=press,
        place=place,
        plan=quiet,
        incident=ulid_at_time(site.now().timestamp()),
        secret=secrets.token_hex(16),
        reach=reach,
        holders=holders,
        why=why,
        follows=follows,
    )
    site.handle(command, command.incident)


def _made_to(site: Site, person: str | None, by: Actor) -> tuple[str, ...]:
    own = site.configuration.responders_of(by.user) if by.user else ()
    return (*([person] if person else []), *own)
