"""Who may do what: one table, asked by everything that acts for somebody."""

from enum import Enum

from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .configuration import Configuration
from .const import DOMAIN
from .engine.kinds import ENDING, Phase, Reply
from .engine.model import Incident


class Right(Enum):
    """What a person can be allowed to do."""

    PRESS = "press"
    ANSWER = "answer"
    RESOLVE = "resolve"
    RESOLVE_WITH_NOTE = "resolve_with_note"
    READ = "read"
    """See calls while they are open, as far as `may_see` goes."""
    UNLOCK = "unlock"
    """Have a door unlocked, while one goes there."""
    LOCK_DOWN = "lock_down"
    RELEASE = "release"
    """Let doors be as they were before a lockdown."""
    LEND = "lend"
    DUTY = "duty"
    MANAGE = "manage"
    REVIEW = "review"
    """Close what is over, with what it was."""
    AUDIT = "audit"
    """Read the record of what is over, and of changes."""


class Role(Enum):
    """What somebody is to a site. An administrator of Home Assistant counts as in charge of it."""

    CALLER = "caller"
    """Anybody who may do more than look."""
    RESPONDER = "responder"
    DESK = "desk"
    """A post that takes note of calls and passes them on; it is not where the call came from."""
    MANAGER = "manager"
    AUDITOR = "auditor"


CALLS = frozenset({Right.PRESS})
ANSWERS = CALLS | {Right.ANSWER, Right.RESOLVE_WITH_NOTE, Right.READ, Right.LEND, Right.LOCK_DOWN}
RIGHTS = {
    Role.CALLER: CALLS,
    Role.RESPONDER: ANSWERS | {Right.RESOLVE, Right.UNLOCK},
    Role.DESK: ANSWERS,
    Role.MANAGER: frozenset(Right),
    Role.AUDITOR: frozenset({Right.AUDIT}),
}
"""Who may do what."""


def roles_of(user: User, configuration: Configuration) -> set[Role]:
    """Return what a user is to a site: nothing, for one who may only look, but perhaps an auditor."""
    roles = {Role.AUDITOR} if user.is_active and user.id in configuration.auditors else set()
    if not may_act(user):
        return roles
    roles.add(Role.CALLER)
    if user.is_admin:
        roles.add(Role.MANAGER)
    for responder in map(configuration.responders.__getitem__, configuration.responders_of(user.id)):
        roles.add(Role.DESK if responder.desk else Role.RESPONDER)
        if responder.manager:
            roles.add(Role.MANAGER)
    return roles


def may(user: User | None, right: Right, configuration: Configuration) -> bool:
    """Return whether a user has a right. Without one (an automation) only pressing is allowed (H22)."""
    if user is None:
        return right is Right.PRESS
    return any(right in RIGHTS[role] for role in roles_of(user, configuration))


def right_to(reply: Reply) -> Right:
    """Return what it takes to give a reply."""
    return Right.RESOLVE if reply in ENDING else Right.ANSWER


def may_see(user: User, incident: Incident, configuration: Configuration) -> bool:
    """Return whether a user may see a call: nobody who holds the button of a quiet one, or was not called for it.

    Those in charge who were not called may see it too: they have to look after it when it is over. What is over is
    also seen by whoever audits.
    """
    if may_see_as_responder(user, incident, configuration):
        return True
    holds = bool(set(configuration.responders_of(user.id)) & incident.shielded)
    return not holds and not incident.is_open and may(user, Right.AUDIT, configuration)


def may_see_as_responder(user: User, incident: Incident, configuration: Configuration) -> bool:
    """Return whether a user may see a call for being called, or in charge."""
    own = set(configuration.responders_of(user.id))
    called = {call.responder for call in incident.called}
    concerned = not incident.plan.covert or bool(own & called) or may(user, Right.MANAGE, configuration)
    return concerned and not own & incident.shielded and may(user, Right.READ, configuration)


def may_see_pictures(user: User, incident: Incident, configuration: Configuration) -> bool:
    """Return whether a user may see what cameras saw: who was called only until the call was looked through."""
    if incident.phase is Phase.CLOSED and not may(user, Right.AUDIT, configuration):
        return False
    return may_see(user, incident, configuration)


def may_take_out(user: User, incident: Incident, configuration: Configuration) -> bool:
    """Return whether a user may take all of an incident out of the house."""
    return may(user, Right.AUDIT, configuration) and may_see(user, incident, configuration)


async def async_others_who_review(hass: HomeAssistant, user: User, incident: Incident, of: Configuration) -> bool:
    """Return whether anybody else may review a call (hazard H50)."""
    users = [u for u in await hass.auth.async_get_users() if u.id != user.id and not u.system_generated]
    return any(may(u, Right.REVIEW, of) and may_see(u, incident, of) for u in users)


def may_act(user: User) -> bool:
    """Return whether a user may do anything at all: one who may only look may not."""
    read_only = user.groups and all(group.id == GROUP_ID_READ_ONLY for group in user.groups)
    return user.is_active and not read_only


async def async_require(
    hass: HomeAssistant, context: Context, right: Right, configuration: Configuration
) -> User | None:
    """Return the user behind a context; raises ServiceValidationError where that user lacks the right."""
    user = await hass.auth.async_get_user(context.user_id) if context.user_id else None
    unknown = context.user_id is not None and user is None
    if unknown or not may(user, right, configuration):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_allowed")
    return user
