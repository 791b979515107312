"""Triggers for what happens to a call: opened, answered, over. They hear quiet calls only where that is switched on."""

from typing import Any, cast, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import CONF_CALL_TYPE, DOMAIN
from .effects.texts import plain
from .engine.model import Actor
from .engine.plan import CallType
from .happenings import HAPPENINGS, SIGNAL_HAPPENED, Happening

CONF_TRIGGER_POINTS = "trigger_points"
CONF_QUIET_TOO = "quiet_too"

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_OPTIONS, default=dict): {
            vol.Optional(CONF_TRIGGER_POINTS, default=list): [str],
            vol.Optional(CONF_CALL_TYPE, default=list): [vol.Coerce(CallType)],
            vol.Optional(CONF_QUIET_TOO, default=False): bool,
        }
    }
)


class CallTrigger(Trigger):
    """Something that happens to a call, of these trigger points and kinds, or of all."""

    what: str

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the options, checked."""
        return cast(ConfigType, SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Listen for what was chosen."""
        super().__init__(hass, config)
        options: dict[str, Any] = config.options or {}
        self._devices = frozenset(options.get(CONF_TRIGGER_POINTS, ()))
        self._kinds = frozenset(options.get(CONF_CALL_TYPE, ()))
        self._quiet_too = options.get(CONF_QUIET_TOO, False)

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Run the action each time, with what is known of the call."""

        @callback
        def happened(happening: Happening) -> None:
            if happening.what == self.what and self._is_meant(happening):
                run_action(_payload(self._hass, happening), f"Call {self.what}")

        return async_dispatcher_connect(self._hass, SIGNAL_HAPPENED, happened)

    def _is_meant(self, happening: Happening) -> bool:
        plan = happening.incident.plan
        if plan.covert and not self._quiet_too:
            return False
        if self._kinds and plan.call_type not in self._kinds:
            return False
        return not self._devices or _device_of(self._hass, happening) in self._devices


def _payload(hass: HomeAssistant, happening: Happening) -> dict[str, Any]:
    """Return what an automation can use: for a quiet call as well, so it belongs in no notification of its own."""
    incident, site = happening.incident, happening.site
    by = getattr(happening.event, "by", None)
    return {
        "call_id": incident.id,
        "trigger_point": plain(incident.place.point),
        "device_id": _device_of(hass, happening),
        "area": plain(incident.place.area) if incident.place.area else None,
        "call_type": incident.plan.call_type.value,
        "quiet": incident.plan.covert,
        "drill": incident.drill,
        "presses": incident.presses,
        "person": site.texts.default.name(by, site.configuration) if isinstance(by, Actor) else None,
    }


def _device_of(hass: HomeAssistant, happening: Happening) -> str | None:
    identifier, entry = (DOMAIN, happening.incident.press.point), happening.site.entry_id
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry)
    return device.id if device is not None else None


CALL_TRIGGERS: dict[str, type[Trigger]] = {
    f"call_{what}": type(f"Call{what.title().replace('_', '')}", (CallTrigger,), {"what": what}) for what in HAPPENINGS
}
