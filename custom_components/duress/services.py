"""The actions a caretaker can use in automations and on dashboards."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
import voluptuous as vol

from .changes import async_change
from .clock import Clock
from .const import (
    CONF_AREA,
    CONF_CUSTODY,
    CONF_LENT_TO,
    CONF_LOST_SINCE,
    CONF_REASON,
    CONF_SOFTENED,
    CONF_UNTIL,
    DOMAIN,
)
from .engine.commands import Resolve
from .engine.events import AnswerRefused, Event
from .engine.kinds import Reply, ResolveReason
from .engine.model import Incident
from .engine.site_events import CustodyChanged
from .engine.why import Why
from .intake.by_hand import async_press_by_hand, async_start_drill
from .line import LINES, entry_of
from .lockdown import results
from .lost_phones import async_report_lost
from .outlook import expected_calls, names_in
from .rights import Right, async_require, may
from .site import Site
from .trigger_points import TriggerPoint

ATTR_TRIGGER_POINT = "trigger_point"
ATTR_REASON = "reason"
ATTR_TO = "to"
ATTR_AREA = "area"
ATTR_HOURS = "hours"
ATTR_PHONE = "phone"
ATTR_SITE = "site"
ACTION_SOURCE = "action"

SERVICE_PRESS = "press"
SERVICE_ACKNOWLEDGE = "acknowledge"
SERVICE_GO = "go"
SERVICE_TAKE_OVER = "take_over"
SERVICE_ARRIVE = "arrive"
SERVICE_DECLINE = "decline"
SERVICE_ASK_FOR_MORE_HELP = "ask_for_more_help"
SERVICE_CALL_AGAIN = "call_again"
SERVICE_RESOLVE = "resolve"
SERVICE_LEND = "lend"
SERVICE_RETURN = "return"
SERVICE_REPORT_LOST = "report_lost"
SERVICE_REPORT_PHONE_LOST = "report_phone_lost"
SERVICE_START_DRILL = "start_drill"
SERVICE_CALL_SOFTLY = "call_softly"
SERVICE_CALL_LOUDLY = "call_loudly"
SERVICE_LOCK_DOWN = "lock_down"
SERVICE_RELEASE_DOORS = "release_doors"
SERVICE_WHO_IS_CALLED = "who_is_called"

SCHEMA = vol.Schema({vol.Required(ATTR_TRIGGER_POINT): cv.string})
RESOLVE_SCHEMA = SCHEMA.extend({vol.Optional(ATTR_REASON, default=ResolveReason.HELPED): vol.Coerce(ResolveReason)})

DOORS_SCHEMA = vol.Schema({vol.Required(ATTR_SITE): cv.string, vol.Optional(ATTR_AREA): cv.string})
PHONE_SCHEMA = vol.Schema({vol.Required(ATTR_PHONE): cv.string})
LEND_SCHEMA = SCHEMA.extend(
    {vol.Required(ATTR_TO): vol.All(cv.string, vol.Length(1, 60)), vol.Optional(ATTR_AREA): str}
)

SOFTLY_SCHEMA = SCHEMA.extend(
    {
        vol.Required(ATTR_HOURS): vol.All(vol.Coerce(int), vol.Range(1, 72)),
        vol.Required(ATTR_REASON): vol.All(cv.string, vol.Length(1, 200)),
    }
)

REPLIES = {
    SERVICE_ACKNOWLEDGE: Reply.SEEN,
    SERVICE_GO: Reply.GOING,
    SERVICE_TAKE_OVER: Reply.TAKE_OVER,
    SERVICE_ARRIVE: Reply.ON_SCENE,
    SERVICE_DECLINE: Reply.CANNOT_GO,
    SERVICE_ASK_FOR_MORE_HELP: Reply.MORE_HELP,
    SERVICE_CALL_AGAIN: Reply.STILL_NEEDED,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(DOMAIN, SERVICE_PRESS, _async_press, SCHEMA)
    for name, reply in REPLIES.items():
        hass.services.async_register(DOMAIN, name, partial(_async_answer, reply), SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_RESOLVE, _async_resolve, RESOLVE_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_LEND, _async_lend, LEND_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_RETURN, _async_return, SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_REPORT_LOST, _async_report_lost, SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_REPORT_PHONE_LOST, _async_report_phone_lost, PHONE_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_START_DRILL, _async_start_drill, SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_CALL_SOFTLY, _async_call_softly, SOFTLY_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_CALL_LOUDLY, _async_call_loudly, SCHEMA)
    hass.services.async_register(
        DOMAIN, SERVICE_LOCK_DOWN, _async_lock_down, DOORS_SCHEMA, supports_response=SupportsResponse.OPTIONAL
    )
    hass.services.async_register(DOMAIN, SERVICE_RELEASE_DOORS, _async_release_doors, DOORS_SCHEMA)
    hass.services.async_register(
        DOMAIN, SERVICE_WHO_IS_CALLED, _async_who_is_called, SCHEMA, supports_response=SupportsResponse.ONLY
    )


async def _async_press(call: ServiceCall) -> None:
    site, point = _target(call)
    await async_require(call.hass, call.context, Right.PRESS, site.configuration)
    async_press_by_hand(site, _known(point), ACTION_SOURCE, call.context.user_id)


async def _async_start_drill(call: ServiceCall) -> None:
    site, point = _target(call)
    user = await _async_person(call, Right.MANAGE, site)
    async_start_drill(site, _known(point), ACTION_SOURCE, user.id)


async def _async_answer(reply: Reply, call: ServiceCall) -> None:
    site, point = _target(call)
    user = await _async_person(call, Right.ANSWER, site)
    _do(site, point, lambda incident: site.async_answer(incident, site.actor(user.id), reply))


async def _async_resolve(call: ServiceCall) -> None:
    """End a call. A note is written on the page: what an action is given is kept by the recorder (hazard H24)."""
    site, point = _target(call)
    user = await _async_person(call, Right.RESOLVE_WITH_NOTE, site)
    if not may(user, Right.RESOLVE, site.configuration):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="note_needed")
    command = Resolve(by=site.actor(user.id), reason=call.data[ATTR_REASON])
    _do(site, point, lambda incident: site.handle(command, incident.id))


async def _async_person(call: ServiceCall, right: Right, site: Site) -> User:
    user = await async_require(call.hass, call.context, right, site.configuration)
    assert user is not None, "only pressing is allowed without a user"
    return user


def _do(site: Site, point: TriggerPoint | None, action: Callable[[Incident], list[Event]]) -> None:
    """Do something to the open calls of a trigger point; say why, where none of them took it."""
    about = point.id if point is not None else None
    incidents = site.incidents.real(about) or site.incidents.open(about)  # what is real goes before any drill
    if point is None:
        incidents = [incident for incident in incidents if incident.press.point not in site.configuration.points]
    if not incidents:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_open")
    followed = [event for incident in incidents for event in action(incident)]
    refused = [event.why for event in followed if isinstance(event, AnswerRefused)]
    if followed and len(refused) == len(followed):
        if Why.BUSY in refused:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="busy")
        if Why.ALREADY_CALLING in refused:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="already_calling")
        if Why.ONLY_AT_ORIGIN in refused:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="only_at_origin")
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="taken")


async def _async_who_is_called(call: ServiceCall) -> ServiceResponse:
    """Answer with who would be called after a press of a trigger point now, and after how many seconds."""
    site, point = _target(call)
    await async_require(call.hass, call.context, Right.READ, site.configuration)
    point = _known(point)
    expected = expected_calls(site, point.plan, point)
    return {"calls": [{"after": e[0].total_seconds(), "people": list(names_in(site, e))} for e in expected]}


async def _async_lock_down(call: ServiceCall) -> ServiceResponse:
    """Lock the doors of an area, or all; answers with what became of each where that is asked for."""
    site = _site(call)
    user = await _async_person(call, Right.LOCK_DOWN, site)
    area = call.data.get(ATTR_AREA)
    if not any(area in (None, door.area) for door in site.configuration.doors.values()):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_doors")
    lockdown = site.doors.async_lock_down(area, user.id)
    if not call.return_response:
        return None
    await site.doors.async_settled(lockdown.doors)
    return {"doors": [*results(site, lockdown, site.texts.default)]}


async def _async_release_doors(call: ServiceCall) -> None:
    site = _site(call)
    user = await _async_person(call, Right.RELEASE, site)
    if not site.doors.async_release(call.data.get(ATTR_AREA), user.id):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_locked_down")


async def _async_lend(call: ServiceCall) -> None:
    await _async_hand(call, SERVICE_LEND, {CONF_LENT_TO: call.data[ATTR_TO], CONF_AREA: call.data.get(ATTR_AREA)})


async def _async_return(call: ServiceCall) -> None:
    await _async_hand(call, SERVICE_RETURN, {})


async def _async_report_lost(call: ServiceCall) -> None:
    await _async_hand(call, SERVICE_REPORT_LOST, {CONF_LOST_SINCE: Clock.wall().isoformat()})


async def _async_report_phone_lost(call: ServiceCall) -> None:
    user = await call.hass.auth.async_get_user(call.context.user_id) if call.context.user_id else None
    if user is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_allowed")
    await async_report_lost(call.hass, call.data[ATTR_PHONE], user)


async def _async_hand(call: ServiceCall, what: str, custody: dict[str, str | None]) -> None:
    """Note who has a trigger point now, and put on record who said so, but not the name of whoever has it."""
    site, point = _target(call)
    user = await async_require(call.hass, call.context, Right.LEND, site.configuration)
    point = _known(point)
    subentry = entry_of(call.hass, site).subentries[point.id]
    before = subentry.data.get(CONF_CUSTODY, {}) if what == SERVICE_REPORT_LOST else {}
    new = {key: value for key, value in {**before, **custody}.items() if value}
    _keep(call.hass, site, point, CONF_CUSTODY, new, user)
    site.record(CustodyChanged(at=site.now(), point=point.id, what=what, user=user.id if user else None))


async def _async_call_softly(call: ServiceCall) -> None:
    """Soften the calls of somebody who presses very often, for a while (hazard H35)."""
    until = _target(call)[0].now() + timedelta(hours=call.data[ATTR_HOURS])
    await _async_soften(call, {CONF_UNTIL: until.isoformat(), CONF_REASON: call.data[ATTR_REASON]})


async def _async_call_loudly(call: ServiceCall) -> None:
    await _async_soften(call, {})


async def _async_soften(call: ServiceCall, rule: dict[str, str]) -> None:
    site, point = _target(call)
    user = await _async_person(call, Right.MANAGE, site)
    _keep(call.hass, site, _known(point), CONF_SOFTENED, rule, user)


def _keep(  # noqa: PLR0917  what is kept, where, and for whom
    hass: HomeAssistant, site: Site, point: TriggerPoint, key: str, value: Mapping[str, str], user: User | None
) -> None:
    """Keep something of a trigger point, or nothing where it is empty, as what this user changed."""
    async_change(hass, entry_of(hass, site), point.id, {key: value or None}, user.id if user else None)


def _known(point: TriggerPoint | None) -> TriggerPoint:
    """Return a trigger point that is there; raises where only its site is left to be named."""
    if point is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="unknown_trigger_point")
    return point


def _site(call: ServiceCall) -> Site:
    """Return the site that a call names by its config entry."""
    line = call.hass.data[LINES].get(call.data[ATTR_SITE])
    if line is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="unknown_site")
    return line.site


def _target(call: ServiceCall) -> tuple[Site, TriggerPoint | None]:
    """Return the site and the trigger point that a call names by its device.

    The site's own device stands for the trigger points that are gone: their calls must be ended too.
    """
    device = dr.async_get(call.hass).async_get(call.data[ATTR_TRIGGER_POINT])
    identifiers = {identifier for domain, identifier in device.identifiers if domain == DOMAIN} if device else set()
    for entry_id, line in call.hass.data[LINES].items():
        for point in line.site.configuration.points.values():
            if point.id in identifiers:
                return line.site, point
        if entry_id in identifiers:
            return line.site, None
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="unknown_trigger_point")
