"""What every test may use."""

from collections.abc import AsyncGenerator
import logging

# Ours before the test package's: it ships a `custom_components` of its own, and the first one imported wins.
import custom_components.duress  # noqa: F401  # isort: skip

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from simulation.phone import PushService

from .site import ClientFactory, SiteUnderTest

# Its lines carry the local time, which does not exist while a test holds the clock.
logging.getLogger("aiohttp.access").disabled = True
# It finds that a step took as long as the test let the clock jump.
logging.getLogger("asyncio").setLevel(logging.ERROR)


@pytest.fixture(autouse=True)
def _our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load custom integrations in every test."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep the record of each test in a folder of its own."""
    return hass_tmp_config_dir


@pytest.fixture
async def push(socket_enabled: None) -> AsyncGenerator[PushService]:
    """Run a push service for simulated phones."""
    async with PushService() as service:
        yield service


@pytest.fixture
async def site(
    hass: HomeAssistant, hass_client: ClientFactory, push: PushService, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[SiteUnderTest]:
    """Return a site without people, in a Home Assistant with the real companion-app integration.

    A test that leaves a message on a phone that it did not ask about fails.
    """
    await hass.config.async_update(external_url="https://harbour.example.org")
    for component in ("notify", "mobile_app", "duress"):  # what answers over HTTP is there before a client
        assert await async_setup_component(hass, component, {})
    site = SiteUnderTest(hass, await hass_client(), push, freezer)
    yield site
    if hass.state is not CoreState.stopped:
        await site.settle()
    for person in site.people.values():
        person.hears_nothing()
