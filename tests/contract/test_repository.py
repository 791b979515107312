"""The repository says the same thing everywhere, and keeps no secrets and no traces of a workplace."""

import json
import os
from pathlib import Path
import re
import subprocess
import tomllib

import pytest
import yaml

from tests.intake.test_recognise import BUS, STATES

from .files import INTEGRATION, ROOT, TEXTS, manifest

HOME = "https://github.com/duress-ha/duress"


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name and (ROOT / name).exists()]


def readable(path: Path) -> str:
    return "" if path.suffix == ".png" else path.read_text("utf-8")


def test_there_is_one_public_home() -> None:
    assert manifest()["documentation"] == HOME
    assert manifest()["issue_tracker"] == f"{HOME}/issues"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"]["Homepage"] == HOME


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == manifest()["version"]
    assert f"## [{manifest()['version']}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_manifest_is_in_hassfests_order() -> None:
    keys = list(manifest())
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert manifest()["domain"] == INTEGRATION.name


def test_the_oldest_supported_release_is_the_one_the_tests_run_on() -> None:
    oldest = json.loads((ROOT / "hacs.json").read_text("utf-8"))["homeassistant"]
    pinned = re.search(r"^homeassistant==(\S+)$", (ROOT / "requirements_test.txt").read_text("utf-8"), re.MULTILINE)
    assert pinned is not None
    assert pinned.group(1).rpartition(".")[0] == oldest.rpartition(".")[0]


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements_*.txt")), ids=lambda p: p.name)
def test_every_requirement_is_pinned(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert not [line for line in lines if "==" not in line]


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").iterdir()), ids=lambda p: p.name)
def test_workflows_use_actions_by_hash_and_may_only_read(path: Path) -> None:
    text = path.read_text("utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert not [use for use in re.findall(r"uses: (\S+)", text) if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", use)]


def test_every_script_can_be_run() -> None:
    scripts = [path for path in tracked() if path.parent.name in ("scripts", ".ci")]
    assert scripts
    assert not [path.name for path in scripts if not os.access(path, os.X_OK)]


def test_nothing_speaks_of_the_machine_it_was_written_on() -> None:
    trace = re.compile(r"/work/|/root/|/home/\w+/|\.\./shared")
    this = Path(__file__)
    assert not [path.name for path in tracked() if path != this and trace.search(readable(path))]


def test_every_link_and_picture_in_the_docs_is_there() -> None:
    missing = [
        (path.name, target)
        for path in TEXTS
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
        if not target.startswith("http") and not (path.parent / target).exists()
    ]
    assert missing == []


def test_every_hazard_test_is_in_the_hazard_log_and_every_logged_test_exists() -> None:
    log = (ROOT / "docs" / "hazards.md").read_text("utf-8")
    logged = set(re.findall(r"`(test_h\d\d_\w+)`", log))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_h\d\d_\w+)", path.read_text("utf-8"))
    }
    assert logged <= written
    cited = {name[5:8] for name in written}
    assert cited == {f"h{int(number):02}" for number in re.findall(r"^\| H(\d+) \|", log, re.MULTILINE)}


def test_the_quality_scale_leaves_nothing_undone() -> None:
    rules = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text("utf-8"))["rules"]
    statuses = {rule: value if isinstance(value, str) else value["status"] for rule, value in rules.items()}
    assert {rule for rule, status in statuses.items() if status not in ("done", "exempt")} == set()
    assert all(value["comment"] for value in rules.values() if not isinstance(value, str))
    assert len(rules) == 54


def test_the_readme_lists_the_buttons_that_are_tested_and_no_others() -> None:
    tested = {row[0] for row in BUS if row[3] is not None} | {row[0] for row in STATES if row[5] is not None}
    elsewhere = {"NFC tag", "MQTT device trigger", "Zigbee pendant", "Zigbee key fob or keypad"}
    section = (ROOT / "README.md").read_text("utf-8").partition("## Which buttons")[2].partition("## Limits")[0]
    listed = {line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")} - {"Button"}
    assert {name for name in listed if not name.startswith(tuple(elsewhere))} == tested
    assert all(any(name.startswith(each) for name in listed) for each in elsewhere)
