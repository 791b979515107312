"""What became of the pictures of an incident. Lines of the journal, as in `events`."""

from dataclasses import dataclass, field
from datetime import datetime

from .cameras import Camera
from .model import PRIVATE, Call
from .why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAround:
    """All cameras are asked for a picture from this moment on, for the `look`th time from 0, and again at `until`."""

    at: datetime
    look: int
    until: datetime | None = None
    cameras: tuple[Camera, ...] = field(default=(), metadata=PRIVATE)
    """Which cameras look on from now on; with the first look alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureKept:
    """A camera gave a picture, and the disk has it. `calls` are shown it in what they were told before."""

    at: datetime
    picture: str
    sha256: str
    size: int
    unchanged_since: datetime | None = None
    calls: tuple[Call, ...] = ()
    camera: str = field(default="", metadata=PRIVATE)
    """What the camera was called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMissed:
    """A camera gave no picture, or the disk did not take it."""

    at: datetime
    picture: str
    why: Why
    camera: str = field(default="", metadata=PRIVATE)


type PictureEvent = LookedAround | PictureKept | PictureMissed
"""What became of pictures."""
