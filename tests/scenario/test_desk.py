"""A desk takes note of calls and passes them on."""

from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, Event, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.duress.engine.events import Resolved
from tests.site import POINT, SiteUnderTest

from .test_page import OpenPage, page_of

__all__ = ["page_of"]

NOTE = "She dropped it; I talked to her."


async def test_h22_a_desk_is_offered_no_end_and_ends_none_by_a_helper_in_its_name(site: SiteUnderTest) -> None:
    desk = await site.add_person("Desk")
    assert await async_setup_component(site.hass, "input_button", {"input_button": {"over": {}}})
    await site.set_up((0, ["Desk"]))
    await site.change_responder("Desk", desk=True)
    over = {"trigger": "state", "entity_id": ["input_button.over"]}
    sources = site.entry.subentries[POINT].data["sources"]
    await site.change(
        POINT, sources=[*sources, {"id": "over", "trigger": over, "gesture": "single", "plan_id": "it_is_over"}]
    )
    await site.press()
    await site.taps("Desk", "I'm going")
    await site.taps("Desk", "I'm there")
    (*_, arrival) = desk.reads()
    assert arrival.buttons == []
    await site.hass.services.async_call(
        "input_button", "press", {"entity_id": "input_button.over"}, True, Context(user_id=desk.user.id)
    )
    await site.settle()
    assert site.incident.resolved_by is None
    desk.reads()


async def test_h22_h24_a_desk_ends_a_call_on_the_page_with_a_note_that_nothing_else_gets_to_see(
    site: SiteUnderTest, page_of: OpenPage
) -> None:
    desk = await site.add_person("Desk")
    await site.set_up((0, ["Desk"]))
    await site.change_responder("Desk", desk=True)
    await site.press()
    incident, heard = site.incident.id, []

    @callback
    def hear(event: Event) -> None:
        heard.append(f"{event.event_type} {event.data}")

    site.hass.bus.async_listen(MATCH_ALL, hear)
    with pytest.raises(ServiceValidationError) as refused:
        await site.action("resolve", desk.user)
    assert refused.value.translation_key == "note_needed"
    page = await page_of(desk.user)
    await page.taps("I'm going")
    await page.taps("I'm there")
    assert [b["label"] for b in (await page.call())["buttons"]] == ["Need more help"]
    await page.ends("By accident", NOTE)
    assert site.site.incidents.open() == []
    (resolved,) = [event for event in await site.events(incident) if isinstance(event, Resolved)]
    assert (resolved.reason, resolved.note) == ("accidental", NOTE)
    assert heard
    assert not [line for line in heard if NOTE in line]
    assert NOTE not in str(desk.reads())


async def test_an_end_that_was_asked_for_before_things_changed_is_not_taken(
    site: SiteUnderTest, page_of: OpenPage
) -> None:
    await site.set_up_ann_then_bob()
    await site.press()
    page = await page_of(site.people["Ann"].user)
    call = await page.call()
    await site.taps("Ann", "I'm going")
    await site.taps("Ann", "Can't go")
    late = {"incident_id": call["incident_id"], "reply": "helped", "asked": call["asked"], "note": NOTE}
    answer = await page.asks(type="duress/page_end", **late)
    assert answer["result"] == {"said": "It was an answer to an earlier question."}
    assert site.incident.id == call["incident_id"]
    for person in site.people.values():
        person.reads()
