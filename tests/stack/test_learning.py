"""Real devices are learned by pressing them, in the way that hears most."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
import pytest

from custom_components.duress.intake.learning import Candidate, Learner
from simulation.zigbee import Device, ZigbeeNetwork

from .conftest import PENDANT, zha_device

type Press = Callable[[], Awaitable[None]]


async def learned(hass: HomeAssistant, press: Press) -> Candidate:
    """Press a button twice, as the dialog asks for; returns what was learned."""
    learner = Learner(hass)
    hearing = asyncio.create_task(learner.async_hear())
    await asyncio.sleep(0.1)
    await press()
    (candidate,) = await hearing
    proving = asyncio.create_task(Learner(hass).async_hear_again(candidate))
    await asyncio.sleep(0.1)
    await press()
    assert await proving
    return candidate


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.duress.intake.learning.SETTLE", 0.3)


async def test_a_pendant_is_heard_by_its_cluster_and_by_its_sensor_as_well(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_pendant: Device
) -> None:
    candidate = await learned(hass, lambda: zigbee_pendant.zone_status(1))
    options = {"device_id": zha_device(hass, zigbee_pendant), "alarms": ["alarm"]}
    assert candidate.triggers == (
        {"platform": "duress.zigbee_alarm", "options": options},
        {"platform": "state", "entity_id": [PENDANT], "to": ["on"]},
    )
    assert (candidate.name, candidate.what) == ("HEIMAN SOS-EM", "alarm")


@pytest.mark.parametrize("key", ["panic", "emergency", "fire"])
async def test_each_key_of_a_key_fob_is_learned_apart(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_fob: Device, key: str
) -> None:
    candidate = await learned(hass, lambda: zigbee_fob.alarm_key(key))
    options = {"device_id": zha_device(hass, zigbee_fob), "alarms": [key]}
    assert candidate.triggers == ({"platform": "duress.zigbee_alarm", "options": options},)


async def test_a_scene_button_is_heard_once_for_each_press_though_zha_tells_twice(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_button: Device
) -> None:
    candidate = await learned(hass, lambda: zigbee_button.switch("toggle"))
    (trigger,) = candidate.triggers
    assert trigger["event_type"] == "zha_event"
    assert trigger["event_data"]["device_ieee"] == str(zigbee_button.ieee)
    assert trigger["event_data"]["command"] not in ("attribute_updated", None)
