"""Codes are chosen by those in charge; what is wrong with one is never said."""

from typing import Any

import pytest

from custom_components.duress.codes import close_to, is_code
from tests.site import POINT, SiteUnderTest

from .test_config_flow import answer
from .test_responder_flow import change


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    await site.set_up_ann_then_bob()
    return site


async def choose(house: SiteUnderTest, name: str, **codes: Any) -> dict[str, Any]:
    form = await change(house, name.lower(), "codes")
    result: dict[str, Any] = await answer(house.hass, form, {"forget": False, **codes})
    return result


def kept(house: SiteUnderTest, name: str) -> dict[str, str]:
    codes: dict[str, str] = house.entry.subentries[name.lower()].data.get("codes", {})
    return codes


async def test_codes_are_kept_as_hashes_and_changed_one_by_one(house: SiteUnderTest) -> None:
    assert (await choose(house, "Ann", pin="481516", duress="903774"))["type"] == "abort"
    first = kept(house, "Ann")
    assert set(first) == {"pin", "duress"}
    assert "481516" not in str(first)
    await choose(house, "Ann", pin="271828")
    assert kept(house, "Ann")["duress"] == first["duress"]
    assert kept(house, "Ann")["pin"] != first["pin"]
    await choose(house, "Ann", forget=True)
    assert kept(house, "Ann") == {}


@pytest.mark.parametrize(
    "codes",
    [
        {"pin": "481516", "duress": "481516"},
        {"pin": "481516", "duress": "481517"},
        {"pin": "481516", "duress": "481514"},
        {"pin": "481519", "duress": "481510"},  # 9 and 0 are neighbours
        {"pin": "481519", "duress": "481511"},
        {"pin": "314159"},  # Bob's
        {"pin": "314158"},
        {"pin": "161805"},  # close to Bob's for duress
        {"pin": "48151"},
        {"pin": "4815162"},
        {"pin": "48151a"},
        {"duress": "903774"},  # without a code of one's own it would stand out
        {"pin": "\N{ARABIC-INDIC DIGIT FOUR}81516"},
        {},
    ],
)
async def test_duress_pin_too_close_rejected(house: SiteUnderTest, codes: dict[str, str]) -> None:
    await choose(house, "Bob", pin="314159", duress="161803")
    result = await choose(house, "Ann", **codes)
    assert result["errors"] == {"base": "code_refused"}
    assert kept(house, "Ann") == {}


def test_codes_that_differ_by_two_in_the_last_digit_are_close_also_from_nine_to_nought() -> None:
    assert close_to("000009") == {"000007", "000008", "000009", "000000", "000001"}
    assert is_code("000000")
    assert not is_code("00000\N{DEVANAGARI DIGIT ZERO}")


async def test_a_keypad_is_chosen_with_a_quiet_plan_and_survives_a_change_of_the_trigger_point(
    house: SiteUnderTest,
) -> None:
    nothing = await change(house, POINT, "keypad")
    assert nothing["reason"] == "no_quiet_plan"
    await house.change("plan", covert=True, call_type="staff_duress")
    form = await change(house, POINT, "keypad")
    form = await answer(house.hass, form, {"device_id": "x"})
    assert form["errors"] == {"plan_id": "plan_missing"}
    await answer(house.hass, form, {"device_id": "x", "plan_id": "plan"})
    assert house.entry.subentries[POINT].data["keypad"] == {"device_id": "x", "plan_id": "plan"}
    await house.change(POINT, softened={"until": "2026-01-01T00:00:00+00:00", "reason": "r"})
    form = await change(house, POINT, "choose")
    filled = {"name": "Room 4", "triggers": [{"platform": "event", "event_type": "b"}], "plan_id": "plan"}
    result = await answer(house.hass, form, {**filled, "holders": ["ann"], "worn": False})
    assert result["type"] == "abort", result
    assert {"keypad", "softened"} <= set(house.entry.subentries[POINT].data)
    form = await change(house, POINT, "keypad")
    await answer(house.hass, form, {})
    assert "keypad" not in house.entry.subentries[POINT].data
