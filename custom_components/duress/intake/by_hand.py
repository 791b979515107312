"""A press inside Home Assistant itself: by one of our actions, or the button in the companion app; and a drill."""

from homeassistant.core import callback

from ..clock import Clock
from ..const import GESTURE_SINGLE
from ..engine.kinds import Origin
from ..engine.model import Press
from ..openings import opening
from ..site import Site
from ..trigger_points import TriggerPoint


@callback
def async_press_by_hand(site: Site, point: TriggerPoint, source: str, user: str | None) -> None:
    """Take a press that a user, or an automation without one, made just now. Whether they may was asked before."""
    site.async_press(point, press_of(point, source, user), point.plan)


@callback
def async_start_drill(site: Site, point: TriggerPoint, source: str, user: str) -> None:
    """Run the plan of a trigger point as a drill. A press meanwhile is a real one, beside it (hazard H38)."""
    press, reach = press_of(point, source, user), site.reach(point.id)
    command = opening(
        site.hass, site.configuration, reach, point, press, plan_id=point.plan, now=site.now(), drill=True
    )
    site.handle(command, command.incident)


def press_of(point: TriggerPoint, source: str, user: str | None, gesture: str = GESTURE_SINGLE) -> Press:
    """Return a press that was made here just now."""
    return Press(
        point=point.id,
        source=source,
        gesture=gesture,
        heard_at=Clock.wall(),
        origin=Origin.LOCAL,
        user=user,
    )
