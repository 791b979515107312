"""A hold-up is called while somebody looks at all that Home Assistant shows."""

import asyncio
import json

from simulation.onlooker import REFUSED, Onlooker, differences
from simulation.world import DESK_BUTTON, World

from .common import PAUSE_BEFORE_SECOND_CALL, Result, settled

WATCHED_SECONDS = 8.0
RECORDER_BEATS = ("recorder_5min_statistics_generated", "recorder_hourly_statistics_generated")


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
        record = await settled(world, incident["incident_id"])
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
