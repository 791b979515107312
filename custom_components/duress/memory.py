"""What a site remembers beside its calls. It outlives a start by its lines in the record."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from .engine.events import Arrived, Event
from .engine.model import Incident
from .engine.site_events import ConfigurationChanged, Path, PathSeen, SignedOn, SiteEvent, Visited

SIGNED_ON_FOR = timedelta(hours=12)
"""How long somebody counts as having a shared phone: nobody's shift is longer, and a wrong name is worse than none."""

SEEN_FOR = {Path.OUTSIDE: timedelta(days=90), Path.OWN_CONNECTION: timedelta(hours=24)}
"""How long a path counts as there: routers and contracts change; whoever works there was there within a day."""


class Memory:
    """Who has each shared phone (H31), who was where lately (H35), and by which paths (H14, H33)."""

    def __init__(self, record: Callable[[SiteEvent], object], now: Callable[[], datetime]) -> None:
        """Remember nothing yet; `record` puts on record what is to be remembered."""
        self._record = record
        self._now = now
        self._signed_on: dict[str, SignedOn] = {}
        self._visited: dict[str, datetime] = {}
        self._paths: dict[Path, datetime] = {}
        self.parts: dict[str, str | None] = {}
        """What each part of the site was set up to be when it was last on record, as a digest."""

    def async_start(self, events: Iterable[SiteEvent]) -> None:
        """Go on from what the record tells."""
        for event in events:
            if isinstance(event, SignedOn):
                self._signed_on[event.post] = event
            elif isinstance(event, Visited):
                self._visited[event.point] = event.at
            elif isinstance(event, PathSeen):
                self._paths[event.path] = event.at
            elif isinstance(event, ConfigurationChanged):
                self.parts[event.part] = event.digest

    def carrier(self, post: str | None) -> str | None:
        """Return who of a post's people has its phone, as far as that is known."""
        signed_on = self._signed_on.get(post or "")
        if signed_on is None or self._now() - signed_on.at >= SIGNED_ON_FOR:
            return None
        return signed_on.carrier

    def sign_on(self, post: str, carrier: str | None, user: str) -> None:
        """Note who has a post's phone from now on; None for nobody who is known."""
        event = SignedOn(at=self._now(), post=post, carrier=carrier, by=user)
        self._signed_on[post] = event
        self._record(event)

    def visited_at(self, point: str) -> datetime | None:
        """Return when somebody was last at a trigger point, as far as is known."""
        return self._visited.get(point)

    def note(self, incident: Incident, events: Iterable[Event]) -> None:
        """Note who arrived; a quiet call leaves no trace but its own."""
        for event in events:
            if isinstance(event, Arrived) and not (incident.plan.covert or incident.plan.for_trying or incident.drill):
                self._visited[incident.press.point] = event.at
                self._record(Visited(at=event.at, point=incident.press.point))

    def is_there(self, path: Path) -> bool:
        """Return whether a path was seen lately."""
        seen = self._paths.get(path)
        return seen is not None and self._now() - seen < SEEN_FOR[path]

    def saw_path(self, path: Path) -> None:
        """Note that a path is there; on record once an hour at the most."""
        now, before = self._now(), self._paths.get(path)
        if before is None or now - before >= timedelta(hours=1):
            self._paths[path] = now
            self._record(PathSeen(at=now, path=path))
