"""Names used across the integration."""

from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "duress"

PLATFORMS: Final = [Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR]

SUBENTRY_TRIGGER_POINT: Final = "trigger_point"
SUBENTRY_RESPONDER: Final = "responder"
SUBENTRY_RESPONSE_PLAN: Final = "response_plan"

CONF_ACTIONS: Final = "actions"
CONF_ADDRESS: Final = "address"
CONF_AFTER: Final = "after"
CONF_ALARMS: Final = "alarms"
CONF_AREA: Final = "area_id"
CONF_CALL_TYPE: Final = "call_type"
CONF_CANCEL_WINDOW: Final = "cancel_window"
CONF_COVERT: Final = "covert"
CONF_CRITICAL: Final = "critical"
CONF_FOLLOW_UP: Final = "follow_up_actions"
CONF_GESTURE: Final = "gesture"
CONF_HOLDERS: Final = "holders"
CONF_INSTALLER: Final = "installer"
CONF_KIND: Final = "kind"
CONF_LIVE: Final = "live"
CONF_NOTIFY: Final = "notify_entities"
CONF_PASSED_OVER: Final = "passed_over"
CONF_PHONES: Final = "phones"
CONF_PLAN: Final = "plan_id"
CONF_QUIET: Final = "quiet"
CONF_REPEAT_AFTER: Final = "repeat_after"
CONF_RESPONDERS: Final = "responders"
CONF_SOURCES: Final = "sources"
CONF_STEPS: Final = "steps"
CONF_SUBJECT: Final = "subject"
CONF_TRIGGER: Final = "trigger"
CONF_USER: Final = "user_id"
CONF_WORN: Final = "worn"

MODEL_RESPONDER: Final = "Responder"
MODEL_TRIGGER_POINT: Final = "Trigger point"

GESTURE_CODE: Final = "code"
GESTURE_DOUBLE: Final = "double"
GESTURE_LONG: Final = "long"
GESTURE_SINGLE: Final = "single"

ISSUE_DEAF: Final = "trigger_point_deaf"
ISSUE_FALLBACK: Final = "plan_reaches_nobody"
ISSUE_JOURNAL: Final = "record_not_written"
ISSUE_UNREADABLE: Final = "record_not_read"
ISSUE_NOT_LIVE: Final = "site_not_live"
ISSUE_NEW_PHONE: Final = "phone_does_not_ring_yet"
ISSUE_UNREACHABLE: Final = "responder_out_of_reach"
ISSUE_NOBODY: Final = "nobody_can_be_called"
