"""The record: append-only JSON lines, written through to the disk before anything else happens.

One folder a site, one file a month. Each line carries its sequence number and the hash of the line before,
so that a change shows; it does not prevent one. A writer thread of our own takes whatever has queued up and
writes it in one go, so that a burst of presses costs one flush. When the disk fails, the lines wait in
memory in their order and are written once it is back: people are called meanwhile.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
import hashlib
import json
import logging
import os
from pathlib import Path
import queue
import threading
from typing import Any

from .clock import Clock
from .engine.codec import CodecError, decode, encode
from .engine.events import Event

_LOGGER = logging.getLogger(__name__)

VERSION = 1
PATIENCE = 0.5
"""Seconds that a call may be held up by the disk."""
RETRY = 1.0
"""Seconds between attempts at a disk that failed."""
SEGMENTS = "[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"
NO_LINE = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal, read back. `wall` is what the wall clock said, for people to read."""

    incident: str
    wall: datetime
    event: Event


@dataclass(slots=True)
class _Batch:
    data: bytes
    settled: asyncio.Future[None]


class Journal:
    """The only writer of a site's record. All methods but `load` and `read` belong to the event loop."""

    def __init__(self, folder: Path, on_trouble: Callable[[bool], None]) -> None:
        """Keep the record in `folder`; call `on_trouble(True)` when the disk fails and `(False)` when it is back."""
        self._folder = folder
        self._on_trouble = on_trouble
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self.unreadable = False
        self._sequence = 0
        self._head = NO_LINE
        self.in_trouble = False
        self._writer = _Writer(folder, self._queue, self._written)
        self._thread = threading.Thread(target=self._writer.run, name="duress-journal", daemon=True)

    def load(self) -> list[Entry]:
        """Read the whole record, in the executor, before the first append. Lines that do not read are left alone.

        Whatever the disk gives back is used; `unreadable` tells whether it kept something.
        """
        try:
            return self._load()
        finally:
            self._writer.prepare()
            self._thread.start()

    def _load(self) -> list[Entry]:
        entries: list[Entry] = []
        for line in _lines(self._folder, self._note_unreadable):
            self._head = hashlib.sha256(line).hexdigest()
            record = _parse(line)
            if record is None:
                _LOGGER.warning("A line of the incident record after line %s does not read", self._sequence)
                continue
            self._sequence = max(self._sequence, record["seq"])
            if (entry := _entry(record)) is not None:
                entries.append(entry)
        return entries

    def _note_unreadable(self, _error: OSError) -> None:
        self.unreadable = True

    def read(self, incident: str) -> list[Entry]:
        """Return the record of one incident, oldest first, in the executor."""
        return [
            entry
            for line in _lines(self._folder, lambda _error: None)
            if incident.encode() in line and (record := _parse(line)) is not None
            if (entry := _entry(record)) is not None and entry.incident == incident
        ]

    def append(self, incident: str, events: Iterable[Event]) -> asyncio.Future[None]:
        """Queue the events in one write; the future is done when the disk has taken or refused them."""
        batch = _Batch(b"".join(self._line(incident, event) for event in events), self._loop.create_future())
        self._queue.put(batch)
        return batch.settled

    async def wait(self, settled: asyncio.Future[None]) -> None:
        """Wait until an append is on the disk, but never long enough to hold up a call.

        While the disk is known to be in trouble it is not waited for at all.
        """
        if self.in_trouble:
            return
        done, _ = await asyncio.wait([settled], timeout=PATIENCE)
        if not done:
            self._set_trouble(True)

    async def close(self) -> None:
        """Write what is queued, if the disk lets us within the patience of a shutdown, and stop."""
        self._queue.put(None)
        self._writer.give_up.set()
        await self._loop.run_in_executor(None, self._thread.join, 5.0)

    def _line(self, incident: str, event: Event) -> bytes:
        self._sequence += 1
        record = {
            "v": VERSION,
            "seq": self._sequence,
            "prev": self._head,
            "wall": Clock.wall().isoformat(),
            "incident": incident,
            "event": encode(event),
        }
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=True).encode()
        self._head = hashlib.sha256(line).hexdigest()
        return line + b"\n"

    def _written(self, batches: list[_Batch], error: OSError | None) -> None:
        """Hear from the writer thread how an attempt ended."""
        self._loop.call_soon_threadsafe(self._note, batches, error)

    def _note(self, batches: list[_Batch], error: OSError | None) -> None:
        self._set_trouble(error is not None)
        for batch in batches:
            if not batch.settled.done():
                batch.settled.set_result(None)

    def _set_trouble(self, trouble: bool) -> None:
        if trouble != self.in_trouble:
            self.in_trouble = trouble
            self._on_trouble(trouble)


class _Writer:
    """The thread that owns the file."""

    def __init__(
        self,
        folder: Path,
        batches: queue.SimpleQueue[_Batch | None],
        report: Callable[[list[_Batch], OSError | None], None],
    ) -> None:
        self._folder = folder
        self._batches = batches
        self._report = report
        self._file: int | None = None
        self._month = ""
        self._length = 0
        self._torn = False
        self.give_up = threading.Event()

    def prepare(self) -> None:
        """Have this month's file open, so that a press need not wait for one to be made."""
        try:
            self._open()
        except OSError:
            _LOGGER.exception("The incident record cannot be opened yet")

    def run(self) -> None:
        open_ended = True
        while open_ended:
            waiting = [self._batches.get()]
            while not self._batches.empty():
                waiting.append(self._batches.get())
            open_ended = None not in waiting
            batches = [batch for batch in waiting if batch is not None]
            if batches:
                self._write_until_written(batches)
        if self._file is not None:
            os.close(self._file)

    def _write_until_written(self, batches: list[_Batch]) -> None:
        data = b"".join(batch.data for batch in batches)
        while True:
            try:
                self._write(data)
            except OSError as error:
                _LOGGER.error("The incident record cannot be written: %s", error)  # noqa: TRY400
                self._report(batches, error)
                if self.give_up.wait(RETRY):
                    return
            else:
                self._report(batches, None)
                return

    def _open(self) -> int:
        """Return this month's file. A wall clock that went back does not go back to an older one."""
        month = max(Clock.wall().strftime("%Y-%m"), self._month)
        if self._file is not None and month == self._month:
            return self._file
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        newest = max((path.stem for path in self._folder.glob(SEGMENTS)), default="")
        month = max(month, newest)
        file = os.open(self._folder / f"{month}.jsonl", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _sync_directory(self._folder)
            length = os.fstat(file).st_size
            # A power cut may have left half a line: it is kept, and the next begins afresh.
            torn = length > 0 and os.pread(file, 1, length - 1) != b"\n"
        except OSError:
            os.close(file)
            raise
        if self._file is not None:
            os.close(self._file)
        self._file, self._month, self._length, self._torn = file, month, length, torn
        return file

    def _write(self, data: bytes) -> None:
        file = self._open()
        if os.fstat(file).st_size != self._length:
            os.ftruncate(file, self._length)  # what an attempt that failed has left
        data = b"\n" + data if self._torn else data
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fdatasync(file)
        self._length += len(data)
        self._torn = False


def _sync_directory(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _lines(folder: Path, on_error: Callable[[OSError], None]) -> Iterable[bytes]:
    """Yield every line that the disk gives back, oldest first, and tell of each file that it does not."""
    for path in sorted(folder.glob(SEGMENTS)):
        try:
            with path.open("rb") as file:
                yield from (line for line in (raw.rstrip(b"\n") for raw in file) if line)
        except OSError as error:
            _LOGGER.error("%s of the incident record cannot be read: %s", path.name, error)  # noqa: TRY400
            on_error(error)


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or not isinstance(record.get("seq"), int):
        return None
    return record


def _entry(record: Mapping[str, Any]) -> Entry | None:
    """Return the entry of a line, or None where it is from a version that knows more than this one."""
    try:
        return Entry(
            incident=record["incident"],
            wall=datetime.fromisoformat(record["wall"]),
            event=decode(record["event"]),
        )
    except (CodecError, KeyError, TypeError, ValueError) as error:
        _LOGGER.warning("Line %s of the incident record is left alone: %s", record.get("seq"), error)
        return None
