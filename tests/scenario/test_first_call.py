"""From a press to a person."""

from tests.site import SiteUnderTest


async def test_a_press_calls_the_first_person_until_she_answers(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed: Room 4")
    await site.advance(seconds=59)
    bob.hears_nothing()
    await site.advance(seconds=1)
    bob.hears("Help needed: Room 4")
    await site.taps_going("Bob")
    bob.hears("You have it")
    ann.hears("Bob is going")
    await site.advance(minutes=10)
    await site.action("resolve", bob.user)
    ann.hears("Over")
    bob.hears("Over")
