"""A desk takes note of calls and passes them on."""

from homeassistant.core import Context
from homeassistant.setup import async_setup_component

from tests.site import POINT, SiteUnderTest


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
