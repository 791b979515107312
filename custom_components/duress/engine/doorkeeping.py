"""What an incident is told of its doors, and what whoever goes may ask of them."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from .commands import AskUnlock, ReportDoor
from .door_events import DoorEvent, DoorReported, UnlockAsked
from .doors import DoorResult
from .kinds import MessageKind
from .model import Incident
from .updates import to_update, updated


def door_reported(incident: Incident, command: ReportDoor, now: datetime) -> list[DoorEvent]:
    """Return what an incident is told of a door: only what is new."""
    known = incident.doors.get(command.door)
    new = DoorReported(
        at=now,
        door=command.door,
        bolt=command.bolt,
        stage=command.stage,
        securing=command.securing,
        why=command.why,
        name=command.name,
    )
    if known is not None and _said(known) == _said(new):
        return []
    told = to_update(incident, command.reach, lambda kind: may_say_of_doors(incident, kind))
    return [replace(new, calls=told if incident.is_open else ())]


def unlock_asked(incident: Incident, command: AskUnlock, now: datetime) -> list[DoorEvent]:
    """Return what follows when somebody asks for a door: only whoever goes, or is there, may (hazard H9)."""
    by = command.by
    goes = incident.has_going(by.user) and by.responder is not None
    if not incident.is_open or not goes or by.responder in incident.shielded:
        return []
    return [UnlockAsked(at=now, by=by, door=command.door, until=now + incident.plan.doors_for, name=command.name)]


def may_say_of_doors(incident: Incident, kind: MessageKind) -> bool:
    """Return whether a message of a kind tells how doors are: of a quiet call only to whoever has answered."""
    goes = kind in (MessageKind.CONFIRMATION, MessageKind.ARRIVAL)
    return goes or (kind is MessageKind.CALL and not incident.plan.covert)


def doors_changed(incident: Incident, event: DoorEvent) -> Incident:
    """Return the incident after what became of a door, or was asked of it."""
    match event:
        case DoorReported():
            result = DoorResult(
                name=event.name,
                bolt=event.bolt,
                stage=event.stage,
                why=event.why,
                securing=event.securing,
            )
            incident = replace(
                incident, doors={**incident.doors, event.door: result}, asides=incident.asides + bool(event.calls)
            )
            return updated(incident, event.calls, f"door{incident.asides}", event.at)
        case UnlockAsked():
            return replace(incident, unlocked_for={**incident.unlocked_for, event.door: event.until})
        case _:
            assert_never(event)


def _said(result: DoorResult | DoorReported) -> tuple[object, ...]:
    return result.bolt, result.stage, result.securing, result.why
