"""The blueprints do what they say, in an open call; none runs in a quiet one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.site import BUTTON_EVENT, PLAN, SiteUnderTest

BLUEPRINTS = Path(__file__).parents[2] / "blueprints" / "automation" / "duress"
NAMES = sorted(path.stem for path in BLUEPRINTS.glob("*.yaml"))


class Done:
    """What was done, in order."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        for domain, service in (
            ("light", "turn_on"),
            ("light", "turn_off"),
            ("cover", "open_cover"),
            ("cover", "close_cover"),
            ("tts", "speak"),
            ("notify", "send_message"),
        ):
            hass.services.async_register(domain, service, self._note)

    async def _note(self, call: ServiceCall) -> None:
        self.calls.append((call.service, dict(call.data)))

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


@pytest.fixture
async def house(site: SiteUnderTest) -> AsyncIterator[SiteUnderTest]:
    """Return a house where Ann is called and Bob a minute later."""
    await site.set_up_ann_then_bob()
    yield site
    for person in site.people.values():
        person.reads()


def inputs_of(house: SiteUnderTest) -> dict[str, dict[str, Any]]:
    """Return what each blueprint can be filled in with."""
    return {
        "light_the_way": {"lights": {"entity_id": ["light.hall"]}},
        "announce_until_answered": {"voice": "tts.voice", "speakers": ["media_player.staff"]},
        "open_the_gate": {"gate": {"entity_id": ["cover.gate"]}},
        "tell_the_family": {"trigger_points": [house.device], "family": ["notify.daughter"]},
    }


async def use(house: SiteUnderTest, name: str, **inputs: Any) -> Done:
    """Make an automation of a blueprint, as its dialog does."""
    folder = Path(house.hass.config.path("blueprints", "automation", "duress"))
    await house.hass.async_add_executor_job(shutil.copytree, BLUEPRINTS, folder)
    automation = {"alias": name, "use_blueprint": {"path": f"duress/{name}.yaml", "input": inputs}}
    assert await async_setup_component(house.hass, "automation", {"automation": [automation]})
    await house.settle()
    assert house.state(f"automation.{name}") == "on"
    return Done(house.hass)


async def test_the_way_is_lit_once_somebody_goes_and_dark_again_when_it_is_over(house: SiteUnderTest) -> None:
    done = await use(house, "light_the_way", lights={"entity_id": ["light.hall"]})
    await house.press()
    assert done.names() == []
    await house.taps("Ann", "I'm going")
    await house.action("resolve", house.people["Ann"].user)
    assert done.names() == ["turn_on", "turn_off"]
    assert done.calls[0][1]["entity_id"] == ["light.hall"]


async def test_the_staff_room_hears_it_every_ten_seconds_until_somebody_answers(house: SiteUnderTest) -> None:
    done = await use(house, "announce_until_answered", voice="tts.voice", speakers=["media_player.staff"])

    async def let_happen(seconds: float = 0) -> None:
        """Let things happen without waiting for the automation, which waits for the clock."""
        house.freezer.tick(seconds)
        async_fire_time_changed(house.hass)
        for _ in range(200):
            await asyncio.sleep(0)

    house.hass.bus.async_fire(BUTTON_EVENT)
    await let_happen()
    for _ in range(2):
        await let_happen(11)
    assert done.names() == ["speak"] * 3
    assert done.calls[0][1]["message"] == "Help needed: Room 4."
    await house.people["Ann"].phone.tap(house.client, "I'm going")
    await let_happen()
    await let_happen(60)
    assert done.names() == ["speak"] * 3
    await house.action("resolve", house.people["Ann"].user)


async def test_the_gate_opens_on_an_answer_to_a_medical_call_and_never_on_a_press_or_in_a_drill(
    house: SiteUnderTest,
) -> None:
    done = await use(house, "open_the_gate", gate={"entity_id": ["cover.gate"]}, close_again=True)
    await house.press()
    await house.taps("Ann", "I'm going")
    await house.action("resolve", house.people["Ann"].user)
    assert done.names() == []
    await house.change(PLAN, call_type="medical")
    await house.change_responder("Bob", manager=True)
    await house.action("start_drill", house.people["Bob"].user)
    await house.taps("Ann", "I'm going")
    await house.action("resolve", house.people["Ann"].user)
    assert done.names() == []
    await house.press()
    assert done.names() == []
    await house.taps("Ann", "I'm going")
    assert done.names() == ["open_cover"]
    await house.action("resolve", house.people["Ann"].user)
    assert done.names() == ["open_cover", "close_cover"]


async def test_the_family_is_told_once_it_is_over(house: SiteUnderTest) -> None:
    done = await use(house, "tell_the_family", trigger_points=[house.device], family=["notify.daughter"])
    await house.press()
    assert done.names() == []
    await house.action("resolve", house.people["Ann"].user)
    ((_, data),) = done.calls
    assert data["message"].startswith("There was a call for help, and somebody has seen to it. (")


@pytest.mark.parametrize("name", NAMES)
async def test_h06_no_blueprint_runs_in_a_quiet_call(house: SiteUnderTest, name: str) -> None:
    done = await use(house, name, **inputs_of(house)[name])
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    await house.taps("Ann", "I see to it")
    await house.action("resolve", house.people["Ann"].user)
    assert done.names() == []
    state = house.hass.states.get(f"automation.{name}")
    assert state is not None
    assert state.attributes["last_triggered"] is None


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_explains_itself_and_each_of_its_inputs(name: str) -> None:
    parsed: Any = parse_yaml((BLUEPRINTS / f"{name}.yaml").read_text("utf-8"))
    blueprint = parsed["blueprint"]
    assert "Never" in blueprint["description"] or "never for quiet calls" in blueprint["description"]
    assert blueprint["source_url"].endswith(f"/{name}.yaml")
    assert all(field["name"] and field["description"] for field in blueprint["input"].values())
