"""A call for help by voice, through Home Assistant's own Assist."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from simulation.phone import PushService
from tests.site import ClientFactory, SiteUnderTest


async def test_a_sentence_that_is_said_to_assist_calls_and_others_do_not(
    hass: HomeAssistant,
    socket_enabled: None,
    hass_client: ClientFactory,
    push: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for component in ("homeassistant", "conversation", "notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    site = SiteUnderTest(hass, await hass_client(), push, None)
    monkeypatch.setattr("tests.site.TRIGGER", {"platform": "conversation", "command": ["I (need|want) help"]})
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))

    async def say(text: str) -> None:
        await hass.services.async_call("conversation", "process", {"text": text}, blocking=True)
        await site.settle()

    await say("How are you?")
    ann.hears_nothing()
    await say("I need help!")
    ann.hears("Help needed: Room 4")
