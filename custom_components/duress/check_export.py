"""Checks an exported incident by itself: `python3 check.py`, in the folder that it was unpacked to.

Needs nothing but Python 3.9 or newer. It names every file that is not as it was when the export was made. Whoever made
another export could have made other sums with it: compare the number in the last line with the one in the record of the
house, which tells of each export.
"""

import hashlib
from pathlib import Path
import sys

SUMS = "SHA256SUMS"
NEEDED = ("record.html", "record.json", "check.py")
"""What every export has sums of."""


def changed(folder: Path) -> list[str]:
    """Return the files that are missing or not as they were. Raises OSError where the sums cannot be read."""
    found, listed = [], set()
    for line in (folder / SUMS).read_text("utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        listed.add(name)
        try:
            content = (folder / name).read_bytes()
        except OSError:
            found.append(name)
            continue
        if hashlib.sha256(content).hexdigest() != wanted:
            found.append(name)
    return found + [name for name in NEEDED if name not in listed]


def main() -> int:
    """Say what was found; returns the exit status."""
    folder = Path(__file__).resolve().parent
    try:
        found = changed(folder)
        number = hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    except OSError as error:
        print(f"The sums cannot be read: {error}", file=sys.stderr)
        return 2
    for name in found:
        print(f"CHANGED or missing: {name}")
    if not found:
        print("Every file is as it was when the export was made.")
    print(f"The number of this export: {number}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
