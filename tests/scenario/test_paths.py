"""Whether a call gets out without the internet, and an answer back from outside, is said before anybody presses."""

from typing import Any

from homeassistant.helpers.http import current_request
import pytest

from custom_components.duress.paths import comes_from_outside
from tests.site import PLAN, SiteUnderTest

SOUND = {"action": "siren.sound"}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    return site


class Request:
    """As much of a request as tells where it comes from."""

    def __init__(self, remote: str | None) -> None:
        self.remote = remote


async def test_h33_a_house_that_only_the_internet_connects_to_its_phones_is_told_so(house: SiteUnderTest) -> None:
    await house.advance(minutes=50)
    assert house.issues() == set()  # a phone may still connect
    await house.advance(minutes=21)
    assert house.issues() == {"calls_need_the_internet"}


async def test_h33_a_siren_that_works_without_the_internet_is_enough(house: SiteUnderTest) -> None:
    house.hass.services.async_register("siren", "sound", lambda _call: None)
    await house.change_responder("Ann", actions=[SOUND])
    await house.advance(minutes=70)
    assert house.issues() == {"calls_need_the_internet"}
    await house.change_responder("Ann", local=True)
    await house.advance(minutes=6)
    assert house.issues() == set()


async def test_h33_a_phone_with_a_connection_of_its_own_is_enough_for_a_day(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.duress.paths.is_connected", lambda *_: True)
    await house.advance(minutes=70)
    assert house.issues() == set()
    monkeypatch.setattr("custom_components.duress.paths.is_connected", lambda *_: False)
    await house.skip(hours=20)
    assert house.issues() == set()
    await house.skip(hours=5, minutes=1)
    assert house.issues() == {"calls_need_the_internet"}


async def test_h14_a_house_without_an_address_outside_is_told_that_answers_do_not_come_back(
    house: SiteUnderTest,
) -> None:
    await house.hass.config.async_update(external_url=None)
    await house.advance(minutes=6)
    assert house.issues() == {"answers_only_at_home"}
    await house.hass.config.async_update(external_url="http://192.168.1.5:8123")
    await house.advance(minutes=6)
    assert house.issues() == {"answers_only_at_home"}
    await house.hass.config.async_update(external_url="https://harbour.example.org")
    await house.advance(minutes=6)
    assert house.issues() == set()


async def test_h53_a_site_that_is_no_longer_live_is_told_nothing(house: SiteUnderTest) -> None:
    await house.hass.config.async_update(external_url=None)
    await house.advance(minutes=6)
    options = {"live": False, "installer": "ann"}
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.advance(minutes=6)
    assert house.issues() == {"site_not_live"}


async def test_h14_one_answer_from_outside_shows_that_they_do_even_after_a_power_cut(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hass.config.async_update(external_url=None)
    monkeypatch.setattr("custom_components.duress.intake.answers.comes_from_outside", lambda: True)
    await house.press()
    await house.taps_going("Ann")
    house.people["Ann"].hears("Help needed", "You have it")
    await house.power_cut(minutes=1)
    await house.advance(minutes=6)
    assert house.issues() == set()
    house.people["Ann"].reads()


async def test_h26_nothing_is_raised_or_withdrawn_while_a_quiet_call_is_open(house: SiteUnderTest) -> None:
    await house.hass.config.async_update(external_url=None)
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    await house.advance(minutes=9)
    assert house.issues() == set()
    house.people["Ann"].reads()


@pytest.mark.parametrize(
    ("remote", "outside"),
    [
        ("192.168.1.20", False),
        ("127.0.0.1", False),
        ("203.0.113.9", True),
        ("fd00::7", False),
        ("?", False),
        (None, False),
    ],
)
def test_h14_where_an_answer_comes_from_is_known_by_its_address(remote: str | None, outside: bool) -> None:
    assert not comes_from_outside()
    request: Any = Request(remote)
    token = current_request.set(request)
    try:
        assert comes_from_outside() is outside
    finally:
        current_request.reset(token)
