"""Which trigger points would not be heard, or would not follow their plan, before anybody needs them."""

from homeassistant.core import HomeAssistant, callback

from .configuration import FALLBACK_PLAN, Configuration
from .const import ISSUE_FALLBACK
from .engine.plan import Reach
from .issues import async_set_issue
from .views import Views


class Readiness:
    """What is known of the trigger points of a site. No covert press changes it: that would give it away."""

    def __init__(self, hass: HomeAssistant, views: Views) -> None:
        """Know of nothing wrong; tell the views when that changes."""
        self._hass = hass
        self._views = views
        self._deaf: frozenset[str] = frozenset()
        self._without_plan: set[str] = set()

    def needs_attention(self, point: str) -> bool:
        """Return whether a press of a trigger point would not be heard, or would not follow its plan."""
        return point in self._deaf or point in self._without_plan

    @callback
    def async_set_deaf(self, points: frozenset[str]) -> None:
        """Note which trigger points are not heard at the moment."""
        if points != self._deaf:
            self._deaf = points
            self._views.configuration_changed()

    @callback
    def async_configure(self, configuration: Configuration, reach: Reach) -> None:
        """Find the trigger points whose plan is gone or could be answered by nobody."""
        points = configuration.points
        for gone in self._without_plan - points.keys():
            self.async_set_without_plan(gone, wanted=False)
        for point in points.values():
            plans = {configuration.plan(point, source.plan, reach).id for source in point.sources}
            self.async_set_without_plan(point.id, wanted=FALLBACK_PLAN in plans)

    @callback
    def async_set_without_plan(self, point: str, *, wanted: bool) -> None:
        """Note whether a press of a trigger point calls everybody, for want of a plan."""
        if wanted != (point in self._without_plan):
            self._without_plan ^= {point}
            async_set_issue(self._hass, ISSUE_FALLBACK, point, wanted=wanted)
            self._views.configuration_changed()
