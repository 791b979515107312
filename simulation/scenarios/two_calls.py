"""Two falls and one caretaker; a call that changes hands."""

from simulation.phone import Phone
from simulation.world import World

from .common import Result, judged, settled

SECOND_BUTTON = "button.hall_call_for_help"
FIRST, SECOND = "Bedside pendant", "Hall (Owner)"
SOONER = 5.0
"""Seconds within which Bob is called who would otherwise have been called after a minute."""


async def two_falls_and_one_caretaker(world: World) -> Result:
    """Ann has a call in hand when the second comes: she is told, Bob is called at once, and her answer does not count.

    Not even after a power cut. It does once her first call is over.
    """
    await world.set_up_site(wait=60)
    await world.add_phone_point("Hall")
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    await world.press()
    await _reads(ann, "Help needed", FIRST)
    await world.tap_going("Ann")
    await _reads(ann, "You have it", FIRST)
    await world.home_assistant.action("button.press", {"entity_id": SECOND_BUTTON})
    told = await _reads(ann, "Help needed", SECOND)
    at_once = await _reads(bob, "Help needed", SECOND, within=SOONER)
    await world.cut_power(0)
    await world.tap_going("Ann")
    busy = await _reads(ann, "You have another call", SECOND)
    progress = {i["trigger_point"]["name"]: i["progress"] for i in await world.open_incidents()}
    await world.use("resolve", "Ann", await _point(world, FIRST))
    await _reads(ann, "Over", FIRST)
    await ann.tap(world.home_assistant.session, "I'm going")
    taken = await _reads(ann, "You have it", SECOND)
    return judged(
        {
            "who has a call in hand is told of the second": told,
            "the next is called at once beside": at_once,
            "an answer to the second is not taken, and the phone says so": busy and progress[SECOND] is None,
            "the first goes on": progress[FIRST] == "en_route",
            "once the first is over the second is taken": taken,
        }
    )


async def a_call_that_changes_hands(world: World) -> Result:
    """Ann goes; after a power cut Bob takes over by the tap on his notice, arrives, and ends it."""
    await world.set_up_site(wait=0)
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    session = world.home_assistant.session
    await world.press()
    await _reads(bob, "Help needed", FIRST)
    await _reads(ann, "Help needed", FIRST)
    await world.tap_going("Ann")
    notice = await _reads(bob, "Ann is going", FIRST)
    (incident,) = await world.open_incidents()
    await world.cut_power(0)
    await bob.tap(session, "Take over")
    has_it = await _reads(bob, "You have it", FIRST)
    told = await _reads(ann, "Bob is going", FIRST)
    await bob.tap(session, "I'm there")
    await _reads(bob, "You are there", FIRST)
    await bob.tap(session, "Person helped")
    over = await _reads(ann, "Over", FIRST)
    record = await settled(world, incident["incident_id"])
    lines = [line["type"] for line in record["timeline"]]
    return judged(
        {
            "the others read who is going": notice,
            "who takes over has it": has_it,
            "whoever had it is told who goes now": told,
            "everybody is told that it is over": over,
            "the record has both": lines.count("Acknowledged") == 2 and record["resolved_by"]["responder"] == "Bob",  # noqa: PLR2004
        }
    ) | {"timeline": record["timeline"]}


async def _reads(phone: Phone, what: str, place: str, within: float = 10) -> bool:
    """Return whether a phone shows this about a place, in time."""
    try:
        shown = await phone.wait_for(f"{what}: {place}", timeout=within)
    except TimeoutError:
        return False
    return bool(shown)


async def _point(world: World, name: str) -> str:
    incidents = await world.open_incidents()
    point: str = next(i["trigger_point"]["id"] for i in incidents if i["trigger_point"]["name"] == name)
    return point
