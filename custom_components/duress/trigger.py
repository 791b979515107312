"""Triggers of our own: for what no trigger of Home Assistant hears, and for what happens to calls."""

from typing import Any, cast, override

from homeassistant.const import CONF_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .call_trigger import CALL_TRIGGERS
from .const import CONF_ALARMS, CONF_ALONE, DOMAIN
from .intake.zigbee import ZIGBEE_ALARM, Alarm, async_listen_to_device

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_OPTIONS): {
            vol.Required(CONF_DEVICE_ID): str,
            vol.Required(CONF_ALARMS): vol.All([vol.Coerce(Alarm)], vol.Length(min=1)),
            vol.Optional(CONF_ALONE, default=False): bool,
        }
    }
)


class ZigbeeAlarm(Trigger):
    """Every press of a pendant, key fob or keypad, told apart by what was pressed."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the options, checked."""
        return cast(ConfigType, SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Hear one device."""
        super().__init__(hass, config)
        options: dict[str, Any] = config.options or {}
        self._device: str = options[CONF_DEVICE_ID]
        self._alarms = frozenset(options[CONF_ALARMS])
        self._alone: bool = options[CONF_ALONE]

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Run the action at every press; raises ZigbeeError where the device cannot be heard."""

        @callback
        def heard(device_id: str, alarm: Alarm) -> None:
            if alarm in self._alarms:
                run_action({CONF_DEVICE_ID: device_id, "alarm": alarm.value}, f"Zigbee {alarm}")

        return await async_listen_to_device(self._hass, self._device, heard, alone=self._alone)


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return our triggers by their keys."""
    return {ZIGBEE_ALARM.removeprefix(f"{DOMAIN}."): ZigbeeAlarm, **CALL_TRIGGERS}
