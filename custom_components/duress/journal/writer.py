"""The thread that owns the files: it takes whatever has queued up and writes it in one go, with one flush."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import logging
import os
from pathlib import Path
import queue
import threading
from typing import Any

from ..clock import Clock
from .checkpoint import Checkpoint, OpenIncident, mark_alive, sync_directory
from .keys import Block, Keys
from .lines import Position, segments

_LOGGER = logging.getLogger(__name__)

RETRY = 1.0
"""Seconds between attempts at a disk that failed."""
QUIET = 5.0
"""Seconds without a line after which the checkpoint is written: never while somebody waits for a call."""
ALIVE = 60.0
"""Seconds between the notes that this machine is up."""


@dataclass(slots=True)
class Batch:
    """Lines that are written in one go, with what the checkpoint has to know of them."""

    data: bytes
    lengths: list[int]
    incident: str | None
    point: str
    sequence: int
    head: str
    newest: str
    settled: asyncio.Future[None]
    remember: dict[str, Any] | None = None
    """The event, where the checkpoint has to know it."""


@dataclass(slots=True)
class Settled:
    """An incident that no start has to know of any more."""

    incident: str


@dataclass(slots=True)
class Afterwards:
    """What is to be done once the lines before it are on the disk."""

    run: Callable[[], None]


type Item = Batch | Settled | Block | Afterwards | None
"""What can be queued; None ends the thread. A block of keys comes before any line that uses one of them."""
type Report = Callable[[list[Batch], OSError | None], None]


class Writer:
    """Writes lines, keys and checkpoints, in the order in which they were queued."""

    def __init__(self, folder: Path, keys: Keys, report: Report) -> None:
        """Write to the folder; `report` hears, in the writer's thread, how each attempt ended."""
        self.queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self.give_up = threading.Event()
        self._folder = folder
        self._keys = keys
        self._report = report
        self._checkpoint = Checkpoint()
        self._blocks: list[Block] = []
        self._unnoted: list[tuple[str, int, Batch] | Settled] = []
        self._file: int | None = None
        self._month = ""
        self._length = 0
        self._torn = False
        self._thread = threading.Thread(target=self._run, name="duress-journal", daemon=True)

    def start(self, checkpoint: Checkpoint) -> None:
        """Have this month's file open, so that a press need not wait for one to be made, and begin."""
        self._checkpoint = checkpoint
        try:
            self._open()
            checkpoint.write(self._folder)
            mark_alive(self._folder, Clock.wall())
        except OSError:
            _LOGGER.exception("The incident record cannot be opened yet")
        self._thread.start()

    def join(self, patience: float) -> None:
        """Wait for the thread to end."""
        self._thread.join(patience)

    def _run(self) -> None:
        open_ended = True
        while open_ended:
            try:
                waiting = [self.queue.get(timeout=QUIET if self._unnoted else ALIVE)]
            except queue.Empty:
                self._use_the_quiet()
                continue
            while not self.queue.empty():
                waiting.append(self.queue.get())
            open_ended = None not in waiting
            self._work(waiting)
        self._use_the_quiet()
        if self._file is not None:
            os.close(self._file)

    def _work(self, waiting: list[Item]) -> None:
        """Do what has queued up: keys first, as the lines need them, and all lines in one go."""
        self._blocks += (item for item in waiting if isinstance(item, Block))
        batches = [item for item in waiting if isinstance(item, Batch)]
        self._write_keys()
        if batches and not self._until_done(batches):
            return
        self._report(batches, None)
        self._unnoted += (item for item in waiting if isinstance(item, Settled))
        for item in waiting:
            if isinstance(item, Afterwards):
                item.run()

    def _write_keys(self) -> None:
        """Write what keys there are to write. Where that fails the lines must not wait: a name is the lesser loss."""
        try:
            while self._blocks:
                self._keys.write(self._blocks[0])
                self._blocks.pop(0)
        except OSError as error:
            _LOGGER.error("The keys of the incident record cannot be written: %s", error)  # noqa: TRY400

    def _until_done(self, batches: list[Batch]) -> bool:
        """Write until it is written, or until there is no time left."""
        data = b"".join(batch.data for batch in batches)
        while True:
            try:
                self._write(data, batches)
            except OSError as error:
                _LOGGER.error("The incident record cannot be written: %s", error)  # noqa: TRY400
                self._report(batches, error)
                if self.give_up.wait(RETRY):
                    return False
            else:
                return True

    def _open(self) -> int:
        """Return this month's file. A wall clock that went back does not go back to an older one."""
        month = max(Clock.wall().strftime("%Y-%m"), self._month)
        if self._file is not None and month == self._month:
            return self._file
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        month = max([month, *(path.stem for path in segments(self._folder)[-1:])])
        file = os.open(self._folder / f"{month}.jsonl", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            sync_directory(self._folder)
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

    def _write(self, data: bytes, batches: list[Batch]) -> None:
        file = self._open()
        if os.fstat(file).st_size != self._length:
            os.ftruncate(file, self._length)  # what an attempt that failed has left
        data = b"\n" + data if self._torn else data
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fdatasync(file)
        at = self._length + self._torn
        self._length += len(data)
        self._torn = False
        for batch in batches:
            self._unnoted.append((f"{self._month}.jsonl", at, batch))
            at += len(batch.data)

    def _use_the_quiet(self) -> None:
        """Note how far the record has got, and that this machine is up."""
        try:
            self._write_keys()
            if self._unnoted:
                for noted in self._unnoted:
                    self._note(noted)
                self._unnoted.clear()
                self._checkpoint.write(self._folder)
            mark_alive(self._folder, Clock.wall())
        except OSError as error:
            _LOGGER.warning("The incident record's checkpoint cannot be written: %s", error)
            self._report([], error)
        else:
            self._report([], None)

    def _note(self, noted: tuple[str, int, Batch] | Settled) -> None:
        checkpoint = self._checkpoint
        if isinstance(noted, Settled):
            checkpoint.forget([noted.incident])
            return
        segment, at, batch = noted
        positions = []
        for length in batch.lengths:
            positions.append(Position(segment, at, length))
            at = positions[-1].end
        checkpoint.sequence, checkpoint.head, checkpoint.last = batch.sequence, batch.head, positions[-1]
        checkpoint.newest = max(checkpoint.newest or "", batch.newest)
        if batch.remember is not None:
            checkpoint.note(batch.remember)
        if batch.incident is not None:
            known = checkpoint.open.setdefault(batch.incident, OpenIncident(batch.point))
            known.lines += positions
