"""The wall clock jumps in the middle of it all (a time server, a dead battery): nobody is called sooner or later."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.duress.clock import Clock
from tests.site import SiteUnderTest


async def press(site: SiteUnderTest) -> None:
    await site.press()
    site.people["Ann"].hears("Help needed")


async def wait_for_the_second_step(site: SiteUnderTest) -> None:
    await site.advance(seconds=58)
    site.people["Bob"].hears_nothing()
    await site.advance(seconds=4)
    site.people["Bob"].hears("Help needed")


async def fail_to_reach_ann_again(site: SiteUnderTest) -> None:
    site.people["Ann"].phone.answers = 500
    await site.advance(seconds=59)
    site.people["Ann"].phone.answers = 201
    await site.advance(seconds=16)
    site.people["Ann"].hears("Help needed")
    site.people["Bob"].hears("Help needed")  # who is not kept waiting while Ann is tried again


async def answer(site: SiteUnderTest) -> None:
    await site.taps_going("Bob")
    site.people["Bob"].hears("You have it")
    site.people["Ann"].hears("Bob is going")


async def press_again(site: SiteUnderTest) -> None:
    await site.press()
    site.people["Bob"].hears("Help needed")
    await site.taps_going("Bob")
    site.people["Bob"].hears("You have it")
    site.people["Ann"].hears("Bob is going")


async def wait_for_nobody_to_arrive(site: SiteUnderTest) -> None:
    await site.advance(seconds=598)
    site.people["Bob"].hears("Are you there?", "Are you there?")
    await site.advance(seconds=4)
    site.people["Ann"].hears("Help needed")
    site.people["Bob"].hears("Help needed")


async def end(site: SiteUnderTest) -> None:
    await site.action("resolve", site.people["Ann"].user)
    for person in site.people.values():
        person.hears("Over")
    assert site.site.incidents.open() == []


STORY: tuple[Callable[[SiteUnderTest], Awaitable[None]], ...] = (
    press,
    wait_for_the_second_step,
    fail_to_reach_ann_again,
    answer,
    press_again,
    wait_for_nobody_to_arrive,
    end,
)


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=365), timedelta(days=-365)])
@pytest.mark.parametrize("before", STORY, ids=lambda act: act.__name__)
async def test_h07_a_jump_of_the_wall_clock_at_any_moment_changes_no_call(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, before: Callable[..., object], jump: timedelta
) -> None:
    for name in ("Ann", "Bob"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    for act in STORY:
        if act is before:
            monkeypatch.setattr(Clock, "wall", staticmethod(lambda: datetime.now(UTC) + jump))
        await act(site)
