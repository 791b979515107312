"""Presses that somebody was just asked for, to see that a button is still heard: they call nobody (hazard H10)."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from homeassistant.core import callback

from .engine.decide import SAME_PRESS
from .engine.kinds import Origin
from .engine.model import Press
from .engine.site_events import PressProved, SiteEvent

PATIENCE = 60.0
"""Seconds in which a press that was asked for must come."""


class Proofs:
    """Which trigger points are waited for. Of each one press is taken; a second one calls, as ever."""

    def __init__(self, record: Callable[[SiteEvent], object], now: Callable[[], datetime]) -> None:
        """Put on record what is taken."""
        self._record = record
        self._now = now
        self._waiting: dict[str, tuple[frozenset[str], asyncio.Future[bool]]] = {}
        self._taken: dict[str, datetime] = {}

    async def async_wait(self, point: str, sources: frozenset[str]) -> bool:
        """Return whether a trigger point is heard by one of these sources within a minute."""
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[point] = sources, waiting
        try:
            async with asyncio.timeout(PATIENCE):
                return await waiting
        except TimeoutError:
            return False
        finally:
            if self._waiting.get(point) == (sources, waiting):
                del self._waiting[point]

    @callback
    def takes(self, press: Press) -> bool:
        """Return whether a press is the one that was asked for. What an app could have made up is not (hazard H21)."""
        if press.origin is not Origin.LOCAL:
            return False
        taken = self._taken.get(press.point)
        if taken is not None and self._now() - taken < SAME_PRESS:
            return True
        sources, waiting = self._waiting.get(press.point, (frozenset[str](), None))
        if waiting is None or waiting.done() or press.source not in sources:
            return False
        waiting.set_result(True)
        self._taken[press.point] = self._now()
        self._record(PressProved(at=self._now(), press=press))
        return True
