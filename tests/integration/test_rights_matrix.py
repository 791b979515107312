"""Who may do what, in every phase of a call, whichever way it is tried."""

from typing import Any

import pytest

from custom_components.duress.engine.site_events import RecordRead
from tests.site import SiteUnderTest

from .conftest import UserFactory
from .rights import (
    ACTIONS,
    BY_CODE,
    ENDS,
    MAY,
    NOT_SHOWN,
    PHASES,
    REFUSALS,
    REVIEWS,
    SEES,
    SIGNED_IN,
    UNLOCKS,
    WAYS,
    Somebody,
    Tokens,
    act,
    become,
    bring_to,
    home,
    refusal_of,
)

__all__ = ["home"]

ENDING = {*ENDS, "duress/page_end", *BY_CODE}
BEING_CALLED = ("active", "seen", "acknowledged", "on scene")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("who", MAY)
async def test_h22_nobody_does_more_than_they_may_in_any_phase_by_any_way(
    home: SiteUnderTest, hass_ws_client: Any, user_of: UserFactory, token_of: Tokens, who: str, phase: str
) -> None:
    ann = home.people["Ann"]
    incident = await bring_to(home, phase)
    user = await become(home, user_of, who)
    client = None
    if who in SIGNED_IN:
        known = await home.hass.auth.async_get_user(user or "")
        assert known is not None
        client = await hass_ws_client(home.hass, await token_of(known))
    somebody = Somebody(home, user, incident, client)
    ann.reads()

    before, data = await home.site.async_find(incident), dict(home.entry.subentries["point"].data)
    assert before is not None
    for way in somebody.ways():
        if way not in MAY[who] and not way.startswith("tap: "):
            assert await somebody.tries(way) in {*REFUSALS, NOT_SHOWN}, way
        elif way not in MAY[who]:
            await somebody.tries(way)
    await home.settle()
    assert await home.site.async_find(incident) == before
    assert dict(home.entry.subentries["point"].data) == data
    ann.hears_nothing()

    for way in sorted(somebody.ways(), key=lambda way: way in ENDING):
        if way in MAY[who]:
            refusal = await somebody.tries(way)
            assert refusal not in REFUSALS, way
            over_or_later = way in {*ENDING, *REVIEWS, *UNLOCKS} or phase not in BEING_CALLED or "auditor" in who
            assert refusal != NOT_SHOWN or over_or_later, way
    await home.settle()
    for person in home.people.values():
        person.reads()


def test_every_way_is_somebodys() -> None:
    assert set().union(*MAY.values()) == set(WAYS)


@pytest.mark.parametrize(("who", "name"), [(who, name) for who in MAY for name in ACTIONS if name in MAY[who]])
async def test_h22_each_action_is_for_those_it_is_meant_for(
    home: SiteUnderTest, user_of: UserFactory, who: str, name: str
) -> None:
    await bring_to(home, "active")
    user = await become(home, user_of, who)
    if name in ("arrive", "take_over", "ask_for_more_help"):
        await home.action("go", home.people["Ann"].user)
    assert await refusal_of(act(home, name, user)) in (None, "taken", "already_calling", "not_locked_down")
    await home.settle()
    for person in home.people.values():
        person.reads()


@pytest.mark.parametrize("who", SIGNED_IN)
async def test_h22_whoever_audits_does_not_read_unseen(
    home: SiteUnderTest, hass_ws_client: Any, user_of: UserFactory, token_of: Tokens, who: str
) -> None:
    incident = await bring_to(home, "resolved")
    user = await home.hass.auth.async_get_user(await become(home, user_of, who) or "")
    assert user is not None
    somebody = Somebody(home, user.id, incident, await hass_ws_client(home.hass, await token_of(user)))
    await somebody.tries(SEES[1])
    await home.settle()
    read = await home.site_events(RecordRead)
    assert [event.by for event in read] == ([user.id] if "auditor" in who else [])
    home.people["Ann"].reads()


@pytest.mark.parametrize("who", ["read-only responder", "deactivated responder", "responder", "desk", "manager"])
async def test_h22_what_is_tapped_on_a_phone_counts_only_from_whom_it_may(
    home: SiteUnderTest, user_of: UserFactory, who: str
) -> None:
    ann = home.people["Ann"]
    await bring_to(home, "active")
    await become(home, user_of, who)
    await home.taps_going("Ann")
    assert (home.incident.taken_by is not None) is ("tap: going" in MAY[who])
    ann.reads()
