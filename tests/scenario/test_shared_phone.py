"""A phone that a whole ward shares: whoever has it says so, and its answers carry that name."""

from typing import Any

import pytest

from custom_components.duress.engine.events import Acknowledged
from tests.site import SiteUnderTest

from .test_page import OpenPage, house, page_of

__all__ = ["house", "page_of"]

CARRIERS = {"carriers": {"c1": "Rosa", "c2": "Tim"}}


@pytest.fixture
async def ward(house: SiteUnderTest) -> SiteUnderTest:
    """Return the house with Ann's phone as the one of the ward, which Rosa and Tim take turns with."""
    await house.change_responder("Ann", **CARRIERS)
    return house


async def sign_on(house: SiteUnderTest, page_of: OpenPage, person: str, name: str = "Ann") -> dict[str, Any]:
    page = await page_of(house.people[name].user)
    return await page.asks(type="duress/sign_on", post="ann", person=person)


async def test_h31_an_answer_from_a_shared_phone_carries_the_name_of_whoever_has_it(
    ward: SiteUnderTest, page_of: OpenPage
) -> None:
    ann, bob = ward.people["Ann"], ward.people["Bob"]
    page = await page_of(ann.user)
    (phone,) = (await page.shows())["phones"]
    assert phone["question"] == "Ann: who has this phone?"
    assert [(person["name"], person["signed_on"]) for person in phone["people"]] == [("Rosa", False), ("Tim", False)]
    await page.asks(type="duress/sign_on", post=phone["post"], person="c1")
    assert (await page.shows())["phones"][0]["people"][0]["signed_on"]
    await ward.press()
    await ward.advance(seconds=61)
    await ward.taps("Ann", "I'm going")
    bob.hears("Help needed", "Rosa (Ann) is going: Room 4")
    (taken,) = [e for e in await ward.events(ward.incident.id) if isinstance(e, Acknowledged)]
    assert taken.by.carrier == "c1"
    ann.reads()


async def test_h31_handing_the_phone_over_is_one_tap_and_counts_from_then_on(
    ward: SiteUnderTest, page_of: OpenPage
) -> None:
    bob = ward.people["Bob"]
    await sign_on(ward, page_of, "c1")
    await sign_on(ward, page_of, "c2")
    await ward.press()
    await ward.advance(seconds=61)
    await ward.taps("Ann", "I'm going")
    bob.hears("Help needed", "Tim (Ann) is going: Room 4")
    ward.people["Ann"].reads()


async def test_h31_who_has_the_phone_is_still_known_after_a_power_cut_but_not_the_next_day(
    ward: SiteUnderTest, page_of: OpenPage
) -> None:
    await sign_on(ward, page_of, "c1")
    await ward.power_cut(minutes=5)
    assert ward.site.memory.carrier("ann") == "c1"
    await ward.skip(hours=12)
    assert ward.site.memory.carrier("ann") is None


@pytest.mark.parametrize("person", ["c3", "bob"])
async def test_h31_only_those_who_take_turns_can_sign_on(ward: SiteUnderTest, page_of: OpenPage, person: str) -> None:
    assert (await sign_on(ward, page_of, person))["error"]["code"] == "not_found"


async def test_h31_nobody_signs_on_to_the_phone_of_another(ward: SiteUnderTest, page_of: OpenPage) -> None:
    assert (await sign_on(ward, page_of, "c1", name="Bob"))["error"]["code"] == "not_found"
    assert ward.site.memory.carrier("ann") is None


async def test_h31_somebody_who_left_is_named_no_more(ward: SiteUnderTest, page_of: OpenPage) -> None:
    bob = ward.people["Bob"]
    await sign_on(ward, page_of, "c1")
    await ward.change_responder("Ann", carriers={"c2": "Tim"})
    await ward.press()
    await ward.advance(seconds=61)
    await ward.taps("Ann", "I'm going")
    bob.hears("Help needed", "Ann is going: Room 4")
    ward.people["Ann"].reads()
