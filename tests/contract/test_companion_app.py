"""The parts of the companion-app integration that we use are not a promised interface."""

import inspect

from homeassistant.components.mobile_app import const, notify
from homeassistant.components.mobile_app.push_notification import PushChannel


def test_h04_the_companion_apps_own_parts_are_as_we_use_them() -> None:
    assert const.DOMAIN == "mobile_app"
    assert const.DATA_PUSH_CHANNEL == "push_channel"
    assert list(inspect.signature(notify._send_message).parameters) == ["session", "entry", "data"]
    assert inspect.iscoroutinefunction(notify._send_message)
    assert list(inspect.signature(PushChannel.async_send_notification).parameters) == ["self", "data", "fallback_send"]
    assert (const.ATTR_APP_DATA, const.ATTR_PUSH_URL, const.ATTR_PUSH_TOKEN) == ("app_data", "push_url", "push_token")
    assert const.ATTR_PUSH_WEBSOCKET_CHANNEL == "push_websocket_channel"
