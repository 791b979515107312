"""All that can be automated, made in Home Assistant's own editors, in an open call and in a quiet one."""

from collections.abc import AsyncIterator
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.duress.call_trigger import CALL_TRIGGERS
from custom_components.duress.condition import async_get_conditions
from tests.site import PLAN, SiteUnderTest

from .rights import DOORS, FIELDS, phone_of
from .test_blueprints import BLUEPRINTS, NAMES, inputs_of

CONFIGURATION = "automation: !include automations.yaml\nscript: !include scripts.yaml\n"
QUIET: dict[str, Any] = {"covert": True, "call_type": "hold_up"}


class Editors:
    """The editors of automations and scripts, as their screens use them."""

    def __init__(self, hass: HomeAssistant, client: Any) -> None:
        self._hass = hass
        self._client = client

    async def save_automation(self, key: str, **content: Any) -> None:
        content = {"alias": key, **content}
        await self._save("automation", key, {"actions": [], **content} if "triggers" in content else content)

    async def save_script(self, key: str, action: dict[str, Any]) -> None:
        await self._save("script", key, {"alias": key, "sequence": [action]})

    async def _save(self, kind: str, key: str, content: dict[str, Any]) -> None:
        answer = await self._client.post(f"/api/config/{kind}/config/{key}", json=content)
        assert answer.status == 200, await answer.text()
        await self._hass.async_block_till_done()

    def ran(self) -> set[str]:
        """Return the automations that have run."""
        states = self._hass.states.async_all("automation")
        return {state.name for state in states if state.attributes["last_triggered"] is not None}


@pytest.fixture(autouse=True)
async def _editors_before_anybody_is_signed_in(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "config", {})


@pytest.fixture
async def house(site: SiteUnderTest) -> AsyncIterator[SiteUnderTest]:
    """Return a house where Ann is called and Bob a minute later, and Cas is in charge."""
    await site.add_person("Cas")
    await site.set_up_ann_then_bob()
    await site.change_responder("Cas", manager=True)
    await site.add_door("shutter", "Shutter", {"may_lock": True})
    yield site
    for person in site.people.values():
        person.reads()


@pytest.fixture
async def editors(house: SiteUnderTest, hass_client: Any) -> Editors:
    hass = house.hass
    folder = Path(hass.config.config_dir)

    def write() -> None:
        (folder / "configuration.yaml").write_text(CONFIGURATION, "utf-8")
        (folder / "automations.yaml").write_text("[]", "utf-8")
        (folder / "scripts.yaml").write_text("{}", "utf-8")
        shutil.copytree(BLUEPRINTS, folder / "blueprints" / "automation" / "duress")

    await hass.async_add_executor_job(write)
    for component in ("automation", "script"):
        assert await async_setup_component(hass, component, {})
    return Editors(hass, await hass_client())


async def live_through(house: SiteUnderTest, *, going: str) -> None:
    """Have everything happen to calls that can: the second of them is found open half a day later."""
    ann = house.people["Ann"].user
    await house.press()
    await house.advance(minutes=4)
    await house.press()
    await house.taps("Ann", going)
    await house.action("ask_for_more_help", ann)
    await house.action("arrive", ann)
    await house.action("resolve", ann)
    await house.press()
    await house.action("go", ann)
    await house.advance(minutes=11)
    for person in house.people.values():
        await house.hass.auth.async_update_user(person.user, is_active=False)
    await house.advance(minutes=2)
    for person in house.people.values():
        await house.hass.auth.async_update_user(person.user, is_active=True)
    await house.power_cut(hours=13)


@pytest.mark.parametrize("quiet", [False, True])
async def test_h06_every_trigger_runs_in_open_calls_and_in_quiet_ones_only_where_that_is_switched_on(
    house: SiteUnderTest, editors: Editors, quiet: bool
) -> None:
    for key in CALL_TRIGGERS:
        trigger = f"duress.{key}"
        await editors.save_automation(key, triggers=[{"trigger": trigger}])
        await editors.save_automation(f"{key} too", triggers=[{"trigger": trigger, "options": {"quiet_too": True}}])
    if quiet:
        await house.change(PLAN, **QUIET)
    await live_through(house, going="I see to it" if quiet else "I'm going")
    too = {f"{key} too" for key in CALL_TRIGGERS}
    assert editors.ran() == (too if quiet else {*CALL_TRIGGERS, *too})


@pytest.mark.parametrize("quiet", [False, True])
async def test_h06_every_condition_holds_as_if_there_were_no_quiet_call(
    house: SiteUnderTest, editors: Editors, quiet: bool
) -> None:
    conditions = await async_get_conditions(house.hass)
    when_pressed = [{"trigger": "event", "event_type": "asked"}]
    for key in conditions:
        await editors.save_automation(
            key,
            triggers=when_pressed,
            conditions=[{"condition": f"duress.{key}"}],
        )
    if quiet:
        await house.change(PLAN, **QUIET)
    await house.press()
    house.hass.bus.async_fire("asked")
    await house.settle()
    assert editors.ran() == conditions.keys() - ({"is_call_open"} if quiet else set())


@pytest.mark.parametrize("quiet", [False, True])
async def test_h06_every_blueprint_runs_in_open_calls_and_none_in_a_quiet_one(
    house: SiteUnderTest, editors: Editors, quiet: bool
) -> None:
    for name in NAMES:
        blueprint = {"path": f"duress/{name}.yaml", "input": inputs_of(house)[name]}
        await editors.save_automation(name, use_blueprint=blueprint)
    await house.change(PLAN, **(QUIET if quiet else {"call_type": "medical"}))
    await house.press()
    await house.taps("Ann", "I see to it" if quiet else "I'm going")
    await house.action("resolve", house.people["Ann"].user)
    assert editors.ran() == (set() if quiet else set(NAMES))


@pytest.mark.parametrize("quiet", [False, True])
async def test_h22_every_action_works_in_a_script_that_somebody_in_charge_starts_and_not_by_itself(
    house: SiteUnderTest, editors: Editors, quiet: bool
) -> None:
    if quiet:
        await house.change(PLAN, **QUIET)
    context = Context(user_id=house.people["Cas"].user.id)
    in_order = [
        *("press", "acknowledge", "decline", "go", "ask_for_more_help", "arrive", "resolve"),
        *("start_drill", "call_softly", "call_loudly", "lend", "return", "report_lost", "who_is_called"),
        *("report_phone_lost", "lock_down", "release_doors"),
    ]
    actions = house.hass.services.async_services()["duress"]
    assert {*in_order, "call_again", "take_over"} == {*actions}
    for name in in_order:
        data = {"trigger_point": house.device, **FIELDS.get(name, {})}
        if name == "report_phone_lost":
            data = {"phone": phone_of(house, "Bob")}
        if name in DOORS:
            data = {"site": house.entry.entry_id}
        action = {"action": f"duress.{name}", "data": data}
        await editors.save_script(name, {**action, "response_variable": "who"} if name == "who_is_called" else action)
        await house.hass.services.async_call("script", name, {}, blocking=True, context=context)
        await house.settle()
    with pytest.raises(ServiceValidationError) as refusal:
        await house.hass.services.async_call("script", "resolve", {}, blocking=True)
    assert refusal.value.translation_key == "not_allowed"
