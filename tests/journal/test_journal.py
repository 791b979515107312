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
from custom_components.duress.engine.delivery_events import HandedOver
from custom_components.duress.engine.events import Event, Opened
from custom_components.duress.engine.site_events import WentDeaf
from custom_components.duress.journal import Entry, Found, Journal
from custom_components.duress.journal.lines import NO_LINE
from tests.engine.story import PLAN, PRESS

AT = datetime(2026, 11, 23, tzinfo=UTC)

type Open = Callable[[], tuple[Journal, Found]]


def event(message: str) -> HandedOver:
    return HandedOver(at=AT, message=message)


def messages(read: Found | list[Entry[Event]]) -> list[str]:
    """Return which messages the events read back are about."""
    events: list[Event] = []
    if isinstance(read, Found):
        events += (event for history in read.histories.values() for event in history)
    else:
        events += (entry.event for entry in read)
    return [event.message for event in events if isinstance(event, HandedOver)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the record is kept."""
    return tmp_path / "record"


@pytest.fixture
async def open_journal(folder: Path) -> AsyncGenerator[Open]:
    """Return a function that opens the record anew."""
    opened: list[Journal] = []

    def start() -> tuple[Journal, Found]:
        journal = Journal(folder, lambda _troubled: None)
        found = journal.load()
        opened.append(journal)
        return journal, found

    yield start
    for journal in opened:
        await journal.close()


def lines(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


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
        assert (record["seq"], record["prev"], record["v"]) == (number, before, 2)
        before = hashlib.sha256(line).hexdigest()


async def test_only_the_owner_of_the_machine_can_read_the_record(open_journal: Open, folder: Path) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    (path,) = folder.glob("*.jsonl")
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
        b"\n\n",
    ],
)
async def test_damage_costs_the_damaged_line_and_nothing_else(open_journal: Open, folder: Path, damage: bytes) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    (path,) = folder.glob("*.jsonl")
    with path.open("ab") as file:
        file.write(damage)
    again, entries = open_journal()
    assert messages(entries) == ["a"]
    await again.append("i", [event("b")])
    assert messages(again.read("i")) == ["a", "b"]


async def test_a_line_from_a_newer_version_is_left_as_it_is(open_journal: Open, folder: Path) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("a")])
    (path,) = folder.glob("*.jsonl")
    record = json.loads(lines(folder)[0]) | {"seq": 2, "event": {"type": "FromTheFuture"}}
    newer = json.dumps(record).encode()
    with path.open("ab") as file:
        file.write(newer + b"\n")
    again, entries = open_journal()
    assert messages(entries) == ["a"]
    await again.append("i", [event("b")])
    assert lines(folder)[1] == newer
    assert json.loads(lines(folder)[2])["seq"] == 3


async def test_what_began_before_a_moment_is_not_among_what_happened_since(open_journal: Open) -> None:
    journal, _ = open_journal()
    opened = Opened(at=AT, incident="new", press=PRESS, plan=PLAN)
    await journal.append("old", [event("a")])
    await journal.append(None, [WentDeaf(at=AT)])
    await journal.append("new", [opened, event("b")])
    assert journal.read_since(Clock.wall()) == [[opened, event("b")]]


async def test_a_new_month_begins_a_new_file(open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, _ = open_journal()
    for month in (11, 12):
        now = datetime(2026, month, 1, tzinfo=UTC)
        monkeypatch.setattr("custom_components.duress.clock.Clock.wall", lambda now=now: now)
        await journal.append("i", [event(str(month))])
    assert messages(journal.read("i")) == ["11", "12"]
    assert len(list(folder.glob("*.jsonl"))) >= 2


async def test_h07_a_clock_that_went_back_by_years_does_not_put_lines_before_older_ones(
    open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, _ = open_journal()
    await journal.append("i", [event("before")])
    monkeypatch.setattr(Clock, "wall", staticmethod(lambda: datetime(1970, 1, 1, tzinfo=UTC)))
    again, _ = open_journal()
    await again.append("i", [event("after")])
    assert messages(again.read("i")) == ["before", "after"]
    assert len(list(folder.glob("*.jsonl"))) == 1


async def test_half_a_line_that_could_not_even_be_taken_back_is_written_over(
    open_journal: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, _ = open_journal()
    monkeypatch.setattr("custom_components.duress.journal.writer.RETRY", 0.01)
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
    monkeypatch.setattr("custom_components.duress.journal.writer.RETRY", 0.001)
    before = len(list(Path("/proc/self/fd").iterdir()))
    journal, _ = open_journal()
    await journal.wait(journal.append("i", [event("a")]))
    assert journal.in_trouble
    await asyncio.sleep(0.1)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 10
    failing[0] = False
    async with asyncio.timeout(5):
        while messages(journal.read("i")) != ["a"]:
            await asyncio.sleep(0.01)


async def test_what_is_on_the_disk_just_as_patience_ends_is_no_trouble(
    open_journal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.duress.journal.journal.PATIENCE", 0)
    journal, _ = open_journal()
    settled = journal.append("i", [event("a")])
    asyncio.get_running_loop().call_soon(settled.set_result, None)
    await journal.wait(settled)
    assert not journal.in_trouble


async def test_a_disk_that_never_comes_back_does_not_keep_the_house_from_stopping(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(os, "open", refuse)
        journal = Journal(folder, lambda _troubled: None)
        journal.load()
        await journal.wait(journal.append("i", [event("a")]))
        assert journal.in_trouble
        async with asyncio.timeout(2):
            await journal.close()
    assert not lines(folder)


async def test_in_the_quiet_after_a_call_the_next_start_is_made_short(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.duress.journal.writer.QUIET", 0.001)
    journal = Journal(folder, lambda _troubled: None)
    journal.load()
    await journal.append("i", [event("a")])
    async with asyncio.timeout(5):
        while b'"i"' not in (folder / "checkpoint.log").read_bytes():
            await asyncio.sleep(0.001)
    await journal.close()


async def test_a_checkpoint_that_cannot_be_read_or_written_costs_time_and_nothing_else(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "checkpoint.log").mkdir(parents=True)
    for name in "ab":
        journal = Journal(folder, lambda _troubled: None)
        found = journal.load()
        await journal.append("i", [event(name)])
        await journal.close()
    assert messages(found) == ["a"]
    assert messages(journal.read("i")) == ["a", "b"]
    assert "checkpoint cannot be written" in caplog.text
