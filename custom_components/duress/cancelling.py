"""What a code does that somebody types to end a call. Whatever it is, it looks as if the call was ended (hazard H41).

A wrong code, or one that says that its owner is being threatened, ends what everybody can see; beside it a quiet call
begins that goes on.
"""

import secrets

from homeassistant.core import callback
from homeassistant.util.ulid import ulid_now

from .engine.commands import HandlePress, Resolve
from .engine.kinds import Proof, ResolveReason
from .engine.model import Actor, Incident
from .engine.why import Why
from .site import Site


async def async_cancel(site: Site, incidents: list[Incident], code: str, user: str, proof: Proof | None) -> None:
    """Take a code for open calls, typed on a screen of this user, or where they came from as the `proof` shows."""
    person, is_duress = await site.codes.async_find(site.configuration.responders.values(), code)
    for known in incidents:
        incident = site.incidents.get(known.id)  # the code took its time
        if incident is None or not incident.is_open or incident.plan.covert:
            continue
        untold: tuple[str, ...] = ()
        if is_duress or (person is None and not incident.drill):
            why = Why.CANCELLED_UNDER_DURESS if is_duress else Why.CANCELLED_WITH_WRONG_CODE
            untold = _go_on_quietly(site, incident, why, person, user)
        owner = site.configuration.responders[person].user if person is not None else None
        by = Actor(user=owner or user, responder=person)
        site.handle(Resolve(by=by, reason=ResolveReason.CANCELLED, proof=proof, untold=untold), incident.id)


@callback
def _go_on_quietly(site: Site, incident: Incident, why: Why, person: str | None, user: str) -> tuple[str, ...]:
    """Open a quiet call in the place of one that somebody may have been made to end; returns for whom it goes on."""
    reach = site.reach(incident.press.point)
    made_to = tuple(dict.fromkeys((*([person] if person else []), *site.configuration.responders_of(user))))
    plan, holders = site.configuration.coerced(incident.plan, reach, (*incident.holders, *made_to))
    command = HandlePress(
        press=incident.press,
        place=incident.place,
        plan=plan,
        incident=ulid_now(),
        secret=secrets.token_hex(16),
        reach=reach,
        holders=holders,
        why=why,
        follows=incident.id,
    )
    site.handle(command, command.incident)
    return tuple(responder for responder in site.configuration.responders if responder not in holders)
