"""Print what Home Assistant would install for the integrations that the demo and the tests use.

Run with the interpreter of an environment that has the release in question, naming what to leave out;
scripts/lock does.
"""

import json
from pathlib import Path
import sys

import homeassistant
from homeassistant import bootstrap

USED = {
    "assist_pipeline",
    "bthome",
    "cloud",
    "frontend",
    "generic",
    "history",
    "logbook",
    "mobile_app",
    "mqtt",
    "recorder",
    "remote_calendar",
    "rest_command",
    "zha",
    "zwave_js",
}


def requirements(domains: set[str]) -> set[str]:
    """Return the pinned requirements of these integrations and of all that they depend on."""
    components = Path(homeassistant.__file__).parent / "components"
    found: set[str] = set()
    seen: set[str] = set()
    waiting = sorted(domains)
    while waiting:
        domain = waiting.pop()
        manifest_path = components / domain / "manifest.json"
        if domain in seen or not manifest_path.exists():
            continue
        seen.add(domain)
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        found.update(manifest.get("requirements", []))
        waiting += manifest.get("dependencies", [])
    return found


if __name__ == "__main__":
    print("\n".join(sorted(requirements((USED | bootstrap.DEFAULT_INTEGRATIONS) - set(sys.argv[1:])))))
