"""Bluetooth buttons, heard through Home Assistant's own Bluetooth and BTHome integrations."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.duress.intake.learning import Candidate, Learner
from simulation.bluetooth.scanner import BUTTON, Gesture, Scanner
from simulation.phone import PushService
from tests.site import ClientFactory, SiteUnderTest

from .conftest import until

ENTITY = "event.shelly_blu_button1_2233_button"
APART = 0.6
"""Seconds: what comes sooner than half a second is taken for the same press."""


def heard_as(event_type: str) -> dict[str, Any]:
    """Return the trigger that hears one gesture of the button."""
    return {"platform": "event.received", "target": {"entity_id": ENTITY}, "options": {"event_type": [event_type]}}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.duress.intake.learning.SETTLE", 0.1)


@pytest.fixture
async def scanner(hass: HomeAssistant, enable_bluetooth: None) -> AsyncGenerator[Scanner]:
    """Run a proxy, with a button in its range that says it is there and has never been pressed."""
    scanner = Scanner()
    stop = scanner.start(hass)
    scanner.press(Gesture.NONE)
    yield scanner
    stop()


@pytest.fixture
async def bthome(hass: HomeAssistant, scanner: Scanner) -> AsyncGenerator[MockConfigEntry]:
    """Have Home Assistant's own BTHome integration listen to the button."""
    entry = MockConfigEntry(domain="bthome", unique_id=BUTTON)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    if entry.disabled_by is None:
        await hass.config_entries.async_unload(entry.entry_id)


async def learned(hass: HomeAssistant, scanner: Scanner, gesture: Gesture) -> Candidate:
    """Press the button twice, as the dialog asks for; returns what was learned."""
    hearing = asyncio.create_task(Learner(hass).async_hear())
    await asyncio.sleep(0.1)
    scanner.press(gesture)
    (candidate,) = await hearing
    proving = asyncio.create_task(Learner(hass).async_hear_again(candidate))
    await asyncio.sleep(0.1)
    scanner.press(gesture)
    assert await proving
    return candidate


async def test_a_button_that_was_never_pressed_before_is_learned_and_its_gestures_apart(
    hass: HomeAssistant, bthome: MockConfigEntry, scanner: Scanner
) -> None:
    assert hass.states.get(ENTITY) is None
    for gesture, event_type in (
        (Gesture.SINGLE, "press"),
        (Gesture.DOUBLE, "double_press"),
        (Gesture.LONG, "long_press"),
    ):
        candidate = await learned(hass, scanner, gesture)
        assert candidate.triggers == (heard_as(event_type),)
        assert (candidate.name, candidate.what) == ("Shelly BLU Button1 2233", event_type)


class House:
    """A site whose trigger point is the button."""

    def __init__(self, site: SiteUnderTest, scanner: Scanner) -> None:
        self.site = site
        self.scanner = scanner

    @property
    def presses(self) -> int:
        """Return how often the button called for help."""
        return sum(incident.presses for incident in self.site.site.incidents.open())

    async def press(self, gesture: Gesture) -> None:
        """Press the button, and see what comes of it."""
        self.scanner.press(gesture)
        await asyncio.sleep(APART)
        await self.site.hass.async_block_till_done()


@pytest.fixture
async def house(
    hass: HomeAssistant,
    bthome: MockConfigEntry,
    scanner: Scanner,
    hass_client: ClientFactory,
    push: PushService,
    monkeypatch: pytest.MonkeyPatch,
    trigger: Mapping[str, Any],
) -> House:
    """Return a site whose trigger point is one gesture of a button that was pressed before."""
    for component in ("notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    site = SiteUnderTest(hass, await hass_client(), push, None)
    scanner.press(Gesture.SINGLE)
    await hass.async_block_till_done()
    monkeypatch.setattr("tests.site.TRIGGER", trigger)
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await asyncio.sleep(APART)
    return House(site, scanner)


@pytest.fixture(
    params=[
        heard_as("press"),
        {
            "platform": "event",
            "event_type": "bthome_ble_event",
            "event_data": {"address": BUTTON, "event_type": "press"},
        },
    ],
    ids=["learned", "chosen"],
)
def trigger(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """Return how a single press is heard: as it is learned, or as an installer may have chosen it."""
    chosen: Mapping[str, Any] = request.param
    return chosen


async def test_each_press_rings_a_phone_and_counts_once_however_often_the_radio_repeats_it(house: House) -> None:
    for count in range(1, 6):
        await house.press(Gesture.SINGLE)
        assert house.presses == count
    await house.site.people["Ann"].phone.wait_for("Help needed: Room 4")


async def test_a_double_and_a_long_press_do_not_call_for_a_single_one(house: House) -> None:
    for gesture in (Gesture.DOUBLE, Gesture.LONG, Gesture.NONE):
        await house.press(gesture)
    assert house.presses == 0
    await house.press(Gesture.SINGLE)
    assert house.presses == 1


@pytest.mark.parametrize("trigger", [heard_as("double_press")], ids=["learned"])
async def test_a_single_press_does_not_call_for_a_double_one(house: House) -> None:
    await house.press(Gesture.SINGLE)
    assert house.presses == 0
    await house.press(Gesture.DOUBLE)
    assert house.presses == 1


async def test_an_old_press_that_is_handed_on_again_when_bthome_is_loaded_anew_calls_nobody(
    hass: HomeAssistant, bthome: MockConfigEntry, house: House
) -> None:
    await asyncio.sleep(1)
    before = hass.states.get(ENTITY)
    assert await hass.config_entries.async_reload(bthome.entry_id)
    await asyncio.sleep(APART)
    after = hass.states.get(ENTITY)
    assert before is not None
    assert after is not None
    assert after.state > before.state  # Home Assistant says that the button was pressed just now
    assert house.presses == 0
    await house.press(Gesture.SINGLE)
    assert house.presses == 1
    await asyncio.sleep(1)
    assert await hass.config_entries.async_reload(bthome.entry_id)
    await asyncio.sleep(APART)
    assert house.presses == 1
    await house.press(Gesture.SINGLE)
    assert house.presses == 2


async def test_a_press_while_bthome_is_away_is_heard_once_when_it_comes_back(
    hass: HomeAssistant, bthome: MockConfigEntry, house: House
) -> None:
    assert await hass.config_entries.async_unload(bthome.entry_id)
    assert hass.states.is_state(ENTITY, "unavailable")
    await house.press(Gesture.SINGLE)
    await asyncio.sleep(1)
    assert house.presses == 0
    assert await hass.config_entries.async_setup(bthome.entry_id)
    await until(lambda: house.presses == 1)
    await asyncio.sleep(1)
    assert house.presses == 1


async def test_a_press_while_bthome_is_disabled_is_heard_once_when_it_is_enabled(
    hass: HomeAssistant, bthome: MockConfigEntry, house: House
) -> None:
    await hass.config_entries.async_set_disabled_by(bthome.entry_id, ConfigEntryDisabler.USER)
    await house.press(Gesture.SINGLE)
    await asyncio.sleep(1)
    assert house.presses == 0
    await hass.config_entries.async_set_disabled_by(bthome.entry_id, None)
    await until(lambda: house.presses == 1)
    await asyncio.sleep(1)
    assert house.presses == 1
