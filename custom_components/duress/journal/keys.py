"""The keys under which names and secrets are kept, one for each incident; destroying a key erases them (hazard H30).

The file is a row of keys, each found by its number; zeros stand where one was destroyed. Keys are written
ahead of their use, in blocks, so that no press waits for a second file.
"""

import base64
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE = "keys.bin"
LENGTH = 32
BLOCK = 256
"""Keys that are made at a time."""
LOW = 128
"""When so few are left, more are made."""
NONCE = 12
DESTROYED = bytes(LENGTH)


@dataclass(frozen=True, slots=True)
class Block:
    """Keys to be written, from this number on."""

    first: int
    data: bytes


class Keys:
    """Keys not used yet, in memory, and those that were, on the disk."""

    def __init__(self, folder: Path) -> None:
        """Find keys in the folder; there are none to be taken before the first block."""
        self._path = folder / FILE
        self._fresh: list[tuple[int, AESGCM]] = []
        self._next = 0

    def open(self) -> Block:
        """Return the first block to be written. Raises OSError where the disk does not tell which are used."""
        if self._path.exists():
            with self._path.open("rb") as file:
                self._next = file.seek(0, os.SEEK_END) // LENGTH  # a power cut may have left half a key
        return self.block()

    def block(self) -> Block:
        """Make a block of keys, and return it to be written before any line that uses one of them."""
        data = os.urandom(LENGTH * BLOCK)
        keys = [AESGCM(data[at : at + LENGTH]) for at in range(0, len(data), LENGTH)]
        first = self._next
        self._fresh += enumerate(keys, first)
        self._next += BLOCK
        return Block(first, data)

    def take(self) -> tuple[int, AESGCM] | None:
        """Return a number and its key that nobody has used, or None where the disk keeps no keys."""
        return self._fresh.pop(0) if self._fresh else None

    @property
    def running_low(self) -> bool:
        """Return whether it is time to make another block."""
        return 0 < len(self._fresh) < LOW

    def write(self, block: Block) -> None:
        """Write a block, each key where its number says."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, block.data, block.first * LENGTH)
            os.fdatasync(file)
        finally:
            os.close(file)

    def get(self, number: Any) -> bytes | None:
        """Return a key, or None if it was destroyed or never was."""
        if not isinstance(number, int) or number < 0:
            return None
        try:
            with self._path.open("rb") as file:
                file.seek(number * LENGTH)
                key = file.read(LENGTH)
        except OSError:
            return None
        return key if len(key) == LENGTH and key != DESTROYED else None

    def destroy(self, numbers: set[int]) -> None:
        """Make what was kept under these keys unreadable for ever."""
        file = os.open(self._path, os.O_RDWR)
        try:
            for number in numbers:
                os.pwrite(file, DESTROYED, number * LENGTH)
            os.fdatasync(file)
        finally:
            os.close(file)


def seal(key: AESGCM, incident: str, private: dict[str, Any]) -> str:
    """Return private fields as text that only the key makes readable, and only for this incident."""
    nonce = os.urandom(NONCE)
    return base64.b64encode(nonce + key.encrypt(nonce, json.dumps(private).encode(), incident.encode())).decode()


def unseal(key: bytes, incident: str, sealed: bytes) -> dict[str, Any] | None:
    """Return what was sealed, or None if it was changed or is another key's."""
    try:
        private = json.loads(AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], incident.encode()))
    except InvalidTag:
        return None
    return private if isinstance(private, dict) else None
