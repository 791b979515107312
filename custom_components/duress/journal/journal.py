"""The only writer of a site's record. When the disk fails, the lines wait in memory in their order and are
written once it is back: people are called meanwhile.
"""  # noqa: D205

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..clock import Clock
from ..engine.codec import encode
from ..engine.events import Event, Opened
from ..engine.site_events import SiteEvent
from ..engine.upcast import VERSION
from .checkpoint import Checkpoint
from .keys import Keys, seal
from .lines import SITE, Entry, entry, lines, parse
from .reader import Found, Reader
from .retention import outdated, remove, summary
from .writer import Afterwards, Batch, Settled, Writer

PATIENCE = 0.5
"""Seconds that a call may be held up by the disk."""

_to_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


class Journal:
    """A site's record. All methods but `load` and `read` belong to the event loop."""

    def __init__(self, folder: Path, on_trouble: Callable[[bool], None]) -> None:
        """Keep the record in `folder`; call `on_trouble(True)` when the disk fails and `(False)` when it is back."""
        self.folder = folder
        self._on_trouble = on_trouble
        self._loop = asyncio.get_running_loop()
        self._sequence = 0
        self._head = ""
        self._keys = Keys(folder)
        self._key_of: dict[str, tuple[int, AESGCM]] = {}
        self.in_trouble = False
        self._writer = Writer(folder, self._keys, self._written)

    def load(self) -> Found:
        """Read what may be open, in the executor, before the first append. Lines that do not read are left alone."""
        found = Reader(self.folder, self._keys).read()
        self._sequence, self._head = found.checkpoint.sequence, found.checkpoint.head
        try:
            self._writer.queue.put(self._keys.open())
        except OSError:
            found.damaged = True
        self._retire(found.checkpoint, found.newest)
        self._writer.start(found.checkpoint)
        return found

    def read(self, incident: str) -> list[Entry[Event]]:
        """Return the record of one incident, oldest first, in the executor."""
        return self._read(incident)

    def read_site(self) -> list[Entry[SiteEvent]]:
        """Return what is on record about the site itself, oldest first, in the executor."""
        return self._read(None)

    def read_since(self, moment: datetime) -> list[list[Event]]:
        """Return what happened to each incident that began since a moment, or in its month, in the executor."""
        found: dict[str, list[Event]] = {}
        for line in lines(self.folder, lambda _error: None, segment=f"{moment:%Y-%m}.jsonl"):
            if (record := parse(line)) is None or (about := record.get("incident")) is None:
                continue
            read: Entry[Event] | None = entry(record, self._keys)
            if read is not None and (about in found or isinstance(read.event, Opened)):
                found.setdefault(about, []).append(read.event)
        return list(found.values())

    def _read[Happened: Event | SiteEvent](self, about: str | None) -> list[Entry[Happened]]:
        mark = json.dumps(about).encode()
        found: list[Entry[Happened]] = []
        for line in lines(self.folder, lambda _error: None):
            if mark in line.data and (record := parse(line)) is not None and record.get("incident") == about:
                found += filter(None, [entry(record, self._keys)])
        return found

    def append(self, incident: str | None, events: Sequence[Event | SiteEvent]) -> asyncio.Future[None]:
        """Queue the events in one write; the future is done when the disk has taken or refused them."""
        batch_lines = [self._line(incident, event) for event in events]
        first = events[0]
        batch = Batch(
            data=b"\n".join(batch_lines) + b"\n",
            lengths=[len(line) for line in batch_lines],
            incident=incident,
            point=first.press.point if isinstance(first, Opened) else "",
            sequence=self._sequence,
            head=self._head,
            newest=first.at.isoformat(),  # what is decided together happened together
            settled=self._loop.create_future(),
            remember=encode(first)[0] if incident is None else None,
        )
        self._writer.queue.put(batch)
        if self._keys.running_low:
            self._writer.queue.put(self._keys.block())
        return batch.settled

    def settled(self, incident: str) -> None:
        """Say that no start has to know of an incident any more."""
        self._key_of.pop(incident, None)
        self._writer.queue.put(Settled(incident))

    async def wait(self, settled: asyncio.Future[None]) -> None:
        """Wait until an append is on the disk, but never long enough to hold up a call.

        While the disk is known to be in trouble it is not waited for at all.
        """
        if self.in_trouble or settled.done():
            return
        patience = self._loop.call_later(PATIENCE, self._go_on_without, settled)
        await settled
        patience.cancel()

    async def close(self) -> None:
        """Write what is queued, if the disk lets us within the patience of a shutdown, and stop."""
        self._writer.queue.put(None)
        self._writer.give_up.set()
        await self._loop.run_in_executor(None, self._writer.join, 5.0)

    def _line(self, incident: str | None, event: Event | SiteEvent) -> bytes:
        self._sequence += 1
        public, private = encode(event)
        record: dict[str, Any] = {
            "v": VERSION,
            "seq": self._sequence,
            "prev": self._head,
            "wall": Clock.wall().isoformat(),
            "incident": incident,
            "event": public,
        }
        if private:
            record |= self._sealed(incident, private)
        line = _to_json(record).encode()
        self._head = hashlib.sha256(line).hexdigest()
        return line

    def _sealed(self, incident: str | None, private: dict[str, Any]) -> dict[str, Any]:
        """Return the private part of a line under a key, the same for all of an incident; open where there are none.

        Without it nobody would know where to go after a power cut.
        """
        if (known := self._key_of.get(incident or SITE) or self._keys.take()) is None:
            return {"private": private}
        if incident is not None:
            self._key_of[incident] = known
        number, key = known
        return {"key": number, "sealed": seal(key, incident or SITE, private)}

    def _retire(self, checkpoint: Checkpoint, newest: datetime | None) -> None:
        """Remove what is older than it has to be kept, by the more cautious of two clocks."""
        if newest is None:
            return
        wanted = {position.segment for known in checkpoint.open.values() for position in known.lines}
        outgoing = outdated(self.folder, min(newest, Clock.wall()), wanted)
        if not outgoing or (gone := summary(self.folder, outgoing, newest)) is None:
            return
        purged, numbers = gone
        self.append(None, [purged])
        self._writer.queue.put(Afterwards(lambda: remove(outgoing, self._keys, numbers)))

    def _written(self, batches: list[Batch], error: OSError | None) -> None:
        """Hear from the writer thread how an attempt ended."""
        self._loop.call_soon_threadsafe(self._note, batches, error)

    def _note(self, batches: list[Batch], error: OSError | None) -> None:
        self._set_trouble(error is not None)
        for batch in batches:
            if not batch.settled.done():
                batch.settled.set_result(None)

    def _go_on_without(self, settled: asyncio.Future[None]) -> None:
        if not settled.done():
            self._set_trouble(True)
            settled.set_result(None)

    def _set_trouble(self, trouble: bool) -> None:
        if trouble != self.in_trouble:
            self.in_trouble = trouble
            self._on_trouble(trouble)
