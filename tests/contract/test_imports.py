"""Who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

import pytest

from .files import INTEGRATION, PYTHON, manifest, tree

# What hassfest lets an integration import without naming it in the manifest, as far as we use it: the base of each
# entity platform, and these.
IMPORTABLE = {
    "binary_sensor",
    "button",
    "device_automation",
    "event",
    "notify",
    "panel_custom",
    "sensor",
    "switch",
    "websocket_api",
}

CONFIGURATION = {"configuration.py", "doors.py", "responders.py", "trigger_points.py"}

ARROWS = {
    "engine": set(),
    "clock.py": set(),
    "const.py": set(),
    "responders.py": {"const.py", "engine"},
    "doors.py": {"const.py", "engine"},
    "trigger_points.py": {"const.py", "engine"},
    "configuration.py": {"const.py", "doors.py", "engine", "responders.py", "trigger_points.py"},
    "activity.py": set(),
    "proofs.py": {"engine"},
    "heard_by.py": {"const.py", "devices.py", "intake"} | CONFIGURATION,
    "traces.py": {"activity.py", "const.py", "heard_by.py", "devices.py", "effects", "intake"} | CONFIGURATION,
    "mends.py": {"activity.py", "changes.py", "const.py", "heard_by.py", "traces.py"} | CONFIGURATION,
    "voice.py": {"const.py", "effects", "engine", "intake", "line.py", "site.py"},
    "announcements.py": {"effects", "engine", "responders.py", "site.py"},
    "assurance.py": {"effects", "engine", "site.py"},
    "roster.py": {"devices.py", "responders.py"},
    "duty.py": {
        "configuration.py",
        "const.py",
        "effects",
        "engine",
        "issues.py",
        "responders.py",
        "roster.py",
        "site.py",
    },
    "outlook.py": {"configuration.py", "effects", "engine", "site.py", "trigger_points.py"},
    "journal": {"clock.py", "engine"},
    "archive.py": {"engine", "journal"},
    "memory.py": {"engine"},
    "codes.py": {"clock.py", "responders.py"},
    "cancelling.py": {"engine", "site.py"},
    "changes.py": {"const.py", "engine", "site.py"},
    "paths.py": {"const.py", "effects", "engine", "issues.py", "site.py"},
    "page.py": {"effects", "engine", "page_doors.py", "page_pictures.py", "rights.py", "site.py"},
    "page_doors.py": {"doors.py", "effects", "engine", "lockdown.py", "rights.py", "site.py"},
    "page_pictures.py": {"devices.py", "effects", "engine", "rights.py", "site.py"},
    "panel.py": {"const.py"},
    "happenings.py": {"const.py", "engine", "site.py"},
    "call_trigger.py": {"const.py", "effects", "engine", "happenings.py"},
    "condition.py": {"line.py"},
    "devices.py": set(),
    "whereabouts.py": {"clock.py", "effects", "engine"},
    "openings.py": {"clock.py", "devices.py", "engine", "whereabouts.py"} | CONFIGURATION,
    "recovery.py": {"clock.py", "engine", "journal"} | CONFIGURATION,
    "timers.py": set(),
    "views.py": {"engine"},
    "timeline.py": {"effects", "engine"} | CONFIGURATION,
    "runner.py": {"effects", "engine"},
    "effects": {"clock.py", "const.py", "devices.py", "engine", "rights.py", "site.py"} | CONFIGURATION,
    "incidents.py": {"engine"},
    "evidence.py": {"engine"},
    "pictures.py": {"const.py", "devices.py", "effects", "engine", "evidence.py", "site.py", "trigger_points.py"},
    "door_calls.py": {"clock.py", "effects", "engine", "site.py"} | CONFIGURATION,
    "fire.py": {"devices.py"},
    "doorkeeper.py": {
        "devices.py",
        "door_calls.py",
        "doors.py",
        "effects",
        "engine",
        "fire.py",
        "site.py",
        "timers.py",
    },
    "export.py": set(),
    "check_export.py": set(),
    "records.py": {
        "const.py",
        "effects",
        "engine",
        "evidence.py",
        "export.py",
        "page.py",
        "page_pictures.py",
        "rights.py",
        "site.py",
        "timeline.py",
    },
    "evidence_view.py": {"const.py", "engine", "line.py", "records.py", "rights.py", "site.py"},
    "issues.py": {"const.py"},
    "readiness.py": {"const.py", "effects", "engine", "issues.py", "views.py"} | CONFIGURATION,
    "site.py": {
        "archive.py",
        "clock.py",
        "codes.py",
        "const.py",
        "doorkeeper.py",
        "duty.py",
        "effects",
        "engine",
        "incidents.py",
        "issues.py",
        "journal",
        "memory.py",
        "openings.py",
        "pictures.py",
        "proofs.py",
        "readiness.py",
        "recovery.py",
        "runner.py",
        "timers.py",
        "views.py",
    }
    | CONFIGURATION,
    "intake": {
        "cancelling.py",
        "clock.py",
        "const.py",
        "devices.py",
        "effects",
        "engine",
        "issues.py",
        "openings.py",
        "paths.py",
        "rights.py",
        "site.py",
        "whereabouts.py",
    }
    | CONFIGURATION,
    "lockdown.py": {"effects", "engine", "site.py"} | CONFIGURATION,
    "line.py": {"activity.py", "announcements.py", "assurance.py", "changes.py", "const.py", "happenings.py"}
    | {"intake", "lockdown.py", "paths.py", "site.py"}
    | CONFIGURATION,
    "rights.py": {"const.py", "engine"} | CONFIGURATION,
    "migration.py": {"const.py", "engine"},
    "templates.py": {"const.py", "engine"},
    "silence.py": {"clock.py", "effects", "engine", "site.py"} | CONFIGURATION,
    "commissioning.py": {"const.py", "issues.py", "site.py"},
    "flow": {
        "codes.py",
        "const.py",
        "devices.py",
        "effects",
        "engine",
        "intake",
        "line.py",
        "mends.py",
        "outlook.py",
        "rights.py",
        "templates.py",
        "traces.py",
    }
    | CONFIGURATION,
}
"""What each part may import. Effects and duty know the site only as a type."""


def part(path: Path) -> str:
    return path.relative_to(INTEGRATION).parts[0]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the level and the module of every import."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module:
                yield node.level, module
            else:
                yield from ((node.level, alias.name) for alias in node.names)


def own_parts(path: Path) -> Iterator[str]:
    """Yield the parts of the integration that a file imports, other than its own."""
    for level, module in imports(path):
        depth = len(path.relative_to(INTEGRATION).parts)
        if level == depth:
            name = module.split(".")[0]
            yield name if (INTEGRATION / name).is_dir() else f"{name}.py"


@pytest.mark.parametrize("path", [p for p in PYTHON if part(p) == "engine"], ids=lambda p: p.name)
def test_the_engine_imports_only_the_standard_library_and_itself(path: Path) -> None:
    for level, module in imports(path):
        assert level == 1 or (level == 0 and module.split(".")[0] in sys.stdlib_module_names), module
        assert module.split(".")[0] not in {"asyncio", "logging", "os", "pathlib", "socket", "time"}, module


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(INTEGRATION)))
def test_arrows_between_the_parts_point_one_way(path: Path) -> None:
    allowed = ARROWS.get(part(path))
    if allowed is not None:
        assert set(own_parts(path)) - {part(path)} <= allowed


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(INTEGRATION)))
def test_no_integration_is_imported_that_the_manifest_does_not_name(path: Path) -> None:
    used = {
        module.split(".")[2]
        for level, module in imports(path)
        if level == 0 and module.startswith("homeassistant.components.")
    }
    assert used <= IMPORTABLE | set(manifest().get("dependencies", []))


def test_no_file_has_outgrown_one_idea() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in PYTHON}
    assert {name: length for name, length in lengths.items() if length > 320} == {}
