"""What an older or a newer version set up goes on calling."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.duress.config_flow import DuressConfigFlow
from custom_components.duress.const import DOMAIN
from custom_components.duress.flow.people import new_responder
from tests.site import TRIGGER, SiteUnderTest


async def set_up(site: SiteUnderTest, minor_version: int, **options: Any) -> None:
    """Load an entry as version 0.1.0 stored it, whatever it says of its version."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Harbour House",
        data={"name": "Harbour House"},
        minor_version=minor_version,
        options=options,
        subentries_data=[
            site.responder("Ann"),
            {
                "subentry_id": "plan",
                "subentry_type": "response_plan",
                "title": "Resident call",
                "data": {"steps": [{"after": 0, "responders": ["ann"]}], "repeat_after": 60},
                "unique_id": None,
            },
            {
                "subentry_id": "point",
                "subentry_type": "trigger_point",
                "title": "Room 4",
                "data": {"sources": [{"id": "s", "trigger": TRIGGER, "gesture": "single", "plan_id": "plan"}]},
                "unique_id": None,
            },
        ],
    )
    entry.add_to_hass(site.hass)
    site.entry = entry
    await site.hass.config_entries.async_setup(entry.entry_id)
    await site.settle()


async def test_what_the_first_version_set_up_is_completed_and_calls_as_it_did(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await set_up(site, 1)
    entry = site.entry
    assert (entry.version, entry.minor_version) == (DuressConfigFlow.VERSION, DuressConfigFlow.MINOR_VERSION)
    assert entry.options == {"live": True}
    assert (entry.subentries["point"].data["holders"], entry.subentries["point"].data["worn"]) == ([], False)
    assert entry.subentries["plan"].data == {
        "call_type": "resident",
        "covert": False,
        "steps": [{"after": 0, "responders": ["ann"], "groups": [], "critical": True}],
        "repeat_after": 60,
        "cancel_window": 0,
        "ends_at_origin": False,
        "needs_two": False,
        "together": False,
        "second_activation": False,
        "upgrades_to": None,
        "subject": "",
    }
    kept = {"post": False, **entry.subentries["ann"].data}  # which of the two it is shows by its login
    assert kept == new_responder(ann.user.id, site.phones_of("Ann"))
    await site.press()
    (call,) = ann.reads()
    assert call.data["channel"] == "alarm_stream"


@pytest.mark.parametrize("minor_version", [5, 99])
async def test_h52_what_a_newer_version_set_up_still_calls_after_a_rollback(
    site: SiteUnderTest, minor_version: int
) -> None:
    ann = await site.add_person("Ann")
    await set_up(site, minor_version, added_later=True)
    assert site.entry.state is ConfigEntryState.LOADED
    assert site.entry.minor_version == minor_version
    await site.press()
    ann.hears("Help needed")
