"""A phone that was lost or stolen: nothing is shown on it any more, and nothing that is tapped on it counts (H20)."""

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from .changes import async_change
from .const import CONF_PASSED_OVER, CONF_PHONES, DOMAIN
from .effects.phone import async_warn_people
from .effects.texts import plain
from .engine.site_events import PhoneLost
from .line import LINES, entry_of
from .responders import Responder
from .rights import Right, may
from .site import Site

TAG = "duress_lost_"


async def async_report_lost(hass: HomeAssistant, device_id: str, user: User) -> None:
    """Take a phone from whoever it belongs to, in every site, and tell those in charge.

    Raises ServiceValidationError where it is nobody's phone, who says so may not, or nobody else could be called.
    """
    found = [
        (line.site, responder, phone)
        for line in hass.data[LINES].values()
        for responder in line.site.configuration.responders.values()
        for phone in _registrations(hass, device_id)
        if phone in responder.phones
    ]
    if not found:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="unknown_phone")
    for site, responder, phone in found:
        # Whoever has a caretaker's phone must not silence those in charge with it.
        right = Right.MANAGE if responder.manager else Right.LEND
        if not may(user, right, site.configuration):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_allowed")
        if not any({*other.phones} - {phone} for other in site.configuration.responders.values()):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="last_phone")
    for site, responder, phone in found:
        _take_away(hass, site, responder, phone, user)
        site.record(PhoneLost(at=site.now(), responder=responder.id, phone=phone, by=user.id))
        tell = _async_tell(hass, site, responder, phone, user)
        hass.async_create_task(tell, "duress lost phone", eager_start=True)


def _registrations(hass: HomeAssistant, device_id: str) -> set[str]:
    """Return the registrations of the companion app that a device stands for."""
    device = dr.async_get(hass).async_get(device_id)
    return set(device.config_entries) if device is not None else set()


@callback
def _take_away(hass: HomeAssistant, site: Site, responder: Responder, phone: str, user: User) -> None:
    changed = {
        CONF_PHONES: [known for known in responder.phones if known != phone],
        CONF_PASSED_OVER: [*responder.passed_over, phone],
    }
    async_change(hass, entry_of(hass, site), responder.id, changed, user.id)


async def _async_tell(hass: HomeAssistant, site: Site, responder: Responder, phone: str, user: User) -> None:
    """Tell those in charge, or everybody where nobody is, on all phones but the lost one."""
    everybody = site.configuration.responders.values()
    told = [r for r in everybody if r.manager] or list(everybody)
    registration = hass.config_entries.async_get_entry(phone)
    words = {
        "name": plain(responder.name),
        "phone": plain(registration.title if registration is not None else ""),
        "by": plain(user.name or ""),
    }

    def text(to: Responder) -> tuple[str, str]:
        said = site.texts.to(to)
        return said.say("lost_title", words), said.say("lost_body", words)

    phones = ((other, to) for to in told for other in to.phones if other != phone)
    await async_warn_people(hass, phones, text, TAG + phone)
