"""A site with people and phones, driven as a story: press, hear who is called, let time pass, answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util.async_ import get_scheduled_timer_handles
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine.events import Event
from custom_components.duress.engine.model import Incident
from custom_components.duress.engine.site_events import SiteEvent, WentDeaf
from custom_components.duress.line import LINES, async_stop_line
from custom_components.duress.site import Site
from simulation.phone import Notification, Phone, PushService

BUTTON_EVENT = "test_button"
TRIGGER = {"platform": "event", "event_type": BUTTON_EVENT}
POINT = "point"
PLAN = "plan"

type ClientFactory = Callable[..., Awaitable[TestClient[Any, Any]]]


class Person:
    """A responder, with one phone unless said otherwise."""

    def __init__(self, name: str, user: User, phone: Phone) -> None:
        self.name = name
        self.user = user
        self.phone = phone
        self.heard = 0

    @property
    def responder(self) -> str:
        return self.name.lower()

    def unheard(self) -> list[Notification]:
        """Return what arrived and no test has asked about yet."""
        return self.phone.screen[self.heard :]

    def hears(self, *words: str) -> None:
        """Expect exactly these messages next, by words of their titles, in this order."""
        titles = [notification.title for notification in self.unheard()]
        assert len(titles) == len(words), f"{self.name} heard {titles}, not {words}"
        for title, expected in zip(titles, words, strict=True):
            assert expected in title, f"{self.name} heard {title!r}, not {expected!r}"
        self.heard = len(self.phone.screen)

    def reads(self) -> list[Notification]:
        """Take what arrived and no test has asked about yet."""
        unheard, self.heard = self.unheard(), len(self.phone.screen)
        return unheard

    def hears_nothing(self) -> None:
        """Expect silence."""
        self.hears()


class SiteUnderTest:
    """One site in one Home Assistant."""

    def __init__(self, hass: HomeAssistant, client: TestClient[Any, Any], push: PushService, freezer: Any) -> None:
        self.hass = hass
        self.client = client
        self.push = push
        self.freezer = freezer
        self.people: dict[str, Person] = {}
        self.entry: Any = None
        self.set_up_at: datetime = datetime.min.replace(tzinfo=UTC)

    async def add_person(self, name: str, phone_name: str | None = None) -> Person:
        """Give somebody a login and a phone."""
        user = await self.hass.auth.async_create_user(name, group_ids=["system-users"])
        refresh = await self.hass.auth.async_create_refresh_token(user, client_id="https://example.org/")
        access = self.hass.auth.async_create_access_token(refresh)
        phone = Phone(phone_name or f"{name}'s phone")
        await phone.register(self.client, self.push, {"Authorization": f"Bearer {access}"})
        self.people[name] = Person(name, user, phone)
        return self.people[name]

    def phones_of(self, name: str) -> list[str]:
        """Return the registrations of a person's phones."""
        user = self.people[name].user.id
        return [e.entry_id for e in self.hass.config_entries.async_entries("mobile_app") if e.data["user_id"] == user]

    def responder(self, name: str) -> ConfigSubentryDataWithId:
        return _subentry(
            name.lower(), "responder", name, {"user_id": self.people[name].user.id, "phones": self.phones_of(name)}
        )

    async def set_up(
        self,
        *steps: tuple[int, list[str]],
        holders: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        **plan: Any,
    ) -> None:
        """Set the site up with one trigger point and a plan of these steps: seconds to wait, then whom to call."""
        plan = {
            "steps": [{"after": after, "responders": [n.lower() for n in names]} for after, names in steps],
            "repeat_after": 60,
            **plan,
        }
        source = {"id": "source", "trigger": TRIGGER, "gesture": "single", "plan_id": PLAN}
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="Harbour House",
            data={"name": "Harbour House"},
            subentries_data=[
                *(self.responder(name) for name in self.people),
                _subentry(PLAN, "response_plan", "Resident call", plan),
                _subentry(
                    POINT, "trigger_point", "Room 4", {"sources": [source], "holders": [n.lower() for n in holders]}
                ),
            ],
            options=options or {},
        )
        self.entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.settle()

    async def set_up_ann_then_bob(self, **how: Any) -> None:
        """Set the site up so that Ann is called, and Bob a minute later."""
        await self.add_person("Ann")
        await self.add_person("Bob")
        await self.set_up((0, ["Ann"]), (60, ["Bob"]), **how)

    async def add_point(self, name: str, *triggers: Mapping[str, Any], **data: Any) -> None:
        """Add one more trigger point, with the same plan."""
        identifier = name.lower().replace(" ", "_")
        sources = [
            {"id": f"source_{identifier}_{number}", "trigger": trigger, "gesture": "single", "plan_id": PLAN}
            for number, trigger in enumerate(triggers)
        ]
        content = MappingProxyType({"sources": sources, **data})
        subentry = ConfigSubentry(
            data=content, subentry_id=identifier, subentry_type="trigger_point", title=name, unique_id=None
        )
        self.hass.config_entries.async_add_subentry(self.entry, subentry)
        await self.settle()

    async def add_door(self, identifier: str, name: str, data: Mapping[str, Any]) -> None:
        """Add a door."""
        subentry = ConfigSubentry(
            data=MappingProxyType(dict(data)),
            subentry_id=identifier,
            subentry_type="door",
            title=name,
            unique_id=None,
        )
        self.hass.config_entries.async_add_subentry(self.entry, subentry)
        await self.settle()

    async def change(self, subentry_id: str, **data: Any) -> None:
        """Change how a trigger point, a plan or a responder is set up."""
        subentry = self.entry.subentries[subentry_id]
        self.hass.config_entries.async_update_subentry(self.entry, subentry, data={**subentry.data, **data})
        await self.settle()

    async def change_responder(self, name: str, **data: Any) -> None:
        """Change how a responder is set up."""
        await self.change(name.lower(), **data)

    @property
    def site(self) -> Site:
        return self.hass.data[LINES][self.entry.entry_id].site

    @property
    def incident(self) -> Incident:
        """Return the one open incident."""
        (incident,) = self.site.incidents.open()
        return incident

    async def events(self, incident: str) -> list[Event]:
        """Return what is on record about an incident."""
        return [entry.event for entry in await self.site.archive.async_incident(incident)]

    async def site_events[Kind: SiteEvent](self, kind: type[Kind]) -> list[Kind]:
        """Return what is on record of this kind about the site itself, once all of it is written."""
        await self.site._journal.append(None, [WentDeaf(at=self.site.now())])
        entries = await self.site.archive.async_site()
        return [entry.event for entry in entries if isinstance(entry.event, kind)]

    @property
    def folder(self) -> Path:
        """Return where the record is."""
        return Path(self.hass.config.path(".storage", DOMAIN, self.entry.entry_id))

    async def power_cut(self, before_start: Callable[[], object] | None = None, **away: float) -> None:
        """Lose everything that is only in memory, let time pass, and start again from the disk."""
        await async_stop_line(self.hass, self.entry.entry_id)
        self.freezer.tick(timedelta(**away))
        if before_start is not None:
            before_start()
        assert await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.settle()

    @property
    def device(self) -> str:
        """Return the trigger point's device."""
        return self.device_of(POINT)

    def responder_device(self, name: str) -> str:
        """Return the device that stands for a responder."""
        return self.device_of(name.lower())

    def device_of(self, identifier: str) -> str:
        """Return the device of a trigger point or a responder."""
        device = dr.async_get(self.hass).async_get_device_by_identifier((DOMAIN, identifier), self.entry.entry_id)
        assert device is not None
        return device.id

    async def press(self) -> None:
        self.hass.bus.async_fire(BUTTON_EVENT)
        await self.settle()

    async def taps_going(self, name: str) -> None:
        """Have somebody tap "I'm going"."""
        await self.taps(name, "I'm going")

    async def taps(self, name: str, button: str) -> None:
        """Have somebody tap a button of the newest message that has it."""
        await self.people[name].phone.tap(self.client, button)
        await self.settle()

    async def action(self, name: str, user: User | None) -> None:
        """Use one of our actions on the trigger point as a user, or as an automation."""
        context = Context(user_id=user.id if user else None)
        await self.hass.services.async_call(
            DOMAIN, name, {"trigger_point": self.device}, blocking=True, context=context
        )
        await self.settle()

    async def advance(self, **duration: float) -> None:
        """Let time pass, every timer firing when it is due."""
        end = self.freezer() + timedelta(**duration)
        while self.freezer() < end:
            self.freezer.move_to(min(end, self._next_timer()))
            async_fire_time_changed(self.hass)
            await self.settle()

    async def skip(self, **duration: float) -> None:
        """Let so much time pass that every timer fires once, however often it would have fired meanwhile."""
        self.freezer.tick(timedelta(**duration))
        async_fire_time_changed(self.hass)
        await self.settle()

    def _next_timer(self) -> datetime:
        """Return when the event loop's next timer is due, never later: a moment from now for what is overdue."""
        loop = self.hass.loop
        delays = [timer.when() - loop.time() for timer in get_scheduled_timer_handles(loop) if not timer.cancelled()]
        now: datetime = self.freezer()
        return now + timedelta(seconds=max(0.000001, min(delays, default=3600)))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let things happen until the condition holds, without letting time pass."""
        while not condition():
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """Let everything finish that is under way, phones included."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        await asyncio.sleep(0)

    def issues(self) -> set[str]:
        """Return the kinds of the open repair issues of ours."""
        issues = ir.async_get(self.hass).issues.values()
        return {issue.translation_key for issue in issues if issue.domain == DOMAIN and issue.translation_key}

    def state(self, entity_id: str) -> str:
        state = self.hass.states.get(entity_id)
        assert state is not None, f"no {entity_id}"
        return state.state


def _subentry(subentry_id: str, kind: str, title: str, data: dict[str, Any]) -> ConfigSubentryDataWithId:
    return ConfigSubentryDataWithId(subentry_id=subentry_id, subentry_type=kind, title=title, data=data, unique_id=None)
