"""What a start asks of the engine for every incident that may be open."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
import logging
import secrets
from typing import cast

from .clock import Clock
from .configuration import Configuration
from .engine import replay
from .engine.codec import CodecError, decode
from .engine.commands import Command, HandlePress, Recover, Resume
from .engine.events import AnswerRefused, Event, Resolved
from .engine.kinds import Origin
from .engine.model import NO_PLACE, Incident, Place, Press
from .engine.reach import Reach
from .engine.review_events import Closed, ReviewProposed
from .engine.site_events import SiteEvent
from .engine.upcast import VERSION
from .engine.why import Why
from .journal import Found
from .trigger_points import TriggerPoint

_LOGGER = logging.getLogger(__name__)

LOST = ""
"""The gesture and source of a press of which nothing is on record any more."""


def taken_up(
    found: Found,
    now: datetime,
    configuration: Configuration,
    reach: Reach,
    place_of: Callable[[TriggerPoint], Place],
) -> Iterator[tuple[str, Incident | None, Command | None]]:
    """Yield every incident that may be open, as far as its record tells, and what it is told after a start.

    One whose beginning does not read any more, and of which no line says that it is over, is opened again with
    all that is still known of it. One that has nothing left to do is told nothing.
    """
    away = max(now - max(filter(None, (found.newest, found.alive)), default=now), timedelta(0))
    for incident_id, history in found.histories.items():
        secret = secrets.token_hex(16)
        incident = replay(history)
        command: Command | None = None
        if incident is not None and not incident.is_settled:
            command = Resume(away=away, secret=secret, reach=reach, restored=found.restored)
        elif incident is None and not any(map(_says_that_it_is_over, history)):
            point = configuration.points.get(found.known_open.get(incident_id, LOST))
            opening = HandlePress(
                press=_lost_press(point, history),
                place=place_of(point) if point is not None else NO_PLACE,
                plan=configuration.plan(point, point.plan if point else None, reach),
                incident=incident_id,
                secret=secret,
                reach=reach,
                holders=point.holders if point is not None else (),
            )
            command = Recover(
                opening=opening,
                last_seen=max((event.at for event in history), default=found.newest or now),
            )
        yield incident_id, incident, command


def remembered(found: Found) -> list[SiteEvent]:
    """Return the lines that a site remembers something by."""
    events = []
    for line in found.checkpoint.remembered.values():
        try:
            events.append(cast(SiteEvent, decode(line, VERSION)))
        except CodecError:
            _LOGGER.warning("A line about what a site remembers does not read; it is passed over")
    return events


def _says_that_it_is_over(event: Event) -> bool:
    if isinstance(event, AnswerRefused):
        return event.why is Why.IS_OVER
    return isinstance(event, Resolved | ReviewProposed | Closed)


def _lost_press(point: TriggerPoint | None, history: list[Event]) -> Press:
    return Press(
        point=point.id if point is not None else LOST,
        source=LOST,
        gesture=LOST,
        heard_at=min((event.at for event in history), default=Clock.wall()),
        origin=Origin.LOCAL,
        user=None,
    )
