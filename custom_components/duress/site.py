"""One building or business: its open incidents, its one path for commands, its timers.

A site outlives reloads of its config entry. Nobody but it changes an incident; whoever shows one
subscribes and is given it, immutable, once it is on record.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial, reduce
import logging
from pathlib import Path
import secrets

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.event import async_call_later
from homeassistant.util.ulid import ulid_now

from .clock import Clock
from .configuration import FALLBACK_PLAN, Configuration, TriggerPoint
from .const import DOMAIN, ISSUE_FALLBACK, ISSUE_JOURNAL, ISSUE_NOBODY, ISSUE_UNREADABLE
from .effects.phone import PhoneEffect
from .engine import decide, due, evolve, next_due, replay, tokens
from .engine.commands import (
    Acknowledge,
    Command,
    HandlePress,
    ReportDelivery,
    Resolve,
    Resume,
    Tick,
)
from .engine.events import Event, Opened
from .engine.model import Actor, Incident, Phase, Place, Press, Reach
from .issues import async_set_issue
from .journal import Entry, Journal
from .runner import Runner

_LOGGER = logging.getLogger(__name__)

type Listener = Callable[[Incident, list[Event]], None]


class Site:
    """The shell around the engine for one config entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str, configuration: Configuration) -> None:
        """Prepare; nothing is heard or sent before `async_start`."""
        self.hass = hass
        self.entry_id = entry_id
        self.configuration = configuration
        self.phones = PhoneEffect(hass, self)
        folder = Path(hass.config.path(".storage", DOMAIN, entry_id))
        self._journal = Journal(folder, self._on_journal_trouble)
        self._runner = Runner(hass, self.phones.async_deliver, self._report)
        self._clock = Clock(None)
        self._stopped = False
        self._incidents: dict[str, Incident] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._listeners: list[Listener] = []
        self._configuration_listeners: list[Callable[[], None]] = []

    async def async_start(self) -> None:
        """Read the record and take up every incident that is still owed something."""
        await self.phones.async_start()
        entries = await self.hass.async_add_executor_job(self._journal.load)
        async_set_issue(self.hass, ISSUE_UNREADABLE, self.entry_id, wanted=self._journal.unreadable)
        newest = max((entry.event.at for entry in entries), default=None)
        self._clock = Clock(newest)
        histories: dict[str, list[Event]] = {}
        for entry in entries:
            histories.setdefault(entry.incident, []).append(entry.event)
        for history in histories.values():
            incident = replay(history)
            if incident is not None and not incident.is_settled:
                self._incidents[incident.id] = incident
        if newest is not None:
            away = self._clock.now() - newest
            for incident_id in list(self._incidents):
                self.handle(Resume(away=away), incident_id)

    @callback
    def async_configure(self, configuration: Configuration) -> None:
        """Go on with what the caretaker just set up. Open incidents keep the plan they were opened with."""
        for gone in self.configuration.points.keys() - configuration.points.keys():
            async_set_issue(self.hass, ISSUE_FALLBACK, gone, wanted=False)
        self.configuration = configuration

    @callback
    def async_announce_configuration(self) -> None:
        """Tell those who show the configuration that it changed."""
        for listener in list(self._configuration_listeners):
            listener()

    async def async_stop(self) -> None:
        """Stop for good: deliveries and timers off, record closed."""
        self._stopped = True
        self.phones.async_stop()
        self._runner.stop()
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()
        if self.hass.is_running:  # not while Home Assistant closes: nobody would see it, and it is saving already
            for issue in (ISSUE_JOURNAL, ISSUE_NOBODY, ISSUE_UNREADABLE):
                async_set_issue(self.hass, issue, self.entry_id, wanted=False)
        await self._journal.close()

    # What others ask of a site

    @callback
    def async_press(self, point: TriggerPoint, press: Press, plan: str | None) -> None:
        """Take a press. Never refuses one: what is missing around it is made up for and reported."""
        reach = self.reach()
        response = self.configuration.plan(plan, reach)
        command = HandlePress(
            press=press,
            place=self._place(point),
            plan=response,
            incident=ulid_now(),
            secret=secrets.token_hex(16),
            reach=reach,
        )
        incidents = self.open_incidents(press.point)
        self.handle(command, incidents[-1].id if incidents else command.incident)
        async_set_issue(self.hass, ISSUE_FALLBACK, point.id, wanted=response.id == FALLBACK_PLAN)

    @callback
    def async_answer(self, token: str, user: str) -> bool:
        """Take a reply from a phone. Returns whether it was one of ours and from the person it was shown to."""
        for incident in list(self._incidents.values()):
            for call in incident.called:
                responder = self.configuration.responders.get(call.responder)
                if responder is None or responder.user != user:
                    continue
                if secrets.compare_digest(tokens.going(incident, call.channel).encode(), token.encode()):
                    actor = Actor(user=user, responder=responder.id, channel=call.channel)
                    self.handle(Acknowledge(by=actor), incident.id)
                    return True
        return False

    @callback
    def async_acknowledge(self, incidents: list[Incident], user: str) -> None:
        """Take incidents for a user."""
        for incident in incidents:
            self.handle(Acknowledge(by=self._actor(user)), incident.id)

    @callback
    def async_resolve(self, incidents: list[Incident], user: str) -> None:
        """End incidents."""
        for incident in incidents:
            self.handle(Resolve(by=self._actor(user)), incident.id)

    def open_incidents(self, point: str | None = None) -> list[Incident]:
        """Return the open incidents, of one trigger point or of all, oldest first."""
        return [i for i in self._incidents.values() if i.is_open and point in (None, i.press.point)]

    def open_orphans(self) -> list[Incident]:
        """Return the open incidents whose trigger point has been removed since."""
        return [i for i in self.open_incidents() if i.press.point not in self.configuration.points]

    async def async_record(self, incident: str) -> list[Entry]:
        """Return all that is on record about an incident, oldest first."""
        return await self.hass.async_add_executor_job(self._journal.read, incident)

    @callback
    def async_subscribe(self, listener: Listener) -> CALLBACK_TYPE:
        """Have the listener called with every incident that changed and with what happened to it."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def async_subscribe_configuration(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have the listener called whenever the configuration changed."""
        self._configuration_listeners.append(listener)
        return partial(self._configuration_listeners.remove, listener)

    @property
    def record_in_trouble(self) -> bool:
        """Return whether the disk is failing us at the moment."""
        return self._journal.in_trouble

    def reach(self) -> Reach:
        """Return who may be called right now, and how."""
        return {r.id: self.phones.channels(r) for r in self.configuration.responders.values()}

    # The one path

    @callback
    def handle(self, command: Command, incident_id: str) -> None:
        """Decide, record, and then let the world know. Decisions follow one another without a pause between."""
        if self._stopped:
            return
        incident = self._incidents.get(incident_id)
        events = decide(incident, command, self._clock.now())
        if not events:
            return
        if isinstance(first := events[0], Opened):
            incident, incident_id = None, first.incident
        changed = reduce(evolve, events, incident)
        assert changed is not None
        self._incidents[incident_id] = changed
        on_record = self._journal.append(incident_id, events)
        self.hass.async_create_task(self._carry_out(changed, events, on_record), "duress carry out", eager_start=True)

    async def _carry_out(self, incident: Incident, events: list[Event], on_record: asyncio.Future[None]) -> None:
        await self._journal.wait(on_record)
        if self._stopped:
            return
        if (current := self._incidents.get(incident.id)) is not None:
            self._runner.run(current, [m for m in due(incident) if current.messages.get(m.id) == m])
        self._arm(incident.id)
        self._publish(incident, events)
        if incident.is_settled:
            self._incidents.pop(incident.id, None)

    def _publish(self, incident: Incident, events: list[Event]) -> None:
        unanswered = any(i.phase is Phase.ACTIVE for i in self._incidents.values())
        async_set_issue(self.hass, ISSUE_NOBODY, self.entry_id, wanted=unanswered and not any(self.reach().values()))
        for listener in list(self._listeners):
            try:
                listener(incident, events)
            except Exception:  # whoever shows an incident must not stop those who answer it
                _LOGGER.exception("A view of an incident failed")

    def _report(self, incident_id: str, report: ReportDelivery) -> None:
        self.handle(report, incident_id)

    def _arm(self, incident_id: str) -> None:
        """Have the incident looked at again when it next wants to be: one timer each."""
        if cancel := self._timers.pop(incident_id, None):
            cancel()
        incident = self._incidents.get(incident_id)
        wanted = next_due(incident) if incident is not None else None
        if wanted is None:
            return
        delay = max(0.0, (wanted - self._clock.now()).total_seconds())
        tick = HassJob(partial(self._tick, incident_id), "duress timer", cancel_on_shutdown=True)
        self._timers[incident_id] = async_call_later(self.hass, delay, tick)

    @callback
    def _tick(self, incident_id: str, _now: datetime) -> None:
        self._timers.pop(incident_id, None)
        self.handle(Tick(reach=self.reach()), incident_id)
        self._arm(incident_id)

    # Small helpers

    def _place(self, point: TriggerPoint) -> Place:
        area = ar.async_get(self.hass).async_get_area(point.area) if point.area else None
        return Place(point=point.name, area=area.name if area else None)

    def _actor(self, user: str) -> Actor:
        responders = self.configuration.responders.values()
        return Actor(user=user, responder=next((r.id for r in responders if r.user == user), None))

    @callback
    def _on_journal_trouble(self, troubled: bool) -> None:
        async_set_issue(self.hass, ISSUE_JOURNAL, self.entry_id, wanted=troubled)
