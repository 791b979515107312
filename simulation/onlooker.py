"""Somebody at a wall tablet, signed in with a login that may only look, who notes all that Home Assistant shows."""

import asyncio
from collections.abc import Iterable
import json
import time
from types import TracebackType
from typing import Any, Self

from homeassistant.auth.permissions.events import SUBSCRIBE_ALLOWLIST

from .home_assistant import HomeAssistant, Login

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"type": "get_states"},
    {"type": "get_services"},
    {"type": "get_config"},
    {"type": "get_panels"},
    {"type": "config_entries/get"},
    {"type": "config/area_registry/list"},
    {"type": "config/device_registry/list"},
    {"type": "config/entity_registry/list"},
    {"type": "config/label_registry/list"},
    {"type": "repairs/list_issues"},
    {"type": "persistent_notification/get"},
    {"type": "person/list"},
    {"type": "recorder/list_statistic_ids"},
    {"type": "media_source/browse_media"},
    {"type": "system_log/list"},
    {"type": "lovelace/config"},
    {"type": "duress/incidents"},
)
"""What anybody may ask, and some of what they may not: who asks is answered or refused, and both is noted."""
ASSIST = "conversation.home_assistant"
"""Shows when it was last asked something: by the onlooker."""
TEMPLATE = "{{ states | map(attribute='entity_id') | reject('eq', '" + ASSIST + "') | map('states') | list }}"
REFUSED = "refused"


class Onlooker:
    """Listens to everything and asks everything, again and again."""

    def __init__(self, home_assistant: HomeAssistant, login: Login, entry: str) -> None:
        """Look with this login at a Home Assistant that has this site."""
        self._home_assistant = home_assistant
        self._login = login
        self._entry = entry
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.began = time.time()
        self.seen: list[Any] = []
        self._conditions: dict[int, str] = {}
        """Whose state each condition that is listened to asks for: what is told of it does not say."""

    async def __aenter__(self) -> Self:
        """Sign in and listen to everything."""
        self._connection = await self._home_assistant.connect(self._login)
        self._reading = asyncio.create_task(self._read())
        entities = sorted(state["entity_id"] for state in await self.ask({"type": "get_states"}))
        subscriptions: list[dict[str, Any]] = [
            {"type": "subscribe_entities"},
            {"type": "render_template", "template": TEMPLATE},
            {"type": "logbook/event_stream", "start_time": _iso(self.began)},
            {"type": "history/stream", "start_time": _iso(self.began), "entity_ids": entities},
            {"type": "subscribe_events"},
            *({"type": "subscribe_events", "event_type": kind} for kind in sorted(map(str, SUBSCRIBE_ALLOWLIST))),
            *(
                {"type": "subscribe_condition", "condition": {"condition": "state", "entity_id": e, "state": "on"}}
                for e in entities
            ),
        ]
        for subscription in subscriptions:
            if "condition" in subscription:
                self._conditions[self._number + 1] = subscription["condition"]["entity_id"]
            await self.ask(subscription)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Go away."""
        self._reading.cancel()
        await self._connection.close()

    async def ask(self, question: dict[str, Any]) -> Any:
        """Return the answer to a question, or that it was refused."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._connection.send_json({"id": self._number, **question})
        async with asyncio.timeout(10):
            return await answer

    async def everything(self) -> dict[str, Any]:
        """Return the answers to all questions."""
        states = await self.ask({"type": "get_states"})
        entities = sorted(state["entity_id"] for state in states)
        since = _iso(self.began)
        past = (
            {"type": "history/history_during_period", "start_time": since, "entity_ids": entities},
            {"type": "logbook/get_events", "start_time": since},
        )
        found = {}
        for question in (*QUESTIONS, *past):
            if question["type"].startswith("duress/"):
                question = {**question, "entry_id": self._entry}  # noqa: PLW2901
            found[question["type"]] = await self.ask(question)
        said = await self.ask({"type": "conversation/process", "text": "Who is coming?"})
        found["conversation/process"] = said["response"]["speech"] if said != REFUSED else REFUSED
        return found

    async def _read(self) -> None:
        while True:
            message = await self._connection.receive_json()
            if message["type"] != "result":
                about = self._conditions.get(message["id"])
                self.seen.append({"condition": about, **message["event"]} if about else message.get("event"))
            elif (answer := self._answers.pop(message["id"], None)) is not None:
                answer.set_result(message["result"] if message["success"] else REFUSED)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return every item of an answer that came or went."""
    return sorted(
        f"{question}: {item}"
        for question in before
        for item in set(_items(before[question])) ^ set(_items(after[question]))
    )


def not_own(lines: Iterable[str]) -> list[str]:
    """Return what was not moved by looking."""
    return [line for line in lines if ASSIST not in line]


def _items(answer: Any) -> Iterable[str]:
    """Return the items of a list, or of the longest list in it, each as text."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from (f"{key} {item}" for item in _items(value))
    elif isinstance(answer, list):
        yield from (json.dumps(item, sort_keys=True) for item in answer)
    else:
        yield json.dumps(answer)


def _iso(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(moment))
