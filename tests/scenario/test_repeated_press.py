"""A press on a call that is already open is never left without an answer (hazard H1)."""

from tests.site import SiteUnderTest


async def answered_by_ann(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    await site.taps_going("Ann")
    ann.hears("You have it")
    bob.hears_nothing()


async def test_h01_a_press_after_an_answer_calls_the_taker_again_and_then_the_others(site: SiteUnderTest) -> None:
    await answered_by_ann(site)
    ann, bob = site.people["Ann"], site.people["Bob"]
    await site.advance(minutes=3)
    await site.press()
    ann.hears("Help needed")
    await site.advance(seconds=59)
    bob.hears_nothing()
    await site.advance(seconds=1)
    bob.hears("Help needed")
    ann.hears("Help needed")


async def test_h01_a_new_answer_to_a_repeated_press_keeps_the_others_asleep(site: SiteUnderTest) -> None:
    await answered_by_ann(site)
    ann, bob = site.people["Ann"], site.people["Bob"]
    await site.advance(seconds=1)
    await site.press()
    ann.hears("Help needed")
    await site.taps_going("Ann")
    ann.hears("You have it")
    await site.advance(minutes=9)
    ann.hears("Are you there?", "Are you there?")
    bob.hears_nothing()


async def test_h01_a_press_while_somebody_is_on_scene_is_a_new_call(site: SiteUnderTest) -> None:
    await answered_by_ann(site)
    ann, bob = site.people["Ann"], site.people["Bob"]
    await site.taps("Ann", "I'm there")
    ann.hears("You are there")
    await site.advance(minutes=15)
    await site.press()
    ann.hears("Help needed")
    await site.advance(seconds=60)
    bob.hears("Help needed")
    first, second = site.site.incidents.open()
    assert second.follows == first.id


async def test_a_press_after_the_end_opens_a_new_call(site: SiteUnderTest) -> None:
    await answered_by_ann(site)
    ann = site.people["Ann"]
    await site.action("resolve", ann.user)
    ann.hears("Over")
    await site.press()
    ann.hears("Help needed")
    assert site.incident.follows is None


async def test_a_call_answered_by_somebody_without_a_phone_here_resumes_at_once_when_pressed_again(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    owner = await site.hass.auth.async_create_user("Owner", group_ids=["system-admin"])
    await site.press()
    await site.action("go", owner)
    ann.hears("Help needed", "Somebody is going")
    await site.advance(seconds=1)
    await site.press()
    await site.advance(seconds=1)
    ann.hears("Help needed")
