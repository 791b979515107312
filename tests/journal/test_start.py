"""What a start finds: open incidents from every line that reads, without reading all, and only what may be known."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
import hashlib
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.duress.engine import replay
from custom_components.duress.engine.codec import decode
from custom_components.duress.engine.duty import Duty
from custom_components.duress.engine.events import Event, Opened
from custom_components.duress.engine.model import NO_PLACE
from custom_components.duress.engine.site_events import DutyChanged, LevelChanged, Purged, WentDeaf
from custom_components.duress.engine.upcast import VERSION
from custom_components.duress.journal import Found, Journal, verify
from custom_components.duress.journal.keys import BLOCK, LENGTH, Keys
from custom_components.duress.journal.retention import remove, summary
from tests.engine.story import HANDLE_PRESS, Story

AT = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the record is kept."""
    return tmp_path / "record"


@pytest.fixture
async def record(folder: Path) -> Path:
    """Write a record with one incident that is over and one that is open; returns its folder."""
    journal, _ = begin(folder)
    over, opened = Story(), Story()
    over.at(0, HANDLE_PRESS)
    over.hand_over(1)
    over.resolve(2)
    over.hand_over(3)
    await journal.append("over", over.history)
    journal.settled("over")
    opened.at(4, HANDLE_PRESS)
    opened.hand_over(5)
    await journal.append("open", opened.history)
    await journal.close()
    return folder


def pressed() -> list[Event]:
    """Return what a press leads to."""
    story = Story()
    story.at(0, HANDLE_PRESS)
    return story.history


def begin(folder: Path) -> tuple[Journal, Found]:
    journal = Journal(folder, lambda _trouble: None)
    return journal, journal.load()


async def found_in(folder: Path) -> Found:
    journal, found = begin(folder)
    await journal.close()
    return found


def change(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def month(folder: Path) -> Path:
    (path,) = folder.glob("*.jsonl")
    return path


async def test_a_start_knows_what_is_open_and_reads_nothing_else(record: Path) -> None:
    found = await found_in(record)
    assert set(found.histories) == {"open"}
    assert (found.restored, found.damaged) == (False, False)
    incident = replay(found.histories["open"])
    assert incident is not None
    assert (incident.place.area, incident.secret) == ("Room 4", "x")


async def test_a_record_goes_on_where_the_one_before_ended(record: Path) -> None:
    journal, _ = begin(record)
    await journal.append(None, [WentDeaf(at=AT)])
    await journal.close()
    assert verify.verify(record).misfit is None


async def test_h29_a_record_without_its_checkpoint_came_out_of_a_backup(record: Path) -> None:
    (record / "checkpoint.log").unlink()
    found = await found_in(record)
    assert found.restored
    assert "open" in found.histories


async def test_h29_a_record_that_lost_its_end_is_behind_its_checkpoint(record: Path) -> None:
    path = month(record)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    found = await found_in(record)
    assert (found.restored, found.damaged) == (True, True)
    assert "open" in found.histories


async def test_a_checkpoint_that_does_not_read_costs_time_and_nothing_else(record: Path) -> None:
    change(record / "checkpoint.log", b'"sequence"', b'"sequence "')
    found = await found_in(record)
    assert (found.restored, found.damaged) == (False, True)
    assert "open" in found.histories


@pytest.mark.parametrize("broken", [b'"type":"Opened', b'"incident":"open","event":{"type":"Opened'])
async def test_an_open_incident_with_a_damaged_beginning_is_still_known(record: Path, broken: bytes) -> None:
    path = month(record)
    lines = path.read_bytes().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if b'"open"' in line)
    lines[at] = lines[at].replace(broken, b"\x00" * len(broken))
    path.write_bytes(b"".join(lines))
    found = await found_in(record)
    assert found.damaged
    assert found.known_open == {"open": "p"}
    assert found.histories["open"]
    assert replay(found.histories["open"]) is None


async def test_damage_in_an_incident_that_is_over_opens_nothing(record: Path) -> None:
    change(month(record), b'"type":"Resolved"', b'"type":"Resolvee"')
    assert set((await found_in(record)).histories) == {"open"}


async def test_a_missing_month_leaves_what_was_open_known(record: Path) -> None:
    month(record).unlink()
    found = await found_in(record)
    assert (found.histories, found.known_open) == ({"open": []}, {"open": "p"})


async def test_h52_a_line_of_a_newer_version_in_an_open_incident_is_passed_over(record: Path) -> None:
    change(month(record), b'"type":"HandedOver"', b'"type":"FromLater"')
    (record / "checkpoint.log").unlink()
    incident = replay((await found_in(record)).histories["open"])
    assert incident is not None
    assert incident.is_open


async def test_a_flipped_byte_in_a_lone_line_makes_up_no_incident(record: Path) -> None:
    end = b'"event":{"type":"Resolved"'
    change(month(record), b'"incident":"over",' + end, b'"incident":"ovex",' + end)
    (record / "checkpoint.log").unlink()
    assert "ovex" not in (await found_in(record)).histories


async def test_h30_a_name_is_nowhere_in_the_record_and_gone_with_its_key(record: Path) -> None:
    assert not [path for path in record.iterdir() if b"Room 4" in path.read_bytes()]
    (record / "keys.bin").write_bytes(bytes(LENGTH * BLOCK))
    incident = replay((await found_in(record)).histories["open"])
    assert incident is not None
    assert (incident.place, incident.secret) == (NO_PLACE, None)
    assert verify.verify(record).misfit is None


async def test_where_the_disk_keeps_no_keys_the_place_is_still_on_record(folder: Path) -> None:
    (folder / "keys.bin").mkdir(parents=True)
    journal, found = begin(folder)
    assert found.damaged
    await journal.append("open", pressed())
    await journal.close()
    incident = replay((await found_in(folder)).histories["open"])
    assert incident is not None
    assert incident.place.area == "Room 4"


async def test_keys_that_cannot_be_written_do_not_stop_the_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_keys: Keys, _block: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Keys, "write", refuse)
    journal, _ = begin(folder)
    await journal.append("open", pressed())
    await journal.close()
    incident = replay((await found_in(folder)).histories["open"])
    assert incident is not None
    assert (incident.is_open, incident.place) == (True, NO_PLACE)


async def test_a_busy_site_makes_more_keys_before_it_runs_out(folder: Path) -> None:
    journal, _ = begin(folder)
    for number in range(BLOCK + 10):
        last = journal.append(f"i{number}", pressed())
    await last
    assert len({line["key"] for line in _records(folder) if "key" in line}) == BLOCK + 10
    entry, *_ = journal.read(f"i{BLOCK + 9}")
    assert isinstance(entry.event, Opened)
    assert entry.event.place.area == "Room 4"
    await journal.close()


async def test_h30_what_is_older_than_it_has_to_be_kept_goes_with_its_keys_and_a_line_says_so(record: Path) -> None:
    old = record / "2020-01.jsonl"
    (record / "checkpoint.log").unlink()
    month(record).rename(old)
    journal, _ = begin(record)
    story = Story()
    story.at(0, HANDLE_PRESS)
    story.resolve(1)
    await journal.append("new", story.history)
    journal.settled("open")
    journal.settled("over")
    await journal.close()
    await found_in(record)
    assert not old.exists()
    gone = [line["event"] for line in _records(record) if line["event"]["type"] == Purged.__name__]
    assert [(event["first"], event["last"]) for event in gone] == [(1, 8)]
    keys = (record / "keys.bin").read_bytes()
    assert keys[:LENGTH] == bytes(LENGTH)
    result = verify.verify(record)
    assert (result.misfit, result.purged) == (None, 8)


async def test_h30_damage_in_what_is_older_than_it_has_to_be_kept_does_not_keep_it(record: Path) -> None:
    (record / "checkpoint.log").unlink()
    month(record).rename(record / "2020-01.jsonl")
    with (record / "2020-01.jsonl").open("ab") as file:
        file.write(b"damaged\n")
    gone, numbers = summary(record, [record / "2020-01.jsonl"], AT) or (None, set())
    assert gone is not None
    assert (gone.first, gone.last, gone.head) == (1, 8, hashlib.sha256(b"damaged").hexdigest())
    assert numbers == {0, 1}


async def test_a_month_with_an_open_incident_is_kept(record: Path) -> None:
    month(record).rename(record / "2020-01.jsonl")
    (record / "checkpoint.log").unlink()
    await found_in(record)
    assert (record / "2020-01.jsonl").exists()


def _records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def _nothing(_path: Path) -> None:
    pass


def _flip(path: Path) -> None:
    change(path, b'"reason":"helped"', b'"reason":"test  "')


def _drop(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[5:]))


def _break(path: Path) -> None:
    change(path, b'"reason":"helped"', b'"reason":"helped')


def _tear(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b'{"v":2,"seq":')


@pytest.mark.parametrize(
    ("damage", "status", "said"),
    [
        (_nothing, 0, "all fit"),
        (_flip, 1, "line 4 of {month} was changed"),
        (_break, 1, "line 4 of {month} was changed"),
        (_drop, 1, "2 lines are missing between line 3 of {month} and line 4"),
        (_tear, 0, "1 half written"),
    ],
)
async def test_the_verifier_names_the_first_line_that_does_not_fit_without_home_assistant(
    record: Path, damage: Callable[[Path], None], status: int, said: str
) -> None:
    path = month(record)
    damage(path)
    script = Path(verify.__file__)
    run = await asyncio.create_subprocess_exec(sys.executable, "-I", "-S", script, record, stdout=subprocess.PIPE)
    out, _ = await run.communicate()
    assert said.format(month=path.name) in out.decode()
    assert run.returncode == verify.main([str(record)]) == status


def test_the_verifier_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([str(tmp_path / "nothing")]) == 2
    assert "which folder" in capsys.readouterr().err
    assert verify.main([str(tmp_path)]) == 0


async def test_half_a_key_that_a_power_cut_left_is_no_key(record: Path) -> None:
    keys = record / "keys.bin"
    keys.write_bytes(keys.read_bytes() + b"half")
    await found_in(record)
    assert keys.stat().st_size % LENGTH == 0


async def test_a_key_that_is_another_ones_opens_nothing(record: Path) -> None:
    keys = record / "keys.bin"
    keys.write_bytes(b"x" * len(keys.read_bytes()))
    incident = replay((await found_in(record)).histories["open"])
    assert incident is not None
    assert incident.place == NO_PLACE


@pytest.mark.parametrize("number", [-1, "one", BLOCK * 9])
async def test_a_key_number_that_makes_no_sense_is_no_key(record: Path, number: object) -> None:
    assert Keys(record).get(number) is None
    assert Keys(record / "nowhere").get(number) is None


async def test_a_disk_that_does_not_give_old_months_back_keeps_them(record: Path) -> None:
    (record / "2019-12.jsonl").mkdir()
    assert summary(record, [record / "2019-12.jsonl"], AT) is None


def test_a_month_that_cannot_be_removed_stays(tmp_path: Path) -> None:
    (tmp_path / "2019-12.jsonl").mkdir()
    remove([tmp_path / "2019-12.jsonl"], Keys(tmp_path), set())
    assert (tmp_path / "2019-12.jsonl").exists()


@pytest.mark.parametrize(
    "event", [b"[]", b"{}", b'{"type":"HandedOver"}', b'{"type":"HandedOver","at":"2027-01-01T00:00:00","message":"m"}']
)
async def test_a_line_of_no_use_in_an_incident_that_is_over_stops_no_start(record: Path, event: bytes) -> None:
    path = month(record)
    line = b'{"v":2,"seq":99,"prev":"","wall":"2026-11-23T03:12:00+00:00","incident":"over","event":' + event + b"}\n"
    path.write_bytes(path.read_bytes() + line)
    (record / "checkpoint.log").unlink()
    found = await found_in(record)
    assert "open" in found.histories
    assert found.newest is not None
    assert found.newest.tzinfo is not None


async def test_h52_a_checkpoint_of_a_newer_version_costs_time_and_nothing_else(record: Path) -> None:
    state = b'{"newer":1}'
    (record / "checkpoint.log").write_bytes(hashlib.sha256(state).hexdigest().encode() + b"\n" + state)
    assert "open" in (await found_in(record)).histories


async def test_an_incident_that_lost_its_key_keeps_the_secret_it_was_given_anew(record: Path) -> None:
    (record / "keys.bin").write_bytes(bytes(LENGTH * BLOCK))
    journal, found = begin(record)
    story = Story()
    story.incident = replay(found.histories["open"])
    story.resume(20, away=14)
    await journal.append("open", story.latest)
    await journal.close()
    incident = replay((await found_in(record)).histories["open"])
    assert incident is not None
    assert incident.secret == "new"


async def test_h36_which_levels_had_risen_is_known_from_the_checkpoint_and_from_the_lines_after_it(
    folder: Path,
) -> None:
    def level(source: str, *, raised: bool) -> LevelChanged:
        return LevelChanged(at=AT, source=source, raised=raised)

    journal, _ = begin(folder)
    await journal.append(None, [level("a", raised=True)])
    await journal.append(None, [level("b", raised=True)])
    await journal.append(None, [level("b", raised=False)])
    await journal.close()
    checkpoint = (folder / "checkpoint.log").read_bytes()
    journal, found = begin(folder)
    assert found.checkpoint.raised == ["a"]
    await journal.append(None, [level("a", raised=False)])
    await journal.append(None, [level("c", raised=True)])
    await journal.append(None, [WentDeaf(at=AT)])
    await journal.close()
    (folder / "checkpoint.log").write_bytes(checkpoint)
    assert (await found_in(folder)).checkpoint.raised == ["c"]


async def test_whose_duty_stands_how_is_known_from_the_checkpoint_and_from_the_lines_after_it(folder: Path) -> None:
    def duty(responder: str, **how: bool) -> DutyChanged:
        return DutyChanged(at=AT, responder=responder, duty=Duty(**how))

    journal, _ = begin(folder)
    await journal.append(None, [duty("ann", planned=False)])
    await journal.append(None, [duty("bob", confirmed=False)])
    await journal.close()
    checkpoint = (folder / "checkpoint.log").read_bytes()
    journal, _ = begin(folder)
    await journal.append(None, [duty("bob", confirmed=True)])
    await journal.close()
    (folder / "checkpoint.log").write_bytes(checkpoint)
    remembered = (await found_in(folder)).checkpoint.remembered
    assert decode(remembered["DutyChanged ann"], VERSION) == duty("ann", planned=False)
    assert decode(remembered["DutyChanged bob"], VERSION) == duty("bob", confirmed=True)
