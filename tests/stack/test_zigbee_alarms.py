"""Every press of a Zigbee pendant or key fob is heard, told apart by its key, through unpatched ZHA."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.duress.intake.zigbee import Alarm, ZigbeeError, async_listen_to_all, async_listen_to_device
from simulation.zigbee import IAS_ACE, Device, ZigbeeNetwork
from tests.site import SiteUnderTest

from .conftest import FOB, until, zha_device


def trigger_of(hass: HomeAssistant, device: Device, *alarms: str, **options: Any) -> dict[str, Any]:
    options = {"device_id": zha_device(hass, device), "alarms": list(alarms), **options}
    return {"trigger": "duress.zigbee_alarm", "options": options}


async def test_every_key_and_every_repeat_is_heard_where_home_assistant_shows_one(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_pendant: Device, zigbee_fob: Device
) -> None:
    heard: list[tuple[str, Alarm]] = []
    stop = async_listen_to_all(hass, lambda device, alarm: heard.append((device, alarm)))
    for key in ("panic", "panic", "emergency", "fire"):
        await zigbee_fob.alarm_key(key)
        await asyncio.sleep(0.05)
    for status in (1, 1, 2, 0, 0b1000):
        await zigbee_pendant.zone_status(status)
        await asyncio.sleep(0.05)
    fob, pendant = zha_device(hass, zigbee_fob), zha_device(hass, zigbee_pendant)
    await until(lambda: len(heard) == 7)
    assert [alarm for device, alarm in heard if device == fob] == ["panic", "panic", "emergency", "fire"]
    assert [alarm for device, alarm in heard if device == pendant] == ["alarm"] * 3
    assert hass.states.is_state(FOB, "triggered")
    stop()
    await zigbee_fob.alarm_key("panic")
    await asyncio.sleep(0.1)
    assert len(heard) == 7


async def test_a_device_is_heard_again_after_zha_was_loaded_anew(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_fob: Device
) -> None:
    heard: list[Alarm] = []
    device = zha_device(hass, zigbee_fob)
    assert device is not None
    stop = await async_listen_to_device(hass, device, lambda _device, alarm: heard.append(alarm))
    (entry,) = hass.config_entries.async_entries("zha")
    await zigbee.quiet()
    assert await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ZigbeeError):
        await async_listen_to_device(hass, device, lambda _device, _alarm: None)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await zigbee_fob.alarm_key("panic")
    await until(lambda: bool(heard))
    assert heard == ["panic"]
    stop()


async def test_what_has_no_alarms_is_refused(hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_button: Device) -> None:
    for device in (zha_device(hass, zigbee_button), "gone"):
        with pytest.raises(ZigbeeError):
            await async_listen_to_device(hass, device or "", lambda _device, _alarm: None)


async def test_a_second_panic_on_a_fob_whose_panel_is_still_triggered_is_a_second_press(
    hass: HomeAssistant, live_site: SiteUnderTest, zigbee_fob: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await live_site.add_person("Ann")
    monkeypatch.setattr("tests.site.TRIGGER", trigger_of(hass, zigbee_fob, "panic"))
    await live_site.set_up((0, ["Ann"]))
    await zigbee_fob.alarm_key("fire")
    await zigbee_fob.alarm_key("panic")
    await ann.phone.wait_for("Help needed: Room 4")
    await asyncio.sleep(0.6)
    await zigbee_fob.alarm_key("panic")
    await until(lambda: live_site.incident.presses == 2)
    ann.reads()


async def test_h05_zha_tells_a_key_fob_to_sound_when_panic_is_pressed(
    hass: HomeAssistant, zigbee: ZigbeeNetwork, zigbee_fob: Device
) -> None:
    """The reason why a covert plan keeps such a source from ZHA; should ZHA stop doing so, this tells."""
    zigbee_fob.received.clear()
    await zigbee_fob.alarm_key("panic")
    await until(lambda: any(cluster == IAS_ACE for cluster, _, _ in zigbee_fob.received))


async def test_h05_a_key_fob_that_is_kept_from_zha_stays_silent_on_the_wire_and_calls(
    hass: HomeAssistant,
    live_site: SiteUnderTest,
    zigbee: ZigbeeNetwork,
    zigbee_fob: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = await live_site.add_person("Ann")
    monkeypatch.setattr("tests.site.TRIGGER", trigger_of(hass, zigbee_fob, "panic", alone=True))
    await live_site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    (entry,) = hass.config_entries.async_entries("zha")
    for presses in (1, 2):
        zigbee_fob.received.clear()
        await zigbee_fob.alarm_key("panic")
        await ann.phone.wait_for("Message for you")
        await until(lambda: live_site.incident.presses == presses)  # noqa: B023
        await asyncio.sleep(0.6)
        assert not any(cluster == IAS_ACE for cluster, _, _ in zigbee_fob.received)
        assert hass.states.is_state(FOB, "disarmed")
        await zigbee.quiet()
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    await live_site.change("point", sources=[])
    await zigbee_fob.alarm_key("panic")
    await until(lambda: any(cluster == IAS_ACE for cluster, _, _ in zigbee_fob.received))
    ann.reads()
