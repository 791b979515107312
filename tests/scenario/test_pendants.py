"""Pendants are worn, lent, given back and lost, and go on calling all the while."""

from datetime import timedelta
import time
from types import SimpleNamespace
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.site import BUTTON_EVENT, POINT, SiteUnderTest

BUTTON = {"platform": "event", "event_type": BUTTON_EVENT}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=3600)
    return site


async def hand(house: SiteUnderTest, action: str, **fields: Any) -> None:
    context = Context(user_id=house.people["Ann"].user.id)
    data = {"trigger_point": house.device, **fields}
    await house.hass.services.async_call("duress", action, data, blocking=True, context=context)
    await house.settle()


async def where(house: SiteUnderTest) -> str:
    """Press, and return where the call says to go."""
    await house.press()
    (call,) = house.people["Ann"].reads()
    await house.action("resolve", house.people["Ann"].user)
    house.people["Ann"].reads()
    await house.advance(seconds=1)
    return call.body.partition(", pressed at")[0]


async def test_h45_a_pendant_that_is_lent_says_to_whom_and_where_until_it_is_back(house: SiteUnderTest) -> None:
    area = ar.async_get(house.hass).async_create("Room 7").id
    assert await where(house) == "Place not set"
    await hand(house, "lend", to="Mrs <b>Brown</b>", area=area)
    assert await where(house) == "Room 7; lent to Mrs b Brown /b"
    await house.power_cut(minutes=2)
    assert await where(house) == "Room 7; lent to Mrs b Brown /b"
    await hand(house, "return")
    assert await where(house) == "Place not set"


async def test_h45_a_pendant_that_is_lost_still_calls_and_says_since_when(house: SiteUnderTest) -> None:
    await hand(house, "lend", to="Mrs Brown")
    await hand(house, "report_lost")
    await house.skip(days=2)
    said = await where(house)
    assert said.startswith("Place not set; lent to Mrs Brown; reported lost at 20")
    assert said.endswith("so it may have been found by anybody")
    await hand(house, "return")
    assert await where(house) == "Place not set"


async def test_h45_who_has_a_pendant_is_kept_when_it_is_changed_and_the_record_names_only_who_said_so(
    house: SiteUnderTest,
) -> None:
    await hand(house, "lend", to="Mrs Brown")
    flow: Any = await house.entry.start_subentry_reconfigure_flow(house.hass, POINT)
    for answer in ({"next_step_id": "choose"}, {"name": "Pendant", "triggers": [BUTTON], "plan_id": "plan"}):
        flow = await house.hass.config_entries.subentries.async_configure(flow["flow_id"], answer)
    await house.settle()
    assert await where(house) == "Place not set; lent to Mrs Brown"
    lines = b"".join(path.read_bytes() for path in house.folder.glob("*.jsonl"))
    assert b"CustodyChanged" in lines
    assert b"Brown" not in lines


async def test_the_site_itself_cannot_be_lent(house: SiteUnderTest) -> None:
    site = dr.async_get(house.hass).async_get_device_by_identifier(
        ("duress", house.entry.entry_id), house.entry.entry_id
    )
    assert site is not None
    context = Context(user_id=house.people["Ann"].user.id)
    with pytest.raises(ServiceValidationError):
        await house.hass.services.async_call(
            "duress", "return", {"trigger_point": site.id}, blocking=True, context=context
        )


async def test_h45_a_pendant_that_nobody_has_been_given_calls(house: SiteUnderTest) -> None:
    await house.add_point("Spare pendant", {"platform": "event", "event_type": "spare"}, worn=True)
    house.hass.bus.async_fire("spare")
    await house.settle()
    (call,) = house.people["Ann"].reads()
    assert call.title == "Help needed: Spare pendant"
    assert call.body.startswith("Place not set, or wherever it is worn now")


def pendant_of(house: SiteUnderTest, domain: str, **known_as: Any) -> dict[str, Any]:
    """Return the trigger of a pendant that an integration knows."""
    entry = MockConfigEntry(domain=domain)
    entry.add_to_hass(house.hass)
    device = dr.async_get(house.hass).async_get_or_create(config_entry_id=entry.entry_id, **known_as)
    entity = er.async_get(house.hass).async_get_or_create("event", domain, "pendant", device_id=device.id)
    house.hass.states.async_set(entity.entity_id, "unknown")
    return {"platform": "event.received", "target": {"entity_id": entity.entity_id}, "options": {"event_type": ["sos"]}}


def receiver_of(house: SiteUnderTest, domain: str, area: str | None, **known_as: Any) -> None:
    """Have a receiver in an area, or in none."""
    entry = MockConfigEntry(domain=domain)
    entry.add_to_hass(house.hass)
    registry = dr.async_get(house.hass)
    device = registry.async_get_or_create(config_entry_id=entry.entry_id, name="Proxy 3", **known_as)
    if area is not None:
        registry.async_update_device(device.id, area_id=ar.async_get(house.hass).async_create(area).id)


async def place_of_press(house: SiteUnderTest, trigger: dict[str, Any]) -> str:
    await house.add_point("Pendant 12", trigger, worn=True)
    entity = trigger["target"]["entity_id"]
    house.freezer.tick(1)
    house.hass.states.async_set(entity, house.freezer().isoformat(timespec="milliseconds"), {"event_type": "sos"})
    await house.settle()
    (call,) = house.people["Ann"].reads()
    return call.body.partition(", pressed at")[0]


@pytest.mark.parametrize(("area", "named"), [("Garden", "Garden"), (None, "Proxy 3")])
async def test_h45_a_bluetooth_pendant_says_what_heard_it_last_and_when(
    house: SiteUnderTest, area: str | None, named: str
) -> None:
    trigger = pendant_of(house, "bthome", connections={("bluetooth", "B0:C7")})
    receiver_of(house, "bluetooth", area, connections={("bluetooth", "AA:BB")})
    heard = SimpleNamespace(source="AA:BB", time=time.monotonic() - timedelta(minutes=5).total_seconds())
    house.hass.data["bluetooth_manager"] = SimpleNamespace(async_last_service_info=lambda _address, _connectable: heard)
    said = await place_of_press(house, trigger)
    assert said.startswith(f"Place not set, or wherever it is worn now; last heard near {named} at ")


@pytest.mark.parametrize("area", ["Garden", None])
async def test_h45_a_zigbee_pendant_says_on_which_router_it_hangs(house: SiteUnderTest, area: str | None) -> None:
    trigger = pendant_of(house, "zha", identifiers={("zha", "00:0d")})
    receiver_of(house, "zha", area, identifiers={("zha", "00:01")})
    neighbors = {
        "00:02": [SimpleNamespace(ieee="00:0d", relationship=2)],
        "00:01": [SimpleNamespace(ieee="00:0d", relationship=1)],
    }
    topology = SimpleNamespace(topology=SimpleNamespace(neighbors=neighbors))
    gateway = SimpleNamespace(gateway=SimpleNamespace(application_controller=topology, devices={}))
    house.hass.data["zha"] = SimpleNamespace(gateway_proxy=gateway)
    said = await place_of_press(house, trigger)
    assert said == f"Place not set, or wherever it is worn now; some time today it was near {area or 'Proxy 3'}"


@pytest.mark.parametrize("changed", [None, SimpleNamespace()])
@pytest.mark.parametrize(
    ("domain", "known_as"),
    [("zha", {"identifiers": {("zha", "00:0d")}}), ("bthome", {"connections": {("bluetooth", "B0")}})],
)
async def test_h45_a_radio_that_cannot_tell_holds_no_call_up(
    house: SiteUnderTest, domain: str, known_as: dict[str, Any], changed: Any
) -> None:
    house.hass.data["zha"] = house.hass.data["bluetooth_manager"] = changed
    said = await place_of_press(house, pendant_of(house, domain, **known_as))
    assert said == "Place not set, or wherever it is worn now"
