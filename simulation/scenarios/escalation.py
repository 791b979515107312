"""Three people to call, and none of them comes: the one in charge is called in the second round."""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulation.loopback import serve
from simulation.world import World

from .common import Result, judged

ARRIVAL = 180
"""Seconds in which somebody must be there at a medical call."""
ROUND = 15
CALENDAR = "calendar.rota"
NEVER = "schedule.never"
EMPTY_CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//simulation//EN\r\nEND:VCALENDAR\r\n"


async def nobody_arrives_until_the_second_round(world: World) -> Result:
    """Ann's rota cannot be reached, so she is called; she takes it and never arrives.

    Bob's push service answers 500. Cas is off duty by a schedule, once Ann has said that she is there. Dora is in
    charge: nobody calls her by name, and she gets it in the second round.
    """
    await world.set_up_site(wait=0, call_type="medical")
    ann, bob, cas, dora = (world.phones[name] for name in ("Ann", "Bob", "Cas", "Dora"))
    session = world.home_assistant.session
    await _set_people_up(world)
    outlook = await _expected(world)
    bob.answers = 500
    await world.press()
    await ann.wait_for("Help needed")
    await ann.tap(session, "I'm going")
    await ann.wait_for("You have it")
    early = [phone.name for phone in (cas, dora) if any("Help needed" in n.title for n in phone.screen)]
    (incident,) = await world.open_incidents()
    reminder = await ann.wait_for("Are you there?", timeout=ARRIVAL / 2)
    called = await dora.wait_for("Help needed", timeout=ARRIVAL)
    await asyncio.sleep(1)  # the phone shows a message before it is reported
    record = await world.record(incident["incident_id"])
    spared = not any("Help needed" in notification.title for notification in cas.screen)
    await dora.tap(session, "I'm going")
    await dora.wait_for("You have it")
    await dora.tap(session, "I'm there")
    await dora.wait_for("You are there")
    await dora.tap(session, "Person helped")
    await dora.wait_for("Over")
    closed = await world.record(incident["incident_id"])
    lines = [(line["type"], line.get("why"), line.get("round")) for line in closed["timeline"]]
    return judged(
        {
            "who is called is known beforehand": outlook == [["Ann", "Bob"]],
            "whose calendar cannot be reached counts as on duty": ann.screen[0].at > 0,
            "nobody else is called while Ann has it": early == [],
            "whoever goes is reminded": reminder.buttons == ["I'm there", "Can't go"],
            "whoever does not arrive is not waited for": ("AnswerLapsed", "not_arrived", None) in lines,
            "whoever is in charge gets it in the second round": ("StepStarted", "not_arrived", 1) in lines,
            "and loudly": called.data.get("channel") == "alarm_stream",
            "who is off duty is left in peace": spared,
            "what failed is not said to have been delivered": _states(record, "Bob") <= {"failed", "owed", "sending"},
            "what arrived was handed over": _states(record, "Dora") == {"handed_over"},
            "the record says who was there and how that is known": _arrival(closed) == ("Dora", "tap"),
            "it is over": closed["resolved_by"]["responder"] == "Dora" and closed["reason"] == "helped",
        }
    ) | {"timeline": closed["timeline"]}


async def _set_people_up(world: World) -> None:
    """Have Cas work by a schedule that is never on, Ann by a calendar that goes away, and Dora be in charge."""
    home_assistant = world.home_assistant
    await home_assistant.command("schedule/create", name="Never")
    await home_assistant.until(NEVER, lambda state: state == "off")
    for name in ("Cas", "Dora"):
        await world.add_responder(name)
    people = {name: await world.subentry(name) for name in world.phones}
    await world.change_responder(people["Ann"], "part", manager=False)
    await world.change_responder(people["Dora"], "part", manager=True)
    await world.change_plan([(0, [people["Ann"], people["Bob"], people["Cas"]])], repeat_after=ROUND)
    await world.change_responder(people["Cas"], "duty", duty_entities=[NEVER])
    await _add_calendar_that_goes_away(world)
    await world.change_responder(people["Ann"], "duty", duty_entities=[CALENDAR], shift="Ann")


async def _add_calendar_that_goes_away(world: World) -> None:
    """Add a calendar on a server that answers only for as long as that takes."""
    home_assistant = world.home_assistant

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=EMPTY_CALENDAR, content_type="text/calendar")

    app = web.Application()
    app.router.add_get("/rota.ics", answer)
    async with serve(app) as address:
        content = {"calendar_name": "Rota", "url": f"http://{address}/rota.ics", "verify_ssl": False}
        await home_assistant.flow({"handler": "remote_calendar"}, content)
        await home_assistant.until(CALENDAR, lambda state: state == "off")
    await home_assistant.action("homeassistant.update_entity", {"entity_id": CALENDAR})
    await home_assistant.until(CALENDAR, lambda state: state == "unavailable")
    await asyncio.sleep(1)


async def _expected(world: World) -> list[list[str]]:
    """Return whom the action says that a press would call, step by step."""
    device = await world.point_device()
    path = "/api/services/duress/who_is_called?return_response"
    answer = await world.home_assistant.post(path, {"trigger_point": device}, world.logins["Ann"])
    return [call["people"] for call in answer["service_response"]["calls"]]


def _states(record: Mapping[str, Any], name: str) -> set[str]:
    return {message["state"] for message in record["messages"] if message["responder"] == name}


def _arrival(record: Mapping[str, Any]) -> tuple[str, str] | None:
    arrivals = [line for line in record["timeline"] if line["type"] == "Arrived"]
    return (record["acknowledged_by"]["responder"], arrivals[-1]["proof"]) if arrivals else None
