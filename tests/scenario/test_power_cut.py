"""What was going on goes on after the power was cut."""

from pathlib import Path

from custom_components.duress.const import DOMAIN
from custom_components.duress.engine import replay
from custom_components.duress.engine.commands import Close
from custom_components.duress.engine.kinds import CloseCode
from custom_components.duress.journal import Journal
from tests.site import SiteUnderTest


async def test_a_call_goes_on_to_the_next_person_after_a_power_cut(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    await site.advance(seconds=20)
    await site.power_cut(seconds=20)
    bob.hears_nothing()
    await site.advance(seconds=18)
    bob.hears_nothing()
    await site.advance(seconds=3)
    bob.hears("Help needed")


async def test_a_step_that_fell_due_while_the_power_was_off_is_called_at_once(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    await site.power_cut(minutes=2)
    await site.advance(seconds=1)
    bob.hears("Help needed")
    ann.hears("Help needed")  # her step of the second round is due; Bob's was missed


async def test_the_answer_to_a_call_from_before_the_power_cut_still_counts(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    await site.power_cut(seconds=10)
    await site.taps_going("Ann")
    ann.hears("Help needed", "You have it")
    assert site.state("sensor.harbour_house_state") == "acknowledged"


async def test_a_call_that_was_being_handed_over_when_the_power_failed_is_repeated_once(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    ann.phone.answers = None
    site.hass.bus.async_fire("test_button")
    await site.hass.async_block_till_done()
    ann.phone.answers = 201
    await site.power_cut(seconds=10)
    await site.advance(seconds=1)
    ann.hears("Help needed")
    await site.advance(seconds=60)


async def test_a_call_that_is_over_stays_over_after_a_power_cut(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    await site.action("resolve", ann.user)
    ann.hears("Help needed", "Over")
    await site.power_cut(minutes=5)
    await site.advance(minutes=5)
    assert site.site.incidents.open() == []


async def test_half_a_line_that_a_power_cut_left_does_not_stop_the_call(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    (record,) = Path(site.hass.config.path(".storage", DOMAIN, site.entry.entry_id)).glob("*.jsonl")
    with record.open("ab") as file:
        file.write(b'{"v":1,"seq":4,"prev":"abc')
    await site.power_cut(seconds=20)
    await site.advance(seconds=41)
    bob.hears("Help needed")
    await site.power_cut(seconds=1)
    assert site.incident.step == 1


async def test_h07_a_clock_an_hour_behind_after_the_power_cut_delays_nobody(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    bob = await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")
    await site.power_cut(hours=-1)
    await site.advance(seconds=61)
    bob.hears("Help needed")


async def test_h52_a_press_while_home_assistant_stops_is_an_open_call_at_the_next_start(
    site: SiteUnderTest,
) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))

    async def press_late(_event: object) -> None:
        site.hass.bus.async_fire("test_button")

    site.hass.bus.async_listen_once("homeassistant_final_write", press_late)
    journal = Journal(Path(site.hass.config.path(".storage", DOMAIN, site.entry.entry_id)), lambda _trouble: None)
    await site.hass.async_stop(force=True)
    incident = replay(event for history in journal.load().histories.values() for event in history)
    await journal.close()
    assert incident is not None
    assert incident.is_open
    ann.heard = len(ann.phone.screen)


async def test_a_call_that_was_closed_just_before_the_power_failed_is_not_called_again(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    incident = site.incident.id
    await site.action("resolve", ann.user)
    ann.hears("Help needed", "Over")
    await site.power_cut(hours=2)  # its lines are older than the checkpoint
    checkpoint = (site.folder / "checkpoint.log").read_bytes()
    assert await site.site.async_find(incident)
    assert site.site.handle(Close(by=site.site.actor(ann.user.id), code=CloseCode.GENUINE), incident)
    await site.settle()
    await site.power_cut(minutes=1, before_start=lambda: (site.folder / "checkpoint.log").write_bytes(checkpoint))
    await site.advance(minutes=2)
    assert not site.site.incidents.open()


async def test_h46_an_answer_to_a_call_that_is_long_over_opens_nothing_after_a_power_cut(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    await site.press()
    await site.action("resolve", ann.user)
    ann.hears("Help needed", "Over")
    checkpoint = (site.folder / "checkpoint.log").read_bytes()
    await site.advance(hours=2)
    await site.taps_going("Ann")
    ann.hears("Over")
    await site.power_cut(minutes=1, before_start=lambda: (site.folder / "checkpoint.log").write_bytes(checkpoint))
    await site.advance(minutes=2)
    assert not site.site.incidents.open()
