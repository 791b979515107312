"""Conditions of our own. Any user may ask for a condition, so none ever tells of a quiet call (hazard H6)."""

from typing import Any, cast, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition, ConditionConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .line import LINES

SCHEMA = vol.Schema({vol.Required(CONF_OPTIONS, default=dict): {}})


class SiteCondition(Condition):
    """Something that holds of any site."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the options, of which there are none."""
        return cast(ConfigType, SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Look at the sites that are up."""
        super().__init__(hass, config)
        self._sites = hass.data[LINES]


class CallIsOpen(SiteCondition):
    """A call that shows is open."""

    @override
    def _async_check(self, **kwargs: Any) -> bool:
        incidents = (incident for line in self._sites.values() for incident in line.site.incidents.open())
        return any(not incident.plan.covert for incident in incidents)


class SomebodyIsOnDuty(SiteCondition):
    """At every site somebody is on duty who can be called and can answer."""

    @override
    def _async_check(self, **kwargs: Any) -> bool:
        reaches = [line.site.reach().on_duty for line in self._sites.values()]
        return bool(reaches) and all(any(map(reach.can_answer, reach.channels)) for reach in reaches)


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return our conditions by their keys."""
    return {"is_call_open": CallIsOpen, "is_somebody_on_duty": SomebodyIsOnDuty}
