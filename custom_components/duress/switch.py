"""Whether a responder is on duty; switching it says so by hand, until the plan for that person changes."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DuressConfigEntry
from .const import DOMAIN
from .entity import DuressEntity, async_add_to_responders
from .rights import Right, async_require
from .site import Site

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: DuressConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one to every responder."""
    async_add_to_responders(entry, async_add_entities, OnDuty)


class OnDuty(DuressEntity, SwitchEntity):
    """Whether a responder is called when there is a call."""

    def __init__(self, site: Site, responder: str) -> None:
        """Show the responder."""
        super().__init__(site, "on_duty", responder)
        self._responder = responder

    @override
    async def async_added_to_hass(self) -> None:
        """Follow who is on duty. No call changes that, so none is followed."""
        self.async_on_remove(self._site.views.async_subscribe_configuration(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the responder is on duty, or counts as being so."""
        return self._responder not in self._site.duties.off

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Put the responder on duty; their phone rings and asks whether they are there."""
        await self._async_set(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Take the responder off duty, if somebody else is there."""
        await self._async_set(on=False)

    async def _async_set(self, *, on: bool) -> None:
        context = self._context or Context()
        known = self._site.configuration.responders.get(self._responder)
        own = context.user_id is not None and known is not None and known.user == context.user_id
        right = Right.ANSWER if own else Right.DUTY  # everybody may say of themselves
        user = await async_require(self.hass, context, right, self._site.configuration)
        if not self._site.duties.async_set(self._responder, user.id if user is not None else None, on=on):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="last_on_duty")
