"""Who may do what: one table, asked by everything that acts for somebody."""

from enum import Enum

from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .configuration import Configuration
from .const import DOMAIN
from .engine.model import Incident


class Right(Enum):
    """What a person can be allowed to do."""

    PRESS = "press"
    ANSWER = "answer"
    RESOLVE = "resolve"
    READ = "read"
    LEND = "lend"
    DUTY = "duty"
    MANAGE = "manage"


MANAGING = frozenset({Right.DUTY, Right.MANAGE})
"""What only those in charge may do."""


def may(user: User | None, right: Right, configuration: Configuration) -> bool:
    """Return whether a user has a right. Without one (an automation) only pressing is allowed (H22)."""
    if user is None:
        return right is Right.PRESS
    if not may_act(user):
        return False
    if right is Right.PRESS or user.is_admin:
        return True
    own = configuration.responders_of(user.id)
    return any(configuration.responders[r].manager for r in own) if right in MANAGING else bool(own)


def may_see(user: User, incident: Incident, configuration: Configuration) -> bool:
    """Return whether a user may see a call: nobody who holds the button of a quiet one, or was not called for it.

    Those in charge who were not called may see it too: they have to look after it when it is over.
    """
    own = set(configuration.responders_of(user.id))
    if not may(user, Right.READ, configuration) or own & incident.shielded:
        return False
    called = {call.responder for call in incident.called}
    return not incident.plan.covert or bool(own & called) or may(user, Right.MANAGE, configuration)


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
