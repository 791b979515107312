"""Nobody answers the first call, the power fails, and the second person answers."""

from simulation.phone import Notification
from simulation.world import World

from .common import PAUSE_BEFORE_SECOND_CALL, Result, settled

POWER_CUT_SECONDS = 2.0


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
    record = await settled(world, incident["incident_id"])
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


def _titled(world: World, name: str, words: str) -> list[Notification]:
    return [notification for notification in world.phones[name].screen if words in notification.title]
