"""Phones with the companion app, as Home Assistant sees them: a registration, a push service, a webhook.

Nothing of Home Assistant is replaced. A phone registers over the real endpoint with a push service of ours on
the loopback interface, gets what is pushed to it there, and answers through its webhook.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient

from .loopback import serve

type Client = ClientSession | TestClient[Any, Any]
"""Whatever posts to Home Assistant for us."""


@dataclass(slots=True)
class Notification:
    """One message as it stands on a phone's screen."""

    title: str
    body: str
    data: dict[str, Any]
    at: float = field(default_factory=time.monotonic)

    @property
    def buttons(self) -> list[str]:
        """Return the labels of its buttons."""
        return [action["title"] for action in self.data.get("actions", [])]


class Phone:
    """One person's phone. `answers` is what its push service says: a status, or None to stay silent for ever."""

    def __init__(self, name: str, on_message: Callable[[Phone, Notification], None] | None = None) -> None:
        """Make a phone that is not registered yet."""
        self.name = name
        self.answers: int | None = 201
        self.screen: list[Notification] = []
        self.connected = asyncio.Event()
        self._webhook = ""
        self._on_message = on_message
        self._changed = asyncio.Event()

    async def register(self, home_assistant: Client, push: PushService, headers: dict[str, str] | None = None) -> None:
        """Sign in to Home Assistant as the person whose token `headers` (or the client) carries."""
        token = push.add(self)
        registration = {
            "device_id": f"simulated-{token}",
            "app_id": "io.simulated.companion",
            "app_name": "Companion",
            "app_version": "2026.11",
            "device_name": self.name,
            "manufacturer": "Simulated",
            "model": "Phone",
            "os_name": "Android",
            "os_version": "16",
            "supports_encryption": False,
            "app_data": {"push_token": token, "push_url": push.url},
        }
        response = await home_assistant.post("/api/mobile_app/registrations", json=registration, headers=headers)
        response.raise_for_status()
        self._webhook = (await response.json())["webhook_id"]

    async def listen(self, connection: ClientWebSocketResponse, *, confirm: bool) -> None:
        """Take messages over the phone's own connection to Home Assistant, until it is closed."""
        channel = {"webhook_id": self._webhook, "support_confirm": True}
        await connection.send_json({"id": 1, "type": "mobile_app/push_notification_channel", **channel})
        number = 1
        self.connected.clear()
        async for frame in connection:
            message = frame.json()
            if message["type"] != "event":
                self.connected.set()
                continue
            if confirm:
                self.receive(message["event"])
                number += 1
                answer = {"webhook_id": self._webhook, "confirm_id": message["event"]["hass_confirm_id"]}
                await connection.send_json({"id": number, "type": "mobile_app/push_notification_confirm", **answer})

    def receive(self, content: dict[str, Any]) -> None:
        """Show a message."""
        notification = Notification(content.get("title", ""), content["message"], content.get("data", {}))
        self.screen.append(notification)
        self._changed.set()
        if self._on_message is not None:
            self._on_message(self, notification)

    async def wait_for(self, words: str, *, timeout: float = 10, body: bool = False) -> Notification:  # noqa: ASYNC109
        """Return the first message whose title, or `body`, has these words; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                for notification in self.screen:
                    if words in (notification.body if body else notification.title):
                        return notification
                self._changed.clear()
                await self._changed.wait()

    async def tap(self, home_assistant: Client, button: str) -> None:
        """Tap a button of the newest message that has it."""
        actions = [
            (notification, action)
            for notification in reversed(self.screen)
            for action in notification.data.get("actions", [])
            if action["title"] == button
        ]
        notification, action = actions[0]
        await self.fire(
            home_assistant,
            "mobile_app_notification_action",
            {"action": action["action"], "tag": notification.data["tag"]},
        )

    async def clear(self, home_assistant: Client) -> None:
        """Wipe the newest message away, as on Android."""
        newest = self.screen[-1]
        data = {"title": newest.title, "message": newest.body, **newest.data}
        await self.fire(home_assistant, "mobile_app_notification_cleared", data)

    async def moves(self, home_assistant: Client, latitude: float, longitude: float, accuracy: int = 10) -> None:
        """Say where the phone is, as the companion app does when it moves or is asked."""
        data = {"gps": [latitude, longitude], "gps_accuracy": accuracy}
        message = {"type": "update_location", "data": data}
        response = await home_assistant.post(f"/api/webhook/{self._webhook}", json=message)
        response.raise_for_status()

    async def fire(self, home_assistant: Client, event: str, data: dict[str, Any]) -> None:
        """Post any event through the phone's webhook, as the companion app does."""
        message = {"type": "fire_event", "data": {"event_type": event, "event_data": data}}
        response = await home_assistant.post(f"/api/webhook/{self._webhook}", json=message)
        response.raise_for_status()


class PushService:
    """Stands in for the push services of Google and Apple."""

    def __init__(self) -> None:
        """Make one that is not running yet."""
        self._phones: dict[str, Phone] = {}
        self._stopping = asyncio.Event()
        self.url = ""

    async def __aenter__(self) -> Self:
        """Start to listen on a free port."""
        app = web.Application()
        app.router.add_post("/push", self._push)
        self._server = serve(app)
        self.url = f"http://{await self._server.__aenter__()}/push"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        self._stopping.set()
        await self._server.__aexit__(kind, error, traceback)

    def add(self, phone: Phone) -> str:
        """Serve a phone; returns its push token."""
        token = f"token-{len(self._phones)}"
        self._phones[token] = phone
        return token

    async def _push(self, request: web.Request) -> web.Response:
        content = await request.json()
        phone = self._phones[content["push_token"]]
        if phone.answers is None:
            await self._stopping.wait()
            return web.Response(status=503)
        if phone.answers >= 400:  # noqa: PLR2004
            return web.json_response({"errorMessage": "simulated"}, status=phone.answers)
        phone.receive(content)
        limits = {"successful": 1, "errors": 0, "maximum": 500, "resetsAt": "2099-01-01T00:00:00+00:00"}
        return web.json_response({"rateLimits": limits}, status=phone.answers)
