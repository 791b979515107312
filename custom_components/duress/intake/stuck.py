"""Notices buttons that stay pressed: they cannot be heard again before they are let go."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import ISSUE_STUCK
from ..issues import async_set_issue
from ..site import Site
from ..trigger_points import Source, TriggerPoint

LOOK_EVERY = timedelta(seconds=30)
STUCK_AFTER = timedelta(minutes=5)
"""No finger stays that long, and no pendant takes that long to say that it was let go."""


class StuckButtons:
    """Says of a trigger point that it is stuck, once each way in which it is heard stays raised.

    Not while a call of it is open: whoever comes sees the button. Never of one with a covert plan: that would show
    that it was pressed, and which (hazard H6).
    """

    def __init__(self, hass: HomeAssistant, site: Site, is_raised: Callable[[Source], bool]) -> None:
        """Look every half minute."""
        self._hass = hass
        self._site = site
        self._is_raised = is_raised
        self._since: dict[str, datetime] = {}
        self._stuck: frozenset[str] = frozenset()
        self._stop: CALLBACK_TYPE = async_track_time_interval(hass, self._look, LOOK_EVERY, cancel_on_shutdown=True)

    @callback
    def async_stop(self) -> None:
        """Look no more."""
        self._stop()
        if self._hass.is_running:
            self._say(frozenset())

    @callback
    def _look(self, _now: datetime) -> None:
        now = self._site.now()
        raised = [point.id for point in self._site.configuration.points.values() if self._cannot_be_heard(point)]
        self._since = {point: self._since.get(point, now) for point in raised}
        long = (point for point, since in self._since.items() if now - since >= STUCK_AFTER)
        self._say(frozenset(point for point in long if not self._site.incidents.open(point)))

    def _cannot_be_heard(self, point: TriggerPoint) -> bool:
        covert = self._site.configuration.is_covert(point)
        return not covert and bool(point.calls) and all(map(self._is_raised, point.calls))

    def _say(self, stuck: frozenset[str]) -> None:
        for point in stuck ^ self._stuck:
            async_set_issue(self._hass, ISSUE_STUCK, point, wanted=point in stuck)
        self._stuck = stuck
        self._site.readiness.async_set_stuck(stuck)
