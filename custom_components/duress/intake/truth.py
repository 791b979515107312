"""Whether what an entity shows is a press that has not been heard yet. Pure: nothing of Home Assistant in it.

Home Assistant's own triggers drop the press that wakes a sleeping button out of `unavailable`, and take for a press
what is only shown again: an old time after a start, a sensor that was on before its gateway went away.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

FRESH = timedelta(seconds=30)
"""A time so near to now was not restored: it is a press, though nothing was known of the button before."""
FOUND_UP_TO = timedelta(minutes=30)
"""A press found after an outage still calls people if it is no older (hazard H36)."""
LIVE = timedelta(seconds=1)
"""What a radio heard so shortly before it is told of is told for the first time."""


class Memory:
    """What one source has heard of its entities. Times are those of the wall clock, which may jump (hazard H7)."""

    def __init__(
        self,
        since: datetime,
        raised: Collection[str] | None = None,
        tell: Callable[[str, bool], None] = lambda _entity, _raised: None,
    ) -> None:
        """Presses until `since` were heard, or are too old to matter.

        `raised` are the entities whose level had risen by then, None where that is not known; `tell` is told of
        each level that changes.
        """
        self._since = since
        self._before = raised
        self._tell = tell
        self._seen: dict[str, datetime] = {}
        self._raised: dict[str, bool] = {}
        self._sent: dict[str, object] = {}

    def found(self, entity: str, state: str | None, now: datetime) -> datetime | None:
        """Return when a button was pressed before anybody listened. Whether that calls people still is not ours."""
        shown = moment(state)
        if shown is None:
            return None
        after = self._seen.get(entity, self._since)
        self._seen[entity] = shown
        return shown if after < shown <= now else None

    def pressed(self, entity: str, before: str | None, state: str | None, now: datetime) -> datetime | None:
        """Return when a button was pressed whose state changed just now, or None if it only shows an old press.

        What is heard live counts whatever the clock says.
        """
        shown = moment(state)
        if shown is None or shown == self._seen.get(entity):
            return None
        if moment(before) is not None or abs(now - shown) <= FRESH:
            self._seen[entity] = shown
            return now
        return self.found(entity, state, now)

    def seen(self, entity: str, state: str | None) -> None:
        """Note what a button shows as heard: it was pressed before it was ours."""
        if (shown := moment(state)) is not None:
            self._seen.setdefault(entity, shown)

    def was_sent_before(self, device: str, at: datetime, sent: object, now: datetime) -> bool:
        """Return whether what a device sent was heard before, and its press is only told of once more."""
        heard = self._sent.get(device)
        self._sent[device] = sent
        return now - at > LIVE and (at <= self._since or sent == heard)

    def rename(self, old: str, new: str) -> None:
        """Know under its new name what was heard of an entity."""
        if old in self._seen:
            self._seen[new] = self._seen.pop(old)
        if old in self._raised:
            self._raised[new] = self._raised.pop(old)
        if self._before is not None and old in self._before:
            self._before = {*self._before, new}

    def raised(self, entity: str, raised: bool) -> bool:
        """Return whether a level has risen since it was last known. What cannot be told counts as having risen."""
        before = self._raised.get(entity, self._before is not None and entity in self._before)
        self._raised[entity] = raised
        if raised != before:
            self._tell(entity, raised)
        return raised and not before

    @property
    def is_raised(self) -> bool:
        """Return whether every level that is known has risen: none can rise again before it falls."""
        return bool(self._raised) and all(self._raised.values())

    def found_raised(self, entity: str, raised: bool) -> bool:
        """Return whether a level rose before anybody listened: only where it is known that it had not (hazard H36)."""
        if entity not in self._raised and self._before is None:
            self._raised[entity] = raised
            if raised:
                self._tell(entity, True)
        return self.raised(entity, raised)


def moment(state: str | None) -> datetime | None:
    """Return the time that the state of a button is, or None if it is none."""
    try:
        shown = datetime.fromisoformat(state or "")
    except ValueError:
        return None
    return shown if shown.tzinfo is not None else shown.replace(tzinfo=UTC)
