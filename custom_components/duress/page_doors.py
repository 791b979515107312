"""What the page shows of doors, and what can be done about them on it."""

from typing import Any

from homeassistant.auth.models import User

from .doors import Door
from .effects.texts import Language, clock, plain
from .engine.doorkeeping import may_say_of_doors
from .engine.doors import Bolt
from .engine.kinds import MessageKind
from .engine.model import Incident
from .lockdown import said_of
from .rights import Right, may
from .site import Site


def doors_on_page(
    site: Site, incident: Incident, user: User, kind: MessageKind, language: Language
) -> dict[str, Any] | None:
    """Return what became of doors, where the page has not said it, and which whoever goes can have unlocked.

    Of a quiet call nobody else is told of any.
    """
    goes = incident.has_going(user.id)
    told = may_say_of_doors(incident, kind)
    rows = [language.door(d.name, d) for d in incident.doors.values() if not told]
    buttons = [
        {"door": door.id, "label": language.say("page_unlock", {"door": plain(door.name)})}
        for door in doors_to_unlock(site, incident)
        if goes and may(user, Right.UNLOCK, site.configuration)
    ]
    if not (rows or buttons) or (incident.plan.covert and not goes):
        return None
    return {"label": language.say("page_doors", {}), "rows": rows, "buttons": buttons}


def doors_to_unlock(site: Site, incident: Incident) -> list[Door]:
    """Return the doors that whoever goes to an incident can have unlocked: those its plan opens, or that we locked.

    Not those that are open already.
    """
    of_plan = {wanted.door for wanted in incident.plan.doors if wanted.bolt is Bolt.UNLOCKED}
    doors, keeper = site.configuration.doors.values(), site.doors
    closed = (door for door in doors if not keeper.is_done(door.id, Bolt.UNLOCKED))
    return [d for d in closed if d.id in of_plan or keeper.is_done(d.id, Bolt.LOCKED)]


def lockdown_on_page(site: Site, user: User, language: Language) -> dict[str, Any] | None:
    """Return what somebody can do about all doors: not for being an administrator, as wall tablets are (H27)."""
    configuration = site.configuration
    if not (configuration.responders_of(user.id) and configuration.doors and may(user, Right.LOCK_DOWN, configuration)):
        return None
    said = (said_of(site, door, language) for door in configuration.doors.values())
    since = max((each.at for each in site.doors.lockdowns), default=None)
    rows = [language.say("lockdown_since", {"at": clock(since)}), *filter(None, said)] if since else []
    buttons = [{"command": "lock_down", "label": language.say("page_lock_down", {})}]
    if since and configuration.is_in_charge(user.id):
        buttons.append({"command": "release", "label": language.say("page_release", {})})
    return {
        "entry_id": site.entry_id,
        "label": language.say("page_doors", {}),
        "rows": rows,
        "buttons": buttons,
        "sure": language.say("page_sure", {}),
    }
