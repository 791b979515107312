"""The words that stand in the record for how an incident is, and for what people say about it."""

from enum import StrEnum


class Phase(StrEnum):
    """Where an incident stands. It is open until it is resolved, and closed once it was reviewed."""

    PENDING = "pending"
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Progress(StrEnum):
    """How far the person is who has an acknowledged incident."""

    SEEN = "seen"
    """Acknowledged from a desk: nobody is going yet."""
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"


class Reply(StrEnum):
    """What a person can answer."""

    SEEN = "seen"
    GOING = "going"
    TAKE_OVER = "take_over"
    """I go in the place of whoever has it."""
    CANNOT_GO = "cannot_go"
    MORE_HELP = "more_help"
    """One person is not enough, or it is worse than it was."""
    ON_SCENE = "on_scene"
    STILL_NEEDED = "still_needed"
    """To an incident that went stale: go on calling."""
    OVER = "over"
    HELPED = "helped"
    ACCIDENTAL = "accidental"
    TEST = "test"
    FALSE = "false"
    ANOTHER_REASON = "another_reason"
    """It is over, for a reason that the message does not offer."""


class ResolveReason(StrEnum):
    """Why it is over, as the person says who ends it."""

    HELPED = "helped"
    ACCIDENTAL = "accidental"
    TEST = "test"
    FALSE = "false"
    CANCELLED = "cancelled"


ENDS = {
    Reply.OVER: ResolveReason.HELPED,
    Reply.HELPED: ResolveReason.HELPED,
    Reply.ACCIDENTAL: ResolveReason.ACCIDENTAL,
    Reply.TEST: ResolveReason.TEST,
    Reply.FALSE: ResolveReason.FALSE,
}
"""Replies that say that it is over, and why."""
ENDING = frozenset({*ENDS, Reply.ANOTHER_REASON})
"""Replies that only those give who may end a call."""


class Proof(StrEnum):
    """What shows that somebody is there, from weak to strong (hazard H44)."""

    TAP = "tap"
    """They say so."""
    TAG = "tag"
    """Their phone read a tag, which a link in it can do from anywhere."""
    ROOM = "room"
    """A button was pressed where the call came from."""


def is_stronger(proof: Proof, other: Proof | None) -> bool:
    """Return whether one thing shows more than another that somebody is there."""
    order = [None, *Proof]
    return order.index(proof) > order.index(other)


class CloseCode(StrEnum):
    """What it was, as the review finds; the codes that alarm receiving centres use."""

    GENUINE = "genuine"
    ACCIDENTAL = "accidental"
    USER_ERROR = "user_error"
    EQUIPMENT = "equipment"
    ENVIRONMENT = "environment"
    TEST = "test"
    DRILL = "drill"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


class MessageKind(StrEnum):
    """What a message tells its responder."""

    CALL = "call"
    """Somebody needs help; can be answered."""
    BUSY = "busy"
    """Your answer does not hold the others back: you have another call in hand."""
    SEEN = "seen"
    """Somebody has seen it, but nobody is going yet."""
    CONFIRMATION = "confirmation"
    """Your answer counted: you have it."""
    REMINDER = "reminder"
    """You have it, and have not said for a while how it goes."""
    NOTICE = "notice"
    """Somebody else has it."""
    UPDATE = "update"
    """What you were told last, with what has come since, a picture or how a door is: without another ring."""
    ARRIVAL = "arrival"
    """Your answer counted: you are there."""
    REASON = "reason"
    """You say that it is over: why?"""
    STALE = "stale"
    """It was found open after a long time: is it still needed?"""
    OVER = "over"
    """It is resolved."""


class DeliveryState(StrEnum):
    """How far a message got. There is no `sent`: handing over proves nothing about the person."""

    OWED = "owed"
    SENDING = "sending"
    HANDED_OVER = "handed_over"
    RECEIVED = "received"
    ANSWERED = "answered"
    FAILED = "failed"
    EXPIRED = "expired"


class Origin(StrEnum):
    """Where a press was heard: here, or told to us by an app or another machine (hazard H21)."""

    LOCAL = "local"
    REMOTE = "remote"
