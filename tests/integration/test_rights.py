"""Who may press, answer, end and read."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.duress.engine.site_events import RecordRead
from tests.site import SiteUnderTest

from .conftest import UserFactory

type Tokens = Callable[[User], Awaitable[str]]


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site with a call open."""
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.press()
    ann.hears("Help needed")
    return site


GOES = ("acknowledge", "go", "take_over", "arrive", "decline", "call_again", "ask_for_more_help")
ANSWERS = (*GOES, "resolve_with_note")
HANDS = ("lend", "return", "report_lost", "who_is_called", "report_phone_lost")
IN_CHARGE = ("start_drill", "call_softly", "call_loudly")
READ = ("duress/incidents", "duress/incident_record")
AUDIT = ("duress/incident_record", "duress/changes")
REVIEW = ("duress/close_incident",)
RESPONDS = {"press", *ANSWERS, *HANDS, *READ}
MAY: dict[str, set[str]] = {
    "automation": {"press"},
    "unknown": set(),
    "read-only": set(),
    "read-only responder": set(),
    "deactivated responder": set(),
    "read-only auditor": {*AUDIT},
    "auditor": {"press", *AUDIT},
    "users": {"press"},
    "responder": {*RESPONDS, "resolve", "tap"},
    "desk": RESPONDS,
    "manager": {*RESPONDS, "resolve", *IN_CHARGE, *AUDIT, *REVIEW},
    "admin": {*RESPONDS, "resolve", *IN_CHARGE, *AUDIT, *REVIEW},
}
"""Who may do what: actions, what is tapped on a phone, and what our own screens may ask."""
ACTIONS = ["press", "resolve", *ANSWERS, *HANDS, *IN_CHARGE]
COMMANDS = sorted({*READ, *AUDIT, *REVIEW})
FIELDS: dict[str, dict[str, Any]] = {
    "lend": {"to": "Room 7"},
    "call_softly": {"hours": 1, "reason": "Presses often"},
    "resolve_with_note": {"note": "Seen on the way"},
}
PHASES: dict[str, tuple[str, ...]] = {
    "active": (),
    "seen": ("acknowledge",),
    "acknowledged": ("go",),
    "on scene": ("go", "arrive"),
    "resolved": ("resolve",),
}
"""How a call gets to where something is tried: what Ann does."""


async def become(house: SiteUnderTest, user_of: UserFactory, who: str) -> str | None:
    """Return the id of somebody of this kind; Ann is the responder."""
    ann = house.people["Ann"].user
    match who:
        case "automation":
            return None
        case "unknown":
            return "gone"
        case "read-only responder":
            await house.hass.auth.async_update_user(ann, group_ids=["system-read-only"])
        case "deactivated responder":
            await house.hass.auth.async_update_user(ann, is_active=False)
        case "desk" | "manager":
            await house.change_responder("Ann", **{who: True})
        case "auditor" | "read-only auditor":
            user = await user_of("read-only" if who.startswith("read-only") else "users")
            house.hass.config_entries.async_update_entry(house.entry, options={"auditors": [user.id]})
            await house.settle()
            return user.id
        case "responder":
            pass
        case _:
            return (await user_of(who)).id
    await house.settle()
    return ann.id


def action(house: SiteUnderTest, name: str, user: str | None) -> Coroutine[Any, Any, Any]:
    """Use an action as somebody; Bob's phone is the one that may be lost."""
    data: dict[str, Any] = {"trigger_point": house.device, **FIELDS.get(name, {})}
    if name == "report_phone_lost":
        data = {"phone": phone_of(house, "Bob")}
    return house.hass.services.async_call(
        "duress",
        name.removesuffix("_with_note"),
        data,
        blocking=True,
        context=Context(user_id=user),
        return_response=name == "who_is_called",
    )


def phone_of(house: SiteUnderTest, name: str) -> str:
    """Return the device of somebody's phone."""
    (entry,) = house.phones_of(name)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(house.hass), entry)
    return device.id


async def refusal_of(trying: Coroutine[Any, Any, Any]) -> str | None:
    try:
        await trying
    except ServiceValidationError as error:
        return error.translation_key
    return None


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("who", MAY)
async def test_h22_who_may_not_changes_nothing_by_any_action_in_any_phase(
    house: SiteUnderTest, user_of: UserFactory, who: str, phase: str
) -> None:
    ann = house.people["Ann"]
    incident = house.incident.id
    for done in PHASES[phase]:
        await house.action(done, ann.user)
    user = await become(house, user_of, who)
    ann.reads()
    before, data = await house.site.async_find(incident), dict(house.entry.subentries["point"].data)
    for name in ACTIONS:
        if name not in MAY[who]:
            refused = "note_needed" if (who, name) == ("desk", "resolve") else "not_allowed"
            assert await refusal_of(action(house, name, user)) == refused, name
    await house.settle()
    assert await house.site.async_find(incident) == before
    assert dict(house.entry.subentries["point"].data) == data
    ann.hears_nothing()


@pytest.mark.parametrize(("who", "name"), [(who, name) for who in MAY for name in ACTIONS if name in MAY[who]])
async def test_h22_each_action_is_for_those_it_is_meant_for(
    house: SiteUnderTest, user_of: UserFactory, who: str, name: str
) -> None:
    user = await become(house, user_of, who)
    if name in ("arrive", "take_over", "ask_for_more_help"):
        await house.action("go", house.people["Ann"].user)
    assert await refusal_of(action(house, name, user)) in (None, "taken", "already_calling")
    await house.settle()
    for person in house.people.values():
        person.reads()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", [who for who in MAY if who not in ("automation", "unknown", "deactivated responder")])
async def test_h22_our_own_screens_are_told_only_what_their_user_may_know(
    house: SiteUnderTest, hass_ws_client: Any, user_of: UserFactory, token_of: Tokens, who: str, command: str
) -> None:
    incident = house.incident.id
    user = await house.hass.auth.async_get_user(await become(house, user_of, who) or "")
    assert user is not None
    client = await hass_ws_client(house.hass, await token_of(user))
    chief = await house.hass.auth.async_create_user("Chief", group_ids=["system-admin"])
    await house.action("resolve", chief)
    request: dict[str, str] = {"type": command, "entry_id": house.entry.entry_id}
    if command in ("duress/incident_record", "duress/close_incident"):
        request["incident_id"] = incident
    if command == "duress/close_incident":
        request["code"] = "genuine"
    await client.send_json_auto_id(request)
    answer = await client.receive_json()
    assert answer["success"] is (command in MAY[who])
    if not answer["success"]:
        assert answer["error"]["code"] == "unauthorized"
    await house.settle()
    read = await house.site_events(RecordRead)
    assert [event.by for event in read] == ([user.id] if "auditor" in who and command == READ[1] else [])
    house.people["Ann"].reads()


@pytest.mark.parametrize("who", ["read-only responder", "deactivated responder", "responder"])
async def test_h22_what_is_tapped_on_a_phone_counts_only_from_whom_it_may(
    house: SiteUnderTest, user_of: UserFactory, who: str
) -> None:
    ann = house.people["Ann"]
    await become(house, user_of, who)
    await house.taps_going("Ann")
    assert (house.incident.taken_by is not None) is ("tap" in MAY[who])
    ann.reads()


async def test_h22_who_may_only_look_is_called_without_anything_to_tap_and_everybody_else_is_too(
    site: SiteUnderTest,
) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.hass.auth.async_update_user(ann.user, group_ids=["system-read-only"])
    await site.settle()
    assert "plan_reaches_nobody" in site.issues()
    await site.press()
    (call,) = ann.reads()
    assert (call.title, call.buttons) == ("Help needed: Room 4", [])
    bob.hears("Help needed")


async def test_h20_a_deactivated_responder_may_do_nothing(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.hass.auth.async_deactivate_user(ann.user)
    with pytest.raises(ServiceValidationError):
        await house.action("resolve", ann.user)


async def test_an_action_on_something_else_says_what_to_do(house: SiteUnderTest) -> None:
    with pytest.raises(ServiceValidationError) as refusal:
        await house.hass.services.async_call("duress", "press", {"trigger_point": "nothing"}, blocking=True)
    assert refusal.value.translation_key == "unknown_trigger_point"


async def test_ending_what_is_not_open_says_so(house: SiteUnderTest) -> None:
    ann = house.people["Ann"]
    await house.action("resolve", ann.user)
    ann.hears("Over")
    with pytest.raises(ServiceValidationError) as refusal:
        await house.action("resolve", ann.user)
    assert refusal.value.translation_key == "nothing_open"


async def test_the_record_of_an_incident_tells_all_but_its_secret(house: SiteUnderTest, hass_ws_client: Any) -> None:
    incident = house.incident
    client = await hass_ws_client(house.hass)
    request = {"type": "duress/incident_record", "entry_id": house.entry.entry_id, "incident_id": incident.id}
    await client.send_json_auto_id(request)
    answer = await client.receive_json()
    assert [line["type"] for line in answer["result"]["timeline"]] == ["Opened", "StepStarted", "HandedOver"]
    (message,) = answer["result"]["messages"]
    assert (message["responder"], message["state"]) == ("Ann", "handed_over")
    assert incident.secret
    assert incident.secret not in str(answer)
    await client.send_json_auto_id({**request, "incident_id": "nothing"})
    assert (await client.receive_json())["error"]["code"] == "not_found"
    await client.send_json_auto_id({**request, "entry_id": "nothing"})
    assert (await client.receive_json())["error"]["code"] == "unauthorized"


async def test_an_answer_to_a_call_that_somebody_else_has_says_so(house: SiteUnderTest, user_of: UserFactory) -> None:
    ann = house.people["Ann"]
    await house.action("go", ann.user)
    ann.hears("You have it")
    with pytest.raises(ServiceValidationError) as refusal:
        await house.action("go", await user_of("admin"))
    assert refusal.value.translation_key == "taken"


async def test_an_incident_that_is_over_is_closed_with_a_code_and_told_in_sentences(
    house: SiteUnderTest, hass_ws_client: Any
) -> None:
    incident, ann = house.incident.id, house.people["Ann"]
    client = await hass_ws_client(house.hass)
    about = {"entry_id": house.entry.entry_id, "incident_id": incident}

    async def ask(kind: str, **more: str) -> Any:
        await client.send_json_auto_id({"type": f"duress/{kind}", **about, **more})
        return await client.receive_json()

    assert not (await ask("close_incident", code="genuine"))["success"]
    await house.action("acknowledge", ann.user)
    await house.action("arrive", ann.user)
    await house.action("resolve", ann.user)
    ann.hears("Seen by Ann", "You are there", "Over")
    assert (await ask("close_incident", code="genuine"))["success"]
    assert not (await ask("close_incident", code="genuine"))["success"]
    record = (await ask("incident_record"))["result"]
    assert (record["phase"], record["reason"], record["code"]) == ("closed", "helped", "genuine")
    said = [line["text"] for line in record["timeline"]]
    assert said[0] == "A call was opened. The button was pressed."
    assert "Called Ann. The button was pressed." in said
    assert "Ann ended it: the person was helped." in said
    about["incident_id"] = "nothing"
    assert not (await ask("close_incident", code="genuine"))["success"]
