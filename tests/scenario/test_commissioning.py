"""While a site is being set up its buttons can be tried in peace, and that is not forgotten."""

from datetime import timedelta

from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.duress.const import DOMAIN
from tests.site import SiteUnderTest

NOT_LIVE = {"live": False, "installer": "ann"}


async def test_h53_until_a_site_is_live_its_buttons_call_only_whoever_sets_them_up(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), (60, ["Ann", "Bob"]), options=NOT_LIVE)
    await site.press()
    ann.hears("Help needed")
    await site.advance(minutes=5)
    assert ann.reads()
    bob.hears_nothing()


async def test_h53_where_whoever_sets_it_up_cannot_be_reached_everybody_is_called(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), options=NOT_LIVE)
    await site.hass.auth.async_update_user(ann.user, is_active=False)
    await site.settle()
    await site.press()
    bob.hears("Help needed")


async def test_h53_whoever_sets_a_quiet_button_up_may_hold_it(site: SiteUnderTest) -> None:
    ann, bob = await site.add_person("Ann"), await site.add_person("Bob")
    await site.set_up((0, ["Bob"]), options=NOT_LIVE, holders=["Ann"], call_type="hold_up", covert=True)
    await site.press()
    ann.hears("Message for you")
    await site.taps("Ann", "I see to it")
    assert site.incident.taken_by is not None
    assert len(ann.reads()) == 1
    bob.hears_nothing()


async def test_h53_everybody_is_reminded_anew_each_day_even_after_ignoring_it(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), options=NOT_LIVE)
    registry = ir.async_get(site.hass)
    (first,) = [issue.issue_id for issue in registry.issues.values() if issue.domain == DOMAIN]
    ir.async_ignore_issue(site.hass, DOMAIN, first, ignore=True)
    tomorrow = (dt_util.now() + timedelta(days=1)).replace(hour=9, minute=0, second=1)
    site.freezer.move_to(tomorrow)
    async_fire_time_changed(site.hass)
    await site.settle()
    (second,) = [issue for issue in registry.issues.values() if issue.domain == DOMAIN]
    assert (second.issue_id != first, second.dismissed_version) == (True, None)
    await site.hass.config_entries.async_remove(site.entry.entry_id)
    await site.settle()
    ann.hears("No calls any more")
    assert site.issues() == set()
