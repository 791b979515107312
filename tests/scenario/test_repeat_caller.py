"""Somebody who presses thirty times a day: the calls get softer for a while, and never fewer."""

from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.duress.engine.site_events import ConfigurationChanged
from tests.site import PLAN, SiteUnderTest


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house where Ann is called loudly and Bob a minute later; Bob is in charge."""
    await site.set_up_ann_then_bob()
    await site.change_responder("Bob", manager=True)
    return site


async def soften(house: SiteUnderTest, user: User, **data: object) -> None:
    data = {"trigger_point": house.device, "hours": 12, "reason": "asks for the time", **data}
    await house.hass.services.async_call("duress", "call_softly", data, blocking=True, context=Context(user_id=user.id))
    await house.settle()


async def ended(house: SiteUnderTest) -> None:
    await house.action("resolve", house.people["Bob"].user)
    for person in house.people.values():
        person.reads()


async def test_h35_every_press_still_calls_softly_in_the_first_round_and_loudly_in_the_second(
    house: SiteUnderTest,
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await soften(house, bob.user)
    await house.press()
    (first,) = ann.reads()
    await house.advance(seconds=61)
    (second,) = bob.reads()
    assert {message.data["channel"] for message in (first, second)} == {"duress_calls"}
    await house.advance(seconds=60)
    (loud,) = ann.reads()
    assert loud.data["channel"] == "alarm_stream"
    await ended(house)


async def test_h35_the_call_says_when_somebody_was_last_there(house: SiteUnderTest) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await soften(house, bob.user)
    await house.press()
    (unknown,) = ann.reads()
    assert "not known when somebody was last there" in unknown.body
    await house.action("arrive", ann.user)
    await ended(house)
    await house.power_cut(minutes=5)
    await house.press()
    (known,) = ann.reads()
    assert "somebody was last there at" in known.body
    await ended(house)


async def test_h35_it_ends_by_itself(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await soften(house, house.people["Bob"].user, hours=1)
    await house.advance(hours=1, seconds=1)
    await house.press()
    (loud,) = ann.reads()
    assert loud.data["channel"] == "alarm_stream"
    assert "last there" not in loud.body
    await ended(house)


async def test_h35_it_is_ended_by_whoever_is_in_charge(house: SiteUnderTest) -> None:
    await soften(house, house.people["Bob"].user)
    await house.action("call_loudly", house.people["Bob"].user)
    await house.press()
    assert house.people["Ann"].reads()[0].data["channel"] == "alarm_stream"
    await ended(house)


async def test_h35_only_those_in_charge_soften_anything_and_a_reason_is_asked_for(house: SiteUnderTest) -> None:
    with pytest.raises(ServiceValidationError, match="not allowed"):
        await soften(house, house.people["Ann"].user)
    with pytest.raises(Exception, match="reason"):
        await soften(house, house.people["Bob"].user, reason="")
    with pytest.raises(Exception, match="hours"):
        await soften(house, house.people["Bob"].user, hours=1000)


@pytest.mark.parametrize("call_type", ["medical", "staff_duress"])
async def test_h35_calls_of_other_kinds_are_as_loud_as_ever(house: SiteUnderTest, call_type: str) -> None:
    await house.change(PLAN, call_type=call_type, covert=call_type == "staff_duress")
    await soften(house, house.people["Bob"].user)
    await house.press()
    assert house.people["Ann"].reads()[0].data["channel"] == "alarm_stream"
    await ended(house)


async def test_h35_who_softened_it_and_why_is_on_record(house: SiteUnderTest) -> None:
    await soften(house, house.people["Bob"].user)
    changes = await house.site_events(ConfigurationChanged)
    assert "asks for the time" in (changes[-1].after or "")
    assert "asks for the time" not in (changes[-1].before or "")
