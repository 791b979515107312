"""The stories that `scripts/demo --check` plays against a real Home Assistant, each with what must come of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from typing import Any

from .onlooker import REFUSED, Onlooker, differences
from .phone import Notification
from .phone_scenarios import phones_that_fail_in_every_way
from .world import DESK_BUTTON, World
from .zigbee_scenario import every_zigbee_button

PAUSE_BEFORE_SECOND_CALL = 5
POWER_CUT_SECONDS = 2.0
WATCHED_SECONDS = 8.0
RECORDER_BEATS = ("recorder_5min_statistics_generated", "recorder_hourly_statistics_generated")

type Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story. It returns what happened; `ok` says whether it was right."""

    play: Callable[[World], Awaitable[Result]]
    radio: bool = True
    phone_name: str | None = None
    all_devices: bool = False


async def unanswered_then_power_cut(world: World) -> Result:
    """A press; Ann stays silent; Bob is called; the power fails; Bob answers; it is ended."""
    await world.set_up_site(wait=PAUSE_BEFORE_SECOND_CALL)
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    await world.press()
    first = await ann.wait_for("Help needed")
    second = await bob.wait_for("Help needed", timeout=PAUSE_BEFORE_SECOND_CALL + 5)
    (incident,) = await world.open_incidents()
    away = await world.cut_power(POWER_CUT_SECONDS)
    await world.tap_going("Bob")
    await bob.wait_for("You have it")
    await ann.wait_for("Bob is going")
    await world.resolve("Bob")
    await ann.wait_for("Over")
    await bob.wait_for("Over")
    record = await _settled(world, incident["incident_id"])
    calls = {name: _titled(world, name, "Help needed") for name in world.phones}
    checks = {
        "Ann was called first, once": len(calls["Ann"]) == 1,
        "Bob was called after the pause": abs(second.at - first.at - PAUSE_BEFORE_SECOND_CALL) < 1,
        "Bob was called once, or twice where the power cut left it in doubt": len(calls["Bob"]) in (1, 2),
        "Bob has it": (record["acknowledged_by"] or {}).get("responder") == "Bob",
        "it is over": record["phase"] == "resolved",
        "nothing is open": not await world.open_incidents(),
        "no message is left undelivered": {m["state"] for m in record["messages"]} == {"handed_over"},
        "there was one answer, on Bob's phone": [
            line["by"]["channel"] for line in record["timeline"] if line["type"] == "Acknowledged"
        ]
        == [m["id"].removeprefix("over.").partition(".")[2] for m in record["messages"] if m["responder"] == "Bob"],
    }
    return {
        "ok": all(checks.values()),
        "failed": [check for check, held in checks.items() if not held],
        "press_to_first_call_ms": round((first.at - world.pressed_at) * 1000, 1),
        "messages": [
            {"person": m["responder"], "channel": m["channel"], "kind": m["kind"], "state": m["state"]}
            for m in record["messages"]
        ],
        "acknowledged_by": (record["acknowledged_by"] or {}).get("responder"),
        "phase": record["phase"],
        "away_s": round(away, 1),
        "timeline": record["timeline"],
    }


async def a_covert_call_while_somebody_looks(world: World) -> Result:
    """A hold-up from press to end, watched at a wall tablet, beside as long a time in which nothing happens."""
    await world.set_up_site(wait=PAUSE_BEFORE_SECOND_CALL, call_type="hold_up")
    login = await world.home_assistant.add_user("Tablet", "system-read-only")
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    async with Onlooker(world.home_assistant, login, world.entry) as onlooker:
        await asyncio.sleep(WATCHED_SECONDS)  # let the set-up settle
        quiet, began = await onlooker.everything(), len(onlooker.seen)
        await asyncio.sleep(WATCHED_SECONDS)
        before, pressed = await onlooker.everything(), len(onlooker.seen)
        await world.press()
        await ann.wait_for("Message for you")
        (incident,) = await world.open_incidents()
        await bob.wait_for("Message for you", timeout=PAUSE_BEFORE_SECOND_CALL + 5)
        await world.press()
        during = await onlooker.everything()
        await bob.tap(world.home_assistant.session, "I see to it")
        await bob.wait_for("You have it", body=True)
        await world.press()
        await world.use("arrive", "Bob")
        await world.resolve("Bob")
        record = await _settled(world, incident["incident_id"])
        await asyncio.sleep(2)
        after, ended = await onlooker.everything(), len(onlooker.seen)
    idle = differences(quiet, before) + [json.dumps(event) for event in onlooker.seen[began:pressed]]
    changed = differences(before, during) + differences(before, after)
    changed += [json.dumps(event) for event in onlooker.seen[pressed:ended]]
    of_the_source = [line for line in changed if DESK_BUTTON in line]
    unexplained = [line for line in changed if DESK_BUTTON not in line and not _is_bare(line)]
    checks = {
        "it was called, pressed again, answered and ended": record["phase"] == "resolved" and record["presses"] > 1,
        "who may only look is told nothing of our calls": before["duress/incidents"] == REFUSED,
        "nothing of ours moved": not unexplained,
        "the button's own traces were seen, so the onlooker does see": bool(of_the_source),
    }
    return {
        "ok": all(checks.values()),
        "failed": [check for check, held in checks.items() if not held],
        "unexplained": unexplained[:20],
        "moved_while_idle": len(idle),
        "traces_of_the_button_itself": sorted(set(map(_where_it_shows, of_the_source))),
        "asked": sorted(kind for kind, answer in before.items() if answer != REFUSED),
        "refused": sorted(kind for kind, answer in before.items() if answer == REFUSED),
        "timeline": record["timeline"],
    }


def _where_it_shows(line: str) -> str:
    """Return where the trace of a press can be seen: the question it answers, or what is told as it happens."""
    return "told as it happens" if line.startswith("{") else line.partition(": ")[0]


def _is_bare(line: str) -> bool:
    """Return whether a line is only the times of all states again, as a template that lists them has it.

    Or the recorder's own beat, every five minutes and every hour, which tells nothing but the time.
    """
    if any(f'"event_type": "{beat}", "data": {{}}' in line for beat in RECORDER_BEATS):
        return True
    return '"result"' in line and "listeners" in line


def _titled(world: World, name: str, words: str) -> list[Notification]:
    return [notification for notification in world.phones[name].screen if words in notification.title]


async def _settled(world: World, incident: str) -> dict[str, Any]:
    """Return the record once the last delivery is on it: the phone shows a message before it is reported."""
    async with asyncio.timeout(10):
        while True:
            record = await world.record(incident)
            if not any(message["state"] in ("owed", "sending") for message in record["messages"]):
                return record
            await asyncio.sleep(0.1)


SCENARIOS = {
    "pendant": Scenario(unanswered_then_power_cut),
    "zigbee": Scenario(every_zigbee_button, all_devices=True),
    "button": Scenario(unanswered_then_power_cut, radio=False),
    "phones": Scenario(phones_that_fail_in_every_way, radio=False, phone_name="iPhone"),
    "covert-quiet": Scenario(a_covert_call_while_somebody_looks, radio=False),
}
