"""The record on the disk."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
import hashlib
import json
import os
from pathlib import Path

import pytest

from custom_components.duress.clock import Clock
from custom_components.duress.engine.events import HandedOver
from custom_components.duress.journal import NO_LINE, Entry, Journal

AT = datetime(2026, 11, 23, tzinfo=UTC)

type Open = Callable[[], tuple[Journal, list[Entry]]]


def event(message: str) -> HandedOver:
    return HandedOver(at=AT, message=message)


def messages(entries: list[Entry]) -> list[str]:
    return [entry.event.message for entry in entries if isinstance(entry.event, HandedOver)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the record is kept."""
    return tmp_path / "record"


@pytest.fixture
async def open_journal(folder: Path) -> AsyncGenerator[Open]:
    """Return a function that opens the record anew."""
    opened: list[Journal] = []

    def start() -> tuple[Journal, list[Entry]]:
        journal = Journal(folder, lambda _troubled: None)
        entries = journal.load()
        opened.append(journal)
        return journal, entries

    yield start
    for journal in opened:
        await journal.close()


def lines(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.iterdir()) for line in path.read_bytes().splitlines()]


async def test_what_was_appended_is_read_back_after_a_restart(open_journal: Open) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a"), event("b")])
    await journal.append("j", [event("c")])
    assert messages(journal.read("i")) == ["a", "b"]
    again, entries = open_journal()
    assert messages(entries) == ["a", "b", "c"]
    await again.append("i", [event("d")])
    assert messages(again.read("i")) == ["a", "b", "d"]


async def test_each_line_carries_the_hash_of_the_line_before_across_restarts(open_journal: Open, folder: Path) -> None:
    for name in "abc":
        journal, _ = open_journal()
        await journal.append("i", [event(name)])
    before = NO_LINE
    for number, line in enumerate(lines(folder), start=1):
        record = json.loads(line)
        assert (record["seq"], record["prev"], record["v"]) == (number, before, 1)
        before = hashlib.sha256(line).hexdigest()


async def test_only_the_owner_of_the_machine_can_read_the_record(open_journal: Open, folder: Path) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    (path,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


async def test_a_burst_is_written_together_and_in_order(open_journal: Open, folder: Path) -> None:
    journal, _ = open_journal()
    names = [str(number) for number in range(200)]
    await asyncio.gather(*(journal.append("i", [event(name)]) for name in names))
    assert messages(journal.read("i")) == names
    assert len(lines(folder)) == 200


@pytest.mark.parametrize(
    "damage",
    [
        b"\x00\xff garbage\n",
        b'{"v":1}\n',
        b"[]\n",
        b'{"v":1,"seq":2,"incident":"i","wall":"2026-11-23T00:00:00+00:00","event":[]}\n',
        b'{"v":1,"seq":2,"prev":"torn',
    ],
)
async def test_damage_costs_the_damaged_line_and_nothing_else(open_journal: Open, folder: Path, damage: bytes) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    (path,) = folder.iterdir()
    with path.open("ab") as file:
        file.write(damage)
    again, entries = open_journal()
    assert messages(entries) == ["a"]
    await again.append("i", [event("b")])
    assert messages(again.read("i")) == ["a", "b"]


async def test_a_line_from_a_newer_version_is_left_as_it_is(open_journal: Open, folder: Path) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    (path,) = folder.iterdir()
    record = json.loads(lines(folder)[0]) | {"seq": 2, "event": {"type": "FromTheFuture"}}
    newer = json.dumps(record).encode()
    with path.open("ab") as file:
        file.write(newer + b"\n")
    again, entries = open_journal()
    assert messages(entries) == ["a"]
    await again.append("i", [event("b")])
    assert lines(folder)[1] == newer
    assert json.loads(lines(folder)[2])["seq"] == 3


async def test_a_new_month_begins_a_new_file(open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, _ = open_journal()
    for month in (11, 12):
        now = datetime(2026, month, 1, tzinfo=UTC)
        monkeypatch.setattr("custom_components.duress.clock.Clock.wall", lambda now=now: now)
        await journal.append("i", [event(str(month))])
    assert messages(journal.read("i")) == ["11", "12"]
    assert len(list(folder.iterdir())) == len({path.name for path in folder.iterdir()}) >= 2


async def test_h07_a_clock_that_went_back_by_years_does_not_put_lines_before_older_ones(
    open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("before")])
    monkeypatch.setattr(Clock, "wall", staticmethod(lambda: datetime(1970, 1, 1, tzinfo=UTC)))
    again, _ = open_journal()
    await again.append("i", [event("after")])
    assert messages(again.read("i")) == ["before", "after"]
    assert len(list(folder.iterdir())) == 1


async def test_half_a_line_that_could_not_even_be_taken_back_is_written_over(
    open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, _ = open_journal()
    monkeypatch.setattr("custom_components.duress.journal.RETRY", 0.01)
    real_write = os.write
    failures = iter([True, True])

    def write_half(file: int, data: bytes) -> int:
        if next(failures, False):
            real_write(file, bytes(data)[: len(data) // 2])
            raise OSError(5, "Input/output error")
        return real_write(file, data)

    monkeypatch.setattr(os, "write", write_half)
    journal.append("i", [event("a")])
    await journal.append("i", [event("b")])
    async with asyncio.timeout(5):
        while messages(journal.read("i")) != ["a", "b"]:
            await asyncio.sleep(0.01)
    assert len(lines(folder)) == 2


async def test_a_folder_that_cannot_be_synced_uses_up_no_files(
    open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_sync, failing = os.fsync, [True]

    def sync(file: int) -> None:
        if failing[0]:
            raise OSError(5, "Input/output error")
        real_sync(file)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr("custom_components.duress.journal.RETRY", 0.001)
    before = len(list(Path("/proc/self/fd").iterdir()))
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    await asyncio.sleep(0.1)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 10
    failing[0] = False
    async with asyncio.timeout(5):
        while messages(journal.read("i")) != ["a"]:
            await asyncio.sleep(0.01)
