"""Sites that must ask for two actions; buttons that are known to call by themselves."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.site import BUTTON_EVENT, PLAN, POINT, SiteUnderTest

SECOND_BUTTON = {"platform": "event", "event_type": "second_button"}
FIRST_BUTTON = {"platform": "event", "event_type": BUTTON_EVENT}
FORM = {"name": "Till", "plan_id": PLAN}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=3600)
    return site


async def change(house: SiteUnderTest, *answers: dict[str, Any]) -> Any:
    """Change the trigger point by hand; returns what the dialog says last."""
    flows = house.hass.config_entries.subentries
    flow: Any = await house.entry.start_subentry_reconfigure_flow(house.hass, POINT)
    for answer in ({"next_step_id": "choose"}, *answers):
        flow = await flows.async_configure(flow["flow_id"], answer)
        await house.hass.async_block_till_done()
    return flow


def asks_for(what: str, *triggers: dict[str, Any]) -> dict[str, Any]:
    return {**FORM, "triggers": list(triggers), "two_actions": {"asks_for": what, "within": 3}}


def on_record(house: SiteUnderTest) -> bytes:
    return b"".join(path.read_bytes() for path in house.folder.glob("*.jsonl"))


async def test_a_button_that_asks_for_two_presses_calls_at_the_second_and_holds_the_first_on_record(
    house: SiteUnderTest,
) -> None:
    done = await change(house, asks_for("twice", FIRST_BUTTON))
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    ann = house.people["Ann"]
    await house.press()
    await house.advance(seconds=4)
    await house.press()
    assert not house.site.incidents.open()
    await house.until(lambda: on_record(house).count(b"PressHeld") == 2)
    await house.advance(seconds=1)
    await house.press()
    ann.hears("Help needed")
    await house.advance(seconds=10)
    await house.press()
    assert house.incident.presses == 2


async def test_a_button_that_is_pressed_together_with_another_calls(house: SiteUnderTest) -> None:
    await change(house, asks_for("together", FIRST_BUTTON, SECOND_BUTTON))
    await house.press()
    await house.advance(seconds=1)
    await house.press()
    assert not house.site.incidents.open()
    house.hass.bus.async_fire("second_button")
    await house.settle()
    house.people["Ann"].hears("Help needed")


async def test_two_buttons_cannot_be_asked_for_where_there_is_one(house: SiteUnderTest) -> None:
    form = await change(house, asks_for("together", FIRST_BUTTON))
    assert form["errors"] == {"triggers": "needs_two_buttons"}
    done = await change(house, asks_for("together", FIRST_BUTTON), asks_for("together", FIRST_BUTTON, SECOND_BUTTON))
    assert done["type"] is FlowResultType.ABORT


def button_of_model(hass: HomeAssistant, **words: str) -> dict[str, Any]:
    """Return the trigger of a button whose device page shows these words."""
    entry = MockConfigEntry(domain="zha")
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("zha", "00:0d")}, **words)  # type: ignore[arg-type]
    return {"platform": "event", "event_type": "zha_event", "event_data": {"device_ieee": "00:0d"}}


@pytest.mark.parametrize("words", [{"manufacturer": "_TZE284_2baujqot"}, {"model_id": "TS0601_sos"}])
async def test_a_model_that_is_known_to_call_by_itself_is_said_and_its_calls_wait(
    house: SiteUnderTest, words: dict[str, str]
) -> None:
    trigger = button_of_model(house.hass, **words)
    form = await change(house, {**FORM, "triggers": [trigger]})
    assert form["step_id"] == "phantom"
    await house.hass.config_entries.subentries.async_configure(form["flow_id"], {"cancel_window": 30})
    await house.settle()
    ann = house.people["Ann"]
    house.hass.bus.async_fire("zha_event", {"device_ieee": "00:0d"})
    await house.settle()
    ann.hears_nothing()
    await house.advance(seconds=31)
    ann.hears("Help needed: Till")
    again = await change(house, {**FORM, "triggers": [trigger]})
    assert again["data_schema"]({})["cancel_window"] == 30


async def test_a_covert_call_never_waits_whatever_the_model(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), covert=True)
    await change(site, {**FORM, "triggers": [button_of_model(site.hass, model_id="TS0601_sos")]}, {"cancel_window": 30})
    site.hass.bus.async_fire("zha_event", {"device_ieee": "00:0d"})
    await site.settle()
    site.people["Ann"].hears("Message for you: Till")


async def test_any_other_model_is_not_asked_about(house: SiteUnderTest) -> None:
    done = await change(house, {**FORM, "triggers": [button_of_model(house.hass, model_id="SOS-EM")]})
    assert done["type"] is FlowResultType.ABORT
