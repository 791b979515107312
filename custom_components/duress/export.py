"""One incident to hand out: its record, its pictures, a page to read and print, and a check that needs no network."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
import hashlib
from html import escape
import io
import json
from pathlib import Path
from typing import Any
import zipfile

CHECK = Path(__file__).parent / "check_export.py"
SUMS = "SHA256SUMS"
STYLE = """
body { font: 15px/1.45 sans-serif; max-width: 800px; margin: 32px auto; padding: 0 16px; color: #111; }
h1 { font-size: 24px; margin-bottom: 0; } h2 { font-size: 18px; margin-top: 32px; }
table { border-collapse: collapse; width: 100%; } td { padding: 6px 12px 6px 0; vertical-align: top; }
tr { border-top: 1px solid #ddd; } td:first-child { white-space: nowrap; color: #555; }
figure { margin: 24px 0; break-inside: avoid; } img, video { max-width: 100%; }
figcaption, footer { color: #555; font-size: 13px; } code { overflow-wrap: anywhere; }
"""

type Line = tuple[datetime, str]
"""When something happened, by the clock on the wall, and what, in a sentence."""
type Shown = tuple[str, str, str]
"""A picture or clip: its file, what is said of it, its SHA-256."""


def exported(
    title: str,
    words: Mapping[str, str],
    record: Mapping[str, Any],
    lines: Sequence[Line],
    shown: Mapping[Shown, bytes | None],
) -> tuple[bytes, str]:
    """Return an incident as a zip archive, and the SHA-256 of its list of sums, which stands for all of it.

    `words` are the headings: `timeline`, `pictures` and `note`, and `missing` stands in the place of a picture that is
    not there any more. This compresses, so it belongs into the executor.
    """
    files = {
        "record.html": _page(title, words, lines, shown).encode(),
        "record.json": json.dumps(record, ensure_ascii=False, indent=2).encode(),
        "check.py": CHECK.read_bytes(),
        **{f"pictures/{file}": content for (file, _, _), content in shown.items() if content is not None},
    }
    files[SUMS] = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue(), hashlib.sha256(files[SUMS]).hexdigest()


def _page(title: str, words: Mapping[str, str], lines: Iterable[Line], shown: Mapping[Shown, bytes | None]) -> str:
    rows = "".join(
        f"<tr><td>{escape(at.isoformat(sep=' ', timespec='milliseconds'))}</td><td>{escape(said)}</td></tr>"
        for at, said in lines
    )
    figures = "".join(
        f"<figure>{_shown(file, said) if content is not None else f'<p>{escape(words["missing"])}</p>'}"
        f"<figcaption>{escape(said)}<br>SHA-256 <code>{escape(sha256)}</code></figcaption></figure>"
        for (file, said, sha256), content in shown.items()
    )
    pictures = f"<h2>{escape(words['pictures'])}</h2>{figures}" if figures else ""
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1><h2>{escape(words['timeline'])}</h2><table>{rows}</table>{pictures}"
        f"<footer><p>{escape(words['note'])}</p></footer></body></html>"
    )


def _shown(file: str, said: str) -> str:
    source = f'src="pictures/{escape(file)}"'
    return f"<video controls {source}></video>" if file.endswith(".mp4") else f'<img {source} alt="{escape(said)}">'
