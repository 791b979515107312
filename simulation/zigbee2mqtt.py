"""What Zigbee2MQTT publishes of a button, in each of the three ways it can be set up to."""

from typing import Any

from .broker import Broker


class Button:
    """A panic button as Zigbee2MQTT tells of it: by default, only a device trigger, once it was pressed."""

    def __init__(self, broker: Broker, name: str, address: int) -> None:
        """Publish on this broker."""
        self._broker = broker
        self._name = name
        self._id = f"0x{address:016x}"
        self.topic = f"zigbee2mqtt/{name}"
        identifiers = [f"zigbee2mqtt_{self._id}"]
        self._device = {"identifiers": identifiers, "manufacturer": "Tuya", "model": "Panic Button", "name": name}

    async def press(self, action: str = "emergency") -> None:
        """Press it. What it can do is only offered when it is done, as Zigbee2MQTT does."""
        trigger = {"automation_type": "trigger", "type": "action", "subtype": action, "payload": action}
        await self._offer(f"device_automation/{self._id}/action_{action}", {**trigger, "topic": f"{self.topic}/action"})
        await self._broker.publish(self.topic, {"action": action, "battery": 90, "linkquality": 180})
        await self._broker.publish(f"{self.topic}/action", action)

    async def available(self, *, wanted: bool) -> None:
        """Say whether the button is thought to be there."""
        state = {"state": "online" if wanted else "offline"}
        await self._broker.publish(f"{self.topic}/availability", state, retain=True)

    async def _offer(self, what: str, config: dict[str, Any]) -> None:
        config = {**config, "device": self._device, "unique_id": f"{self._id}_action"}
        await self._broker.publish(f"homeassistant/{what}/config", config, retain=True)


class EventButton(Button):
    """With `experimental_event_entities`: an event entity."""

    async def join(self) -> None:
        """Tell Home Assistant of it."""
        await self._offer(
            f"event/{self._id}/action",
            {
                "name": "Action",
                "state_topic": self.topic,
                "event_types": ["emergency", "single"],
                "value_template": '{"event_type": "{{ value_json.action }}"}',
                "availability": [
                    {"topic": f"{self.topic}/availability", "value_template": "{{ value_json.state }}"},
                ],
            },
        )
        await self.available(wanted=True)


class SensorButton(Button):
    """With `legacy_action_sensor`: a sensor that shows what was done, for some milliseconds."""

    async def join(self) -> None:
        """Tell Home Assistant of it."""
        config = {"name": "Action", "state_topic": self.topic, "value_template": "{{ value_json.action }}"}
        await self._offer(f"sensor/{self._id}/action", config)

    async def press(self, action: str = "emergency") -> None:
        """Press it."""
        await self._broker.publish(self.topic, {"action": action, "battery": 90})
        await self._broker.publish(self.topic, {"action": "", "battery": 90})

    async def leave(self, action: str = "emergency") -> None:
        """Leave what was done on the broker, as with `retain`."""
        await self._broker.publish(self.topic, {"action": action, "battery": 90}, retain=True)
