"""When cameras look on, what is made of their pictures, and who is shown them. Nothing of it delays a call."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from .cameras import LOOKS, Camera, Picture, Pictures, PictureState, clip_id, is_clip, picture_id
from .commands import LookOn, ReportPicture
from .kinds import MessageKind
from .model import Call, Incident
from .picture_events import LookedAround, PictureEvent, PictureKept, PictureMissed
from .reach import Reach
from .updates import to_update, updated
from .why import Why


def is_unseen(incident: Incident) -> bool:
    """Return whether cameras have yet to begin to look on: not before somebody is called."""
    begun = incident.is_open and not incident.stale and incident.step >= 0
    return begun and not incident.looks and incident.plan.pictures is not Pictures.NONE


def look_on(incident: Incident, command: LookOn, now: datetime) -> list[LookedAround]:
    """Return that cameras are looked through for the first time."""
    return [_looked(0, now, command.cameras)] if command.cameras and is_unseen(incident) else []


def look_due(incident: Incident, now: datetime) -> list[LookedAround]:
    """Return that it is time to look again. Looks that fell due while nothing ran are one."""
    due = looks_at(incident)
    if due is None or due > now:
        return []
    look = incident.looks
    while look + 1 < len(LOOKS) and due + _pause_after(look) <= now:
        due += _pause_after(look)
        look += 1
    return [_looked(look, now)]


def looks_at(incident: Incident) -> datetime | None:
    """Return when cameras are looked through next, or None if they are not."""
    return incident.look_at if incident.is_open and not incident.stale else None


def being_taken(incident: Incident) -> list[Picture]:
    """Return the pictures that cameras are asked for right now."""
    return [picture for picture in incident.pictures.values() if picture.state is PictureState.TAKING]


def best_picture(incident: Incident, kind: MessageKind) -> Picture | None:
    """Return the picture that a message of a kind may show: the newest of the camera that is named first."""
    return _best(incident) if _may_show(incident, kind) else None


def picture_reported(incident: Incident, command: ReportPicture, now: datetime) -> list[PictureEvent]:
    """Return what follows from what became of a picture."""
    picture = incident.pictures.get(command.picture)
    if picture is None or picture.state is not PictureState.TAKING:
        return []
    taken = command.taken
    if taken is None:
        return [PictureMissed(at=now, picture=picture.id, why=command.why, camera=picture.camera.name)]
    return [
        PictureKept(
            at=now,
            picture=picture.id,
            sha256=taken.sha256,
            size=taken.size,
            unchanged_since=taken.unchanged_since,
            calls=_shown(incident, picture, command.reach) if taken.unchanged_since is None else (),
            camera=picture.camera.name,
        )
    ]


def left_undone(incident: Incident, now: datetime) -> list[PictureEvent]:
    """Return that pictures were never taken which a start finds still asked for, where the call is over."""
    if incident.is_open:
        return []
    return [
        PictureMissed(at=now, picture=picture.id, why=Why.IS_OVER, camera=picture.camera.name)
        for picture in being_taken(incident)
    ]


def pictured(incident: Incident, event: PictureEvent) -> Incident:
    """Return the incident after what became of pictures; an unknown one changes nothing."""
    match event:
        case LookedAround():
            cameras = event.cameras or incident.cameras
            may = [(n, camera) for n, camera in enumerate(cameras) if camera.tried or not incident.plan.covert]
            asked = {picture_id(event.look, number): camera for number, camera in may}
            if event.look == 0:
                asked |= {clip_id(number): camera for number, camera in may if camera.streams}
            pictures = {key: Picture(id=key, camera=camera, asked_at=event.at) for key, camera in asked.items()}
            pictures = {**incident.pictures, **pictures}
            return replace(incident, cameras=cameras, pictures=pictures, looks=event.look + 1, look_at=event.until)
        case PictureKept():
            incident = _changed(
                incident,
                event.picture,
                state=PictureState.KEPT,
                kept_at=event.at,
                sha256=event.sha256,
                size=event.size,
                unchanged_since=event.unchanged_since,
            )
            return updated(incident, event.calls, f"picture{event.picture}", event.at)
        case PictureMissed():
            return _changed(incident, event.picture, state=PictureState.MISSED, why=event.why)
        case _:
            assert_never(event)


def _changed(incident: Incident, picture: str, **changes: object) -> Incident:
    if (known := incident.pictures.get(picture)) is None:
        return incident
    return replace(incident, pictures={**incident.pictures, picture: replace(known, **changes)})  # type: ignore[arg-type]


def _looked(look: int, now: datetime, cameras: tuple[Camera, ...] = ()) -> LookedAround:
    again = look + 1 < len(LOOKS)
    return LookedAround(at=now, look=look, until=now + _pause_after(look) if again else None, cameras=cameras)


def _pause_after(look: int) -> timedelta:
    return LOOKS[look + 1] - LOOKS[look]


def _best(incident: Incident) -> Picture | None:
    """Return the newest fresh picture of the first camera that has one: one that came again was not fresh."""
    for camera in incident.cameras:
        own = [p for p in incident.pictures.values() if p.camera == camera and p.state is PictureState.KEPT]
        stale = {p.sha256 for p in own if p.unchanged_since is not None}
        if fresh := [p for p in own if p.sha256 not in stale and not is_clip(p.id)]:
            return fresh[-1]
    return None


def _may_show(incident: Incident, kind: MessageKind) -> bool:
    """Return whether a message of a kind may show a picture: none that stands on a lock screen of a quiet call."""
    if incident.plan.pictures is not Pictures.MESSAGES or kind is MessageKind.OVER:
        return False
    return not incident.plan.covert or kind in (MessageKind.CONFIRMATION, MessageKind.ARRIVAL)


def _shown(incident: Incident, picture: Picture, reach: Reach) -> tuple[Call, ...]:
    """Return whom a picture is shown in what they were told before.

    A clip, and one that comes after a better one, is shown to nobody, so that no phone is bothered for each camera.
    """
    if is_clip(picture.id):
        return ()
    shown, order = _best(incident), list(incident.cameras)
    if shown is not None and order.index(shown.camera) <= order.index(picture.camera):
        return ()
    return to_update(incident, reach, lambda kind: _may_show(incident, kind))
