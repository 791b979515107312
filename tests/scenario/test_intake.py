"""Each press is heard once: out of `unavailable`, while all starts, after a start, however often it is shown."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange, ConfigEntryState
from homeassistant.core import Context, CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockModule, mock_integration, mock_platform

from custom_components.duress.engine.kinds import Reply
from custom_components.duress.intake.watch import watch_of
from tests.site import SiteUnderTest

PENDANT = "event.pendant"
SENSOR = "binary_sensor.pendant"
RECEIVED = {"trigger": "event.received", "target": {"entity_id": PENDANT}, "options": {"event_type": ["single", "sos"]}}
TURNED_ON = {"trigger": "state", "entity_id": [SENSOR], "to": ["on"]}


@pytest.fixture
async def house(site: SiteUnderTest, hass: HomeAssistant) -> SiteUnderTest:
    """Return a Home Assistant with the integrations whose triggers are used, and Ann."""
    for domain in ("event", "button", "binary_sensor"):
        assert await async_setup_component(hass, domain, {})
    assert await async_setup_component(hass, "input_button", {"input_button": {"desk": {}}})
    await site.add_person("Ann")
    return site


async def set_up(site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, trigger: dict[str, Any]) -> None:
    monkeypatch.setattr("tests.site.TRIGGER", trigger)
    await site.set_up((0, ["Ann"]), repeat_after=3600)


async def show(site: SiteUnderTest, entity: str, state: datetime | str, **attributes: Any) -> None:
    """Have an entity show a state: for a button the time of its last press."""
    text = state if isinstance(state, str) else state.isoformat(timespec="milliseconds")
    site.hass.states.async_set(entity, text, attributes)
    await site.settle()


async def pressed(site: SiteUnderTest, kind: str = "sos") -> None:
    """Press the pendant, a second after whatever was before."""
    site.freezer.tick(1)
    await show(site, PENDANT, site.freezer(), event_type=kind)


async def pressed_too_early(site: SiteUnderTest) -> None:
    """Press the pendant while the site is away, and have it come back more than half an hour later."""

    def press_and_wait() -> None:
        site.hass.states.async_set(PENDANT, site.freezer().isoformat(), {"event_type": "sos"})
        site.freezer.tick(timedelta(minutes=31))

    await site.power_cut(minutes=2, before_start=press_and_wait)


@pytest.mark.parametrize("before", ["unavailable", "unknown"])
async def test_the_press_that_wakes_a_pendant_calls(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    await show(house, PENDANT, before)
    await set_up(house, monkeypatch, RECEIVED)
    await pressed(house)
    house.people["Ann"].hears("Help needed")
    assert house.incident.presses == 1


@pytest.mark.parametrize("domain", ["button", "input_button"])
async def test_the_press_that_wakes_a_button_calls(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    entity = f"{domain}.desk"
    await show(house, entity, "unavailable")
    await set_up(house, monkeypatch, {"trigger": "button.pressed", "target": {"entity_id": [entity]}, "options": {}})
    house.freezer.tick(1)
    await show(house, entity, house.freezer())
    house.people["Ann"].hears("Help needed")


async def test_a_pendant_that_comes_back_with_its_old_press_calls_nobody(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(house, monkeypatch, {"trigger": "state", "entity_id": [PENDANT]})
    old = house.freezer() - timedelta(hours=3)
    for state in ("unavailable", old, "unavailable", old):
        await show(house, PENDANT, state, event_type="sos")
    assert not house.site.incidents.open()


async def test_a_press_that_a_start_shows_again_calls_nobody_anew(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    er.async_get(house.hass).async_get_or_create("event", "test", "pendant", object_id_base="pendant")
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    await pressed(house)
    last = house.freezer()
    await house.action("resolve", house.people["Ann"].user)
    house.people["Ann"].hears("Help needed", "Over")
    await house.power_cut(minutes=2, before_start=lambda: house.hass.states.async_remove(PENDANT))
    for state in ("unavailable", last):
        await show(house, PENDANT, state, event_type="sos")
    assert not house.site.incidents.open()
    await pressed(house)
    house.people["Ann"].hears("Help needed")


async def test_a_press_while_home_assistant_starts_and_the_site_is_not_up_yet_calls(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    moments: list[datetime] = []

    def press() -> None:
        house.hass.set_state(CoreState.starting)
        house.hass.states.async_set(PENDANT, house.freezer().isoformat(), {"event_type": "sos"})
        moments.append(house.freezer())
        house.freezer.tick(20)

    await house.power_cut(minutes=2, before_start=press)
    await house.advance(seconds=3)
    house.people["Ann"].hears("Help needed")
    assert house.incident.press.heard_at == moments[0].replace(tzinfo=UTC)
    house.hass.set_state(CoreState.running)


async def test_a_press_while_home_assistant_starts_calls_before_it_has_started(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.hass.set_state(CoreState.starting)
    await set_up(house, monkeypatch, RECEIVED)
    await pressed(house)
    house.people["Ann"].hears("Help needed")
    house.hass.set_state(CoreState.running)


async def test_every_press_of_a_pendant_is_heard_and_only_of_the_kinds_that_were_chosen(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    for kind in ("sos", "sos", "battery_low", "single"):
        await pressed(house, kind)
    assert house.incident.presses == 3
    house.people["Ann"].hears("Help needed")


async def test_a_trigger_on_the_kind_of_press_hears_the_same_kind_twice(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = {"trigger": "state", "entity_id": [PENDANT], "attribute": "event_type", "to": "sos"}
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, trigger)
    for kind in ("sos", "sos", "single"):
        await pressed(house, kind)
    assert house.incident.presses == 2
    house.people["Ann"].hears("Help needed")


async def test_h07_a_press_counts_though_the_clock_has_gone_back(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, PENDANT, house.freezer() + timedelta(hours=1), event_type="sos")
    await set_up(house, monkeypatch, RECEIVED)
    await pressed(house)
    house.people["Ann"].hears("Help needed")


async def test_a_sensor_that_was_on_before_its_gateway_went_away_calls_nobody_when_it_is_back(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, TURNED_ON)
    await show(house, SENSOR, "on")
    house.people["Ann"].hears("Help needed")
    await house.action("resolve", house.people["Ann"].user)
    house.people["Ann"].hears("Over")
    for state in ("unavailable", "on", "unknown", "on"):
        await show(house, SENSOR, state)
    assert not house.site.incidents.open()
    for state in ("off", "on"):
        await show(house, SENSOR, state)
    house.people["Ann"].hears("Help needed")


async def test_the_press_that_wakes_a_pendant_with_a_sensor_calls(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, {**TURNED_ON, "from": "off"})
    for state in ("unavailable", "on"):
        await show(house, SENSOR, state)
    house.people["Ann"].hears("Help needed")


async def test_a_sensor_that_is_on_while_it_is_chosen_calls_nobody(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "on")
    await set_up(house, monkeypatch, TURNED_ON)
    await show(house, SENSOR, "on", battery=80)
    assert not house.site.incidents.open()


async def test_the_buttons_of_an_area_are_heard_and_so_is_one_that_comes_later(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ar.async_get(house.hass).async_create("Hall").id
    trigger = {"trigger": "event.received", "target": {"area_id": area}, "options": {"event_type": "sos"}}
    await set_up(house, monkeypatch, trigger)
    registry = er.async_get(house.hass)
    for entity in ("event", "sensor"):
        entry = registry.async_get_or_create(entity, "test", "pendant", object_id_base="pendant")
        registry.async_update_entity(entry.entity_id, area_id=area)
    await house.settle()
    await show(house, "sensor.pendant", house.freezer(), event_type="sos")
    await pressed(house)
    house.people["Ann"].hears("Help needed")
    assert house.incident.presses == 1


async def test_who_pressed_a_button_in_the_app_is_on_record(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(house, monkeypatch, {"trigger": "state", "entity_id": ["input_button.desk"]})
    ann = house.people["Ann"]
    await house.hass.services.async_call(
        "input_button", "press", {"entity_id": "input_button.desk"}, True, Context(user_id=ann.user.id)
    )
    await house.settle()
    ann.hears("Help needed")
    assert house.incident.press.user == ann.user.id


async def test_an_entity_that_is_not_there_makes_its_trigger_point_deaf_until_it_comes(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(house, monkeypatch, RECEIVED)
    assert house.issues() == {"trigger_point_deaf"}
    assert house.state("binary_sensor.room_4_problem") == "on"
    await show(house, PENDANT, "unknown")
    await house.advance(seconds=31)
    assert house.issues() == set()
    await pressed(house)
    house.people["Ann"].hears("Help needed")


def _offer_late_trigger(hass: HomeAssistant) -> None:
    """Have the integration `late` offer its trigger from now on."""

    async def attach(hass: HomeAssistant, _config: Any, action: Any, _info: Any) -> Any:
        @callback
        def fire(event: Event) -> None:
            action({"trigger": {"event": event}}, event.context)

        return hass.bus.async_listen("late_button", fire)

    mock_integration(hass, MockModule("late"))
    platform = SimpleNamespace(TRIGGER_SCHEMA=lambda config: config, async_attach_trigger=attach)
    mock_platform(hass, "late.trigger", platform)


async def test_a_source_is_heard_again_at_once_when_its_integration_is_back(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(house, monkeypatch, {"platform": "late"})
    assert house.issues() == {"trigger_point_deaf"}

    _offer_late_trigger(house.hass)
    entry = MockConfigEntry(domain="late")
    entry.add_to_hass(house.hass)
    entry.mock_state(house.hass, ConfigEntryState.LOADED)
    async_dispatcher_send(house.hass, SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange.UPDATED, entry)
    await house.settle()
    assert house.issues() == set()


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "event", "event_type": "zha_event"},
        {"trigger": "state", "entity_id": [SENSOR]},
        {"trigger": "state", "entity_id": [SENSOR], "to": ["on"], "for": {"seconds": 2}},
        {"trigger": "state", "entity_id": [SENSOR], "to": ["on"], "from": ["unknown"]},
        {"trigger": "state", "entity_id": [PENDANT], "to": "2026-01-01"},
        {"trigger": "state", "entity_id": [], "to": ["on"]},
        {"trigger": "state", "entity_id": ["0123456789abcdef0123456789abcdef"], "to": ["on"]},
        {"trigger": "state", "entity_id": [SENSOR], "to": ["on"], "enabled": False},
        {"trigger": "button.pressed"},
    ],
)
def test_every_other_trigger_is_attached_as_it_is(trigger: dict[str, Any]) -> None:
    assert watch_of(trigger) is None


@pytest.mark.parametrize("shown_by", ["the start", "its integration, later"])
async def test_h36_a_sensor_that_was_on_before_the_power_cut_calls_nobody_after_it_and_one_that_was_off_does(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, shown_by: str
) -> None:
    ann = house.people["Ann"]
    er.async_get(house.hass).async_get_or_create("binary_sensor", "test", "pendant", object_id_base="pendant")
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, TURNED_ON)
    await show(house, SENSOR, "on")
    await house.action("resolve", ann.user)
    ann.hears("Help needed", "Over")

    async def power_cut_with_the_sensor_on_afterwards() -> None:
        def before_start() -> None:
            if shown_by == "the start":
                house.hass.states.async_set(SENSOR, "on")
            else:
                house.hass.states.async_remove(SENSOR)

        await house.power_cut(minutes=40, before_start=before_start)
        await show(house, SENSOR, "unavailable")
        await show(house, SENSOR, "on")

    await power_cut_with_the_sensor_on_afterwards()
    assert not house.site.incidents.open()
    await show(house, SENSOR, "off")
    await power_cut_with_the_sensor_on_afterwards()
    await house.advance(seconds=3)
    ann.hears("Help needed")


async def test_h36_where_the_record_is_damaged_a_sensor_that_is_on_after_the_start_calls(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, TURNED_ON)
    await show(house, SENSOR, "on")
    await house.action("resolve", house.people["Ann"].user)
    house.people["Ann"].hears("Help needed", "Over")
    er.async_get(house.hass).async_get_or_create("binary_sensor", "test", "pendant", object_id_base="pendant_2")
    await house.power_cut(
        minutes=5,
        before_start=lambda: (
            (house.folder / "checkpoint.log").write_bytes(b"broken"),
            house.hass.states.async_set(SENSOR, "unavailable"),
        ),
    )
    await show(house, SENSOR, "on")
    await house.advance(seconds=3)
    house.people["Ann"].hears("Help needed")


@pytest.mark.parametrize("covert", [False, True])
async def test_h36_a_press_found_too_late_calls_nobody_and_has_people_asked_whether_it_is_still_needed(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, covert: bool
) -> None:
    ann = house.people["Ann"]
    await show(house, PENDANT, "unknown")
    monkeypatch.setattr("tests.site.TRIGGER", RECEIVED)
    await house.set_up((0, ["Ann"]), covert=covert)
    await pressed_too_early(house)
    (asked,) = ann.reads()
    assert asked.title == ("Message for you: Room 4" if covert else "Found open: Room 4")
    assert covert or "when nothing could be heard" in asked.body
    await house.advance(minutes=10)
    await house.power_cut(minutes=2)
    ann.hears_nothing()
    await house.taps("Ann", "Still needed")
    await house.advance(seconds=1)
    ann.hears("Message for you" if covert else "Help needed: Room 4")


async def test_h36_a_press_after_one_that_was_found_too_late_calls_at_once(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    await pressed_too_early(house)
    await pressed(house)
    house.people["Ann"].hears("Found open", "Help needed")


async def waking_together(house: SiteUnderTest, count: int, **plan: Any) -> list[str]:
    """Have pendants that were off before a power cut all be on after it; returns their names."""
    names = [f"Room {number}" for number in range(1, count + 1)]
    sensors = [f"binary_sensor.pendant_{number}" for number in range(1, count + 1)]
    for sensor in sensors:
        er.async_get(house.hass).async_get_or_create("binary_sensor", "test", sensor, object_id_base=sensor[14:])
        await show(house, sensor, "off")
    await house.set_up((0, ["Ann"]), **plan)
    for name, sensor in zip(names, sensors, strict=True):
        await house.add_point(name, {"trigger": "state", "entity_id": [sensor], "to": ["on"]})

    def gone() -> None:
        for sensor in sensors:
            house.hass.states.async_remove(sensor)

    await house.power_cut(minutes=2, before_start=gone)
    for sensor in sensors:
        await show(house, sensor, "on")
    return names


async def test_h36_forty_pendants_that_wake_together_are_one_message_and_forty_calls(house: SiteUnderTest) -> None:
    names = await waking_together(house, 40, repeat_after=3600)
    ann = house.people["Ann"]
    ann.hears_nothing()
    await house.advance(seconds=3)
    (call,) = ann.reads()
    assert call.title == "Help needed in 40 places: Room 1"
    assert all(name in call.body for name in names[:21])
    assert "and 19 more" in call.body
    assert [incident.place.point for incident in house.site.incidents.open()] == names
    await house.taps_going("Ann")
    ann.hears("You have it: Room 1")
    await house.advance(seconds=61)
    assert sorted(message.title for message in ann.reads()) == sorted(f"Help needed: {name}" for name in names[1:])


async def test_h36_a_pendant_that_is_pressed_again_is_not_held_back_by_the_burst(house: SiteUnderTest) -> None:
    await waking_together(house, 3, repeat_after=3600)
    await house.advance(seconds=3)
    ann = house.people["Ann"]
    ann.hears("Help needed in 3 places: Room 1")
    for state in ("off", "on"):
        await show(house, "binary_sensor.pendant_3", state)
    ann.hears("Help needed: Room 3")


async def test_h36_a_burst_of_covert_calls_names_nobody_else(house: SiteUnderTest) -> None:
    await waking_together(house, 2, covert=True, repeat_after=3600)
    assert sorted(m.title for m in house.people["Ann"].reads()) == [
        "Message for you: Room 1",
        "Message for you: Room 2",
    ]


async def test_h36_a_burst_that_a_power_cut_interrupts_calls_every_place_afterwards(house: SiteUnderTest) -> None:
    await waking_together(house, 2, repeat_after=3600)
    await house.power_cut(seconds=20)
    await house.advance(seconds=4)
    assert sorted(m.title for m in house.people["Ann"].reads()) == ["Help needed: Room 1", "Help needed: Room 2"]


async def test_a_press_long_after_the_start_never_waits_for_others(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, TURNED_ON)
    await house.advance(seconds=61)
    for state in ("unavailable", "on"):
        await show(house, SENSOR, state)
    house.people["Ann"].hears("Help needed")


async def test_a_button_that_is_renamed_goes_on_calling(house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = er.async_get(house.hass)
    registry.async_get_or_create("event", "test", "pendant", object_id_base="pendant")
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, {**RECEIVED, "target": {"entity_id": [PENDANT]}})
    house.hass.states.async_remove(PENDANT)
    registry.async_update_entity(PENDANT, new_entity_id="event.bedside")
    await house.settle()
    (source,) = house.entry.subentries["point"].data["sources"]
    assert source["trigger"]["target"] == {"entity_id": ["event.bedside"]}
    assert house.issues() == set()
    house.freezer.tick(1)
    await show(house, "event.bedside", house.freezer(), event_type="sos")
    house.people["Ann"].hears("Help needed")


async def test_a_button_that_is_removed_makes_its_trigger_point_deaf_at_once_and_says_so(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = er.async_get(house.hass)
    registry.async_get_or_create("event", "test", "pendant", object_id_base="pendant")
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    assert house.issues() == set()
    house.hass.states.async_remove(PENDANT)
    registry.async_remove(PENDANT)
    await house.settle()
    assert house.issues() == {"trigger_point_deaf"}
    assert house.state("binary_sensor.room_4_problem") == "on"


async def test_the_page_of_a_trigger_point_leads_to_the_page_of_what_is_pressed(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = MockConfigEntry(domain="maker")
    entry.add_to_hass(house.hass)
    device = dr.async_get(house.hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("maker", "pendant")}, name="Pendant"
    )
    entity = er.async_get(house.hass).async_get_or_create("event", "maker", "pendant", device_id=device.id).entity_id
    await show(house, entity, "unknown")
    await set_up(house, monkeypatch, {**RECEIVED, "target": {"entity_id": entity}})
    page = dr.async_get(house.hass).async_get(house.device)
    assert isinstance(page, dr.DeviceEntry)
    assert page.configuration_url == f"homeassistant://config/devices/device/{device.id}"


async def test_a_button_that_is_renamed_does_not_call_again_for_its_last_press(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = er.async_get(house.hass)
    registry.async_get_or_create("event", "test", "pendant", object_id_base="pendant")
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    await pressed(house)
    last = house.freezer()
    await house.action("resolve", house.people["Ann"].user)
    house.people["Ann"].hears("Help needed", "Over")
    await house.advance(minutes=10)
    house.hass.states.async_remove(PENDANT)
    registry.async_update_entity(PENDANT, new_entity_id="event.bedside")
    await show(house, "event.bedside", last, event_type="sos")
    assert not house.site.incidents.open()
    assert house.issues() == set()


async def test_a_button_that_comes_into_an_area_does_not_call_for_a_press_from_before(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ar.async_get(house.hass).async_create("Hall").id
    trigger = {"trigger": "event.received", "target": {"area_id": area}, "options": {"event_type": "sos"}}
    await set_up(house, monkeypatch, trigger)
    registry = er.async_get(house.hass)
    registry.async_get_or_create("event", "test", "pendant", object_id_base="pendant")
    await house.advance(minutes=1)
    await show(house, PENDANT, house.freezer(), event_type="sos")
    await house.advance(minutes=1)
    registry.async_update_entity(PENDANT, area_id=area)
    await house.settle()
    assert not house.site.incidents.open()
    await pressed(house)
    house.people["Ann"].hears("Help needed")


async def test_a_sensor_that_is_renamed_while_it_is_on_neither_calls_nor_is_forgotten(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, registry = house.people["Ann"], er.async_get(house.hass)
    registry.async_get_or_create("binary_sensor", "test", "pendant", object_id_base="pendant")
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, TURNED_ON)
    await show(house, SENSOR, "on")
    await house.action("resolve", ann.user)
    ann.hears("Help needed", "Over")
    house.hass.states.async_remove(SENSOR)
    registry.async_update_entity(SENSOR, new_entity_id="binary_sensor.bedside")
    await show(house, "binary_sensor.bedside", "on")
    assert not house.site.incidents.open()
    await show(house, "binary_sensor.bedside", "off")
    await house.power_cut(minutes=5, before_start=lambda: house.hass.states.async_set("binary_sensor.bedside", "on"))
    await house.advance(seconds=3)
    ann.hears("Help needed")


async def test_a_button_that_is_disabled_makes_its_trigger_point_deaf_and_says_so(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = er.async_get(house.hass)
    registry.async_get_or_create("event", "test", "pendant", object_id_base="pendant")
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, RECEIVED)
    registry.async_update_entity(PENDANT, disabled_by=er.RegistryEntryDisabler.USER)
    await house.settle()
    assert house.issues() == {"trigger_point_deaf"}
    registry.async_update_entity(PENDANT, disabled_by=None)
    await house.advance(seconds=31)
    assert house.issues() == set()


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "event.received", "target": {"device_id": "gone"}, "options": {"event_type": "sos"}},
        {"trigger": "event", "event_type": "zwave_js_notification", "event_data": {"device_id": "gone", "type": 10}},
        {"trigger": "duress.zigbee_alarm", "options": {"device_id": "gone", "alarms": ["panic"]}},
    ],
)
async def test_a_trigger_that_names_a_device_which_is_gone_is_deaf_and_says_so(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, trigger: dict[str, Any]
) -> None:
    await set_up(house, monkeypatch, trigger)
    assert house.issues() == {"trigger_point_deaf"}


@pytest.mark.parametrize(
    ("domain", "event_type", "field"),
    [
        ("zha", "zha_event", "device_ieee"),
        ("deconz", "deconz_event", "unique_id"),
        ("deconz", "deconz_alarm_event", "unique_id"),
    ],
)
async def test_a_remote_that_is_known_by_its_address_is_missed_as_soon_as_it_is_removed(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, domain: str, event_type: str, field: str
) -> None:
    entry = MockConfigEntry(domain=domain)
    entry.add_to_hass(house.hass)
    registry = dr.async_get(house.hass)
    device = registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(domain, "00:0d")})
    trigger = {"platform": "event", "event_type": event_type, "event_data": {field: "00:0d", "event": "panic"}}
    await set_up(house, monkeypatch, trigger)
    assert house.issues() == set()
    point = registry.async_get(house.device)
    assert isinstance(point, dr.DeviceEntry)
    assert point.configuration_url == f"homeassistant://config/devices/device/{device.id}"
    registry.async_remove_device(device.id)
    await house.settle()
    assert house.issues() == {"trigger_point_deaf"}
    await house.advance(seconds=31)
    assert house.issues() == {"trigger_point_deaf"}
    registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(domain, "00:0d")})
    await house.advance(seconds=31)
    assert house.issues() == set()


async def test_a_source_is_heard_as_soon_as_its_integration_is_up_though_others_are_still_starting(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.hass.set_state(CoreState.starting)
    await set_up(house, monkeypatch, {"platform": "late"})
    _offer_late_trigger(house.hass)
    for domain in ("other", "late"):
        entry = MockConfigEntry(domain=domain)
        entry.add_to_hass(house.hass)
        entry.mock_state(house.hass, ConfigEntryState.LOADED)
        async_dispatcher_send(house.hass, SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange.UPDATED, entry)
        await house.settle()
        house.hass.bus.async_fire("late_button")
        await house.settle()
        assert bool(house.site.incidents.open()) is (domain == "late")
    house.people["Ann"].hears("Help needed")
    house.hass.set_state(CoreState.running)


STUCK = "trigger_point_stuck"


async def test_h36_a_button_that_stays_pressed_needs_attention_once_its_call_is_over(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    await set_up(house, monkeypatch, TURNED_ON)
    await show(house, SENSOR, "on")
    house.people["Ann"].hears("Help needed")
    await house.advance(minutes=6)
    assert STUCK not in house.issues()
    await house.action("resolve", house.people["Ann"].user)
    house.people["Ann"].hears("Over")
    await house.advance(minutes=1)
    assert STUCK in house.issues()
    assert house.state("binary_sensor.room_4_problem") == "on"
    await show(house, SENSOR, "off")
    await house.advance(minutes=1)
    assert STUCK not in house.issues()
    assert house.state("binary_sensor.room_4_problem") == "off"


async def test_a_button_that_is_also_heard_another_way_is_not_stuck(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    await show(house, PENDANT, "unknown")
    await set_up(house, monkeypatch, TURNED_ON)
    await house.add_point("Bath", TURNED_ON, RECEIVED)
    await show(house, SENSOR, "on")
    for incident in house.site.incidents.open():
        house.site.async_answer(incident, house.site.actor(house.people["Ann"].user.id), Reply.OVER)
    await house.advance(minutes=7)
    assert house.state("binary_sensor.room_4_problem") == "on"
    assert house.state("binary_sensor.bath_problem") == "off"
    house.people["Ann"].reads()


async def test_h06_a_covert_button_that_stays_pressed_does_not_show_that_it_was_pressed(
    house: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(house, SENSOR, "off")
    monkeypatch.setattr("tests.site.TRIGGER", TURNED_ON)
    await house.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    await show(house, SENSOR, "on")
    await house.action("resolve", house.people["Ann"].user)
    await house.advance(minutes=7)
    assert STUCK not in house.issues()
    assert house.state("binary_sensor.room_4_problem") == "off"
    house.people["Ann"].reads()
