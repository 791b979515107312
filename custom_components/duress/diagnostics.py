"""What may be sent to whoever helps with a fault: how much there is and how it stands, never who or where."""

from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant

from . import DuressConfigEntry


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: DuressConfigEntry) -> dict[str, Any]:
    """Return counts and states. Names, ids, users, phones and triggers stay here."""
    site = entry.runtime_data
    configuration = site.configuration
    incidents = site.incidents.open()
    return {
        "responders": {
            "total": len(configuration.responders),
            "reachable": sum(map(bool, site.reach().channels.values())),
        },
        "response_plans": {
            "total": len(configuration.plans),
            "steps": [len(plan.steps) for plan in configuration.plans.values()],
        },
        "trigger_points": {
            "total": len(configuration.points),
            "sources": Counter(s.trigger.get("platform") for p in configuration.points.values() for s in p.sources),
        },
        "doors": {
            "total": len(configuration.doors),
            "may_lock": sum(door.may_lock for door in configuration.doors.values()),
            "moved": Counter(m.stage.value for d in configuration.doors if (m := site.doors.movement(d)) is not None),
        },
        "open_incidents": Counter(incident.phase.value for incident in incidents),
        "messages": Counter(m.state.value for incident in incidents for m in incident.messages.values()),
        "record_is_written": not site.archive.in_trouble,
    }
