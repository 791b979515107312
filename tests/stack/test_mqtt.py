"""Zigbee2MQTT's buttons on a real broker, in the shapes that it publishes them in."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.duress.intake.learning import Learner
from simulation.broker import Broker
from simulation.phone import PushService
from tests.site import ClientFactory, SiteUnderTest

from .conftest import until

DEVICE = {"identifiers": ["zigbee2mqtt_0x01"], "manufacturer": "Tuya", "model": "Panic Button", "name": "Pendant 12"}
ACTION = "z2m/pendant/action"
SUBSCRIBED = 1.5
"""Seconds after which Home Assistant hears a topic: it gathers subscriptions before it asks the broker for them."""


async def offer(broker: Broker, action: str) -> None:
    """Offer an action as a device trigger: Zigbee2MQTT does so only once it was done for the first time."""
    trigger = {"automation_type": "trigger", "type": "action", "subtype": action, "payload": action}
    config = {**trigger, "topic": ACTION, "device": DEVICE}
    await broker.publish(f"homeassistant/device_automation/0x01/action_{action}/config", config, retain=True)


@pytest.fixture
async def broker(hass: HomeAssistant, socket_enabled: None) -> AsyncGenerator[Broker]:
    """Run a broker, and Home Assistant's own MQTT integration on it."""
    async with Broker() as broker:
        (Path(hass.config.config_dir) / "configuration.yaml").touch()
        data = {"broker": "127.0.0.1", "port": broker.port}
        entry = MockConfigEntry(domain="mqtt", data=data, version=2, minor_version=1)
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        yield broker
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.duress.intake.learning.SETTLE", 0.3)
    monkeypatch.setattr("custom_components.duress.intake.learning.LOOK", 0.1)


def device_trigger(hass: HomeAssistant) -> dict[str, Any]:
    (entry,) = hass.config_entries.async_entries("mqtt")
    device = dr.async_get(hass).async_get_device_by_identifier(("mqtt", "zigbee2mqtt_0x01"), entry.entry_id)
    assert device is not None
    return {
        "platform": "device",
        "domain": "mqtt",
        "device_id": device.id,
        "type": "action",
        "subtype": "emergency",
    }


@pytest.mark.parametrize("pressed_before", [False, True])
async def test_a_button_is_learned_whether_or_not_it_was_ever_pressed_before(
    hass: HomeAssistant, broker: Broker, pressed_before: bool
) -> None:
    if pressed_before:
        await offer(broker, "emergency")
        await until(lambda: bool(dr.async_get(hass).devices))
    hearing = asyncio.create_task(Learner(hass).async_hear())
    await asyncio.sleep(SUBSCRIBED)
    if not pressed_before:
        await offer(broker, "emergency")
    await broker.publish(ACTION, "emergency")
    (candidate,) = await hearing
    assert candidate.triggers == (device_trigger(hass),)
    assert (candidate.name, candidate.what) == ("Pendant 12", "action emergency")
    proving = asyncio.create_task(Learner(hass).async_hear_again(candidate))
    await asyncio.sleep(SUBSCRIBED)
    await broker.publish(ACTION, "single")
    assert not proving.done()
    await broker.publish(ACTION, "emergency")
    assert await proving


async def test_an_event_entity_and_a_sensor_that_goes_blank_are_learned(hass: HomeAssistant, broker: Broker) -> None:
    event = {"name": "Action", "unique_id": "e", "state_topic": "z2m/event", "event_types": ["emergency"]}
    template = "{{ value_json.action }}"
    sensor = {
        "name": "Action",
        "unique_id": "s",
        "state_topic": "z2m/sensor",
        "value_template": template,
        "device": DEVICE,
    }
    await broker.publish("homeassistant/event/0x02/action/config", event, retain=True)
    await broker.publish("homeassistant/sensor/0x01/action/config", sensor, retain=True)
    await until(lambda: hass.states.get("sensor.pendant_12_action") is not None)
    await until(lambda: hass.states.get("event.action") is not None)
    await broker.publish("z2m/sensor", {"action": "single"}, retain=True)
    await until(lambda: hass.states.is_state("sensor.pendant_12_action", "single"))
    hearing = asyncio.create_task(Learner(hass).async_hear())
    await asyncio.sleep(0.3)
    await broker.publish("z2m/event", {"event_type": "emergency"})
    await broker.publish("z2m/sensor", {"action": "emergency"})
    await broker.publish("z2m/sensor", {"action": ""})
    candidates = await hearing
    assert [candidate.triggers[0]["platform"] for candidate in candidates] == ["event.received", "state"]


async def test_every_press_of_a_zigbee2mqtt_button_rings_a_phone_and_counts(
    hass: HomeAssistant,
    broker: Broker,
    hass_client: ClientFactory,
    push: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for component in ("notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    site = SiteUnderTest(hass, await hass_client(), push, None)
    await offer(broker, "emergency")
    await until(lambda: bool(dr.async_get(hass).devices))
    await hass.async_block_till_done()
    monkeypatch.setattr("tests.site.TRIGGER", device_trigger(hass))
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    for count in range(1, 4):
        await broker.publish(ACTION, "emergency")
        await until(lambda wanted=count: [i.presses for i in site.site.incidents.open()] == [wanted])  # type: ignore[misc]
        await asyncio.sleep(0.6)
    await ann.phone.wait_for("Help needed: Room 4")
