"""Who may press, answer, end and read."""

from typing import Any

from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.site import SiteUnderTest

from .conftest import UserFactory


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site with a call open."""
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.press()
    ann.hears("Help needed")
    return site


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
