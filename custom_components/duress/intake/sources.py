"""Listens to the sources of every trigger point, one by one, from before the first entity to the last moment.

Attached sources outlive a reload of the entry: only what the caretaker changed is taken off or put on.
"""

import asyncio
from collections.abc import Mapping
from copy import deepcopy
import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Context, CoreState, Event, EventOrigin, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, trigger as trigger_helper
from homeassistant.helpers.start import async_at_started
import voluptuous as vol

from ..configuration import Source, TriggerPoint
from ..const import DOMAIN, ISSUE_DEAF
from ..engine.model import Origin, Press
from ..issues import async_set_issue
from ..site import Site

_LOGGER = logging.getLogger(__name__)


async def async_validate(hass: HomeAssistant, trigger: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a trigger as Home Assistant attaches it; raises vol.Invalid or HomeAssistantError when it cannot be."""
    configs = cv.TRIGGER_SCHEMA([deepcopy(dict(trigger))])
    return await trigger_helper.async_validate_trigger_config(hass, configs)


class SourceListener:
    """Keeps every source of a site attached."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Hear for the site; nothing is attached before `async_apply`."""
        self._hass = hass
        self._site = site
        self._attached: dict[str, tuple[Source, CALLBACK_TYPE]] = {}
        self._deaf: set[str] = set()
        self._applying = asyncio.Lock()
        self._cancel_start: CALLBACK_TYPE | None = None

    async def async_apply(self) -> None:
        """Attach what the configuration has and this has not, take off what is gone; try again at start."""
        async with self._applying:
            points = self._site.configuration.points.values()
            wanted = {source.id: (point, source) for point in points for source in point.sources}
            for source_id, (source, _) in list(self._attached.items()):
                if source_id not in wanted or wanted[source_id][1] != source:
                    self._detach(source_id)
            for source_id, (point, source) in wanted.items():
                if source_id not in self._attached and (remove := await self._async_attach(point, source)):
                    self._attached[source_id] = (source, remove)
            self._report_deaf()
        if self._cancel_start is None and self._hass.state is not CoreState.running:
            self._cancel_start = async_at_started(self._hass, self._async_started)

    @callback
    def async_detach(self) -> None:
        """Hear nothing any more."""
        for source_id in list(self._attached):
            self._detach(source_id)
        if self._cancel_start is not None:
            self._cancel_start()
            self._cancel_start = None

    def _detach(self, source_id: str) -> None:
        self._attached.pop(source_id)[1]()

    async def _async_started(self, _hass: HomeAssistant) -> None:
        await self.async_apply()

    async def _async_attach(self, point: TriggerPoint, source: Source) -> CALLBACK_TYPE | None:
        @callback
        def pressed(variables: dict[str, Any], context: Context | None = None) -> None:
            event = variables["trigger"].get("event")
            remote = isinstance(event, Event) and event.origin is EventOrigin.remote
            press = Press(
                point=point.id,
                source=source.id,
                gesture=source.gesture,
                origin=Origin.REMOTE if remote else Origin.LOCAL,
                user=context.user_id if context else None,
            )
            # By its present name, or by the one it had where it is being removed at this moment.
            current = self._site.configuration.points.get(point.id, point)
            self._site.async_press(current, press, source.plan)

        def log(level: int, message: str, **details: Any) -> None:
            _LOGGER.log(level, "%s a trigger point", message, **details)

        try:
            configs = await async_validate(self._hass, source.trigger)
            return await trigger_helper.async_initialize_triggers(
                self._hass, configs, pressed, DOMAIN, "trigger point", log
            )
        except (HomeAssistantError, vol.Invalid) as error:
            _LOGGER.warning("A trigger point cannot be heard yet: %s", error)
            return None

    def _report_deaf(self) -> None:
        """Say which trigger points cannot be heard, and take back what was said of others."""
        points = self._site.configuration.points.values()
        deaf = {point.id for point in points if any(source.id not in self._attached for source in point.sources)}
        if self._hass.state is not CoreState.running:
            deaf.clear()  # what is missing now may come with an integration that has not started yet
        for point_id in deaf | self._deaf:
            async_set_issue(self._hass, ISSUE_DEAF, point_id, wanted=point_id in deaf)
        self._deaf = deaf
