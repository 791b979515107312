"""Checks a copied record by itself: `python3 verify.py FOLDER`.

Needs nothing but Python 3.9 or newer: neither Home Assistant nor the rest of Duress. It goes through the chain
of hashes and names the first line that does not fit. A record that fits shows no change up to its newest line;
compare the hash of that line with one that was noted down elsewhere, since whoever holds the disk could have
made the whole chain anew.
"""

import hashlib
import json
from pathlib import Path
import sys
from typing import Any, NamedTuple, Optional

NO_LINE = "0" * 64


class Result(NamedTuple):
    """What was found: `misfit` says what the first line is that does not fit, and is None if all do."""

    lines: int
    purged: int
    damaged: int
    head: str
    misfit: Optional[str]


def verify(folder: Path) -> Result:
    """Go through the record in this folder. Raises OSError where it cannot be read."""
    head, lines, purged, damaged, sequence = NO_LINE, 0, 0, 0, 0
    before, broken = "the beginning of the record", False
    gone = _purged(folder)
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl")):
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            if not line:
                continue
            here = f"line {number} of {path.name}"
            record = _parse(line)
            if record is None:
                damaged += 1  # a power cut leaves half a line; the next one says whether it was that
            elif record.get("prev") != head:
                covered = gone.get(str(record.get("prev"))) if lines == 0 else None
                if covered is None:
                    missing = 0 if broken else record["seq"] - sequence - 1
                    return Result(lines, purged, damaged, head, _misfit(missing, before, here))
                purged = covered
            if record is not None:
                sequence = record["seq"]
            broken = record is None
            head, before = hashlib.sha256(line).hexdigest(), here
            lines += 1
    return Result(lines, purged, damaged, head, None)


def _misfit(missing: int, before: str, here: str) -> str:
    if missing > 0:
        return f"{missing} lines are missing between {before} and {here}"
    return f"{before} was changed: {here} remembers another"


def _purged(folder: Path) -> "dict[str, int]":
    """Return how many lines were removed on purpose before the line that follows each of these hashes."""
    gone = {}
    for path in folder.glob("*.jsonl"):
        for line in path.read_bytes().split(b"\n"):
            record = _parse(line)
            event = record.get("event") if record is not None else None
            if isinstance(event, dict) and event.get("type") == "Purged":
                gone[str(event.get("head"))] = int(event["last"]) - int(event["first"]) + 1
    return gone


def _parse(line: bytes) -> "Optional[dict[str, Any]]":
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("seq"), int) else None


def main(arguments: "list[str]") -> int:
    """Say what was found; returns 0 if all lines fit, 1 if one does not, 2 if there is nothing to check."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("Say which folder to check: the one with the files named after months.", file=sys.stderr)
        return 2
    result = verify(Path(arguments[0]))
    print(f"{result.lines} lines, {result.purged} more removed on purpose, {result.damaged} half written")
    if result.misfit is not None:
        print(f"does not fit: {result.misfit}")
        return 1
    print(f"all fit, up to the line with the hash {result.head}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
