"""Locks on a real broker, as Zigbee2MQTT and others publish them, which can fail in every way."""

import asyncio
from enum import StrEnum
import json
from types import TracebackType
from typing import Any, Self

from .broker import HOST, Broker

BOLT_TRAVELS = 2.0
SLOW_BOLT_TRAVELS = 11.0
JAM_SHOWS_AFTER = 3.5
"""Seconds for which a lock that jams says that it is locked: real ones do, for up to 5.7."""
COMMAND = "lock/{name}/set"
STATE = "lock/{name}"
AVAILABLE = "lock/{name}/available"


class Mode(StrEnum):
    """How a lock is."""

    GOOD = "good"
    SLOW = "slow"
    JAMS = "jams"
    """It says at once that it is locked, and takes that back."""
    AWAY = "away"
    """It is not there."""
    ASSUMED = "assumed"
    """It is told, and never says anything."""


class SimulatedLocks:
    """Some locks, all of them open at first. They outlive Home Assistant, as locks do."""

    def __init__(self, broker: Broker, modes: dict[str, Mode]) -> None:
        """Hang them on a broker."""
        from paho.mqtt.client import Client  # noqa: PLC0415  not every Home Assistant has it
        from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

        self._broker = broker
        self._modes = modes
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._bolts: set[asyncio.Task[None]] = set()
        self.states = dict.fromkeys(modes, "UNLOCKED")
        self.told: dict[str, list[str]] = {name: [] for name in modes}

    async def __aenter__(self) -> Self:
        """Announce them, and listen."""
        for name, mode in self._modes.items():
            await self._announce(name, mode)
        loop = asyncio.get_running_loop()

        def heard(_client: Any, _data: Any, message: Any) -> None:
            loop.call_soon_threadsafe(self._told, message.topic.split("/")[1], message.payload.decode())

        self._client.on_message = heard
        await asyncio.to_thread(self._client.connect, HOST, self._broker.port)
        self._client.subscribe(COMMAND.format(name="+"))
        self._client.loop_start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take them away."""
        for bolt in self._bolts:
            bolt.cancel()
        await asyncio.to_thread(self._client.loop_stop)
        self._client.disconnect()

    async def turn(self, name: str, state: str) -> None:
        """Turn a lock by hand."""
        await self._say(name, state)

    async def until(self, name: str, state: str) -> None:
        """Wait until a bolt is so; raises TimeoutError."""
        async with asyncio.timeout(60):
            while self.states[name] != state:
                await asyncio.sleep(0.1)

    async def _announce(self, name: str, mode: Mode) -> None:
        known = {
            "name": None,
            "unique_id": name,
            "command_topic": COMMAND.format(name=name),
            "availability_topic": AVAILABLE.format(name=name),
            "device": {"identifiers": [name], "name": name},
        }
        if mode is not Mode.ASSUMED:
            known["state_topic"] = STATE.format(name=name)
        available = "offline" if mode is Mode.AWAY else "online"
        await self._broker.retain(
            [
                (f"homeassistant/lock/{name}/config", json.dumps(known)),
                (AVAILABLE.format(name=name), available),
                (STATE.format(name=name), "UNLOCKED"),
            ]
        )

    def _told(self, name: str, command: str) -> None:
        self.told[name].append(command)
        bolt = asyncio.get_running_loop().create_task(self._move(name, command))
        self._bolts.add(bolt)
        bolt.add_done_callback(self._bolts.discard)

    async def _move(self, name: str, command: str) -> None:
        ends = f"{command}ED"
        match self._modes[name]:
            case Mode.GOOD | Mode.SLOW as mode:
                await self._say(name, f"{command}ING")
                await asyncio.sleep(SLOW_BOLT_TRAVELS if mode is Mode.SLOW else BOLT_TRAVELS)
                await self._say(name, ends)
            case Mode.JAMS:
                await self._say(name, ends)
                await asyncio.sleep(JAM_SHOWS_AFTER)
                await self._say(name, "JAMMED")
            case Mode.ASSUMED:
                self.states[name] = ends
            case Mode.AWAY:
                pass

    async def _say(self, name: str, state: str) -> None:
        self.states[name] = state
        await self._broker.retain([(STATE.format(name=name), state)])
