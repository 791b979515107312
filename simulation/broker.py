"""A real MQTT broker, and what Zigbee2MQTT publishes on it."""

import asyncio
from collections.abc import Sequence
from functools import partial
import json
from pathlib import Path
import shutil
import socket
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from .home_assistant import free_port

HOST = "127.0.0.1"


class Broker:
    """Runs Mosquitto, which forgets what it retains when it stops."""

    def __init__(self) -> None:
        """Choose where it will be reached."""
        self.port = free_port()
        self._folder = TemporaryDirectory(prefix="duress-broker-")

    async def __aenter__(self) -> Self:
        """Start, and wait until it answers."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()
        self._folder.cleanup()

    async def start(self) -> None:
        """Start it."""
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        assert program, "scripts/setup --broker installs it"
        settings = Path(self._folder.name) / "mosquitto.conf"
        settings.write_text(f"listener {self.port} {HOST}\nallow_anonymous true\npersistence false\n", "utf-8")
        null = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(program, "-c", str(settings), stderr=null)
        async with asyncio.timeout(10):
            while not self._answers():
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        await self._process.wait()

    async def publish(self, topic: str, payload: str | dict[str, Any], *, retain: bool = False) -> None:
        """Publish a text, or a thing as JSON."""
        await self._send([(topic, payload if isinstance(payload, str) else json.dumps(payload), 0, retain)])

    async def retain(self, messages: Sequence[tuple[str, str]]) -> None:
        """Publish many at once, and have the broker keep them."""
        await self._send([(topic, payload, 0, True) for topic, payload in messages])

    async def _send(self, messages: list[Any]) -> None:
        from paho.mqtt import publish  # noqa: PLC0415  not every Home Assistant that we try has it beside it

        await asyncio.to_thread(partial(publish.multiple, messages, hostname=HOST, port=self.port))

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex((HOST, self.port)) == 0
