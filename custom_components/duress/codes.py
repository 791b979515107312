"""The codes that people type, and what may be known of them: a slow hash with a secret that is in no backup (H41)."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
import hashlib
import logging
import os
from pathlib import Path

from homeassistant.core import HomeAssistant

from .clock import Clock
from .responders import Responder

_LOGGER = logging.getLogger(__name__)

LENGTH = 6
FILE = "codes.log"
"""Its name keeps it out of backups, as that of the checkpoint does: whoever has a backup cannot try codes on it."""
SECRET_LENGTH = 32
NEAR = 2
"""By how much the last digit of two codes must differ at least, and one more (Bosch and DSC ask for as much)."""
WRONG_AT_MOST = 10
WITHIN = timedelta(minutes=10)
"""After so many wrong codes within so long only duress codes count: a million of six digits take a lifetime."""


class Codes:
    """Tells whose code it is that somebody typed. Every answer takes as long as every other."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Keep the secret in the folder of the record."""
        self._hass = hass
        self._path = folder / FILE
        self._one_at_a_time = asyncio.Lock()
        self._wrong: list[datetime] = []
        self._secret = b""

    async def async_hash(self, code: str) -> str:
        """Return what is kept of a code."""
        async with self._one_at_a_time:
            return await self._hass.async_add_executor_job(self._hash, code)

    async def async_can_be_used(self, code: str, taken: Iterable[str]) -> bool:
        """Return whether a code has the right form, and is none of those `taken`, nor close to one."""
        if not is_code(code):
            return False
        close = [await self.async_hash(other) for other in close_to(code)]
        return not set(taken).intersection(close)

    async def async_find(self, responders: Iterable[Responder], code: str) -> tuple[str | None, bool]:
        """Return whose code it is, None for nobody's, and whether it says that somebody is being threatened.

        Where the disk does not give the secret it is nobody's: a call is then ended to the eye only.
        """
        try:
            typed = await self.async_hash(code[: LENGTH * 2])
        except OSError:
            _LOGGER.error("Codes cannot be told apart: the disk does not give what they are kept with")  # noqa: TRY400
            return None, False
        found = {h: (r.id, kind == DURESS) for r in responders for kind, h in r.codes.items()}.get(typed)
        now = Clock.wall()
        self._wrong = [moment for moment in self._wrong if now - WITHIN < moment <= now]
        if found is None:
            self._wrong.append(now)
        if found is None or (len(self._wrong) >= WRONG_AT_MOST and not found[1]):
            return None, False
        return found

    def _hash(self, code: str) -> str:
        self._secret = self._secret or self._read_secret()
        return hashlib.scrypt(code.encode(), salt=self._secret, n=2**14, r=8, p=1, dklen=32).hex()

    def _read_secret(self) -> bytes:
        try:
            secret = self._path.read_bytes()
        except FileNotFoundError:
            secret = b""
        if len(secret) == SECRET_LENGTH:
            return secret
        secret = os.urandom(SECRET_LENGTH)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, secret)
            os.fsync(file)
        finally:
            os.close(file)
        return secret


PIN = "pin"
DURESS = "duress"


def is_code(code: str) -> bool:
    """Return whether something is six digits, as they stand on a keypad."""
    return len(code) == LENGTH and code.isascii() and code.isdigit()


def close_to(code: str) -> set[str]:
    """Return a code, and all that differ from it by so little that one is typed for the other."""
    last = int(code[-1])
    return {f"{code[:-1]}{(last + by) % 10}" for by in range(-NEAR, NEAR + 1)}


def all_codes(responders: Iterable[Mapping[str, str]]) -> set[str]:
    """Return all hashes that are in use."""
    return {kept for codes in responders for kept in codes.values()}
