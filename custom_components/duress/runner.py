"""Carries out what is due: effects side by side, each with its own time limit, each reported back."""

import asyncio
from collections.abc import Callable, Iterable
import logging

from homeassistant.core import HomeAssistant

from .effects import Deliver, DeliveryError
from .engine.commands import ReportDelivery
from .engine.model import Incident, Message

_LOGGER = logging.getLogger(__name__)

TIME_LIMIT = 15.0
"""Seconds one attempt may take. The companion app's own sender gives up after 10."""

type Report = Callable[[str, ReportDelivery], object]


class Runner:
    """Keeps one task for each attempt that is under way, and starts none twice."""

    def __init__(self, hass: HomeAssistant, deliver: Deliver, report: Report) -> None:
        """Deliver messages with `deliver` and tell the outcome to `report`."""
        self._hass = hass
        self._deliver = deliver
        self._report = report
        self._under_way: set[tuple[str, str, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, incident: Incident, messages: Iterable[Message]) -> None:
        """Start those of an incident's messages that are not under way. Each gets as far as it can at once."""
        for message in messages:
            attempt = (incident.id, message.id, message.attempts)
            if attempt in self._under_way:
                continue
            self._under_way.add(attempt)
            task = self._hass.async_create_background_task(
                self._attempt(incident, message), f"duress delivery {message.id}", eager_start=True
            )
            if not task.done():
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Give up what is under way. What was begun is in doubt, and repeated if there is a next start."""
        for task in self._tasks:
            task.cancel()

    async def _attempt(self, incident: Incident, message: Message) -> None:
        def late_failure(error: str) -> None:
            self._report(incident.id, ReportDelivery(message=message.id, attempt=message.attempts, error=error))

        error = None
        try:
            async with asyncio.timeout(TIME_LIMIT):
                await self._deliver(incident, message, late_failure)
        except TimeoutError:
            error = "no answer in time"
        except DeliveryError as failure:
            error = str(failure)
        except Exception as failure:  # an effect may fail in any way, and none may stop the others
            error = type(failure).__name__
            _LOGGER.debug("A delivery failed in a way that was not foreseen", exc_info=True)
        if error is not None:
            _LOGGER.warning("A message could not be handed over: %s", error)
        # Not before those who started this attempt are done: a report can start the next.
        self._hass.loop.call_soon(self._ended, incident.id, message, error)

    def _ended(self, incident_id: str, message: Message, error: str | None) -> None:
        self._under_way.discard((incident_id, message.id, message.attempts))
        self._report(incident_id, ReportDelivery(message=message.id, attempt=message.attempts, error=error))
