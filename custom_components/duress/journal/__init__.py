"""The record of a site: append-only JSON lines, written through to the disk before anything else happens.

One folder a site, one file a month. Each line carries its sequence number and the hash of the line before,
so that a change shows; it does not prevent one. Beside the lines lie `keys.bin`, whose keys make names and
secrets readable until they are destroyed, `checkpoint.log`, which spares a start from reading five years,
and `alive.log`, which tells when this machine was last up. Only `journal.py` is meant to be used by others;
`verify.py` runs by itself.
"""

from .journal import Journal
from .lines import Entry
from .reader import Found

__all__ = ["Entry", "Found", "Journal"]
