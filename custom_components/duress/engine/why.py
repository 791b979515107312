"""Why something was decided, so that the record can be read years later by people who were not there."""

from enum import StrEnum


class Why(StrEnum):
    """The reason of a decision. Each has words for the timeline in the translations (`why_...`)."""

    PRESSED = "pressed"
    PRESSED_ON_SCENE = "pressed_on_scene"
    PRESSED_LONG_AFTER_ANSWER = "pressed_long_after_answer"
    PRESSED_WHILE_STALE = "pressed_while_stale"
    PRESSED_AGAIN = "pressed_again"
    ALREADY_CALLING = "already_calling"
    TAKER_CALLED_AGAIN = "taker_called_again"
    TAKER_NOT_REACHABLE = "taker_not_reachable"
    CANCELLED_UNDER_DURESS = "cancelled_under_duress"
    CANCELLED_WITH_WRONG_CODE = "cancelled_with_wrong_code"
    DURESS_CODE = "duress_code"
    FOUND_AT_START = "found_at_start"
    FOUND_LATE = "found_late"
    RECORD_DAMAGED = "record_damaged"

    CANCEL_WINDOW_OVER = "cancel_window_over"
    AT_ONCE = "at_once"
    NOT_ANSWERED = "not_answered"
    STEP_FAILED = "step_failed"
    NOT_HANDED_OVER = "not_handed_over"
    STEP_EMPTY = "step_empty"
    ALL_DECLINED = "all_declined"
    ALREADY_GOING = "already_going"
    NEEDS_TWO = "needs_two"
    MORE_HELP = "more_help"
    ALL_BUSY = "all_busy"
    NOBODY_REACHABLE = "nobody_reachable"
    NOBODY_ON_DUTY = "nobody_on_duty"
    TAKER_DECLINED = "taker_declined"
    NOBODY_IS_GOING = "nobody_is_going"
    NOT_ARRIVED = "not_arrived"
    STILL_NEEDED = "still_needed"
    ROUNDS_OVER = "rounds_over"
    FOUND_IDLE = "found_idle"

    FAILED_BEFORE = "failed_before"
    IN_DOUBT = "in_doubt"
    CLEARED = "cleared"
    TOO_OLD = "too_old"

    TAKEN = "taken"
    BUSY = "busy"
    OUT_OF_DATE = "out_of_date"
    IS_OVER = "is_over"
    ONLY_AT_ORIGIN = "only_at_origin"

    NOT_TAKEN = "not_taken"
    NEVER_AT_ORIGIN = "never_at_origin"
    NOT_FROM_THE_ROOM = "not_from_the_room"

    CAMERA_GONE = "camera_gone"
    CAMERA_SILENT = "camera_silent"
    NO_PICTURE = "no_picture"
    PICTURE_TOO_LARGE = "picture_too_large"
    NO_ROOM = "no_room"

    DOOR_GONE = "door_gone"
    DOOR_SILENT = "door_silent"
    DOOR_JAMMED = "door_jammed"
    DOOR_WENT_BACK = "door_went_back"
    UNVERIFIABLE = "unverifiable"
    ESCAPE_ROUTE = "escape_route"
    FIRE = "fire"
    TOO_LATE = "too_late"
    BY_HAND = "by_hand"
    LOCKED_DOWN = "locked_down"
    STAYS_LOCKED = "stays_locked"
    HAD_OPENED = "had_opened"

    UNATTENDED = "unattended"
    RESTORED = "restored"

    UNKNOWN = "unknown"
    """Written by a version that knows more reasons than this one."""

    @classmethod
    def _missing_(cls, value: object) -> Why:
        # What was decided counts even where this version does not know why (hazard H52).
        return cls.UNKNOWN
