"""Closing a quiet call through our own screens."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.models import User
import pytest

from custom_components.duress.engine.commands import Close
from custom_components.duress.engine.kinds import CloseCode
from custom_components.duress.engine.site_events import RecordRead
from tests.site import SiteUnderTest

type Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site in which a quiet call is over; Ann and Bob are in charge, Cas holds the button and is too."""
    for name in ("Ann", "Bob", "Cas"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), holders=["Cas"], call_type="hold_up", covert=True)
    for name in ("Ann", "Bob", "Cas"):
        await site.change_responder(name, manager=True)
    await site.press()
    await site.taps("Ann", "I see to it")
    await site.action("resolve", site.people["Ann"].user)
    site.people["Ann"].reads()
    return site


@pytest.fixture
def ask(house: SiteUnderTest, hass_ws_client: Any) -> Ask:
    incident = house.site.incidents._over

    async def close(user: User, **more: str) -> Any:
        refresh = await house.hass.auth.async_create_refresh_token(user, client_id="https://example.org/")
        client = await hass_ws_client(house.hass, house.hass.auth.async_create_access_token(refresh))
        about = {"entry_id": house.entry.entry_id, "incident_id": next(iter(incident))}
        await client.send_json_auto_id({"type": "duress/close_incident", "code": "genuine", **about, **more})
        return await client.receive_json()

    return close


async def test_h50_two_people_in_charge_close_a_quiet_call(house: SiteUnderTest, ask: Ask) -> None:
    ann, bob = house.people["Ann"].user, house.people["Bob"].user
    assert (await ask(ann))["result"] == {"closed": False}
    assert (await ask(ann))["result"] == {"closed": False}
    assert (await ask(bob))["result"] == {"closed": True}


async def test_h02_whoever_holds_the_button_does_not_close_its_quiet_call(house: SiteUnderTest, ask: Ask) -> None:
    assert (await ask(house.people["Cas"].user))["error"]["code"] == "not_found"


async def test_h50_the_only_one_in_charge_closes_a_quiet_call_with_a_note_after_twelve_hours(
    house: SiteUnderTest, ask: Ask
) -> None:
    ann = house.people["Ann"].user
    await house.change_responder("Bob", manager=False)
    for user in await house.hass.auth.async_get_users():
        if user.is_admin and not user.system_generated:
            await house.hass.auth.async_update_user(user, is_active=False)
    refused = await ask(ann, note="Looked at it")
    assert refused["error"]["code"] == "not_allowed"
    assert "12 hours" in refused["error"]["message"]
    await house.skip(hours=12)
    assert not (await ask(ann))["success"]
    assert (await ask(ann, note="Looked at it"))["result"] == {"closed": True}


async def test_h50_a_power_cut_after_the_first_review_calls_nobody(house: SiteUnderTest) -> None:
    (known,) = house.site.incidents._over
    await house.power_cut(hours=2)  # its lines are older than the checkpoint
    checkpoint = (house.folder / "checkpoint.log").read_bytes()
    assert await house.site.async_find(known)
    command = Close(by=house.site.actor(house.people["Ann"].user.id), code=CloseCode.GENUINE)
    assert house.site.handle(command, known)
    await house.settle()
    await house.power_cut(minutes=1, before_start=lambda: (house.folder / "checkpoint.log").write_bytes(checkpoint))
    await house.advance(minutes=2)
    assert not house.site.incidents.open()


async def test_h22_a_responder_who_audits_reads_no_quiet_call_unseen(house: SiteUnderTest, hass_ws_client: Any) -> None:
    dora = await house.hass.auth.async_create_user("Dora", group_ids=["system-users"])
    await house.change_responder("Bob", user_id=dora.id, manager=False)
    house.hass.config_entries.async_update_entry(house.entry, options={"auditors": [dora.id]})
    await house.settle()
    refresh = await house.hass.auth.async_create_refresh_token(dora, client_id="https://example.org/")
    client = await hass_ws_client(house.hass, house.hass.auth.async_create_access_token(refresh))
    (incident,) = house.site.incidents._over
    request = {"type": "duress/incident_record", "entry_id": house.entry.entry_id, "incident_id": incident}
    await client.send_json_auto_id(request)
    assert (await client.receive_json())["success"]
    (read,) = await house.site_events(RecordRead)
    assert (read.by, read.incident) == (dora.id, incident)
