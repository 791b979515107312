"""Who may do what: one table, asked by everything that acts for somebody."""

from enum import Enum

from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .site import Site


class Right(Enum):
    """What a person can be allowed to do."""

    PRESS = "press"
    ANSWER = "answer"
    RESOLVE = "resolve"
    READ = "read"


def may(user: User | None, right: Right, site: Site) -> bool:
    """Return whether a user has a right. Without one (an automation) only pressing is allowed (H22)."""
    if user is None:
        return right is Right.PRESS
    if not user.is_active or (user.groups and all(group.id == GROUP_ID_READ_ONLY for group in user.groups)):
        return False
    if right is Right.PRESS or user.is_admin:
        return True
    return any(responder.user == user.id for responder in site.configuration.responders.values())


async def async_require(hass: HomeAssistant, context: Context, right: Right, site: Site) -> User | None:
    """Return the user behind a context; raises ServiceValidationError where that user lacks the right."""
    user = await hass.auth.async_get_user(context.user_id) if context.user_id else None
    unknown = context.user_id is not None and user is None
    if unknown or not may(user, right, site):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_allowed")
    return user
