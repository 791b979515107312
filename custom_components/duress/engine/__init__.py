"""What the product decides, and nothing else: no Home Assistant, no disk, no clock.

Four functions carry it: `decide` turns a command into events, `evolve` turns events into the state of an
incident, `due` reads off that state what the world is still owed, and `next_due` says when to ask again.
Time comes in as an argument. Replaying the events of an incident gives its state back, with all that is
still owed, which is why a restart needs no code of its own.
"""

from .agenda import due, is_idle, is_overlooked, next_due
from .decide import decide
from .evolve import evolve, replay

__all__ = ["decide", "due", "evolve", "is_idle", "is_overlooked", "next_due", "replay"]
