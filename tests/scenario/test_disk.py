"""A disk in trouble never holds up a call."""

import asyncio
from collections.abc import Iterator
import errno
import os
from pathlib import Path
import subprocess
import threading

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine.delivery_events import HandedOver
from custom_components.duress.engine.events import Opened, PressRepeated, StepStarted
from custom_components.duress.journal.verify import verify
from tests.site import SiteUnderTest


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS, errno.EIO])
async def test_a_full_read_only_or_failing_disk_stops_no_call_and_the_record_is_whole_afterwards(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    real_write, full = os.write, threading.Event()
    full.set()
    folder = str(Path(site.hass.config.path(".storage", DOMAIN)))

    def write(file: int, data: bytes) -> int:
        if full.is_set() and os.readlink(f"/proc/self/fd/{file}").startswith(folder):
            raise OSError(reason, os.strerror(reason))
        return real_write(file, data)

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr("custom_components.duress.journal.writer.RETRY", 0.01)
    await site.press()
    ann.hears("Help needed")
    assert site.issues() == {"record_not_written"}
    full.clear()
    await site.until(lambda: not site.issues())
    while len(events := await site.events(site.incident.id)) < 3:
        await asyncio.sleep(0)
    assert [type(event) for event in events] == [Opened, StepStarted, HandedOver]


@pytest.fixture
def small_disk(site: SiteUnderTest) -> Iterator[Path]:
    """Keep the record on a real file system with room for a few lines only; needs the rights to mount one."""
    folder = Path(site.hass.config.path(".storage", DOMAIN))
    folder.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "duress", folder], check=False).returncode:
        pytest.skip("no rights to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_disk_that_is_really_full_stops_no_call_and_the_record_is_whole_afterwards(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch, small_disk: Path
) -> None:
    monkeypatch.setattr("custom_components.duress.journal.writer.RETRY", 0.01)
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    rest = small_disk / "rest"
    with pytest.raises(OSError, match="No space left"):
        rest.write_bytes(bytes(1 << 20))
    rounds = 0
    while site.issues() != {"record_not_written"}:  # the last page of the month's file has room for a few lines
        rounds += 1
        await site.advance(seconds=1)
        await site.press()
        ann.hears(*["Help needed"][rounds - 1 :])
        assert rounds < 50
    await site.advance(seconds=1)
    await site.press()
    rest.unlink()
    await site.until(lambda: not site.issues())
    (incident,) = site.site.incidents.open()
    while len(events := await site.events(incident.id)) < 3 + rounds:
        await asyncio.sleep(0)
    assert sum(isinstance(event, PressRepeated) for event in events) == rounds
    assert verify(site.folder).misfit is None


async def test_a_disk_that_hangs_delays_a_call_by_half_a_second_at_the_most_and_only_once(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    hanging = threading.Event()
    real_sync = os.fdatasync

    def sync(file: int) -> None:
        hanging.wait(30)
        real_sync(file)

    monkeypatch.setattr(os, "fdatasync", sync)
    site.hass.bus.async_fire("test_button")
    await site.until(lambda: bool(site.site.incidents.open()))
    site.freezer.tick(0.5)
    async_fire_time_changed(site.hass)
    await site.until(lambda: bool(ann.unheard()))
    ann.hears("Help needed")
    assert site.issues() == {"record_not_written"}
    site.freezer.tick(4.5)  # five seconds for one flush
    hanging.set()
    await site.settle()
    await site.until(lambda: not site.issues())
    while len(events := await site.events(site.incident.id)) < 3:
        await asyncio.sleep(0)
    assert [type(event) for event in events] == [Opened, StepStarted, HandedOver]


async def test_h26_a_disk_that_fails_says_so_before_anybody_presses_and_not_while_a_covert_call_is_open(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), call_type="hold_up", covert=True)
    monkeypatch.setattr("custom_components.duress.journal.writer.RETRY", 0.01)
    failing = _fail_to_sync(monkeypatch)
    await site.press()
    ann.hears("Message for you")
    await site.advance(seconds=31)
    assert site.site.archive.in_trouble
    assert site.issues() == set()
    await site.action("resolve", ann.user)
    ann.hears("Message for you")
    await site.advance(seconds=31)
    assert site.issues() == {"record_not_written"}
    failing.clear()
    await site.until(lambda: not site.issues())


async def test_a_disk_that_fails_while_nobody_presses_is_noticed(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.duress.journal.writer.ALIVE", 0.01)
    monkeypatch.setattr("custom_components.duress.journal.writer.QUIET", 0.01)
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))

    def fail(*_args: object) -> None:
        raise OSError(errno.EIO, "failing")

    monkeypatch.setattr("custom_components.duress.journal.writer.mark_alive", fail)
    await site.until(lambda: site.issues() == {"record_not_written"})
    monkeypatch.undo()
    await site.press()
    site.people["Ann"].hears("Help needed")
    await site.until(lambda: not site.issues())


def _fail_to_sync(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have the disk fail at every flush until the event is cleared."""
    failing, real_sync = threading.Event(), os.fdatasync
    failing.set()

    def sync(file: int) -> None:
        if failing.is_set():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real_sync(file)

    monkeypatch.setattr(os, "fdatasync", sync)
    return failing
