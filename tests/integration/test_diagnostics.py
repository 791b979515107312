"""Diagnostics may be posted in public."""

import json

from custom_components.duress.diagnostics import async_get_config_entry_diagnostics
from tests.site import SiteUnderTest


async def test_h24_diagnostics_count_and_name_nobody(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.add_door("vault", "Vault", {"lock": "lock.vault", "may_lock": True})
    await site.press()
    ann.hears("Help needed")
    diagnostics = await async_get_config_entry_diagnostics(site.hass, site.entry)
    assert diagnostics == {
        "responders": {"total": 1, "reachable": 1},
        "response_plans": {"total": 1, "steps": [1]},
        "trigger_points": {"total": 1, "sources": {"event": 1}},
        "doors": {"total": 1, "may_lock": 1, "moved": {}},
        "open_incidents": {"active": 1},
        "messages": {"handed_over": 1},
        "record_is_written": True,
    }
    assert site.incident.secret
    secrets = [ann.user.id, site.incident.id, site.incident.secret, *site.phones_of("Ann"), "Room 4", "Ann", "Vault"]
    assert not [secret for secret in secrets if secret in json.dumps(diagnostics)]
