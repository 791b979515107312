"""The doors of a site: moved for its incidents and lockdowns, looked at until they are as wanted, and brought back."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from .devices import entity_id_of
from .door_calls import async_tell_stuck, call_to
from .doors import Door
from .effects.locks import Locks
from .engine.commands import ReportDoor
from .engine.door_events import DoorMoved, LockdownChanged
from .engine.doors import Bolt, Movement, Order, Stage
from .engine.moving import Guard, look_again_at, moved
from .engine.orders import orders_of, orders_of_lockdown, releases, strongest
from .engine.site_events import SiteEvent
from .engine.why import Why
from .fire import FireWatch
from .timers import Timers

if TYPE_CHECKING:
    from .site import Site

WHOLE_SITE = ""


class Doorkeeper:
    """Moves doors. What is wanted of them is read off the incidents; what became of them is on record."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Move nothing before `async_start`."""
        self._hass = hass
        self._site = site
        self._locks = Locks(hass)
        self._timers = Timers(hass, self._look)
        self._started: datetime | None = None
        self._movements: dict[str, Movement] = {}
        self._changed_at: dict[str, datetime] = {}
        self._called: dict[str, str] = {}
        """The incident by which people are called to each door that was left open."""
        self._lockdowns: dict[str, LockdownChanged] = {}
        """The last word about each area, or the whole site, whether it was to lock its doors or to release them."""
        self._seen: dict[str, Door] = {}
        """Doors as they were set up last: one that is removed while it is open must still be secured."""
        self._fires = FireWatch(hass)
        self._followed: list[str] = []
        self._stop_following: CALLBACK_TYPE | None = None
        self._news: asyncio.Future[None] | None = None
        """Done when something becomes known of any door, for whoever waits for that."""

    @callback
    def async_start(self, memory: Iterable[SiteEvent]) -> None:
        """Go on from what the record tells. An attempt that was under way has its time anew."""
        self._started = self._site.now()
        for event in memory:
            if isinstance(event, DoorMoved):
                self._remember(event)
            elif isinstance(event, LockdownChanged):
                self._lockdowns[event.area] = event
        wanted = self._wanted()
        if any(movement.why is Why.FIRE for door, movement in self._movements.items() if door in wanted):
            self._fires.assume(self._site.configuration.fire_sensors)
        self.async_configure()

    @callback
    def async_configure(self) -> None:
        """Follow the locks that are set up now."""
        configuration = self._site.configuration
        self._seen |= configuration.doors
        doors = self._seen.values()
        followed = (*(d.lock for d in doors), *(d.jam_sensor for d in doors), *configuration.fire_sensors)
        entities = [entity_id_of(self._hass, entity) for entity in followed if entity]
        if entities != self._followed:
            self._follow(entities)
        self.run()

    def _follow(self, entities: list[str]) -> None:
        if self._stop_following is not None:
            self._stop_following()
        self._followed = entities
        self._stop_following = async_track_state_change_event(self._hass, entities, self._changed)

    @callback
    def async_stop(self) -> None:
        """Move nothing any more. What was begun is gone on with if there is a next start."""
        if self._stop_following is not None:
            self._stop_following()
        self._timers.stop()
        self._locks.stop()

    @property
    def lockdowns(self) -> list[LockdownChanged]:
        """Return what is locked down at the moment."""
        return [each for each in self._lockdowns.values() if not each.released]

    @property
    def is_fire(self) -> bool:
        """Return whether something says that nobody may be locked in."""
        return self._fires.is_fire(self._site.configuration.fire_sensors)

    def movement(self, door: str) -> Movement | None:
        """Return what was last wanted of a door, and how far that is."""
        return self._movements.get(door)

    def is_done(self, door: str, bolt: Bolt) -> bool:
        """Return whether a door is so, or on its way, for a call or a lockdown."""
        movement = self._movements.get(door)
        if movement is None or movement.securing or movement.stage not in (Stage.MOVING, Stage.DONE):
            return False
        return movement.bolt is bolt

    def holds(self, incident: str) -> bool:
        """Return whether a door is still being brought back for an incident, so that it is to be told."""
        return any(m.incident == incident and not m.is_over for m in self._movements.values())

    def are_settled(self, doors: Iterable[str]) -> bool:
        """Return whether it is known of all these doors what became of them."""
        movements = (self._movements.get(door) for door in doors if door in self._site.configuration.doors)
        return all(m is not None and m.stage is not Stage.MOVING and m.again_at is None for m in movements)

    async def async_settled(self, doors: Iterable[str]) -> None:
        """Wait until it is known what became of these doors."""
        doors = tuple(doors)
        while not self.are_settled(doors):
            self._news = self._news or self._hass.loop.create_future()
            await asyncio.shield(self._news)

    @callback
    def async_lock_down(self, area: str | None, by: str) -> LockdownChanged:
        """Lock all doors of an area, or of the whole site, until somebody releases them."""
        doors = self._site.configuration.doors.values()
        chosen = tuple(door.id for door in doors if area is None or door.area == area)
        lockdown = LockdownChanged(at=self._site.now(), area=area or WHOLE_SITE, doors=chosen, by=by)
        self._change(lockdown)
        return lockdown

    @callback
    def async_release(self, area: str | None, by: str) -> bool:
        """Let the doors of an area, or all, be as they were before they were locked; tells whether any were."""
        locked = [each for each in self.lockdowns if area in (None, each.area)]
        for each in locked:
            self._change(replace(each, at=self._site.now(), by=by, released=True))
        return bool(locked)

    @callback
    def run(self) -> None:
        """Have every door be as it is wanted now."""
        if self._started is None or not (self._site.configuration.doors or self._movements):
            return
        wanted = self._wanted()
        for door in (*self._site.configuration.doors.values(), *self._removed()):
            self._move(door, wanted.get(door.id, []))

    def _removed(self) -> list[Door]:
        """Return the doors that are not set up any more, but not brought back yet; of some nothing else is known."""
        left = (m.door for m in self._movements.values() if not m.is_over)
        gone = (door for door in left if door not in self._site.configuration.doors)
        return [self._seen.get(door) or Door(id=door, name="", lock=door) for door in gone]

    def _wanted(self) -> dict[str, list[Order]]:
        now, wanted = self._site.now(), dict[str, list[Order]]()
        desks = frozenset(r.id for r in self._site.configuration.responders.values() if r.desk)
        orders = [order for incident in self._site.incidents.open() for order in orders_of(incident, now, desks)]
        orders += [order for lockdown in self.lockdowns for order in orders_of_lockdown(lockdown)]
        for order in orders:
            wanted.setdefault(order.door, []).append(order)
        return wanted

    def _move(self, door: Door, orders: list[Order]) -> None:
        now, known = self._site.now(), self._movements.get(door.id)
        if not orders and (known is None or known.is_over):
            return
        order = strongest(orders)
        movement = moved(known, order, self._locks.live(door), self._guard(door, known), now)
        if order is not None and movement is not None:
            self._tell_others(door, movement, (other for other in orders if other.incident != order.incident))
        if movement is not None and movement != known:
            self._movements[door.id], self._changed_at[door.id] = movement, now
            event = DoorMoved(at=now, door=door.id, movement=movement, called=self._called.get(door.id))
            task = self._carry_out(door, movement, self._site.record(event))
            self._hass.async_create_task(task, "duress door", eager_start=False)  # run() is still under way
        elif movement is not None:
            self._locks.tell(door, movement)
            if movement.stage is Stage.LEFT_OPEN and door.id not in self._called:  # a power cut came between, or a fire
                self._call_to(door, movement)
        self._arm(door.id)

    def _tell_others(self, door: Door, movement: Movement, orders: Iterable[Order]) -> None:
        """Tell the other incidents that want something of a door how it is, or that it is locked down."""
        wanted: dict[str | None, list[Order]] = {}
        for order in orders:
            wanted.setdefault(order.incident, []).append(order)
        for order in filter(None, map(strongest, wanted.values())):
            if order.bolt is not movement.bolt:
                held = Why.LOCKED_DOWN if movement.incident is None else Why.STAYS_LOCKED
                why = held if movement.bolt is Bolt.LOCKED else Why.HAD_OPENED
                self._tell(order.incident, door, order.bolt, Stage.KEPT, why=why)
            elif movement.stage is not Stage.MOVING:
                self._tell(order.incident, door, movement.bolt, movement.stage, why=movement.why)

    async def _carry_out(self, door: Door, movement: Movement, on_record: asyncio.Future[None] | None) -> None:
        """Tell the lock once it is on record what is wanted, and the incident what became of it."""
        await self._site.async_recorded(on_record)
        if self._movements.get(door.id) == movement:
            self._locks.tell(door, movement)
        self._report(door, movement)
        if (news := self._news) is not None:
            self._news = None
            news.set_result(None)

    def _report(self, door: Door, movement: Movement) -> None:
        if movement.stage is Stage.MOVING:
            return
        called = self._site.incidents.get(self._called.get(door.id, ""))
        if movement.stage is Stage.LEFT_OPEN and not (called is not None and called.is_open):
            self._called.pop(door.id, None)
            self._call_to(door, movement)
        for incident in (movement.incident, self._called.get(door.id)):
            self._tell(incident, door, movement.bolt, movement.stage, why=movement.why, securing=movement.securing)
        if movement.is_over:
            self._called.pop(door.id, None)
            if (movement.bolt, movement.stage) == (Bolt.UNLOCKED, Stage.KEPT) and movement.why is not None:
                tell = async_tell_stuck(self._hass, self._site, door, movement)
                self._hass.async_create_background_task(tell, "duress door", eager_start=True)
        if self.lockdowns or movement.incident is None:  # nothing moves for a quiet call, not even when it was said
            self._site.views.configuration_changed()

    def _call_to(self, door: Door, movement: Movement) -> None:
        """Call people to a door that was left open, and remember it: a start is not to call them twice.

        Nobody is sent to lock a door while there is a fire; once it is over people are called to it.
        """
        if self.is_fire:
            return
        cause = self._site.incidents.get(movement.incident) if movement.incident is not None else None
        command = call_to(self._site, door, cause)
        self._called[door.id] = command.incident
        self._site.handle(command, command.incident)
        self._site.record(DoorMoved(at=self._site.now(), door=door.id, movement=movement, called=command.incident))

    def _tell(
        self, incident: str | None, door: Door, bolt: Bolt, stage: Stage, *, why: Why | None, securing: bool = False
    ) -> None:
        known = self._site.incidents.get(incident) if incident is not None else None
        if known is None or (stage is Stage.KEPT and why is None):  # it simply stays as it is
            return
        report = ReportDoor(
            door=door.id,
            name=door.name,
            bolt=bolt,
            stage=stage,
            why=why,
            securing=securing,
            reach=self._site.reach(known.press.point),
        )
        self._site.handle(report, known.id)

    def _guard(self, door: Door, known: Movement | None) -> Guard:
        assert self._started is not None, "nothing is moved before a start"
        return Guard(
            may_lock=door.may_lock,
            fire=self.is_fire,
            released_at=self._released_at(known) if known is not None else None,
            started=self._started,
        )

    def _released_at(self, known: Movement) -> datetime | None:
        """Return when what a door was locked for was ended at the word of a person."""
        words = [each.at for each in self._lockdowns.values() if each.released and known.door in each.doors]
        words = [at for at in words if at >= self._changed_at[known.door]]
        incident = self._site.incidents.get(known.incident) if known.incident is not None else None
        if incident is not None and incident.resolved_at is not None and releases(incident):
            words.append(incident.resolved_at)
        return max(words, default=None)

    def _change(self, event: LockdownChanged) -> None:
        self._lockdowns[event.area] = event
        self._site.record(event)
        self.run()
        self._site.views.configuration_changed()

    def _remember(self, event: DoorMoved) -> None:
        movement = event.movement
        assert self._started is not None, "it is remembered at a start"
        if movement.stage is Stage.MOVING:
            against = movement.against and movement.until > self._started
            movement = replace(movement, since=self._started, right_since=None, against=against)
        self._movements[event.door], self._changed_at[event.door] = movement, event.at
        if event.called is not None and not movement.is_over:
            self._called[event.door] = event.called

    def _arm(self, door: str) -> None:
        movement, started = self._movements.get(door), self._started
        now = self._site.now()
        at = look_again_at(movement, started, now) if movement is not None and started is not None else None
        self._timers.set(door, at - now if at is not None else None)

    @callback
    def _look(self, _door: str) -> None:
        self.run()

    @callback
    def _changed(self, _event: Event[EventStateChangedData]) -> None:
        self.run()
