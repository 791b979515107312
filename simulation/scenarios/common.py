"""What more than one story needs."""

import asyncio
from collections.abc import Mapping
from typing import Any

from simulation.world import World

PAUSE_BEFORE_SECOND_CALL = 5

type Result = dict[str, Any]
"""What a story returns: what happened; `ok` says whether it was right."""


def judged(checks: Mapping[str, bool], so_far: Result | None = None) -> Result:
    """Return a story's result: right if all of these checks held, and all that were made `so_far`."""
    before = so_far or {}
    failed = [*before.get("failed", ()), *(check for check, held in checks.items() if not held)]
    return {**before, "ok": not failed, "failed": failed}


async def settled(world: World, incident: str) -> dict[str, Any]:
    """Return the record once the last delivery is on it: the phone shows a message before it is reported."""
    async with asyncio.timeout(10):
        while True:
            record = await world.record(incident)
            if not any(message["state"] in ("owed", "sending") for message in record["messages"]):
                return record
            await asyncio.sleep(0.1)
