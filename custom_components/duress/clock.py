"""The site's own time: it never jumps while we run and never goes back, whatever the wall clock does (hazard H7)."""

from datetime import UTC, datetime, timedelta
import time


class Clock:
    """Time for deadlines. Within a run it follows the monotonic clock; wall time only bridges restarts."""

    def __init__(self, not_before: datetime | None) -> None:
        """Start at wall time, or at `not_before` (the newest time on record) where the wall clock is behind it."""
        wall = self.wall()
        self._started_at = max(wall, not_before) if not_before else wall
        self._at_least = not_before or wall
        self._started = time.monotonic()

    def now(self) -> datetime:
        """Return the site's time, aware, in UTC."""
        return self._started_at + self._running_for()

    def earliest(self) -> datetime:
        """Return the earliest that it may be: for what is removed for good once it is old.

        The wall clock may be years ahead when we start, or put right since.
        """
        return min(self.wall(), self._at_least + self._running_for())

    def _running_for(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._started)

    @staticmethod
    def wall() -> datetime:
        """Return what the wall clock says, aware, in UTC; for people to read, never for deadlines."""
        return datetime.now(UTC)
