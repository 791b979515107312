"""Zigbee pendants, heard by Home Assistant's own ZHA."""

from homeassistant.core import HomeAssistant

from simulation.zigbee import Device, ZigbeeNetwork

from .conftest import PENDANT, until


async def test_an_ias_zone_pendant_joins_and_its_alarm_turns_its_sensor_on(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_pendant: Device
) -> None:
    state = hass.states.get(PENDANT)
    assert state is not None
    assert state.state == "off"
    await zigbee_pendant.zone_status(1)
    await until(lambda: hass.states.is_state(PENDANT, "on"))
    await zigbee_pendant.zone_status(0)
    await until(lambda: hass.states.is_state(PENDANT, "off"))
