"""Real integrations around ours: what is simulated is only the hardware."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulation.phone import PushService
from simulation.zigbee import Device, ZigbeeNetwork
from simulation.zigbee_devices import key_fob, pendant, scene_button
from tests.site import ClientFactory, SiteUnderTest

PENDANT = "binary_sensor.heiman_sos_em"
FOB = "alarm_control_panel.heiman_rc_ef_3_0_alarm_control_panel"


def zha_device(hass: HomeAssistant, device: Device) -> str | None:
    """Return the registry id of a device that has joined ZHA's network."""
    (entry,) = hass.config_entries.async_entries("zha")
    found = dr.async_get(hass).async_get_device_by_identifier(("zha", str(device.ieee)), entry.entry_id)
    return found.id if found is not None else None


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for the real world to get somewhere."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def expected_lingering_tasks() -> bool:
    """Zigpy leaves its poll tasks to end by themselves."""
    return True


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Zigpy and mobile_app leave timers to end by themselves."""
    return True


@pytest.fixture
def zigbee_pendant() -> Device:
    """Return a pendant."""
    return pendant()


@pytest.fixture
def zigbee_fob() -> Device:
    """Return a key fob."""
    return key_fob()


@pytest.fixture
def zigbee_button() -> Device:
    """Return a button that tells single, double and long presses apart."""
    return scene_button()


@pytest.fixture
async def zigbee(
    hass: HomeAssistant,
    socket_enabled: None,
    tmp_path: Path,
    zigbee_pendant: Device,
    zigbee_fob: Device,
    zigbee_button: Device,
) -> AsyncGenerator[ZigbeeNetwork]:
    """Run Home Assistant's own ZHA over a simulated network in which all of these have joined."""
    async with ZigbeeNetwork(zigbee_pendant, zigbee_fob, zigbee_button) as network:
        assert await async_setup_component(hass, "zha", {"zha": {"database_path": str(tmp_path / "zigbee.db")}})
        device = {"path": network.url, "baudrate": 115200, "flow_control": None}
        entry = MockConfigEntry(domain="zha", version=5, data={"device": device, "radio_type": "ziggurat"})
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.services.async_call("zha", "permit", {"duration": 60}, blocking=True)
        await until(lambda: hass.states.get(PENDANT) is not None and hass.states.get(FOB) is not None)
        await until(lambda: zha_device(hass, zigbee_button) is not None)
        await network.quiet()
        yield network
        await hass.async_block_till_done()
        await network.quiet()
        assert await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


@pytest.fixture
async def live_site(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, hass_client: ClientFactory, push: PushService
) -> SiteUnderTest:
    """Return a site with a radio, in which time passes by itself."""
    for component in ("notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    return SiteUnderTest(hass, await hass_client(), push, None)
