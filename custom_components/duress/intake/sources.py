"""Listens to the sources of every trigger point, each by itself, from before the first entity to the last moment.

Attached sources outlive a reload of the entry: only what the caretaker changed is taken off or put on.
"""

import asyncio
from datetime import datetime
import logging
from typing import Any

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange, ConfigEntryState
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    CoreState,
    Event,
    EventOrigin,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from ..clock import Clock
from ..const import DOMAIN, ISSUE_DEAF
from ..devices import listed, named_in, platform_of
from ..effects.texts import plain
from ..engine.kinds import Origin, Proof
from ..engine.model import Press
from ..engine.site_events import HeardAgain, LevelChanged, PressHeld, WentDeaf
from ..issues import async_set_issue
from ..site import Site
from ..trigger_points import Source, TriggerPoint
from .attach import async_attach
from .deliberate import Deliberate, button_of
from .found import FoundPresses
from .signals import take_signal
from .stuck import StuckButtons
from .truth import FOUND_UP_TO, Memory
from .zigbee import ZHA, ZIGBEE_ALARM

_LOGGER = logging.getLogger(__name__)

TAG = "tag"
WEBHOOK = "webhook"
"""A trigger that another machine pulls, over the network (hazard H21)."""
RETRY_AFTER = 30
"""Seconds between attempts at a source that cannot be attached."""


class SourceListener:
    """Keeps every source of a site attached."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Hear for the site; nothing is attached before `async_apply`."""
        self._hass = hass
        self._site = site
        self._attached: dict[str, tuple[Source, CALLBACK_TYPE]] = {}
        self._deaf: dict[str, datetime] = {}
        self._memories: dict[str, Memory] = {}
        self._deliberate: dict[str, Deliberate] = {}
        self._found = FoundPresses(hass, site)
        self._stuck = StuckButtons(hass, site, self._is_raised)
        self._applying = asyncio.Lock()
        self._listening = True
        self._cancel_retry: CALLBACK_TYPE | None = None
        self._unsubscribe = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed)

    async def async_apply(self) -> None:
        """Attach what the configuration has and this has not, take off what is gone; try again while one is missing."""
        async with self._applying:
            points = self._site.configuration.points.values()
            wanted = {source.id: (point, source) for point in points for source in point.sources}
            self._memories = {
                source_id: self._memories.get(source_id) or self._memory(source)
                for source_id, (_, source) in wanted.items()
            }
            for source_id, (source, _) in list(self._attached.items()):
                if source_id not in wanted or wanted[source_id][1] != source:
                    self._detach(source_id)
            missing = [pair for source_id, pair in wanted.items() if source_id not in self._attached]
            # Side by side: an integration that is slow to answer must not keep the other buttons deaf.
            try:
                await asyncio.gather(*(self._async_add(point, source) for point, source in missing))
            finally:
                deaf = any(source_id not in self._attached for source_id in wanted)
                self._try_again(deaf=self._listening and deaf)
            if self._listening:
                self._report_deaf()
                self._site.async_listening()

    @callback
    def async_detach(self) -> None:
        """Hear nothing any more."""
        self._listening = False
        self._unsubscribe()
        self._found.async_stop()
        self._stuck.async_stop()
        self._try_again(deaf=False)
        for source_id in list(self._attached):
            self._detach(source_id)
        if self._hass.is_running:
            for point in self._deaf:
                async_set_issue(self._hass, ISSUE_DEAF, point, wanted=False)

    @callback
    def async_gone(self, name: str) -> None:
        """Take off the sources that name an entity or a device which has been removed; it may come back."""
        found = [id_ for id_, (source, _) in self._attached.items() if name in named_in(source.trigger)]
        for source_id in found:
            self._detach(source_id)
        if found:
            self._report_deaf()
            self._try_again(deaf=True)

    @callback
    def async_renamed(self, old: str, new: str) -> None:
        """Know under its new name what was heard of an entity."""
        for memory in self._memories.values():
            memory.rename(old, new)

    def _is_raised(self, source: Source) -> bool:
        return source.id in self._memories and self._memories[source.id].is_raised

    def _detach(self, source_id: str) -> None:
        self._attached.pop(source_id)[1]()

    def _memory(self, source: Source) -> Memory:
        """Return what a source has heard before it is listened to: what is on record, if this is a start."""
        entities = listed(source.trigger.get("entity_id"))
        since = self._site.deaf_since
        before = self._site.raised if since is not None else None
        raised = {e for e in entities if self._level_key(source.id, e) in before} if before is not None else None

        def tell(entity: str, raised: bool) -> None:
            key = self._level_key(source.id, entity)
            changed = LevelChanged(at=self._site.now(), source=key, raised=raised)
            self._hass.loop.call_soon(self._site.record, changed)  # a press that it means must not wait for it

        return Memory(since or Clock.wall(), raised, tell)

    def _level_key(self, source_id: str, entity: str) -> str:
        """Return what an entity of a source is called in the record: not its id, which can hold a name, and change."""
        points = self._site.configuration.points.values()
        found = (listed(s.trigger.get("entity_id")) for point in points for s in point.sources if s.id == source_id)
        return next((f"{source_id}.{entities.index(entity)}" for entities in found if entity in entities), source_id)

    async def _async_add(self, point: TriggerPoint, source: Source) -> None:
        remove = await self._async_attach(point, source)
        if remove is not None and self._listening:
            self._attached[source.id] = (source, remove)
        elif remove is not None:  # detached meanwhile
            remove()

    @callback
    def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Try again at once what is missing: the integration behind it may have come back."""
        loaded = entry.state is ConfigEntryState.LOADED and entry.domain != DOMAIN
        if loaded and self._cancel_retry is not None and self._is_missed(entry.domain):
            self._try_again(deaf=False)
            self._hass.async_create_task(self.async_apply(), "duress sources")

    def _is_missed(self, domain: str) -> bool:
        """Return whether an integration may be what a source waits for; while all starts, only one that it names."""
        if self._hass.state is CoreState.running:
            return True
        points = self._site.configuration.points.values()
        missing = (s.trigger for point in points for s in point.sources if s.id not in self._attached)
        names = {domain, ZIGBEE_ALARM} if domain == ZHA else {domain}
        return any(names & named_in(trigger) for trigger in missing)

    def _try_again(self, *, deaf: bool) -> None:
        """While a source is missing try again when Home Assistant has started, and then every half minute."""
        if self._cancel_retry is not None:
            self._cancel_retry()
            self._cancel_retry = None
        if deaf and self._hass.state is not CoreState.running:
            self._cancel_retry = async_at_started(self._hass, self._async_retry)
        elif deaf:
            retry = HassJob(self._async_retry, "duress source retry", cancel_on_shutdown=True)
            self._cancel_retry = async_call_later(self._hass, RETRY_AFTER, retry)

    async def _async_retry(self, _now: Any) -> None:
        self._cancel_retry = None
        await self.async_apply()

    async def _async_attach(self, point: TriggerPoint, source: Source) -> CALLBACK_TYPE | None:
        @callback
        def heard(heard_at: datetime, event: Event[Any] | None, context: Context | None) -> None:
            remote = event.origin is EventOrigin.remote if event is not None else platform_of(source.trigger) == WEBHOOK
            press = Press(
                point=point.id,
                source=source.id,
                gesture=source.gesture,
                heard_at=heard_at,
                origin=Origin.REMOTE if remote else Origin.LOCAL,
                user=context.user_id if context else None,
            )
            # By its present name, or by the one it had where it is being removed at this moment.
            current = self._site.configuration.points.get(point.id, point)
            age = Clock.wall() - heard_at
            late = age > FOUND_UP_TO
            found = not late and self._found.is_found(age, event)
            if (what := source.signals) is not None:
                if not late and not found:  # it may be from before the call
                    by_hand = Proof.TAP if press.user is not None else Proof.ROOM  # a helper is pressed from anywhere
                    proof = Proof.TAG if platform_of(source.trigger) == TAG else by_hand
                    take_signal(self._site, current, press, what, proof)
                return
            asked_for = not (late or found or self._site.incidents.open(point.id))
            if asked_for and self._site.proofs.takes(press):
                return
            if not self._is_meant(current, source):
                self._site.record(PressHeld(at=self._site.now(), press=press))
                return
            self._found.add(self._site.async_press(current, press, source.plan, found=found, late=late))

        def answer() -> str:
            """Say that people are called, but never of a quiet call (hazard H48)."""
            current = self._site.configuration.points.get(point.id, point)
            covert = self._site.configuration.is_covert(current)
            words = {"point": plain(current.name)}
            return "" if covert else self._site.texts.default.say("voice_called", words)

        try:
            return await async_attach(self._hass, source.trigger, self._memories[source.id], heard, answer)
        except Exception as error:
            _LOGGER.warning("A trigger point cannot be heard yet: %s", type(error).__name__)
            _LOGGER.debug("The source could not be attached", exc_info=True)
            return None

    def _is_meant(self, point: TriggerPoint, source: Source) -> bool:
        """Return whether a press calls by itself or with the one before it. To an open call every press counts."""
        if point.asks_for is None or self._site.incidents.open(point.id):
            return True
        button = button_of(self._hass, source)
        presses = self._deliberate.setdefault(point.id, Deliberate())
        return presses.is_meant(button, point.asks_for, point.within, self._site.now())

    def _report_deaf(self) -> None:
        """Say which trigger points cannot be heard, and take back what was said of others."""
        points = self._site.configuration.points.values()
        deaf = {point.id for point in points if any(source.id not in self._attached for source in point.sources)}
        if self._hass.state is not CoreState.running:
            deaf.clear()  # what is missing now may come with an integration that has not started yet
        for point_id in deaf | self._deaf.keys():
            async_set_issue(self._hass, ISSUE_DEAF, point_id, wanted=point_id in deaf)
        self._site.readiness.async_set_deaf(frozenset(deaf))
        now = self._site.now()
        for point_id in deaf - self._deaf.keys():
            self._deaf[point_id] = now
            self._site.record(WentDeaf(at=now, point=point_id))
        for point_id in self._deaf.keys() - deaf:
            self._site.record(HeardAgain(at=now, since=self._deaf.pop(point_id), point=point_id))
