"""Pictures and clips on the disk: apart from the record, for a shorter time, and not in Home Assistant's backups.

They lie below `.cache`, which backups leave out. One thread of their own writes them, so that they hold up neither the
record nor anything else. No name of a camera is in a path.
"""

import asyncio
from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
import hashlib
import logging
import os
from pathlib import Path
import re
import shutil
from typing import Final

from homeassistant.core import HomeAssistant
from ulid_transform import ulid_to_timestamp

from .engine.cameras import is_clip
from .engine.why import Why

_LOGGER = logging.getLogger(__name__)

KEPT_FOR: Final = timedelta(days=30)
"""Shorter than the record: the EDPB asks for a good reason for more than 72 hours (guidelines 3/2019), and a review of
an incident is one. Pictures that are marked stay."""
QUOTA: Final = 2 * 1024**3
"""Bytes that the pictures of a site may take, beside those that are marked. The oldest go first."""
LEFT_FREE: Final = 256 * 1024**2
"""Bytes of the disk that pictures leave to the record and to everything else."""
WAITING: Final = 256 * 1024**2
"""Bytes of pictures that may wait for the disk: the clips of eight cameras end together."""
MARK = "marked"
SUFFIXES = (".jpg", ".mp4")
INCIDENT = re.compile(r"[0-9A-Za-z]{26}")
PICTURE = re.compile(r"(?:\d{1,3}|clip)-\d{1,3}")

type OnPurged = Callable[[str, int, Why], None]


class NoRoomError(Exception):
    """The disk has no room for a picture."""


class Folder:
    """The pictures of a site, by incident. Every function here waits for the disk."""

    def __init__(self, path: Path) -> None:
        """Keep pictures below a path, which need not be there yet."""
        self.path = path

    def keep(self, incident: str, picture: str, content: bytes) -> tuple[str, int]:
        """Write a picture as a whole or not at all; returns the SHA-256 and the size of what is kept.

        That is what was there, where a start asks again for what the power kept from being put on record: what a camera
        saw at the press is worth more than what it sees now. Raises NoRoomError where it would take what is left of the
        disk, OSError where that fails.
        """
        folder = self.path / _checked(INCIDENT, incident)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free - len(content) < LEFT_FREE:
            raise NoRoomError
        file = self.file(incident, picture)
        if file.exists():
            return _measured(file.read_bytes())
        temporary = file.with_suffix(".new")
        try:
            with temporary.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(file)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return _measured(content)

    def read(self, incident: str, picture: str, sha256: str | None) -> bytes | None:
        """Return a picture, None where it is not there any more or is not the one that was kept."""
        try:
            content = self.file(incident, picture).read_bytes()
        except OSError:
            return None
        if _measured(content)[0] != sha256:
            _LOGGER.warning("A picture on the disk is not the one that was kept")
            return None
        return content

    def file(self, incident: str, picture: str) -> Path:
        """Return where a picture is. Raises ValueError for what is no id."""
        return self.path / _checked(INCIDENT, incident) / file_name(_checked(PICTURE, picture))

    def mark(self, incident: str, *, marked: bool) -> None:
        """Keep the pictures of an incident until the mark is taken off again."""
        mark = self.path / _checked(INCIDENT, incident) / MARK
        if not marked:
            mark.unlink(missing_ok=True)
            return
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch()

    def marked(self) -> set[str]:
        """Return the incidents whose pictures are marked."""
        return {mark.parent.name for mark in self.path.glob(f"*/{MARK}")}

    def purge(self, now: datetime, wanted: Container[str]) -> list[tuple[str, int, Why]]:
        """Remove what is too old, and the oldest of what is too much; nothing wanted or marked. Returns what went."""
        gone = []
        sizes = {folder: size for folder, size in self._sizes().items() if not (folder / MARK).exists()}
        for folder in sorted(sizes, key=lambda folder: folder.name):  # which sorts by when it began
            if folder.name in wanted:
                continue
            began = datetime.fromtimestamp(ulid_to_timestamp(folder.name) / 1000, UTC)
            why = Why.TOO_OLD if now - began > KEPT_FOR else Why.NO_ROOM if sum(sizes.values()) > QUOTA else None
            if why is None:
                continue
            try:
                count = len([file for file in folder.iterdir() if file.suffix in SUFFIXES])
                shutil.rmtree(folder)
            except OSError as error:
                _LOGGER.warning("Old pictures could not be removed: %s", error.strerror)
                continue
            del sizes[folder]
            gone.append((folder.name, count, why))
        return gone

    def _sizes(self) -> dict[Path, int]:
        if not self.path.is_dir():
            return {}
        folders = [folder for folder in self.path.iterdir() if INCIDENT.fullmatch(folder.name)]
        return {folder: sum(file.stat().st_size for file in folder.iterdir()) for folder in folders}


class Evidence:
    """Writes and reads pictures beside everything else."""

    def __init__(self, hass: HomeAssistant, path: Path, on_purged: OnPurged) -> None:
        """Keep them in a folder, and tell `on_purged` of what had to go: an incident, how many, and why."""
        self._hass = hass
        self._folder = Folder(path)
        self._on_purged = on_purged
        self._thread = ThreadPoolExecutor(1, "duress pictures")
        self._waiting = 0

    async def async_keep(self, incident: str, picture: str, content: bytes) -> tuple[str, int]:
        """Return SHA-256 and size of a picture once the disk has it; raises NoRoomError or OSError."""
        if self._waiting + len(content) > WAITING:
            raise NoRoomError
        self._waiting += len(content)
        try:
            return await self._async_do(partial(self._folder.keep, incident, picture, content))
        finally:
            self._waiting -= len(content)

    async def async_read(self, incident: str, picture: str, sha256: str | None) -> bytes | None:
        """Return a picture, None where it is not there any more or is not the one that was kept."""
        return await self._hass.async_add_executor_job(self._folder.read, incident, picture, sha256)

    async def async_mark(self, incident: str, *, marked: bool) -> None:
        """Keep the pictures of an incident longer than others, or no longer."""
        await self._async_do(partial(self._folder.mark, incident, marked=marked))

    async def async_marked(self) -> set[str]:
        """Return the incidents whose pictures are kept longer than others."""
        return await self._hass.async_add_executor_job(self._folder.marked)

    async def async_purge(self, now: datetime, wanted: Container[str]) -> None:
        """Remove what need not be kept any more, and tell of it."""
        try:
            gone = await self._async_do(partial(self._folder.purge, now, wanted))
        except OSError as error:
            _LOGGER.warning("Old pictures could not be removed: %s", error.strerror)
            return
        for incident, count, why in gone:
            self._on_purged(incident, count, why)

    async def async_stop(self) -> None:
        """Write what is begun, and stop."""
        await self._hass.async_add_executor_job(partial(self._thread.shutdown, cancel_futures=True))

    async def _async_do[Result](self, job: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)


def _measured(content: bytes) -> tuple[str, int]:
    return hashlib.sha256(content).hexdigest(), len(content)


def file_name(picture: str) -> str:
    """Return what the file of a picture or clip is called."""
    return picture + SUFFIXES[is_clip(picture)]


def _checked(pattern: re.Pattern[str], name: str) -> str:
    if not pattern.fullmatch(name):
        raise ValueError("no such picture")
    return name
