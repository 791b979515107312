"""The page behind the tap: the call in words, who comes, and what no message may hold, for those who may see it."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context
import pytest

from tests.site import PLAN, POINT, SiteUnderTest

type OpenPage = Callable[[User], Awaitable[Page]]


class Page:
    """The page on somebody's screen, as it was told last."""

    def __init__(self, house: SiteUnderTest, client: Any) -> None:
        self._house = house
        self._client = client
        self._shown: dict[str, Any] = {}

    async def opens(self) -> Page:
        await self._client.send_json_auto_id({"type": "duress/page"})
        assert (await self._client.receive_json())["success"]
        await self._look()
        return self

    async def _look(self) -> None:
        self._shown = (await self._client.receive_json())["event"]

    async def shows(self) -> dict[str, Any]:
        """Return all that the page shows, once everything has happened."""
        await self._house.settle()
        await self._client.send_json_auto_id({"type": "ping"})
        while (message := await self._client.receive_json())["type"] != "pong":
            self._shown = message["event"]
        return self._shown

    async def call(self) -> dict[str, Any]:
        """Return the one call that the page shows."""
        (call,) = (await self.shows())["calls"]
        return call  # type: ignore[no-any-return]

    async def asks(self, **request: Any) -> dict[str, Any]:
        """Send something for the site, and return the answer."""
        sent = {"entry_id": self._house.entry.entry_id, **request}
        await self._client.send_json_auto_id(sent)
        while (message := await self._client.receive_json())["type"] != "result":
            self._shown = message["event"]
        await self._house.settle()
        return message  # type: ignore[no-any-return]

    async def taps(self, label: str) -> dict[str, Any]:
        call = await self.call()
        (button,) = [button for button in call["buttons"] if button["label"] == label]
        request = {"incident_id": call["incident_id"], "reply": button["reply"], "asked": call["asked"]}
        return await self.asks(type="duress/page_answer", **request)

    async def ends(self, label: str, note: str) -> dict[str, Any]:
        """End the one call that the page shows, with a note."""
        call = await self.call()
        (button,) = [button for button in call["end"]["buttons"] if button["label"] == label]
        request = {"incident_id": call["incident_id"], "reply": button["reply"], "asked": call["asked"]}
        return await self.asks(type="duress/page_end", note=note, **request)


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a house at an address, where Ann is called and Bob a minute later; Cas has nothing to do with it."""
    for name in ("Ann", "Bob", "Cas"):
        await site.add_person(name)
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    data = {**site.entry.data, "address": "4 Quay Street", "entrance": "Side door; ring for Mr. Hall\nKey: left shed"}
    site.hass.config_entries.async_update_entry(site.entry, data=data)
    await site.settle()
    return site


@pytest.fixture
def page_of(site: SiteUnderTest, hass_ws_client: Any) -> OpenPage:
    async def look(user: User) -> Page:
        refresh = await site.hass.auth.async_create_refresh_token(user, client_id="https://example.org/")
        client = await hass_ws_client(site.hass, site.hass.auth.async_create_access_token(refresh))
        return await Page(site, client).opens()

    return look


async def test_the_page_says_what_the_phone_says_and_how_to_get_in_and_what_to_tell_the_emergency_number(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    ann = house.people["Ann"]
    page = await page_of(ann.user)
    assert (await page.shows())["calls"] == []
    await house.press()
    (message,) = ann.reads()
    call = await page.call()
    assert call["title"] == message.title
    assert "\n".join(call["lines"]) == message.body
    assert [button["label"] for button in call["buttons"]] == message.buttons
    assert message.data["url"] == message.data["clickAction"] == f"/duress/{call['incident_id']}"
    facts = {fact["label"]: fact["text"] for fact in call["facts"]}
    assert facts == {
        "If you call the emergency number, say": "Somebody needs help: Room 4, 4 Quay Street.",
        "How to get in": "Side door; ring for Mr. Hall\nKey: left shed",
    }
    assert call["people"]["rows"] == [{"name": "Ann", "stands": "being called"}]


async def test_h25_no_message_of_a_whole_call_holds_how_to_get_in(house: SiteUnderTest) -> None:
    await house.press()
    await house.advance(seconds=61)
    await house.taps("Bob", "I'm going")
    await house.taps("Bob", "I'm there")
    await house.taps("Bob", "Person helped")
    for name in ("Ann", "Bob"):
        for message in house.people[name].reads():
            assert "shed" not in f"{message.title}{message.body}{message.data}"


async def test_a_call_is_lived_through_on_the_page_alone(house: SiteUnderTest, page_of: OpenPage) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    page = await page_of(ann.user)
    await house.press()
    assert (await page.call())["stands"] == "waiting"
    assert (await page.taps("I'm going"))["result"] == {"said": ""}
    call = await page.call()
    assert (call["title"], call["stands"]) == ("You have it: Room 4", "coming")
    assert [button["label"] for button in call["buttons"]] == ["I'm there", "Can't go", "Need more help"]
    assert call["people"]["rows"] == [{"name": "Ann", "stands": "is going"}]
    await page.taps("I'm there")
    call = await page.call()
    assert call["stands"] == "there"
    assert [button["label"] for button in call["buttons"]] == [
        "Person helped",
        "By accident",
        "Only a test",
        "Nobody had pressed",
        "Need more help",
    ]
    await page.taps("By accident")
    assert (await page.shows())["calls"] == []
    ann.reads()
    bob.hears_nothing()


async def test_two_calls_are_two_on_the_page(house: SiteUnderTest, page_of: OpenPage) -> None:
    ann = house.people["Ann"]
    await house.add_point("Room 7", {"platform": "event", "event_type": "seven"})
    page = await page_of(ann.user)
    await house.press()
    house.hass.bus.async_fire("seven")
    calls = (await page.shows())["calls"]
    assert [call["title"] for call in calls] == ["Help needed: Room 4", "Help needed: Room 7"]
    ann.reads()


async def test_an_answer_that_does_not_count_is_answered_in_words(house: SiteUnderTest, page_of: OpenPage) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    page = await page_of(bob.user)
    await house.press()
    await house.advance(seconds=61)
    call = await page.call()
    await house.taps("Ann", "I'm going")
    answer = await page.asks(
        type="duress/page_answer", incident_id=call["incident_id"], reply="going", asked=call["asked"]
    )
    assert answer["result"] == {"said": "Somebody else has it."}
    for person in (ann, bob):
        person.reads()


async def test_an_open_page_follows_a_site_that_goes_and_comes_back(house: SiteUnderTest, page_of: OpenPage) -> None:
    ann = house.people["Ann"]
    page = await page_of(ann.user)
    entry = house.entry.entry_id
    await house.hass.config_entries.async_set_disabled_by(entry, ConfigEntryDisabler.USER)
    await house.settle()
    assert (await page.shows())["none"] == "No call is open that you are called for."
    await house.hass.config_entries.async_set_disabled_by(entry, None)
    await house.press()
    await page.call()
    ann.hears("No calls any more", "Help needed")
    house.people["Bob"].hears("No calls any more")
    house.people["Cas"].hears("No calls any more")


async def test_h53_what_is_only_tried_out_shows_to_whoever_tries_it(house: SiteUnderTest, page_of: OpenPage) -> None:
    await house.change_responder("Bob", manager=True)
    house.hass.config_entries.async_update_entry(house.entry, options={"live": False, "installer": "ann"})
    ann, bob = await page_of(house.people["Ann"].user), await page_of(house.people["Bob"].user)
    await house.press()
    await ann.call()
    assert (await bob.shows())["calls"] == []
    house.people["Ann"].reads()


async def test_a_press_that_can_still_be_taken_back_shows_to_nobody(house: SiteUnderTest, page_of: OpenPage) -> None:
    await house.change(PLAN, cancel_window=20)
    await house.change_responder("Cas", manager=True)
    page = await page_of(house.people["Cas"].user)
    await house.press()
    assert (await page.shows())["calls"] == []
    await house.advance(seconds=21)
    await page.call()
    house.people["Ann"].reads()


async def test_h25_whoever_is_neither_called_nor_in_charge_sees_no_call_and_no_way_in(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    tablet = await house.hass.auth.async_create_user("Wall tablet", group_ids=["system-admin"])
    pages = [await page_of(user) for user in (tablet, house.people["Cas"].user)]
    await house.press()
    for page in pages:
        assert (await page.shows())["calls"] == []
    house.people["Ann"].reads()


@pytest.mark.parametrize("custody", [{"lost_since": "2026-11-01T00:00:00+00:00"}, {"lent_to": "Mrs. May"}])
async def test_h45_the_emergency_number_is_told_that_a_pendant_may_be_elsewhere(
    house: SiteUnderTest, page_of: OpenPage, custody: dict[str, str]
) -> None:
    await house.change(POINT, worn=True, custody=custody)
    page = await page_of(house.people["Ann"].user)
    await house.press()
    script = (await page.call())["facts"][0]["text"]
    assert "or wherever it is worn now" in script
    assert script.endswith("4 Quay Street.")
    house.people["Ann"].reads()


async def test_the_emergency_number_is_not_sent_to_the_house_where_a_phone_called(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    await house.add_point("Staff phone", phone={"plan_id": PLAN, "position": True})
    page = await page_of(house.people["Ann"].user)
    data = {"trigger_point": house.device_of("staff_phone")}
    context = Context(user_id=house.people["Cas"].user.id)
    await house.hass.services.async_call("duress", "press", data, blocking=True, context=context)
    assert "4 Quay Street" not in (await page.call())["facts"][0]["text"]
    for person in house.people.values():
        person.reads()


async def test_an_answer_on_the_page_shows_that_somebody_is_on_duty(house: SiteUnderTest, page_of: OpenPage) -> None:
    house.hass.states.async_set("input_boolean.early", "off")
    await house.change_responder("Ann", duty_entities=["input_boolean.early"])
    house.hass.states.async_set("input_boolean.early", "on")
    await house.advance(seconds=3)
    assert house.site.duties.waits_for("ann")
    page = await page_of(house.people["Ann"].user)
    await house.press()
    await page.taps("I'm going")
    assert not house.site.duties.waits_for("ann")
    for person in house.people.values():
        person.reads()


async def test_h25_what_a_quiet_call_is_stands_on_the_page_only_for_whoever_goes(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    await house.change(PLAN, covert=True, call_type="hold_up", subject="Delivery")
    page = await page_of(house.people["Ann"].user)
    await house.press()
    assert "Hold-up" not in str(await page.call())
    await page.taps("I see to it")
    assert "Hold-up: Room 4, 4 Quay Street." in str(await page.call())
    house.people["Ann"].reads()


@pytest.mark.parametrize("who", ["nobody here", "may only look"])
async def test_h25_whoever_has_nothing_to_do_with_a_site_sees_an_empty_page_and_can_answer_nothing(
    house: SiteUnderTest, page_of: OpenPage, who: str
) -> None:
    ann = house.people["Ann"]
    if who == "may only look":
        user = ann.user
        await house.hass.auth.async_update_user(user, group_ids=["system-read-only"])
    else:
        user = await house.hass.auth.async_create_user("Zoe", group_ids=["system-users"])
    page = await page_of(user)
    await house.press()
    shown = await page.shows()
    assert (shown["calls"], shown["phones"]) == ([], [])
    incident = house.incident
    answer = await page.asks(type="duress/page_answer", incident_id=incident.id, reply="going", asked=0)
    assert answer["error"]["code"] == "unauthorized"
    assert house.incident.taken_by is None
    ann.reads()


async def test_h02_who_holds_the_button_of_a_quiet_call_sees_nothing_of_it_on_the_page(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    ann, bob = house.people["Ann"], house.people["Bob"]
    await house.change(PLAN, covert=True, call_type="hold_up", subject="Delivery")
    await house.change(POINT, holders=["ann"])
    at_the_till, away = await page_of(ann.user), await page_of(bob.user)
    await house.press()
    assert (await at_the_till.shows())["calls"] == []
    answer = await at_the_till.asks(type="duress/page_answer", incident_id=house.incident.id, reply="going", asked=0)
    assert answer["error"]["code"] == "not_found"
    record = {"type": "duress/incident_record", "incident_id": house.incident.id}
    assert (await at_the_till.asks(**record))["error"]["code"] == "not_found"
    assert (await at_the_till.asks(type="duress/incidents"))["result"] == []
    call = await away.call()
    assert call["title"] == "Delivery: Room 4"
    assert (await away.asks(**record))["success"]
    bob.reads()


async def test_h27_a_quiet_call_shows_to_nobody_for_being_an_administrator_alone(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    tablet = await house.hass.auth.async_create_user("Wall tablet", group_ids=["system-admin"])
    page = await page_of(tablet)
    await house.change(PLAN, covert=True, call_type="hold_up")
    await house.press()
    assert (await page.shows())["calls"] == []
    await house.change(PLAN, covert=False, call_type="resident")
    await house.taps("Ann", "I see to it")
    house.people["Ann"].reads()


async def test_a_quiet_call_shows_to_who_is_in_charge_and_to_nobody_else_who_was_not_called(
    house: SiteUnderTest, page_of: OpenPage
) -> None:
    await house.change(PLAN, covert=True, call_type="hold_up")
    cas = await page_of(house.people["Cas"].user)
    await house.press()
    assert (await cas.shows())["calls"] == []
    await house.change_responder("Cas", manager=True)
    await cas.call()
    house.people["Ann"].reads()


async def test_the_page_is_written_in_the_language_of_whoever_reads_it(house: SiteUnderTest, page_of: OpenPage) -> None:
    await house.change_responder("Ann", language="de")
    page = await page_of(house.people["Ann"].user)
    await house.press()
    call = await page.call()
    assert call["title"] == "Hilfe nötig: Room 4"
    assert call["people"]["rows"] == [{"name": "Ann", "stands": "wird gerufen"}]
    record = await page.asks(type="duress/incident_record", incident_id=call["incident_id"])
    assert "Die Taste wurde gedrückt." in record["result"]["timeline"][0]["text"]
    house.people["Ann"].reads()


async def stands(page: Page) -> dict[str, str]:
    return {row["name"]: row["stands"] for row in (await page.call())["people"]["rows"]}


async def test_how_it_stands_with_each_who_was_called_is_on_the_page(house: SiteUnderTest, page_of: OpenPage) -> None:
    page = await page_of(house.people["Ann"].user)
    house.people["Bob"].phone.answers = 500
    await house.press()
    await house.taps("Ann", "Can't go")
    await house.advance(seconds=20)
    assert await stands(page) == {"Ann": "cannot go", "Bob": "could not be reached"}
    await house.advance(seconds=25)
    assert await stands(page) == {"Ann": "being called", "Bob": "could not be reached"}
    await house.taps("Ann", "I'm going")
    assert await stands(page) == {"Ann": "is going", "Bob": "could not be reached"}
    for person in house.people.values():
        person.reads()


async def test_the_record_is_not_read_for_a_page_that_shows_only_what_is_open(
    house: SiteUnderTest, page_of: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await page_of(house.people["Ann"].user)
    monkeypatch.setattr("custom_components.duress.journal.Journal.read", lambda *_: pytest.fail("the disk is slow"))
    await house.press()
    await page.call()
    house.people["Ann"].reads()
