"""Hears alarms of Zigbee devices on the network that ZHA runs, where Home Assistant shows less than was pressed.

ZHA shows panic, emergency and fire of a key fob or keypad (IAS ACE) as one alarm panel that is triggered, and nothing
when the key is pressed again. It shows a pendant (IAS Zone) as a sensor that is on, and nothing when it is pressed
again meanwhile. The clusters themselves hear every press, so listeners are put on those. They are ZHA's own parts, not
a promised interface: a contract test notices when they change, and the entities stay as a second way to be heard.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval

from ..const import CONF_ALONE, DOMAIN
from ..devices import named_in, platform_of

ZHA = "zha"
ZIGBEE_ALARM = f"{DOMAIN}.zigbee_alarm"
"""Our own trigger for what is heard here."""
IAS_ZONE, IAS_ACE = 0x0500, 0x0501
"""Zigbee clusters (Zigbee Cluster Library, chapter 8)."""
STATUS_CHANGED = 0
"""The command of IAS Zone that tells how a device stands; its alarm bits are the first two."""
ALARM_BITS = 0b11
LOOK_EVERY = timedelta(seconds=10)
"""How often it is seen to that nobody else hears a device that is ours alone."""


class Alarm(StrEnum):
    """What can be pressed."""

    ALARM = "alarm"
    """The one button of a pendant."""
    PANIC = "panic"
    EMERGENCY = "emergency"
    FIRE = "fire"


ACE_COMMANDS = {2: Alarm.EMERGENCY, 3: Alarm.FIRE, 4: Alarm.PANIC}

type Heard = Callable[[str, Alarm], None]
"""Take a press: the device's registry id, and what was pressed."""


class ZigbeeError(HomeAssistantError):
    """ZHA does not run, or does not have this device, or it has no alarms."""


async def async_listen_to_device(
    hass: HomeAssistant, device_id: str, heard: Heard, *, alone: bool = False
) -> CALLBACK_TYPE:
    """Tell of every press of a device until the returned function is called, also when ZHA was loaded anew.

    With `alone` ZHA hears nothing of a key fob or keypad any more, so that it does not make it sound (hazard H5): nor
    does it arm or disarm by it. Raises ZigbeeError when the device cannot be heard now.
    """
    listeners = _Listeners(hass, heard, alone=alone)
    listeners.put_on([device_id])
    if not listeners.count:
        raise ZigbeeError("the device has no alarms, or ZHA does not have it")

    @callback
    def anew() -> None:
        listeners.take_off()
        listeners.put_on([device_id])

    @callback
    def entry_changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == ZHA and entry.state is ConfigEntryState.LOADED:
            anew()

    @callback
    def device_changed(event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        if event.data["device_id"] == device_id:
            anew()  # it may have been paired anew

    @callback
    def look(_now: datetime) -> None:
        listeners.send_others_away()  # ZHA comes back when the device joins anew

    unsubscribe = [
        *([async_track_time_interval(hass, look, LOOK_EVERY, cancel_on_shutdown=True)] if alone else []),
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, device_changed),
        listeners.take_off,
    ]

    @callback
    def stop() -> None:
        for each in unsubscribe:
            each()

    return stop


@callback
def async_listen_to_all(hass: HomeAssistant, heard: Heard) -> CALLBACK_TYPE:
    """Tell of every press of any device until the returned function is called."""
    listeners = _Listeners(hass, heard)
    listeners.put_on(_device_ids(hass))
    return listeners.take_off


class _Listeners:
    """Listeners on the clusters of devices. ZHA makes its devices anew when it is loaded."""

    def __init__(self, hass: HomeAssistant, heard: Heard, *, alone: bool = False) -> None:
        self._hass = hass
        self._heard = heard
        self._alone = alone
        self._on: list[tuple[Any, _Listener]] = []
        self._sent_away: list[tuple[Any, Any]] = []

    @property
    def count(self) -> int:
        """Return how many clusters are listened to."""
        return len(self._on)

    @callback
    def put_on(self, device_ids: Iterable[str]) -> None:
        """Listen to the clusters that these devices have now."""
        devices = _zigpy_devices(self._hass)
        for device_id in device_ids:
            device = devices.get(_ieee(self._hass, device_id) or "")
            endpoints = device.endpoints.items() if device is not None else ()
            for number, endpoint in endpoints:
                if number == 0:
                    continue  # management, no clusters
                for cluster in (endpoint.in_clusters.get(IAS_ZONE), endpoint.out_clusters.get(IAS_ACE)):
                    if cluster is not None:
                        listener = _Listener(device_id, cluster.cluster_id, self._heard)
                        cluster.add_listener(listener)
                        self._on.append((cluster, listener))
        if self._alone:
            self.send_others_away()

    @callback
    def send_others_away(self) -> None:
        """Let nobody but us hear the alarm keys of a device."""
        for cluster, _ in self._on:
            if cluster.cluster_id == IAS_ACE:
                for other in _listening_to(cluster):
                    cluster.remove_listener(other)
                    self._sent_away.append((cluster, other))

    @callback
    def take_off(self) -> None:
        """Listen to nothing any more, and let others hear again what was kept from them."""
        while self._on:
            cluster, listener = self._on.pop()
            cluster.remove_listener(listener)
        while self._sent_away:
            cluster, other = self._sent_away.pop()
            cluster.add_listener(other)


class _Listener:
    """What zigpy calls with every command that a cluster receives."""

    def __init__(self, device_id: str, cluster: int, heard: Heard) -> None:
        self._device_id = device_id
        self._cluster = cluster
        self._heard = heard

    def cluster_command(self, _sequence: int, command: int, arguments: Any) -> None:
        """Hear a press. A frame is not trusted to be whole."""
        alarm = ACE_COMMANDS.get(command)
        if self._cluster == IAS_ZONE:
            status = getattr(arguments, "zone_status", 0) if command == STATUS_CHANGED else 0
            alarm = Alarm.ALARM if int(status or 0) & ALARM_BITS else None
        if alarm is not None:
            self._heard(self._device_id, alarm)


def _listening_to(cluster: Any) -> list[Any]:
    """Return whoever else acts on what a cluster hears; what has no command of its own only keeps watch."""
    found = [listener for listener, _ in cluster._listeners.values()]  # noqa: SLF001  nothing else tells who listens
    return [each for each in found if not isinstance(each, _Listener) and hasattr(each, "cluster_command")]


def _zigpy_devices(hass: HomeAssistant) -> dict[str, Any]:
    """Return the devices of ZHA's network by their address, none while it does not run."""
    try:
        devices = hass.data[ZHA].gateway_proxy.gateway.devices
        return {str(ieee): device.device for ieee, device in devices.items()}
    except AttributeError, KeyError:
        return {}


def _device_ids(hass: HomeAssistant) -> list[str]:
    entries = hass.config_entries.async_entries(ZHA)
    registry = dr.async_get(hass)
    return [d.id for e in entries for d in dr.async_entries_for_config_entry(registry, e.entry_id)]


def _ieee(hass: HomeAssistant, device_id: str) -> str | None:
    device = dr.async_get(hass).async_get(device_id)
    identifiers = device.identifiers if device is not None else ()
    return next((address for domain, *address in identifiers if domain == ZHA), [None])[0]


def is_ours(trigger: Mapping[str, Any]) -> bool:
    """Return whether a trigger is our own listener, which can keep what it hears to itself."""
    return platform_of(trigger) == ZIGBEE_ALARM


def sounds_when_pressed(hass: HomeAssistant, trigger: Mapping[str, Any]) -> bool:
    """Return whether ZHA makes the device that a trigger hears sound as it is pressed (hazard H5).

    It tells every key fob and keypad of the alarm, whether or not its panel is enabled; seen on the wire.
    """
    words = named_in(trigger)
    if is_ours(trigger):
        return not trigger["options"].get(CONF_ALONE) and bool(words & set(ACE_COMMANDS.values()))
    registry = er.async_get(hass)
    panels = [e for e in registry.entities.values() if e.platform == ZHA and e.domain == "alarm_control_panel"]
    of_a_device = any("alarm_control_panel" in word for word in words)
    return any(words & {e.entity_id, e.id} or (of_a_device and e.device_id in words) for e in panels)
