"""Names from outside can do no harm in a message."""

from hypothesis import given, strategies as st
import pytest

from custom_components.duress.effects.texts import NAME_LENGTH, plain
from tests.site import SiteUnderTest


@given(st.text())
def test_h42_a_name_keeps_no_markup_no_line_break_and_no_hidden_character(name: str) -> None:
    kept = plain(name)
    assert len(kept) <= NAME_LENGTH
    assert not set(kept) & set("<>&\n\r\t\u202e\u200b\x00")
    assert kept == kept.strip()


@pytest.mark.parametrize("name", ["clear_notification", "command_dnd", "TTS", "<b>x</b>", "a\u202etxt.exe"])
async def test_h42_no_message_equals_a_command_of_the_companion_app(site: SiteUnderTest, name: str) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    site.hass.config_entries.async_update_subentry(site.entry, site.entry.subentries["point"], title=name)
    await site.settle()
    await site.press()
    (call,) = ann.unheard()
    assert call.title.startswith("Help needed: ")
    assert call.body.startswith("Place not set, pressed at ")
    ann.hears("Help needed")
