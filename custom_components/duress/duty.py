"""Who is on duty on a site, and that they know it: whose duty begins is rung, and taps (hazards H12, H32)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
import secrets
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later

from .const import ISSUE_DUTY
from .effects.phone import DUTY_TAG, async_ask_on_duty, async_tell
from .effects.texts import plain
from .engine.duty import Duty, Post, confirm, follow, set_by_hand
from .engine.site_events import DutyChanged, SiteEvent
from .issues import async_set_issue
from .responders import Responder
from .roster import Roster

if TYPE_CHECKING:
    from .site import Site

RING_EVERY = timedelta(minutes=5)
TOGETHER = 2.0
"""Seconds in which what ends and what begins with it are heard."""


class Duties:
    """The duty of every responder of a site. It outlives a start by its lines in the record."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Look after a site; everybody is on duty before `async_start`."""
        self._hass = hass
        self._site = site
        self._roster = Roster(hass, self._async_soon)
        self._duties: Mapping[str, Duty] = {}
        self._in_doubt: frozenset[str] = frozenset()
        self._tokens: dict[tuple[str, str], str] = {}
        """What each phone of whoever is asked to confirm was shown."""
        self._next_ring: dict[str, CALLBACK_TYPE] = {}
        self._knows_plans = False
        self._cancel_update: CALLBACK_TYPE | None = None
        self._stop_following: CALLBACK_TYPE | None = None

    @callback
    def async_start(self, remembered: Iterable[SiteEvent]) -> None:
        """Go on from what the record tells."""
        changes = (event for event in remembered if isinstance(event, DutyChanged))
        self._duties = {event.responder: event.duty for event in changes}
        self._stop_following = self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_renamed)

    @callback
    def async_stop(self) -> None:
        """Follow nobody any more."""
        self._knows_plans = False
        self._roster.async_stop()
        for cancel in filter(None, (self._cancel_update, self._stop_following)):
            cancel()
        self._cancel_update = self._stop_following = None
        for responder in list(self._next_ring):
            self._stop_ringing(responder)
        for responder in self._in_doubt:
            async_set_issue(self._hass, ISSUE_DUTY, responder, wanted=False)
        self._in_doubt = frozenset()

    async def async_apply(self) -> None:
        """Go on with what the caretaker just set up."""
        await self._roster.async_apply(self._site.configuration.responders.values())
        self._knows_plans = True
        self.async_update()

    @property
    def off(self) -> frozenset[str]:
        """Return who is off duty for certain: nobody, before it is known on what that depends."""
        if not self._knows_plans:
            return frozenset()
        return frozenset(r for r, duty in self._duties.items() if not duty.is_on) - self._in_doubt

    def waits_for(self, responder: str) -> bool:
        """Return whether somebody's duty has begun who has not yet said so."""
        duty = self._duties.get(responder, Duty())
        return duty.wanted and not duty.confirmed

    @callback
    def _async_soon(self) -> None:
        """Look anew in a moment: where one shift ends another begins, and neither may be judged by itself."""
        if self._cancel_update is None:
            job = HassJob(self._async_update, "duress duty", cancel_on_shutdown=True)
            self._cancel_update = async_call_later(self._hass, TOGETHER, job)

    @callback
    def _async_update(self, _now: datetime) -> None:
        self._cancel_update = None
        self.async_update()

    async def _async_renamed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if "old_entity_id" in event.data and self._knows_plans:
            await self.async_apply()

    @callback
    def async_update(self) -> None:
        """Look anew at who is on duty, once it is known on what that depends."""
        if not self._knows_plans:
            return
        said = self._roster.planned()
        self._note_doubts(frozenset(responder for responder, planned in said.items() if planned is None))
        known = {r: self._duties.get(r, Duty()).planned if planned is None else planned for r, planned in said.items()}
        self._take(follow(self._duties, known, self._posts()), None)
        for responder in self._duties:
            if self.waits_for(responder) and responder not in self._next_ring:
                self._ask(responder)  # a start came between

    @callback
    def async_set(self, responder: str, user: str | None, *, on: bool) -> bool:
        """Put somebody on or off duty by hand; returns whether that was possible: the last person cannot go off."""
        if not self._knows_plans:
            return False
        duties = set_by_hand(self._duties, responder, self._posts(), on=on)
        if duties[responder].is_on != on:
            return False
        self._take(duties, user)
        return True

    @callback
    def async_answered(self, token: str, user: str) -> None:
        """Hear that somebody tapped that they are on duty: from the person and the phone it was shown to."""
        for (responder, phone), expected in self._tokens.items():
            known = self._site.configuration.responders.get(responder)
            if known is None or known.user != user or phone not in known.phones:
                continue
            if secrets.compare_digest(expected.encode(), token.encode()):
                self.async_confirm(responder, user)
                return

    @callback
    def async_confirm(self, responder: str, user: str) -> None:
        """Note that somebody is there who was asked: a tap says so, and an answer to a call does."""
        if self._knows_plans and self.waits_for(responder):
            self._take(confirm(self._duties, responder, self._posts()), user)

    def _posts(self) -> dict[str, Post]:
        return {r.id: self._post(r) for r in self._site.configuration.responders.values()}

    def _post(self, responder: Responder) -> Post:
        """Return what there is to know of a responder. Whoever is in doubt relieves nobody."""
        can_answer = any(channel.answerable for channel in self._site.channels.of(responder))
        return Post(
            stands_for=responder.stands_for,
            can_answer=can_answer and responder.id not in self._in_doubt,
            rings=bool(responder.phones),
        )

    def _take(self, duties: Mapping[str, Duty], user: str | None) -> None:
        before, self._duties = self._duties, duties
        changed = [responder for responder, duty in duties.items() if before.get(responder, Duty()) != duty]
        for responder in changed:
            self._site.record(DutyChanged(at=self._site.now(), responder=responder, duty=duties[responder], by=user))
            self._tell(responder, before.get(responder, Duty()), duties[responder])
        if changed:
            self._site.views.configuration_changed()

    def _note_doubts(self, in_doubt: frozenset[str]) -> None:
        if not self._hass.is_running:
            self._in_doubt = in_doubt  # what it depends on may still have to start
            return
        for responder in self._in_doubt | in_doubt:
            async_set_issue(self._hass, ISSUE_DUTY, responder, wanted=responder in in_doubt)
        if in_doubt != self._in_doubt:
            self._in_doubt = in_doubt
            self._site.views.configuration_changed()

    def _tell(self, responder: str, before: Duty, duty: Duty) -> None:
        """Say on somebody's phones how their duty stands: with a ring if it begins, quietly otherwise."""
        if duty.wanted and not duty.confirmed:
            self._ask(responder)
        elif duty.held and not before.held:
            self._say(responder, "duty_held")
        elif duty.is_on != before.is_on or duty.relieves != before.relieves:
            self._say(responder, "duty_on" if duty.is_on else "duty_off")

    @callback
    def _ask(self, responder: str, _now: datetime | None = None) -> None:
        """Ring somebody, and again until they say that they are there."""
        self._stop_ringing(responder)
        if not self.waits_for(responder):
            return
        job = HassJob(partial(self._ask, responder), "duress duty", cancel_on_shutdown=True)
        self._next_ring[responder] = async_call_later(self._hass, RING_EVERY, job)
        say = self._site.texts.to(self._site.configuration.responders.get(responder)).say
        button = say("duty_button", {})
        title, text = say("duty_ask_title", {}), say("duty_ask_body", {"button": button})
        for phone in self._phones(responder):
            token = self._tokens.setdefault((responder, phone), secrets.token_hex(16))
            asking = async_ask_on_duty(self._hass, phone, title, text, (button, token))
            self._hass.async_create_task(asking, "duress duty")

    def _stop_ringing(self, responder: str) -> None:
        if cancel := self._next_ring.pop(responder, None):
            cancel()

    def _say(self, responder: str, key: str) -> None:
        self._stop_ringing(responder)
        self._tokens = {shown: token for shown, token in self._tokens.items() if shown[0] != responder}
        known = self._site.configuration.responders.get(responder)
        text = self._site.texts.to(known).say(key, {"name": plain(known.name) if known is not None else ""})
        for phone in self._phones(responder):
            self._hass.async_create_task(async_tell(self._hass, phone, text, DUTY_TAG), "duress duty")

    def _phones(self, responder: str) -> tuple[str, ...]:
        """Return somebody's phones; while a site is set up nobody is told anything (hazard H53)."""
        known = self._site.configuration.responders.get(responder)
        return known.phones if known is not None and self._site.configuration.live else ()
