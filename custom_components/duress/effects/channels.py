"""Every way to reach the responders of a site, and who may be called on them at the moment."""

from dataclasses import replace
from typing import TYPE_CHECKING

from homeassistant.auth import EVENT_USER_ADDED, EVENT_USER_REMOVED, EVENT_USER_UPDATED
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered
from homeassistant.helpers.start import async_at_started

from ..engine.messages import said_with
from ..engine.model import Incident, Message
from ..engine.reach import Channel
from ..responders import Responder
from ..rights import may_act
from . import Adapter, DeliveryError, LateFailure
from .actions import ActionsAdapter
from .notify import NOTIFY, NotifyAdapter, can_be_used
from .phone import MOBILE_APP, PhoneAdapter

if TYPE_CHECKING:
    from ..site import Site


class Channels:
    """Delivers messages. Whether somebody may be called is looked up anew for each (hazard H20)."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Reach the site's responders."""
        self._hass = hass
        self._site = site
        self._adapters: tuple[Adapter, ...] = (PhoneAdapter(hass), NotifyAdapter(hass), ActionsAdapter(hass))
        self._users: dict[str | None, bool] = {}
        """Who may be called, and whether they may answer."""
        self._known: dict[str, tuple[Channel, ...]] = {}
        self._unsubscribe: list[CALLBACK_TYPE] = []

    async def async_start(self) -> None:
        """Follow who may be called."""
        await self._async_follow_users()
        for event in (EVENT_USER_ADDED, EVENT_USER_UPDATED, EVENT_USER_REMOVED):
            self._unsubscribe.append(self._hass.bus.async_listen(event, self._async_user_changed))
        self._unsubscribe.append(async_at_started(self._hass, self._async_started))
        notify = TrackStates(all_states=False, entities=set(), domains={NOTIFY})
        follow = async_track_state_change_filtered(self._hass, notify, self._async_notify_changed)
        self._unsubscribe.append(follow.async_remove)
        self._unsubscribe.append(
            async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed)
        )

    @callback
    def async_stop(self) -> None:
        """Follow nobody any more."""
        while self._unsubscribe:
            self._unsubscribe.pop()()

    def all(self) -> dict[str, tuple[Channel, ...]]:
        """Return on which channels each responder may be called right now."""
        return {responder.id: self.of(responder) for responder in self._site.configuration.responders.values()}

    def of(self, responder: Responder) -> tuple[Channel, ...]:
        """Return the channels on which a responder may be called: none once that person's login is not active.

        Nobody can answer with a login that may only look.
        """
        if (known := self._known.get(responder.id)) is not None:
            return known
        channels = self._look_up(responder)
        if not responder.notify:  # those come and go without a word
            self._known[responder.id] = channels
        return channels

    @callback
    def async_forget(self) -> None:
        """Look everybody up anew. A press must not wait for what changes once a month."""
        self._known.clear()

    def _look_up(self, responder: Responder) -> tuple[Channel, ...]:
        if responder.user is not None and responder.user not in self._users:
            return ()
        channels = (channel for adapter in self._adapters for channel in adapter.channels(responder))
        if self._users.get(responder.user, True):
            return tuple(channels)
        return tuple(replace(channel, answerable=False) for channel in channels)

    async def async_deliver(self, incident: Incident, message: Message, late_failure: LateFailure) -> None:
        """Hand a message over, or raise DeliveryError; tell `late_failure` if it is lost later."""
        responder = self._site.configuration.responders.get(message.responder)
        if responder is None:
            raise DeliveryError("the responder is gone")
        channel = next((c for c in self.of(responder) if c.id == message.channel), None)
        if channel is None:
            raise DeliveryError("the responder can no longer be reached there")
        await self._require_active(responder)
        text = self._site.texts.to(responder).compose(
            incident,
            said_with(incident, message),
            responder.id,
            self._site.configuration,
            answerable=channel.answerable,
        )
        adapter = next(a for a in self._adapters if channel.id.startswith(a.prefix))
        await adapter.async_deliver(responder, incident, message, text, late_failure)

    async def _require_active(self, responder: Responder) -> None:
        """Ask anew whether the login is active: nobody may be called in the moment after it was withdrawn."""
        if responder.user is None:
            return
        user = await self._hass.auth.async_get_user(responder.user)
        if user is None or not user.is_active:
            await self._async_follow_users()
            raise DeliveryError("the responder's user is not active")

    async def _async_started(self, _hass: HomeAssistant) -> None:
        self._site.async_reach_changed()  # notify entities have come since

    @callback
    def _async_notify_changed(self, event: Event[EventStateChangedData]) -> None:
        """Look anew at who can be reached when a notify entity comes or goes, not each time one is used."""
        before, state = event.data["old_state"], event.data["new_state"]
        if can_be_used(before) != can_be_used(state):
            self._site.async_reach_changed()

    async def _async_user_changed(self, _event: Event) -> None:
        await self._async_follow_users()
        self._site.async_reach_changed()

    async def _async_follow_users(self) -> None:
        users = await self._hass.auth.async_get_users()
        self._users = {user.id: may_act(user) for user in users if user.is_active}
        self.async_forget()

    @callback
    def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == MOBILE_APP:
            self._site.async_reach_changed()
