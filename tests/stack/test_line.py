"""From a Zigbee pendant's frame to a phone's screen, through the real integrations on both ends."""

from homeassistant.core import HomeAssistant
import pytest

from simulation.zigbee import Device
from tests.site import SiteUnderTest

from .conftest import PENDANT


async def test_a_pendants_alarm_rings_a_phone_and_the_answer_comes_back(
    hass: HomeAssistant,
    live_site: SiteUnderTest,
    zigbee_pendant: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = await live_site.add_person("Ann")
    monkeypatch.setattr("tests.site.TRIGGER", {"platform": "state", "entity_id": [PENDANT], "to": ["on"]})
    await live_site.set_up((0, ["Ann"]))
    await zigbee_pendant.zone_status(1)
    await ann.phone.wait_for("Help needed: Room 4")
    await ann.phone.tap(live_site.client, "I'm going")
    await ann.phone.wait_for("You have it")
    await zigbee_pendant.zone_status(0)
    await live_site.action("resolve", ann.user)
    await ann.phone.wait_for("Over")
