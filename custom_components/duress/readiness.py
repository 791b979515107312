"""What would not be heard, would not follow its plan, or would reach nobody, before anybody needs it."""

from homeassistant.core import HomeAssistant, callback

from .configuration import FALLBACK_PLAN, Configuration
from .const import ISSUE_FALLBACK, ISSUE_NEW_PHONE, ISSUE_UNREACHABLE
from .effects.phone import phones_of
from .engine.reach import Reach
from .issues import async_set_issue
from .views import Views


class Readiness:
    """What is known of the trigger points of a site. No covert press changes it: that would give it away."""

    def __init__(self, hass: HomeAssistant, views: Views) -> None:
        """Know of nothing wrong; tell the views when that changes."""
        self._hass = hass
        self._views = views
        self._deaf: frozenset[str] = frozenset()
        self._stuck: frozenset[str] = frozenset()
        self._without_plan: set[str] = set()
        self._issues: set[tuple[str, str]] = set()

    def needs_attention(self, point: str) -> bool:
        """Return whether a press of a trigger point would not be heard, or would not follow its plan."""
        return point in self._deaf or point in self._stuck or point in self._without_plan

    @callback
    def async_stop(self) -> None:
        """Withdraw what was said: a site that is disabled or removed needs no attention."""
        for point in self._without_plan:
            async_set_issue(self._hass, ISSUE_FALLBACK, point, wanted=False)
        for issue in self._issues:
            async_set_issue(self._hass, *issue, wanted=False)

    @callback
    def async_set_deaf(self, points: frozenset[str]) -> None:
        """Note which trigger points are not heard at the moment."""
        if points != self._deaf:
            self._deaf = points
            self._views.configuration_changed()

    @callback
    def async_set_stuck(self, points: frozenset[str]) -> None:
        """Note which trigger points stay pressed, and cannot be heard again."""
        if points != self._stuck:
            self._stuck = points
            self._views.configuration_changed()

    @callback
    def async_configure(self, configuration: Configuration, reach: Reach) -> None:
        """Find the trigger points whose plan is gone or could be answered by nobody, and who cannot be reached."""
        self._async_look_at_responders(configuration, reach)
        points = configuration.points
        for gone in self._without_plan - points.keys():
            self.async_set_without_plan(gone, wanted=False)
        for point in points.values():
            plans = {configuration.plan(point, plan, reach).id for plan in point.plans}
            self.async_set_without_plan(point.id, wanted=FALLBACK_PLAN in plans)

    @callback
    def _async_look_at_responders(self, configuration: Configuration, reach: Reach) -> None:
        """Find the responders who are out of reach, and their phones that do not ring yet (hazard H3)."""
        found = set()
        for responder in configuration.responders.values():
            channels = reach.of(responder.id)
            if not channels or (responder.phones and not any(channel.answerable for channel in channels)):
                found.add((ISSUE_UNREACHABLE, responder.id))
            new = phones_of(self._hass, responder.user).keys() - {*responder.phones, *responder.passed_over}
            found |= {(ISSUE_NEW_PHONE, phone) for phone in new}
        for issue in self._issues ^ found:
            async_set_issue(self._hass, *issue, wanted=issue in found)
        self._issues = found

    @callback
    def async_set_without_plan(self, point: str, *, wanted: bool) -> None:
        """Note whether a press of a trigger point calls everybody, for want of a plan."""
        if wanted != (point in self._without_plan):
            self._without_plan ^= {point}
            async_set_issue(self._hass, ISSUE_FALLBACK, point, wanted=wanted)
            self._views.configuration_changed()
