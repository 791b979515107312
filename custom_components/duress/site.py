"""One building or business: its open incidents, its one path for commands, its timers.

A site outlives reloads of its config entry. Nobody but it changes an incident; whoever shows one
subscribes and is given it, immutable, once it is on record.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from functools import partial, reduce
import logging
from pathlib import Path

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .archive import Archive
from .clock import Clock
from .codes import Codes
from .configuration import FALLBACK_PLAN, Configuration
from .const import DOMAIN, ISSUE_JOURNAL, ISSUE_NOBODY, ISSUE_UNREADABLE
from .doorkeeper import Doorkeeper
from .duty import Duties
from .effects.channels import Channels
from .effects.texts import Texts
from .engine import decide, due, evolve, is_overlooked, next_due, replay
from .engine.commands import Answer, Command, PressedElsewhere, Resolve, Tick
from .engine.delivery_events import DeliveryFailed
from .engine.events import Acknowledged, Arrived, Declined, Event, Opened
from .engine.kinds import ENDS, Phase, Reply
from .engine.model import Actor, Call, Incident, Press
from .engine.reach import Reach
from .engine.site_events import HeardAgain, SiteEvent, WentDeaf
from .incidents import Incidents
from .issues import async_set_issue
from .journal import Journal
from .memory import Memory
from .openings import opening, place_of, upgraded
from .pictures import Pictures
from .proofs import Proofs
from .readiness import Readiness
from .recovery import remembered, taken_up
from .runner import Runner
from .timers import Timers
from .trigger_points import TriggerPoint
from .views import Views

_LOGGER = logging.getLogger(__name__)

AUDIT_EVERY = timedelta(seconds=30)


class Site:
    """The shell around the engine for one config entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str, configuration: Configuration) -> None:
        """Prepare; nothing is heard or sent before `async_start`."""
        self.hass = hass
        self.entry_id = entry_id
        self.configuration = configuration
        self.texts = Texts(hass)
        self.channels = Channels(hass, self)
        self.views = Views(hass)
        self.readiness = Readiness(hass, self.views)
        self.duties = Duties(hass, self)
        self.memory = Memory(self.record, self.now)
        self.proofs = Proofs(self.record, self.now)
        self._journal = Journal(Path(hass.config.path(".storage", DOMAIN, entry_id)), self._show_trouble)
        self.codes = Codes(hass, self._journal.folder)
        self.archive = Archive(hass, self._journal)
        self.pictures = Pictures(hass, self)
        self.doors = Doorkeeper(hass, self)
        self._runner = Runner(hass, self.channels.async_deliver, lambda i, report: self.handle(report, i))
        self.clock = Clock(None)
        self.deaf_since: datetime | None = None
        """Until when presses were heard before this start, None once they are heard again."""
        self._stopped = False
        self.raised: frozenset[str] | None = None
        """Sources whose level had risen when this start began, None where that is not known for certain."""
        self.incidents = Incidents()
        self._unwritten: Counter[str] = Counter()
        self._timers = Timers(hass, self._tick)
        self._stop_audit: CALLBACK_TYPE | None = None

    async def async_start(self) -> None:
        """Read the record and take up every incident that is still owed something."""
        await self.texts.async_load()
        await self.channels.async_start()
        found = await self.hass.async_add_executor_job(self._journal.load)
        async_set_issue(self.hass, ISSUE_UNREADABLE, self.entry_id, wanted=found.damaged)
        self.clock = Clock(found.newest)
        self.deaf_since = max(filter(None, (found.alive, found.newest)), default=None)
        if found.newest is not None and not found.damaged:
            self.raised = frozenset(found.checkpoint.raised)
        memory = remembered(found)
        self.duties.async_start(memory)
        self.memory.async_start(memory)
        incidents = taken_up(found, self.clock.now(), self.configuration, self.reach(), partial(place_of, self.hass))
        for incident_id, incident, command in incidents:
            if command is None:
                self._journal.settled(incident_id)
                if incident is not None:
                    self.incidents.forget(incident)
                continue
            if incident is not None:
                self.incidents.put(incident)
            self.handle(command, incident_id)
        await self.pictures.async_start()
        self.doors.async_start(memory)
        self._stop_audit = async_track_time_interval(self.hass, self._audit, AUDIT_EVERY, cancel_on_shutdown=True)

    @callback
    def async_configure(self, configuration: Configuration) -> None:
        """Go on with what the caretaker just set up. Open incidents keep the plan they were opened with."""
        self.configuration = configuration
        self._look_at_reach()
        self.doors.async_configure()

    @callback
    def async_reach_changed(self) -> None:
        """Look anew at whom a press would reach: somebody's login or phone came, changed or went."""
        self._look_at_reach()
        self.views.configuration_changed()

    async def async_stop(self) -> None:
        """Stop for good: deliveries and timers off, record closed."""
        self.record(WentDeaf(at=self.clock.now()))
        self._stopped = True
        self.channels.async_stop()
        self.duties.async_stop()
        self.doors.async_stop()
        self._runner.stop()
        if self._stop_audit is not None:
            self._stop_audit()
        self._timers.stop()
        if self.hass.is_running:  # not while Home Assistant closes: nobody would see it, and it is saving already
            for issue in (ISSUE_JOURNAL, ISSUE_NOBODY, ISSUE_UNREADABLE):
                async_set_issue(self.hass, issue, self.entry_id, wanted=False)
            self.readiness.async_stop()
        await self.pictures.async_stop()
        await self._journal.close()

    @callback
    def async_press(
        self, point: TriggerPoint, press: Press, plan: str | None, *, found: bool = False, late: bool = False
    ) -> list[Event]:
        """Take a press; returns what followed. None is refused: what is missing around it is made up for and reported.

        `found` tells that a start found it, and others may be found with it; `late` that it is too old to call people.
        """
        command = opening(
            self.hass,
            self.configuration,
            self.reach(point.id),
            point,
            press,
            plan_id=plan,
            now=self.now(),
            visited_at=self.memory.visited_at(point.id),
            found=found,
            late=late,
        )
        response = command.plan
        incidents = [i for i in self.incidents.real(press.point) if self.configuration.joins(response.id, i.began_with)]
        events = self.handle(command, incidents[-1].id if incidents and not late else command.incident)
        for other in self.incidents.elsewhere(response.id, point.id) if not (late or found) else ():
            self.handle(PressedElsewhere(press=press, holders=command.holders), other.id)
        if not response.covert:
            self.readiness.async_set_without_plan(point.id, wanted=response.id == FALLBACK_PLAN)
        return events

    @callback
    def async_answer(self, incident: Incident, by: Actor, reply: Reply, asked: int | None = None) -> list[Event]:
        """Answer an incident; returns what followed."""
        if (reason := ENDS.get(reply)) is not None:
            return self.handle(Resolve(by=by, reason=reason, asked=asked), incident.id)
        reach = self.reach(incident.press.point)
        upgrade = upgraded(self.configuration, incident, reach) if reply is Reply.MORE_HELP else None
        answer = Answer(by=by, reply=reply, asked=asked, busy=by.responder in reach.busy, upgrade=upgrade)
        events = self.handle(answer, incident.id)
        if any(isinstance(event, Acknowledged) for event in events):
            for other in self.incidents.together_with(incident, self.configuration.are_near, by):
                self.handle(Answer(by=by, reply=Reply.GOING), other.id)
        return events

    def actor(self, user: str, call: Call | None = None) -> Actor:
        """Return the person behind a user, who answers a call where it was shown to them."""
        responder = call.responder if call else next(iter(self.configuration.responders_of(user)), None)
        channel = call.channel if call else None
        return Actor(user=user, responder=responder, channel=channel, carrier=self.memory.carrier(responder))

    async def async_find(self, incident_id: str) -> Incident | None:
        """Return an incident, however long it has been over."""
        if (incident := self.incidents.get(incident_id)) is None:
            incident = replay(entry.event for entry in await self.archive.async_incident(incident_id))
            if incident is not None:
                self.incidents.forget(incident)
        return incident

    @callback
    def record(self, event: SiteEvent) -> asyncio.Future[None] | None:
        """Put on record what happened to the site itself."""
        return self._journal.append(None, [event]) if not self._stopped else None

    async def async_recorded(self, on_record: asyncio.Future[None] | None) -> None:
        """Wait until something is on record before it is done, as far as the disk lets us."""
        if on_record is not None:
            await self._journal.wait(on_record)

    @callback
    def async_listening(self) -> None:
        """Note that the trigger points are heard, and since when they were not."""
        if self.deaf_since is not None:
            self.record(HeardAgain(at=self.clock.now(), since=self.deaf_since))
            self.deaf_since = None

    def now(self) -> datetime:
        """Return the site's time."""
        return self.clock.now()

    def reach(self, point: str | None = None) -> Reach:
        """Return who may be called right now, and who cannot come to a trigger point for another call in hand."""
        return Reach(
            channels=self.channels.all(),
            busy=self.incidents.busy(point, self.configuration.are_near),
            off_duty=self.duties.off,
            groups=self.configuration.groups,
        )

    @callback
    def handle(self, command: Command, incident_id: str) -> list[Event]:
        """Decide, record, and then let the world know. Decisions follow one another without a pause between."""
        if self._stopped:
            return []
        incident = self.incidents.get(incident_id)
        if not (events := decide(incident, command, self.clock.now())):
            return []
        if isinstance(first := events[0], Opened):
            incident, incident_id = None, first.incident
        changed = reduce(evolve, events, incident)
        assert changed is not None
        self.incidents.put(changed)
        self._unwritten[incident_id] += 1
        on_record = self._journal.append(incident_id, events)
        self.hass.async_create_task(self._carry_out(changed, events, on_record), "duress carry out", eager_start=True)
        return events

    async def _carry_out(self, incident: Incident, events: list[Event], on_record: asyncio.Future[None]) -> None:
        await self._journal.wait(on_record)
        self._unwritten[incident.id] -= 1
        if self._stopped:
            return
        if (current := self.incidents.get(incident.id)) is not None:
            self._runner.run(current, [m for m in due(incident) if current.messages.get(m.id) == m])
            self.pictures.run(current)
        self.doors.run()
        self._arm(incident.id)
        if any(isinstance(event, Acknowledged | Arrived) for event in events):
            self._look_for_others(incident.id)
        if any(isinstance(event, Declined | DeliveryFailed) for event in events):
            self._tick(incident.id)  # the rest of those who were called may be busy
        if current is incident:
            self._forget_settled(incident)
        self.memory.note(incident, events)
        self._publish(incident, events)

    def _look_for_others(self, taken: str) -> None:
        """Have those called for other incidents who are not waited for any more: somebody just took one in hand."""
        for other in self.incidents.open():
            if other.id != taken and other.phase is Phase.ACTIVE:
                self._tick(other.id)

    def _publish(self, incident: Incident, events: list[Event]) -> None:
        unanswered = any(i.phase is Phase.ACTIVE and not i.plan.covert for i in self.incidents)
        async_set_issue(self.hass, ISSUE_NOBODY, self.entry_id, wanted=unanswered and self.reach().is_empty)
        self.views.incident_changed(incident, events)

    def _arm(self, incident_id: str) -> None:
        """Have the incident looked at again when it next wants to be."""
        incident = self.incidents.get(incident_id)
        wanted = next_due(incident) if incident is not None else None
        self._timers.set(incident_id, wanted - self.clock.now() if wanted is not None else None)

    def _tick(self, incident_id: str) -> None:
        if (incident := self.incidents.get(incident_id)) is not None:
            self.handle(Tick(reach=self.reach(incident.press.point)), incident_id)
        self._arm(incident_id)

    @callback
    def _audit(self, _now: datetime) -> None:
        """Find incidents that nothing would happen to any more, whatever the fault, and take them up again."""
        self._show_trouble()
        for incident in self.incidents:
            if is_overlooked(incident, self.clock.now()):
                _LOGGER.error("An open incident was not being looked after; it is taken up again")
                self._tick(incident.id)
            if (current := self.incidents.get(incident.id)) is not None and not self._unwritten[incident.id]:
                self._runner.run(current, due(current))  # starts nothing that is under way
                self.pictures.run(current)
                self._forget_settled(current)
        self.doors.async_configure()  # locks may have been renamed

    def _look_at_reach(self) -> None:
        self.channels.async_forget()
        self.duties.async_update()
        self.readiness.async_configure(self.configuration, self.reach())

    def _forget_settled(self, incident: Incident) -> None:
        if not incident.is_settled or self.doors.holds(incident.id):
            return
        self.incidents.forget(incident)
        self._unwritten.pop(incident.id, None)
        self._journal.settled(incident.id)

    @callback
    def _show_trouble(self, *_: object) -> None:
        """Say whether the disk fails us, but not while that would tell of a covert call (hazard H26)."""
        if not self._stopped and not any(incident.plan.covert for incident in self.incidents.open()):
            async_set_issue(self.hass, ISSUE_JOURNAL, self.entry_id, wanted=self._journal.in_trouble)
