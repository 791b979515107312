"""A call for help by voice, and who is coming, through Home Assistant's own Assist."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.duress.traces import traces_of
from simulation.phone import PushService
from tests.site import PLAN, ClientFactory, SiteUnderTest

WHO = "Who is coming?"


class Room:
    """A room with Assist in it."""

    def __init__(self, site: SiteUnderTest) -> None:
        self.site = site

    async def hears(self, text: str) -> str:
        """Say something; returns what Assist answers."""
        answer = await self.site.hass.services.async_call(
            "conversation", "process", {"text": text}, blocking=True, return_response=True
        )
        await self.site.settle()
        assert answer is not None
        speech = answer["response"]["speech"]  # type: ignore[index,call-overload]
        return str(speech["plain"]["speech"])  # type: ignore[index,call-overload]


@pytest.fixture
async def room(
    hass: HomeAssistant,
    socket_enabled: None,
    hass_client: ClientFactory,
    push: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> Room:
    """Return a room where "I need help" calls Ann."""
    for component in ("homeassistant", "conversation", "notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    site = SiteUnderTest(hass, await hass_client(), push, None)
    monkeypatch.setattr("tests.site.TRIGGER", {"platform": "conversation", "command": ["I (need|want) help"]})
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    return Room(site)


async def test_a_sentence_that_is_said_to_assist_calls_and_others_do_not(room: Room) -> None:
    ann = room.site.people["Ann"]
    await room.hears("How are you?")
    ann.hears_nothing()
    assert await room.hears("I need help!") == "People are being called: Room 4."
    ann.hears("Help needed: Room 4")


async def test_assist_says_who_is_coming(room: Room) -> None:
    ann = room.site.people["Ann"]
    assert await room.hears(WHO) == "No call is open."
    await room.hears("I need help")
    assert await room.hears("Is help coming?") == "People are being called: Room 4."
    await room.site.taps("Ann", "I'm going")
    assert await room.hears(WHO) == "Ann is going: Room 4."
    await room.site.taps("Ann", "I'm there")
    assert await room.hears(WHO) == "Ann is there: Room 4."
    await room.site.action("resolve", ann.user)
    assert await room.hears(WHO) == "No call is open."
    ann.reads()


async def test_h48_assist_keeps_silent_about_a_quiet_call_and_does_not_answer_to_it(room: Room) -> None:
    ann = room.site.people["Ann"]
    await room.site.change(PLAN, covert=True, call_type="hold_up")
    assert await room.hears("I need help") == ""
    ann.hears("Message for you")
    shown = traces_of(room.site.hass, room.site.site.configuration, PLAN)
    assert [(trace.kind, trace.what) for trace in shown] == [("needed", "conversation.home_assistant")]
    assert await room.hears(WHO) == "No call is open."
    await room.site.taps("Ann", "I see to it")
    assert await room.hears(WHO) == "No call is open."
    ann.reads()


async def test_assist_is_not_asked_who_is_coming_where_there_is_no_site_any_more(room: Room) -> None:
    assert await room.hears(WHO) == "No call is open."
    await room.site.hass.config_entries.async_remove(room.site.entry.entry_id)
    await room.site.settle()
    assert await room.hears(WHO) != "No call is open."
    room.site.people["Ann"].reads()
