"""Which of the texts a message is made of, and what can be tapped below it."""

from ..engine.doorkeeping import may_say_of_doors
from ..engine.kinds import MessageKind, Progress, Proof, Reply
from ..engine.model import NO_PLACE, Incident
from ..engine.plan import CallType
from ..engine.why import Why

LABELLED = tuple(reply for reply in Reply if reply is not Reply.SEEN)
LABELLED_FOR_HOLD_UP = (Reply.GOING, Reply.CANNOT_GO, Reply.ON_SCENE)
BUTTONS = {
    MessageKind.CALL: (Reply.GOING, Reply.CANNOT_GO),
    MessageKind.BUSY: (Reply.GOING, Reply.CANNOT_GO),
    MessageKind.NOTICE: (Reply.TAKE_OVER,),
    MessageKind.SEEN: (Reply.GOING,),
    MessageKind.CONFIRMATION: (Reply.ON_SCENE, Reply.CANNOT_GO, Reply.MORE_HELP),
    MessageKind.REMINDER: (Reply.ON_SCENE, Reply.CANNOT_GO),
    MessageKind.ARRIVAL: (Reply.HELPED, Reply.ACCIDENTAL, Reply.ANOTHER_REASON),
    MessageKind.REASON: (Reply.TEST, Reply.FALSE, Reply.HELPED),
    MessageKind.STALE: (Reply.STILL_NEEDED, Reply.OVER),
}
"""What can be answered to each kind of message by one tap: three at the most, as Android shows no more."""
ENDS_ON_PAGE = (Reply.HELPED, Reply.ACCIDENTAL, Reply.TEST, Reply.FALSE)
COVERT_CONFIRMATION = (Reply.ON_SCENE, Reply.CANNOT_GO)
COVERT_ENDS = (Reply.OVER, Reply.ACCIDENTAL)
"""What ends a covert call: in words that mean nothing to others."""


def keys_of(incident: Incident, kind: MessageKind, *, answerable: bool) -> tuple[str, ...]:
    """Return the keys of the title and of each line of the body: how things stand, then what to do about it."""
    title, first, *lines = _keys(incident, kind, answerable=answerable)
    if incident.doors and may_say_of_doors(incident, kind):
        lines = ["doors", *lines]
    lines = [first, *lines]
    return (title, "drill_body", *lines) if incident.drill else (title, *lines)


def _keys(incident: Incident, kind: MessageKind, *, answerable: bool) -> tuple[str, ...]:
    if incident.plan.covert:
        return _covert_keys(incident, kind, answerable=answerable)
    if incident.plan.call_type is CallType.DOOR:
        return _door_keys(kind, answerable=answerable)
    if kind is MessageKind.CALL:
        title, body, how = _call_keys(incident)
        return title, body, *_again(incident, kind), how if answerable else "call_no_answer"
    title, body = f"{kind}_title", f"{kind}_body"
    if kind is MessageKind.OVER and incident.ended_in_the_room:
        body = "over_in_the_room_body"
    if kind is MessageKind.STALE and incident.next_why is Why.FOUND_LATE:
        body = "stale_late_body"
    if kind is MessageKind.NOTICE and incident.progress is Progress.ON_SCENE:
        title = "notice_on_scene_title"
    if (asks := _asks_as(incident, kind)) is not kind:
        title, kind = "reminder_on_scene_title", asks
    if kind is MessageKind.ARRIVAL and answerable and _ends_only_in_the_room(incident):
        return title, body, "arrival_how_in_the_room"
    lines = [body]
    if kind is MessageKind.CONFIRMATION and incident.plan.call_type is CallType.MEDICAL:
        lines.append("confirmation_address")
    lines += _company(incident, kind)
    lines += _again(incident, kind)
    if answerable and kind in BUTTONS:
        lines.append(f"{kind}_how")
    return title, *lines


def _door_keys(kind: MessageKind, *, answerable: bool) -> tuple[str, ...]:
    """Return the keys of a call to a door, where nobody waits for help."""
    title = "door_title" if kind is MessageKind.CALL else f"{kind}_title"
    body = "door_over_body" if kind is MessageKind.OVER else "door_body"
    goes = kind in (MessageKind.CONFIRMATION, MessageKind.REMINDER)
    how = "confirmation_how_door" if goes else f"{kind}_how"
    return title, body, *([how] if answerable and kind in BUTTONS else [])


def _company(incident: Incident, kind: MessageKind) -> tuple[str, ...]:
    """Return the key of the line that tells whoever goes about the other who does, where two are needed."""
    if kind not in (MessageKind.CONFIRMATION, MessageKind.ARRIVAL):
        return ()
    if incident.joined:
        return ("company_other",)
    return ("company_more",) if incident.is_short else ()


def _again(incident: Incident, kind: MessageKind) -> tuple[str, ...]:
    """Return the key of the line that tells of a second activation."""
    if incident.activated_again_at is None or kind is MessageKind.OVER:
        return ()
    if incident.plan.covert and kind is not MessageKind.CONFIRMATION:
        return ("covert_activated_again",)
    hold_up = incident.plan.call_type is CallType.HOLD_UP and kind is MessageKind.CONFIRMATION
    return ("activated_again_hold_up" if hold_up else "activated_again",)


def _call_keys(incident: Incident) -> tuple[str, str, str]:
    """Return the keys of a call: title, body, and what to tap."""
    if _names_others(incident):
        return "call_many_title", "call_many_body", "call_many_how"
    if incident.is_short:
        there = incident.progress is Progress.ON_SCENE
        return "short_title", "short_on_scene_body" if there else "short_body", "call_how"
    if incident.taken_back_at is not None:
        return "taken_back_title", "taken_back_body", "call_how"
    if incident.place == NO_PLACE:
        return "call_title", "call_lost_body", "call_how"
    return "call_title", "call_again_body" if incident.presses > 1 else "call_body", "call_how"


def replies_to(incident: Incident, kind: MessageKind) -> tuple[Reply, ...]:
    """Return what can be tapped below a message."""
    kind = _asks_as(incident, kind)
    if kind is MessageKind.ARRIVAL and _ends_only_in_the_room(incident):
        return ()
    if incident.plan.covert and kind is MessageKind.CONFIRMATION:
        return COVERT_CONFIRMATION
    ends = kind in (MessageKind.ARRIVAL, MessageKind.REASON)
    return COVERT_ENDS if ends and incident.plan.covert else BUTTONS.get(kind, ())


def ends_with_note(incident: Incident) -> tuple[Reply, ...]:
    """Return what a call can be said to have been by whoever ends it with a note."""
    return COVERT_ENDS if incident.plan.covert else ENDS_ON_PAGE


def replies_on_page(incident: Incident, kind: MessageKind, own: Progress | None) -> tuple[Reply, ...]:
    """Return what can be tapped on the page of a call, which has room for all that can be said."""
    replies = replies_to(incident, kind)
    if kind is MessageKind.ARRIVAL and replies and not incident.plan.covert:
        replies = ENDS_ON_PAGE
    if own in (Progress.EN_ROUTE, Progress.ON_SCENE):
        replies = (*(r for r in replies if r is not Reply.MORE_HELP), Reply.MORE_HELP)
    return replies


def _asks_as(incident: Incident, kind: MessageKind) -> MessageKind:
    """Return the kind of message whose question it is: who is reminded at the bed is asked what it was."""
    return MessageKind.ARRIVAL if kind is MessageKind.REMINDER and incident.progress is Progress.ON_SCENE else kind


def _ends_only_in_the_room(incident: Incident) -> bool:
    return incident.plan.ends_at_origin and incident.proof is not Proof.ROOM


def _names_others(incident: Incident) -> bool:
    """Return whether this is the first call of a burst, which stands for all of it (hazard H36)."""
    return bool(incident.also) and incident.step_at == incident.gathered_at


def _covert_keys(incident: Incident, kind: MessageKind, *, answerable: bool) -> tuple[str, ...]:
    """Return the keys of a covert call: what they say means nothing to whoever should not know (hazard H25).

    What to do is said plainly only to who has just answered, on a phone that had to be unlocked for it.
    """
    if kind is MessageKind.CONFIRMATION and not answerable:
        kind = MessageKind.NOTICE
    if kind is MessageKind.CONFIRMATION:
        call_type = incident.plan.call_type
        company = (*_company(incident, kind), *_again(incident, kind))
        return "covert_title", f"confirmation_body_{call_type}", *company, f"confirmation_how_{call_type}"
    kind = _asks_as(incident, kind)
    if kind is MessageKind.CALL and incident.is_short:
        return "covert_title", "covert_short_body", *(["covert_call_how"] if answerable else [])
    lines = (f"covert_{kind}_body", *_again(incident, kind))
    return "covert_title", *lines, *([f"covert_{kind}_how"] if answerable and kind in BUTTONS else [])
