"""What the contract tests read."""

import ast
from functools import cache
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
INTEGRATION = ROOT / "custom_components" / "duress"
PYTHON = sorted(INTEGRATION.rglob("*.py"))
TEXTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]


@cache
def translations(language: str = "en") -> Any:
    """Return the texts of a language."""
    return json.loads((INTEGRATION / "translations" / f"{language}.json").read_text("utf-8"))


@cache
def icons() -> Any:
    """Return the icons."""
    return json.loads((INTEGRATION / "icons.json").read_text("utf-8"))


@cache
def manifest() -> Any:
    """Return the manifest."""
    return json.loads((INTEGRATION / "manifest.json").read_text("utf-8"))


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def strings(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Return all texts below a mapping, by the path of their keys."""
    if isinstance(value, str):
        return {path: value}
    return {key: text for name, below in value.items() for key, text in strings(below, (*path, name)).items()}
