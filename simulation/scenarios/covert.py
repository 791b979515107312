"""A hold-up is called while somebody looks at all that Home Assistant shows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
import json
from typing import Any

from simulation.onlooker import REFUSED, Onlooker, differences, not_own
from simulation.world import DESK_BUTTON, World
from simulation.zwave import ZWaveNetwork

from .common import PAUSE_BEFORE_SECOND_CALL, Result, judged, settled

WATCHED_SECONDS = 5.0
SETTLING_SECONDS = 2.0
RECORDER_BEATS = ("recorder_5min_statistics_generated", "recorder_hourly_statistics_generated")
BETWEEN_PRESSES = 0.7
KEYPAD_STATUS = "sensor.keypad_v2_node_status"

type Press = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Watched:
    """What an onlooker saw change while nothing happened, and during a whole call."""

    idle: list[str]
    call: list[str]
    before: Mapping[str, Any]
    record: Mapping[str, Any]


async def a_covert_call_while_somebody_looks(world: World) -> Result:
    """A hold-up from press to end by a button that cannot be kept quiet: nothing moves but that button."""
    await world.set_up_site(wait=PAUSE_BEFORE_SECOND_CALL, call_type="hold_up")
    stays, offered = await world.what_shows()
    async with Onlooker(world.home_assistant, await _tablet(world), world.entry) as onlooker:
        seen = await _watched(world, onlooker, world.press)
    of_the_source = [line for line in seen.call if DESK_BUTTON in line]
    unexplained = [line for line in seen.call if DESK_BUTTON not in line and not _is_bare(line)]
    return judged(
        {
            **_went_as_it_should(seen),
            "nothing of ours moved": not unexplained,
            "the button's own traces were seen, so the onlooker does see": bool(of_the_source),
            "the plan's dialog says so, and that they cannot be taken away": "Desk" in stays and not offered,
        },
        {
            "unexplained": unexplained[:20],
            "moved_while_idle": len(seen.idle),
            "traces_of_the_button_itself": sorted(set(map(_where_it_shows, of_the_source))),
            "asked": sorted(kind for kind, answer in seen.before.items() if answer != REFUSED),
            "refused": sorted(kind for kind, answer in seen.before.items() if answer == REFUSED),
            "timeline": seen.record["timeline"],
        },
    )


async def covert_calls_from_a_fob_a_keypad_and_a_phone(world: World) -> Result:
    """Whole hold-ups by every kind of button and a phone: first as they come, then kept quiet.

    As they come, all that shows was listed in the dialog of the plan, and all that was listed shows. Once that was
    taken away, a call looks like an hour in which nothing happens, byte for byte.
    """
    await world.set_up_site(wait=PAUSE_BEFORE_SECOND_CALL, call_type="hold_up")
    await world.remove_point()
    async with ZWaveNetwork() as network:
        await world.home_assistant.flow({"handler": "zwave_js"}, {"url": network.url})
        await world.home_assistant.until(KEYPAD_STATUS, lambda state: state is not None)
        presses: dict[str, Press] = {
            "Pendant": world.press_pendant,
            "Fob": lambda: world.fob.alarm_key("panic"),
            "Scene button": lambda: world.button.switch("toggle"),
            "Keypad": lambda: network.keypad_alert("panic"),
        }
        for name, press in presses.items():
            await world.learn(press, name)
        await world.add_phone_point("Cas phone")
        phone = world.point
        calls: dict[str, Press] = {**presses, "Phone": lambda: world.use("press", "Cas", phone)}
        stays, offered = await world.what_shows()
        tablet = await _tablet(world)
        world.fob.received.clear()
        async with Onlooker(world.home_assistant, tablet, world.entry) as onlooker:
            as_they_come = [await _watched(world, onlooker, press) for press in calls.values()]
        await world.take_away(presses, list(offered))
        left = await world.what_shows()
        async with Onlooker(world.home_assistant, tablet, world.entry) as onlooker:
            kept_quiet = {name: await _watched(world, onlooker, press) for name, press in calls.items()}
    seen = [line for watched in as_they_come for line in watched.call if not _is_bare(line)]
    unlisted = [line for line in seen if not any(_shows(key, line) for key in offered)]
    unseen = [key for key in offered if not any(_shows(key, line) for line in seen)]
    checks = {check: True for watched in (*as_they_come, *kept_quiet.values()) for check in _went_as_it_should(watched)}
    for watched in (*as_they_come, *kept_quiet.values()):
        for check, held in _went_as_it_should(watched).items():
            checks[check] &= held
    loud = {name: _but_beats(watched.call) for name, watched in kept_quiet.items()}
    checks |= {
        "nothing shows that was not listed": not unlisted,
        "all that was listed shows": bool(offered) and not unseen,
        "nothing is listed that cannot be taken away": stays == "Nothing.",
        "nothing is listed once it was taken away": left == ("Nothing.", {}),
        "the fob is told nothing that makes it sound": not any(world.fob.received),
        **{f"{name}: a call looks like an hour in which nothing happens": not lines for name, lines in loud.items()},
    }
    return judged(checks, {"listed": offered, "unlisted": unlisted[:20], "unseen": unseen, "shown": loud})


async def _tablet(world: World) -> Any:
    return await world.home_assistant.add_user("Tablet", "system-read-only")


async def _watched(world: World, onlooker: Onlooker, press: Press) -> Watched:
    """Watch a whole call: pressed, passed on, pressed again, taken, arrived at and over; and as much time before it."""
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    ann.screen.clear()
    bob.screen.clear()
    await asyncio.sleep(SETTLING_SECONDS)
    quiet, began = await onlooker.everything(), len(onlooker.seen)
    await asyncio.sleep(WATCHED_SECONDS)
    before, pressed = await onlooker.everything(), len(onlooker.seen)
    await press()
    await ann.wait_for("Message for you")
    (incident,) = await world.open_incidents()
    await bob.wait_for("Message for you", timeout=PAUSE_BEFORE_SECOND_CALL + 5)
    await press()
    during = await onlooker.everything()
    await bob.tap(world.home_assistant.session, "I see to it")
    await bob.wait_for("You have it", body=True)
    await asyncio.sleep(BETWEEN_PRESSES)
    await press()
    await asyncio.sleep(BETWEEN_PRESSES)  # a radio takes a moment, and a press after the end is a new call
    await world.use("arrive", "Bob", incident["trigger_point"]["id"])
    await world.resolve("Bob")
    record = await settled(world, incident["incident_id"])
    await asyncio.sleep(2)
    after, ended = await onlooker.everything(), len(onlooker.seen)
    idle = differences(quiet, before) + [json.dumps(event) for event in onlooker.seen[began:pressed]]
    changed = differences(before, during) + differences(before, after)
    changed += [json.dumps(event) for event in onlooker.seen[pressed:ended]]
    return Watched(not_own(idle), not_own(changed), before, record)


def _went_as_it_should(watched: Watched) -> dict[str, bool]:
    record = watched.record
    return {
        "it was called, pressed again, answered and ended": record["phase"] == "resolved" and record["presses"] > 1,
        "who may only look is told nothing of our calls": watched.before["duress/incidents"] == REFUSED,
        "Assist was asked": "No call is open" in json.dumps(watched.before["conversation/process"]),
    }


def _shows(key: str, line: str) -> bool:
    """Return whether a line is of something that the dialog listed."""
    kind, _, what = key.partition(":")
    return f'"domain": "{what}"' in line if kind == "activity" else what in line


def _where_it_shows(line: str) -> str:
    """Return where the trace of a press can be seen: the question it answers, or what is told as it happens."""
    return "told as it happens" if line.startswith("{") else line.partition(": ")[0]


def _but_beats(lines: Iterable[str]) -> list[str]:
    """Return all but the recorder's own beat, every five minutes and every hour, which tells nothing but the time."""
    return [line for line in lines if not any(f'"event_type": "{b}", "data": {{}}' in line for b in RECORDER_BEATS)]


def _is_bare(line: str) -> bool:
    """Return whether a line is only the times of all states again, as a template that lists them has it."""
    return not _but_beats([line]) or ('"result"' in line and "listeners" in line)
