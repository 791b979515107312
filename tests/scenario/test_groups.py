"""A plan calls people by what they stand for, whoever that is at the moment of the call."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.site import PLAN, POINT, SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann is called by name, and a minute later a group that a test chooses."""
    await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    return site


async def then_calls(house: SiteUnderTest, *groups: str, after: int = 60, names: list[str] | None = None) -> None:
    first = house.entry.subentries[PLAN].data["steps"][:1]
    await house.change(PLAN, steps=[*first, {"after": after, "responders": names or [], "groups": list(groups)}])


async def outlook(house: SiteUnderTest, by: str | None = "Ann") -> list[tuple[float, list[str]]]:
    """Return what the action says about whom a press would call."""
    answer: Any = await house.hass.services.async_call(
        "duress",
        "who_is_called",
        {"trigger_point": house.device},
        blocking=True,
        return_response=True,
        context=Context(user_id=house.people[by].user.id if by else None),
    )
    return [(call["after"], call["people"]) for call in answer["calls"]]


async def test_whoever_is_in_charge_is_called_without_being_named(house: SiteUnderTest) -> None:
    await then_calls(house, "managers")
    await house.change_responder("Bob", manager=True)
    assert await outlook(house) == [(0, ["Ann"]), (60, ["Bob"])]
    await house.press()
    house.people["Bob"].hears_nothing()
    await house.advance(seconds=61)
    house.people["Bob"].hears("Help needed")
    house.people["Ann"].reads()


async def test_who_joins_a_group_while_a_call_is_open_is_called_too(house: SiteUnderTest) -> None:
    await then_calls(house, "group:Night staff")
    await house.press()
    await house.change_responder("Bob", groups=["Night staff"])
    await house.advance(seconds=61)
    house.people["Bob"].hears("Help needed")
    house.people["Ann"].reads()


async def test_whoever_looks_after_the_area_of_the_button_is_called(house: SiteUnderTest) -> None:
    await then_calls(house, "looking_after", after=0)
    await house.change(POINT, area_id="east")
    await house.change_responder("Ann", area_ids=["west"])
    await house.change_responder("Bob", area_ids=["north", "east"])
    await house.press()
    house.people["Ann"].hears("Help needed")
    house.people["Bob"].hears("Help needed")
    await house.change_responder("Bob", area_ids=["north"])
    assert await outlook(house) == [(0, ["Ann"]), (0, [])]


async def test_a_group_without_anybody_is_passed_over_and_where_that_is_all_everybody_is_called(
    house: SiteUnderTest,
) -> None:
    await then_calls(house, "group:Nobody")
    assert await outlook(house) == [(0, ["Ann"]), (60, [])]
    await house.change(PLAN, steps=[{"after": 0, "responders": [], "groups": ["group:Nobody"]}])
    assert house.issues() == {"plan_reaches_nobody"}
    assert await outlook(house) == [(0, ["Ann", "Bob"])]


async def test_who_would_be_called_is_told_only_to_those_who_may_know(house: SiteUnderTest) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await outlook(house, by=None)
    assert refused.value.translation_key == "not_allowed"
    assert await outlook(house, by="Bob") == [(0, ["Ann"])]
