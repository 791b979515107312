"""Whatever anybody sends us, in any shape, is answered or refused, and changes nothing it must not."""

from collections.abc import Callable, Mapping
import random
from typing import Any

from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET_API
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
import pytest
import voluptuous as vol

from tests.site import SiteUnderTest

from .conftest import UserFactory
from .rights import MAY, SCREENS, SIGNED_IN, Tokens, become, phone_of

TRIES = 120
REFUSED = {"invalid_format", "unauthorized", "not_found", "not_allowed"}
FIELDS = (
    "entry_id", "incident_id", "code", "note", "reply", "asked", "post", "person", "trigger_point", "reason", "to",
    "area", "hours", "phone", "more",
)  # fmt: skip
QUIET: dict[str, Any] = {"call_type": "hold_up", "covert": True}


@pytest.fixture
async def house(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site with an open quiet call, which Ann and Bob are called for."""
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), **QUIET)
    await site.press()
    ann.hears("Message for you")
    return site


def values(house: SiteUnderTest) -> Mapping[str, list[Any]]:
    """Return what fits each field, by which a message gets further than its first check."""
    fitting: dict[str, list[Any]] = {
        "entry_id": [house.entry.entry_id],
        "incident_id": [house.incident.id],
        "code": ["genuine", "481516"],
        "reply": ["going", "over", "more_help", "on_scene"],
        "asked": [0, 1],
        "post": ["ann"],
        "person": ["ann"],
        "trigger_point": [house.device],
        "hours": [1],
        "phone": [phone_of(house, "Bob")],
    }
    strange = [
        "",
        "x" * 10_000,
        "\u202e<b>&\x00",
        -1,
        2**60,
        True,
        None,
        [],
        [house.device],
        {},
        {"a": {"b": [1]}},
    ]
    return {field: [*fitting.get(field, ["A reason"]) * 12, *strange] for field in FIELDS}


def message(chance: random.Random, known: Mapping[str, list[Any]]) -> dict[str, Any]:
    fields = chance.sample(FIELDS, chance.randint(0, 5))
    return {field: chance.choice(known[field]) for field in ("entry_id", "incident_id", "trigger_point", *fields)}


def some(chance: random.Random, content: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """Return mostly what is asked for, and sometimes more or less."""
    return {key: value for key, value in content.items() if (key in wanted) != (chance.random() < 0.05)}


@pytest.mark.parametrize("who", SIGNED_IN)
async def test_h22_no_message_of_anybody_to_our_screens_is_an_accident_or_more_than_they_may(
    house: SiteUnderTest, hass_ws_client: Any, user_of: UserFactory, token_of: Tokens, who: str
) -> None:
    user = await house.hass.auth.async_get_user(await become(house, user_of, who) or "")
    assert user is not None
    client = await hass_ws_client(house.hass, await token_of(user))
    commands = {
        name: {str(key) for key in schema.schema} if schema else set()
        for name, (_, schema) in house.hass.data[WEBSOCKET_API].items()
        if name.startswith("duress/")
    }
    assert set(SCREENS) < set(commands)
    before, chance, known = house.incident, random.Random(who), values(house)
    for _ in range(TRIES):
        name = chance.choice(sorted(commands))
        await client.send_json_auto_id({"type": name, **some(chance, message(chance, known), commands[name])})
        while (answer := await client.receive_json())["type"] != "result":
            pass
        assert answer["success"] or answer["error"]["code"] in REFUSED, answer
        if not MAY[who] and name != "duress/page":
            assert not answer["success"], name
    await house.settle()
    if not {"go", "press"} & MAY[who]:
        assert house.incident == before
    _take_in(house)


@pytest.mark.parametrize("who", MAY)
async def test_h22_no_action_of_anybody_is_an_accident_or_more_than_they_may(
    house: SiteUnderTest, user_of: UserFactory, who: str
) -> None:
    services = house.hass.services
    actions = {name: _fields(service.schema) for name, service in services.async_services()["duress"].items()}
    context = Context(user_id=await become(house, user_of, who))
    before, chance, known = house.site.incidents.open(), random.Random(who), values(house)
    for _ in range(TRIES):
        name = chance.choice(sorted(actions))
        data = some(chance, message(chance, known), actions[name])
        try:
            await services.async_call(
                "duress", name, data, blocking=True, context=context, return_response=name == "who_is_called"
            )
        except ServiceValidationError, vol.Invalid:
            continue
        assert name in MAY[who], (name, data)
    await house.settle()
    if not MAY[who]:
        assert house.site.incidents.open() == before
    _take_in(house)


def _fields(schema: Callable[..., Any] | None) -> set[str]:
    return {str(key) for key in schema.schema} if isinstance(schema, vol.Schema) else set()


def _take_in(house: SiteUnderTest) -> None:
    for person in house.people.values():
        person.reads()
