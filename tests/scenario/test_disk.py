"""A disk in trouble never holds up a call."""

import asyncio
import errno
import os
from pathlib import Path
import threading

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine.events import HandedOver, Opened, StepStarted
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
    await site.until(lambda: bool(site.site.open_incidents()))
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
