"""A press inside Home Assistant itself: by one of our actions, or the button in the companion app."""

from homeassistant.core import callback

from ..clock import Clock
from ..const import GESTURE_SINGLE
from ..engine.kinds import Origin
from ..engine.model import Press
from ..site import Site
from ..trigger_points import TriggerPoint


@callback
def async_press_by_hand(site: Site, point: TriggerPoint, source: str, user: str | None) -> None:
    """Take a press that a user, or an automation without one, made just now. Whether they may was asked before."""
    press = Press(
        point=point.id,
        source=source,
        gesture=GESTURE_SINGLE,
        heard_at=Clock.wall(),
        origin=Origin.LOCAL,
        user=user,
    )
    site.async_press(point, press, point.plan)
