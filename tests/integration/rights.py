"""Every way to have us do something, and who may."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.duress.codes import PIN
from custom_components.duress.engine.commands import Close
from custom_components.duress.engine.kinds import ENDING, CloseCode, Reply
from custom_components.duress.intake.answers import EVENT_ACTION
from tests.site import PLAN, SiteUnderTest

from .conftest import UserFactory

type Tokens = Callable[[User], Awaitable[str]]

CODE = "481516"
GOES = ("acknowledge", "go", "take_over", "arrive", "decline", "call_again", "ask_for_more_help")
HANDS = ("lend", "return", "report_lost", "who_is_called", "report_phone_lost")
IN_CHARGE = ("start_drill", "call_softly", "call_loudly")
DOORS = ("lock_down", "release_doors")
ACTIONS = ("press", "resolve", *GOES, *HANDS, *IN_CHARGE, *DOORS)
SEES = ("duress/incidents", "duress/incident_record")
AUDITS = ("duress/incident_record", "duress/changes", "duress/page_records")
REVIEWS = ("duress/close_incident", "duress/keep_pictures")
SCREENS = tuple(sorted({*SEES, *AUDITS, *REVIEWS}))
PAGE_ANSWERS = ("page: going", "page: on_scene", "page: cannot_go", "page: more_help")
PAGE_ENDS = ("page: over", "page: helped")
BY_CODE = ("duress/page_cancel",)
"""Whoever may see a call may end it with a code: that it is theirs is what counts."""
PAGE_DOORS = ("duress/page_lock_down", "duress/page_release", "duress/page_unlock")
PAGE = (*PAGE_DOORS, *PAGE_ANSWERS, *PAGE_ENDS, "duress/page_end", *BY_CODE, "duress/sign_on")
TAPS = tuple(f"tap: {reply}" for reply in Reply)
TAPS_THAT_END = tuple(f"tap: {reply}" for reply in ENDING)
WAYS = (*ACTIONS, *SCREENS, *PAGE, *TAPS)

ANSWERS = {*GOES, *PAGE_ANSWERS, "duress/page_end", *(set(TAPS) - set(TAPS_THAT_END))}
LOCKS = {"lock_down", "duress/page_lock_down"}
RESPONDS = {"press", *ANSWERS, *HANDS, *SEES, *BY_CODE, *LOCKS, "duress/sign_on"}
ENDS = {"resolve", *PAGE_ENDS, *TAPS_THAT_END}
UNLOCKS = {"duress/page_unlock"}
"""Only for whoever goes; on paper that is anybody who may end a call."""
IS_IN_CHARGE = {*IN_CHARGE, *AUDITS, *REVIEWS, "release_doors", "duress/page_release"}
ON_PAPER = {"press", "resolve", *GOES, *HANDS, *SEES, *BY_CODE, *IS_IN_CHARGE, *LOCKS, *UNLOCKS}
MAY: dict[str, set[str]] = {
    "automation": {"press"},
    "unknown": set(),
    "read-only": set(),
    "read-only responder": set(),
    "deactivated responder": set(),
    "read-only auditor": {*AUDITS},
    "auditor": {"press", *AUDITS},
    "users": {"press"},
    "responder": RESPONDS | ENDS | UNLOCKS,
    "desk": RESPONDS,
    "manager": RESPONDS | ENDS | UNLOCKS | IS_IN_CHARGE,
    "admin": ON_PAPER,
}
"""Who may do what. An administrator who is not called has no call on the page, and nothing to tap on any phone."""
SIGNED_IN = [who for who in MAY if who not in ("automation", "unknown", "deactivated responder")]
REFUSALS = {"not_allowed", "note_needed", "unauthorized"}
NOT_SHOWN = "not_found"
FIELDS: dict[str, dict[str, Any]] = {
    "lend": {"to": "Room 7"},
    "call_softly": {"hours": 1, "reason": "Presses often"},
    "duress/close_incident": {"code": "genuine"},
    "duress/keep_pictures": {"marked": True},
    "duress/page_end": {"reply": "helped", "note": "Seen on the way", "asked": 0},
    "duress/page_cancel": {"code": CODE},
    "duress/page_unlock": {"door": "shutter"},
    "duress/sign_on": {"post": "ann", "person": "carla"},
}
ABOUT_A_CALL = ("duress/incident_record", *REVIEWS, "duress/page_end", *BY_CODE, *UNLOCKS)
PHASES: dict[str, tuple[str, ...]] = {
    "pending": (),
    "active": (),
    "seen": ("acknowledge",),
    "acknowledged": ("go",),
    "on scene": ("go", "arrive"),
    "resolved": ("resolve",),
    "closed": ("resolve",),
}
"""How a call gets to where something is tried: what Ann does."""


async def furnish(site: SiteUnderTest) -> None:
    """Set a site up where Ann is called, who has a code, and whose phone is shared; there is a shutter."""
    await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]))
    await site.add_door("shutter", "Shutter", {"may_lock": True})
    codes = {PIN: await site.site.codes.async_hash(CODE)}
    await site.change_responder("Ann", codes=codes, carriers={"carla": "Carla"})


async def bring_to(site: SiteUnderTest, phase: str) -> str:
    """Have somebody press, and Ann do what leads there; returns the incident's id."""
    if phase == "pending":
        await site.change(PLAN, cancel_window=600)
    await site.press()
    incident = site.incident.id
    for done in PHASES[phase]:
        await site.action(done, site.people["Ann"].user)
    if phase == "closed":
        ann = site.site.actor(site.people["Ann"].user.id)
        site.site.handle(Close(by=ann, code=CloseCode.GENUINE), incident)
        await site.settle()
    return incident


async def become(site: SiteUnderTest, user_of: UserFactory, who: str) -> str | None:
    """Return the id of somebody of this kind; Ann is the responder."""
    ann = site.people["Ann"].user
    match who:
        case "automation":
            return None
        case "unknown":
            return "gone"
        case "read-only responder":
            await site.hass.auth.async_update_user(ann, group_ids=["system-read-only"])
        case "deactivated responder":
            await site.hass.auth.async_update_user(ann, is_active=False)
        case "desk" | "manager":
            await site.change_responder("Ann", **{who: True})
        case "auditor" | "read-only auditor":
            user = await user_of("read-only" if who.startswith("read-only") else "users")
            site.hass.config_entries.async_update_entry(site.entry, options={"auditors": [user.id]})
            await site.settle()
            return user.id
        case "responder":
            pass
        case _:
            return (await user_of(who)).id
    await site.settle()
    return ann.id


class Somebody:
    """Tries everything as one user, about one incident."""

    def __init__(self, site: SiteUnderTest, user: str | None, incident: str, client: Any) -> None:
        """Send messages of our screens over `client`, None for whoever is not signed in."""
        self._site = site
        self._user = user
        self._incident = incident
        self._client = client
        self._tapped = _buttons(site)

    def ways(self) -> Iterable[str]:
        """Return all that this one can try: without a login no screen, and nothing to tap that was not shown."""
        screens = (*SCREENS, *PAGE) if self._client is not None else ()
        return (*ACTIONS, *screens, *self._tapped)

    async def tries(self, way: str) -> str | None:
        """Try something; returns why it was refused, None where it was not or where nobody is told."""
        if way in self._tapped:
            data = {"action": self._tapped[way], "tag": "any"}
            self._site.hass.bus.async_fire(EVENT_ACTION, data, context=Context(user_id=self._user))
            return None
        return await (refusal_of(act(self._site, way, self._user)) if way in ACTIONS else self._asks(way))

    async def _asks(self, way: str) -> str | None:
        request = {"type": way, **FIELDS.get(way, {}), "entry_id": self._site.entry.entry_id}
        if way.startswith("page: "):
            request |= {"type": "duress/page_answer", "reply": way.removeprefix("page: "), "asked": 0}
        if way in ABOUT_A_CALL or way.startswith("page: "):
            request["incident_id"] = self._incident
        await self._client.send_json_auto_id(request)
        answer = await self._client.receive_json()
        refusal: str | None = None if answer["success"] else answer["error"]["code"]
        return refusal


def act(site: SiteUnderTest, name: str, user: str | None) -> Coroutine[Any, Any, Any]:
    """Use an action as somebody; Bob's phone is the one that may be lost."""
    data: dict[str, Any] = {"trigger_point": site.device, **FIELDS.get(name, {})}
    if name == "report_phone_lost":
        data = {"phone": phone_of(site, "Bob")}
    if name in DOORS:
        data = {"site": site.entry.entry_id}
    return site.hass.services.async_call(
        "duress",
        name,
        data,
        blocking=True,
        context=Context(user_id=user),
        return_response=name == "who_is_called",
    )


def phone_of(site: SiteUnderTest, name: str) -> str:
    """Return the device of somebody's phone."""
    (entry,) = site.phones_of(name)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(site.hass), entry)
    return device.id


async def refusal_of(trying: Coroutine[Any, Any, Any]) -> str | None:
    """Return why an action was refused."""
    try:
        await trying
    except ServiceValidationError as error:
        return error.translation_key
    return None


def _buttons(site: SiteUnderTest) -> dict[str, str]:
    """Return what Ann's phone was shown to tap until now, whatever it says."""
    shown = (action for message in site.people["Ann"].phone.screen for action in message.data.get("actions", []))
    tapped = {}
    for action in shown:
        reply = action["action"].removeprefix("DURESS_").rsplit("_", 2)[0].lower()
        tapped[f"tap: {reply}"] = action["action"]
    return tapped


@pytest.fixture
async def home(site: SiteUnderTest) -> SiteUnderTest:
    """Return a site where nobody has pressed yet."""
    await furnish(site)
    return site
