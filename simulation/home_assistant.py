"""A real Home Assistant in a process of its own, set up and driven from outside as its users do it."""

import asyncio
from collections.abc import Callable, Mapping
import contextlib
from dataclasses import dataclass
import json
import os
from pathlib import Path
import signal
import socket
import sys
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse

CHECKOUT = Path(__file__).parent.parent
BOOT_SECONDS = 120
OWNER = "owner"
PASSWORD = "demo-password"

CONFIGURATION = """\
homeassistant:
  name: Harbour House
  latitude: 51.5
  longitude: 0.0
  elevation: 10
  unit_system: metric
  time_zone: UTC
  country: GB
conversation:
frontend:
history:
logbook:
mobile_app:
automation: !include automations.yaml
input_boolean:
  lamp:
    name: Lamp
input_button:
  desk:
    name: Desk button
rest_command:
  press_pendant:
    url: {control}/press/pendant
    method: post
logger:
  default: warning
"""
BLUETOOTH = "bluetooth:\nsimulated_bluetooth:\n"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class RefusedError(Exception):
    """Home Assistant said no."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is signed in."""

    user: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Return what to send along with a request."""
        return {"Authorization": f"Bearer {self.token}"}


class HomeAssistant:
    """One installation: a configuration folder, a process that may be killed and started again, its owner."""

    def __init__(self, folder: Path, control: str, port: int | None = None, *, bluetooth: bool = False) -> None:
        """Use an empty folder; `control` is the address at which the simulated hardware is pressed."""
        self._bluetooth = bluetooth
        self._folder = folder
        self._control = control
        self._port = port or free_port()
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"http://127.0.0.1:{self._port}"
        self.owner = Login("", "")

    async def __aenter__(self) -> Self:
        """Install, start, and sign the owner in."""
        self._folder.mkdir(parents=True, exist_ok=True)
        integrations = self._folder / "custom_components"
        integrations.mkdir(exist_ok=True)
        (integrations / "duress").symlink_to(CHECKOUT / "custom_components" / "duress")
        configuration = CONFIGURATION.format(control=self._control)
        if self._bluetooth:
            (integrations / "simulated_bluetooth").symlink_to(CHECKOUT / "simulation" / "bluetooth")
            configuration += BLUETOOTH
        (self._folder / "configuration.yaml").write_text(configuration, "utf-8")
        (self._folder / "automations.yaml").write_text("[]\n", "utf-8")
        self.session = ClientSession(self.url)
        await self.start()
        await self._onboard()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        await self.session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(30):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()

    # The process

    async def start(self) -> None:
        """Start the process and wait until all is set up."""
        with (self._folder / "hass.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).parent / "hass"),
                *("--config", str(self._folder), "--skip-pip", "--log-no-color"),
                env={**os.environ, "SETUP_PORT": str(self._port)},
                stdout=log,
                stderr=log,
            )
        await self._until_running()

    def kill(self) -> None:
        """Cut the power."""
        assert self._process is not None, "it runs before it is killed"
        self._process.send_signal(signal.SIGKILL)

    async def _until_running(self) -> None:
        assert self._process is not None, "it has been started"
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            if self._process.returncode is not None:
                break
            with contextlib.suppress(ClientError, RefusedError):
                if not self.owner.token:
                    async with self.session.get("/api/onboarding") as response:
                        if response.status == 200:  # noqa: PLR2004
                            return
                elif (await self.get("/api/config"))["state"] == "RUNNING":
                    return
            await asyncio.sleep(0.1)
        raise RefusedError(f"Home Assistant did not start: see {self._folder / 'hass.log'}")

    # What its users do

    async def get(self, path: str) -> Any:
        """Return what an endpoint answers the owner."""
        async with self.session.get(path, headers=self.owner.headers) as response:
            if response.status >= 400:  # noqa: PLR2004
                raise RefusedError(f"{path}: {response.status} {await response.text()}")
            return await response.json()

    async def post(self, path: str, content: Mapping[str, Any] | None = None, login: Login | None = None) -> Any:
        """Post as the owner, or as somebody else."""
        headers = (login or self.owner).headers
        async with self.session.post(path, json=content or {}, headers=headers) as response:
            if response.status >= 400:  # noqa: PLR2004
                raise RefusedError(f"{path}: {response.status} {await response.text()}")
            return await response.json()

    async def command(self, kind: str, **content: Any) -> Any:
        """Return the result of one websocket command of the owner."""
        async with self.session.ws_connect("/api/websocket", max_msg_size=0) as connection:
            await _authenticate(connection, self.owner.token)
            await connection.send_json({"id": 1, "type": kind, **content})
            answer = await connection.receive_json()
            if not answer["success"]:
                raise RefusedError(f"{kind}: {answer['error']}")
            return answer["result"]

    async def action(self, action: str, data: Mapping[str, Any], login: Login | None = None) -> None:
        """Use an action."""
        await self.post(f"/api/services/{action.replace('.', '/')}", data, login)

    async def until(self, entity: str, condition: Callable[[str | None], bool]) -> None:
        """Wait until what an entity shows, None where there is none, is as it should be; raises TimeoutError."""
        async with asyncio.timeout(60):
            while True:
                states = {state["entity_id"]: state["state"] for state in await self.get("/api/states")}
                if condition(states.get(entity)):
                    return
                await asyncio.sleep(0.1)

    async def flow(self, start: Mapping[str, Any], *steps: Mapping[str, Any], kind: str = "flow") -> Any:
        """Go through a config flow, or with `kind` `subentries/flow` a subentry's; returns its last answer."""
        path = f"/api/config/config_entries/{kind}"
        answer = await self.post(path, start)
        for step in steps:
            answer = await self.post(f"{path}/{answer['flow_id']}", step)
        if answer["type"] not in ("create_entry", "abort"):
            raise RefusedError(f"the flow did not end: {json.dumps(answer)}")
        return answer

    async def connect(self, login: Login) -> ClientWebSocketResponse:
        """Return a websocket of somebody who is signed in."""
        connection = await self.session.ws_connect("/api/websocket", max_msg_size=0)
        await _authenticate(connection, login.token)
        return connection

    async def add_user(self, name: str, group: str = "system-users") -> Login:
        """Give a person a login, as the owner does under Settings, People; returns that person signed in."""
        user = (await self.command("config/auth/create", name=name, group_ids=[group]))["user"]["id"]
        username = name.lower()
        await self.command(
            "config/auth_provider/homeassistant/create", user_id=user, username=username, password=PASSWORD
        )
        await self.command("person/create", name=name, user_id=user, device_trackers=[])
        return Login(user, await self._sign_in(username))

    async def _sign_in(self, username: str) -> str:
        client = {"client_id": f"{self.url}/"}
        handler = {"handler": ["homeassistant", None], "redirect_uri": f"{self.url}/"}
        flow = await self.post("/auth/login_flow", {**client, **handler})
        answer = await self.post(
            f"/auth/login_flow/{flow['flow_id']}", {**client, "username": username, "password": PASSWORD}
        )
        return await self._long_lived(await self._token(answer["result"]))

    async def _token(self, code: str) -> str:
        grant = {"client_id": f"{self.url}/", "grant_type": "authorization_code", "code": code}
        async with self.session.post("/auth/token", data=grant) as response:
            token: str = (await response.json())["access_token"]
            return token

    async def _long_lived(self, token: str) -> str:
        async with self.session.ws_connect("/api/websocket") as connection:
            await _authenticate(connection, token)
            request = {"type": "auth/long_lived_access_token", "client_name": "simulation", "lifespan": 365}
            await connection.send_json({"id": 1, **request})
            long_lived: str = (await connection.receive_json())["result"]
            return long_lived

    async def _onboard(self) -> None:
        client = f"{self.url}/"
        person = {"client_id": client, "name": "Owner", "username": OWNER, "password": PASSWORD, "language": "en"}
        code = (await self.post("/api/onboarding/users", person))["auth_code"]
        self.owner = Login("", await self._token(code))
        for step in ("core_config", "analytics"):
            await self.post(f"/api/onboarding/{step}")
        await self.post("/api/onboarding/integration", {"client_id": client, "redirect_uri": client})
        self.owner = Login("", await self._long_lived(self.owner.token))
        await self._until_running()
        # Onboarding adds integrations that want the internet, and every later start would wait for it.
        for entry in await self.get("/api/config/config_entries/entry"):
            if entry["domain"] in ("met", "radio_browser", "google_translate", "shopping_list"):
                await self.session.delete(
                    f"/api/config/config_entries/entry/{entry['entry_id']}", headers=self.owner.headers
                )


async def _authenticate(connection: ClientWebSocketResponse, token: str) -> None:
    await connection.receive_json()
    await connection.send_json({"type": "auth", "access_token": token})
    if (await connection.receive_json())["type"] != "auth_ok":
        raise RefusedError("the websocket did not take the token")
