"""Follows where the phone is from which somebody called, for no longer than hazard H43 allows."""

from datetime import timedelta

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval

from ..effects.phone import async_ask_for_position, async_tell, phones_of
from ..engine.agenda import tracks_position
from ..engine.commands import ReportPosition
from ..engine.events import Event as IncidentEvent
from ..engine.model import Incident
from ..site import Site
from ..whereabouts import position_in, trackers_of

ASK_EVERY = timedelta(minutes=2)
TAG = "duress_position"


class Positions:
    """Follows the phones of those who called from one."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Go on with the calls that are open."""
        self._hass = hass
        self._site = site
        self._following: dict[str, list[CALLBACK_TYPE]] = {}
        self._unsubscribe = site.views.async_subscribe(self._changed)
        for incident in site.incidents.open():
            self._changed(incident, [])

    @callback
    def async_stop(self) -> None:
        """Follow nobody any more."""
        self._unsubscribe()
        for incident in list(self._following):
            self._let_go(incident)

    @callback
    def _changed(self, incident: Incident, _events: list[IncidentEvent]) -> None:
        user = incident.press.user
        wanted = user is not None and tracks_position(incident, self._site.now())
        if user is not None and wanted and incident.id not in self._following:
            self._follow(incident, user)
        elif not wanted and incident.id in self._following:
            self._let_go(incident.id)
            if not incident.plan.covert:
                self._tell(user, clear=True)

    def _follow(self, incident: Incident, user: str) -> None:
        """Report where the phones of a user are, now and whenever that changes.

        In a covert call they are not asked: the answer would move what Home Assistant shows of them (hazard H6).
        """
        trackers = trackers_of(self._hass, user)

        @callback
        def moved(event: Event[EventStateChangedData]) -> None:
            self._report(incident.id, event.data["new_state"])

        @callback
        def ask(_now: object = None) -> None:
            current = self._site.incidents.get(incident.id)
            if current is None or not tracks_position(current, self._site.now()):
                self._changed(current or incident, [])
            elif not incident.plan.covert:
                for phone in phones_of(self._hass, user):
                    self._hass.async_create_task(async_ask_for_position(self._hass, phone), "duress position")

        self._following[incident.id] = [
            async_track_state_change_event(self._hass, trackers, moved),
            async_track_time_interval(self._hass, ask, ASK_EVERY, cancel_on_shutdown=True),
        ]
        ask()
        if not incident.plan.covert:
            self._tell(user, clear=False)

    def _report(self, incident: str, state: State | None) -> None:
        if state is not None and (position := position_in(self._hass, state)) is not None:
            self._site.handle(ReportPosition(position=position), incident)

    def _let_go(self, incident: str) -> None:
        for stop in self._following.pop(incident):
            stop()

    def _tell(self, user: str | None, *, clear: bool) -> None:
        """Say to whoever called that the position is shared, and take that back once it is not."""
        responder = next(iter(self._site.configuration.responders_of(user)), None)
        language = self._site.texts.to(self._site.configuration.responders.get(responder or ""))
        text = "clear_notification" if clear else language.say("position_shared", {})
        for phone in phones_of(self._hass, user):
            self._hass.async_create_task(async_tell(self._hass, phone, text, TAG), "duress position")
