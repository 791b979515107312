"""Every change to a site is on record: before and after, and by whom."""

import json
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.duress.engine.site_events import ConfigurationChanged, SwitchedOff
from tests.site import POINT, SiteUnderTest

from .conftest import UserFactory


@pytest.fixture
async def screens(hass: HomeAssistant) -> None:
    """Have the screens of Home Assistant that add, change and remove things."""
    assert await async_setup_component(hass, "config", {})


@pytest.fixture
async def house(screens: None, site: SiteUnderTest) -> SiteUnderTest:
    await site.set_up_ann_then_bob()
    await site.advance(seconds=1)
    site.set_up_at = site.site.now()
    await site.advance(seconds=1)
    return site


async def changes(house: SiteUnderTest) -> list[ConfigurationChanged]:
    """Return what was changed after the site was set up, which is on record as well."""
    return [change for change in await house.site_events(ConfigurationChanged) if change.at > house.set_up_at]


async def test_h28_a_responder_that_was_taken_out_over_the_screen_is_on_record_with_who_did_it(
    house: SiteUnderTest, hass_ws_client: Any, hass_admin_user: User
) -> None:
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id(
        {"type": "config_entries/subentries/delete", "entry_id": house.entry.entry_id, "subentry_id": "bob"}
    )
    assert (await client.receive_json())["success"]
    await house.settle()
    (change,) = [change for change in await changes(house) if change.part == "bob"]
    assert (change.what, change.by, change.after) == ("responder", hass_admin_user.id, None)
    assert json.loads(change.before or "")["title"] == "Bob"


async def test_h28_what_was_changed_in_a_dialog_is_on_record_before_and_after_with_who_did_it(
    house: SiteUnderTest, hass_client: Any, hass_admin_user: User
) -> None:
    client = await hass_client()
    flow = "/api/config/config_entries/subentries/flow"
    handler = [house.entry.entry_id, "responder"]
    menu = await (await client.post(flow, json={"handler": handler, "subentry_id": "ann"})).json()
    form = await (await client.post(f"{flow}/{menu['flow_id']}", json={"next_step_id": "part"})).json()
    result = await (await client.post(f"{flow}/{form['flow_id']}", json={"manager": True})).json()
    assert result["type"] == "abort", result
    await house.settle()
    (change,) = await changes(house)
    assert (change.what, change.part, change.by) == ("responder", "ann", hass_admin_user.id)
    assert not json.loads(change.before or "").get("manager")
    assert json.loads(change.after or "")["manager"] is True


async def test_h28_going_live_is_a_change_of_the_site_and_what_no_person_did_names_nobody(
    house: SiteUnderTest,
) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"live": False})
    await house.settle()
    (change,) = await changes(house)
    assert (change.what, change.by) == ("site", None)
    assert json.loads(change.after or "")["live"] is False


async def test_h28_that_a_site_was_disabled_is_on_record_before_it_is_silent(house: SiteUnderTest) -> None:
    site = house.site
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.settle()
    assert [e.event for e in await site.archive.async_site() if isinstance(e.event, SwitchedOff)]
    for person in house.people.values():
        person.hears("No calls any more")


async def test_h30_what_was_changed_is_kept_under_a_key_that_can_be_destroyed(house: SiteUnderTest) -> None:
    await house.change(POINT, holders=["ann"], notes="Mrs. Miller")
    written = b"".join(path.read_bytes() for path in house.folder.glob("*.jsonl"))
    assert b"ConfigurationChanged" in written
    assert b"Mrs. Miller" not in written
    assert "Mrs. Miller" in ((await changes(house))[-1].after or "")


@pytest.mark.parametrize(("who", "may"), [("admin", True), ("users", False), ("read-only", False)])
async def test_h28_those_in_charge_read_what_was_changed(
    house: SiteUnderTest, hass_ws_client: Any, user_of: UserFactory, token_of: Any, who: str, may: bool
) -> None:
    await house.change(POINT, holders=["ann"])
    client = await hass_ws_client(house.hass, await token_of(await user_of(who)))
    await client.send_json_auto_id({"type": "duress/changes", "entry_id": house.entry.entry_id})
    answer = await client.receive_json()
    assert answer["success"] is may
    if may:
        change = answer["result"][0]
        assert json.loads(change["after"])["holders"] == ["ann"]


async def test_h28_what_was_changed_while_the_site_was_disabled_is_on_record_once_it_is_back(
    house: SiteUnderTest,
) -> None:
    entry = house.entry.entry_id
    await house.hass.config_entries.async_set_disabled_by(entry, ConfigEntryDisabler.USER)
    house.hass.config_entries.async_remove_subentry(house.entry, "bob")
    await house.hass.config_entries.async_set_disabled_by(entry, None)
    await house.settle()
    (change,) = await changes(house)
    assert (change.part, change.what, change.after) == ("bob", "removed while nothing ran", None)
    for person in house.people.values():
        person.hears("No calls any more")


async def test_h28_a_start_puts_nothing_on_record_that_did_not_change(house: SiteUnderTest) -> None:
    await house.power_cut(minutes=5)
    assert await changes(house) == []


async def test_h28_what_somebody_did_through_an_action_is_on_record_as_theirs(
    house: SiteUnderTest, hass_ws_client: Any
) -> None:
    await house.change_responder("Bob", manager=True)
    bob = house.people["Bob"].user
    data = {"trigger_point": house.device, "hours": 1, "reason": "asks for the time"}
    await house.hass.services.async_call("duress", "call_softly", data, blocking=True, context=Context(user_id=bob.id))
    await house.settle()
    assert (await changes(house))[-1].by == bob.id
