"""A simulated Z-Wave network under the real Z-Wave JS, to which Home Assistant's own integration connects."""

import asyncio
import os
import shutil
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession

from .home_assistant import CHECKOUT, free_port

PROGRAM = CHECKOUT / "simulation" / "zwave_js" / "network.mjs"
OWN_NODE = CHECKOUT / ".cache" / "node" / "bin"
"""Where `scripts/setup --zwave` puts Node.js on a machine that has none."""
PANIC_BUTTON, SCENE_BUTTON, KEYPAD, LOCK = ("panic_button", "scene_button", "keypad", "lock")
CODES = {1: "58203917", 2: "40719365"}
"""What each user of the lock types; so many digits stand nowhere by chance."""


class ZWaveNetwork:
    """A panic button and a scene button that sleep, a keypad, and a lock with a keypad of its own."""

    def __init__(self) -> None:
        """Choose where the network will be reached."""
        self._server, self._control = free_port(), free_port()
        self.url = f"ws://127.0.0.1:{self._server}"
        self._cache = TemporaryDirectory(prefix="duress-zwave-")

    async def __aenter__(self) -> Self:
        """Start, and wait until every device is known."""
        await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        await self._stop()
        self._cache.cleanup()

    async def restart(self) -> None:
        """Stop Z-Wave JS and start it again: until it is back, Home Assistant's entities are unavailable."""
        await self._stop()
        await self._start()

    async def panic_button(self) -> None:
        """Press the panic button."""
        await self._do(PANIC_BUTTON, "panic")

    async def scene(self, number: int, use: str = "pressed") -> None:
        """Use a key of the scene button: `pressed`, or `double`."""
        await self._do(SCENE_BUTTON, "scene", number=number, use=use)

    async def keypad_alert(self, key: str) -> None:
        """Hold one of the keypad's alert keys: `fire`, `police`, `panic` or `medical`."""
        await self._do(KEYPAD, "alert", key=key)

    async def keypad_code(self, code: str) -> None:
        """Type a code at the keypad, to disarm."""
        await self._do(KEYPAD, "disarm", code=code)

    async def unlock_with_code_of(self, user: int) -> None:
        """Unlock the lock with one user's code."""
        await self._do(LOCK, "unlock", user=user, code=CODES[user])

    async def wake(self, device: str) -> None:
        """Have a sleeping device say that it is awake, as it does twice a day."""
        await self._do(device, "wake")

    async def answers(self, device: str, *, wanted: bool) -> None:
        """Have a device answer, or not: it is taken for dead as soon as anything is asked of it."""
        await self._do(device, "answers", wanted=wanted)

    async def _do(self, device: str, deed: str, **how: Any) -> None:
        url = f"http://127.0.0.1:{self._control}/{device}/{deed}"
        async with ClientSession() as session, session.post(url, json=how) as response:
            response.raise_for_status()

    async def _start(self) -> None:
        node = shutil.which("node", path=os.pathsep.join([str(OWN_NODE), os.environ["PATH"]]))
        assert node, "scripts/setup --zwave installs it"
        ports = {"SERVER_PORT": str(self._server), "CONTROL_PORT": str(self._control)}
        self._process = await asyncio.create_subprocess_exec(
            *(node, str(PROGRAM)),
            env={**os.environ, **ports, "CACHE": self._cache.name},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None, "it is piped"
        said = await self._process.stdout.readline()
        assert said == b"ready\n", "Z-Wave JS did not start; it says above why"

    async def _stop(self) -> None:
        async with asyncio.timeout(30):
            await self._process.communicate()
