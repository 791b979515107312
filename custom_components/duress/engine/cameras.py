"""What cameras show while a call is open: which look on, and what became of each picture."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .why import Why

LOOKS: Final = (timedelta(0), timedelta(seconds=5), timedelta(seconds=15))
"""When cameras are looked through, after the first call went out."""


class Pictures(StrEnum):
    """Where a plan shows what cameras see."""

    NONE = "none"
    PAGE = "page"
    """On the page behind the tap, and in the record."""
    MESSAGES = "messages"
    """In the messages as well; of a quiet call only to whoever has answered (hazard H25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera that looks on, by the id that Home Assistant keeps for it, with its name of that moment."""

    id: str
    name: str
    streams: bool = False
    """Whether it can give a clip as well."""
    tried: bool = False
    """Whether it showed nothing of being looked at when it was tried (hazard H49)."""


class PictureState(StrEnum):
    """What became of a picture."""

    TAKING = "taking"
    KEPT = "kept"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture or clip that a camera was asked for.

    `id` is the look and the camera, each counted from 0, as in `0-1`; of a clip it is as in `clip-1`.
    """

    id: str
    camera: Camera
    asked_at: datetime
    state: PictureState = PictureState.TAKING
    kept_at: datetime | None = None
    sha256: str | None = None
    size: int = 0
    """In bytes."""
    unchanged_since: datetime | None = None
    """Since when the camera gives the very same picture: it may be as old as that."""
    why: Why | None = None
    """Why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A picture that a camera gave and the disk has."""

    sha256: str
    size: int
    unchanged_since: datetime | None = None


CLIP: Final = "clip"


def clip_id(camera: int) -> str:
    """Return the id of the clip of a camera, which is also the name of its file."""
    return f"{CLIP}-{camera}"


def is_clip(picture: str) -> bool:
    """Return whether this is the id of a clip."""
    return picture.startswith(CLIP)


def picture_id(look: int, camera: int) -> str:
    """Return the id of the picture of a camera in a look. It is also the name of its file: no camera's name is."""
    return f"{look}-{camera}"
