"""Incidents that a start finds in a record that is old, restored or damaged, and faults the auditor finds."""

from datetime import datetime, timedelta
import json

from tests.site import SiteUnderTest


async def pressed(site: SiteUnderTest) -> None:
    ann = await site.add_person("Ann")
    await site.add_person("Bob")
    await site.set_up((0, ["Ann"]), (60, ["Bob"]))
    await site.press()
    ann.hears("Help needed")


async def test_a_call_found_after_half_a_day_asks_once_and_goes_on_when_still_needed(site: SiteUnderTest) -> None:
    await pressed(site)
    ann, bob = site.people["Ann"], site.people["Bob"]
    await site.power_cut(hours=14)
    ann.hears("Found open: Room 4")
    bob.hears("Found open: Room 4")
    assert site.state("sensor.harbour_house_state") == "stale"
    await site.advance(hours=2)
    await site.taps("Bob", "Still needed")
    await site.advance(seconds=1)
    ann.hears("Help needed")
    bob.hears("Help needed")


async def test_h29_a_restored_call_older_than_an_hour_is_only_asked_about(site: SiteUnderTest) -> None:
    await pressed(site)
    ann, bob = site.people["Ann"], site.people["Bob"]
    await site.power_cut(hours=2, before_start=(site.folder / "checkpoint.log").unlink)
    ann.hears("Found open")
    bob.hears("Found open")
    await site.taps("Ann", "It is over")
    ann.hears("Over")
    bob.hears("Over")


async def test_a_call_whose_beginning_is_lost_is_called_again_with_its_place(site: SiteUnderTest) -> None:
    await pressed(site)
    (month,) = site.folder.glob("*.jsonl")
    await site.power_cut(minutes=1, before_start=month.unlink)
    site.people["Ann"].hears("Help needed: Room 4")
    assert site.issues() == {"record_not_read"}


async def test_a_lost_call_of_an_unknown_place_says_so(site: SiteUnderTest) -> None:
    await pressed(site)

    (month,) = site.folder.glob("*.jsonl")
    lines = month.read_bytes().splitlines(keepends=True)
    without_beginning = b"".join(line for line in lines if b'"Opened"' not in line)

    def lose() -> None:
        month.write_bytes(without_beginning)
        (site.folder / "checkpoint.log").write_bytes(b"")

    await site.power_cut(minutes=1, before_start=lose)
    site.people["Ann"].hears("Help needed: place not known")
    site.people["Bob"].hears("Help needed: place not known")


async def test_the_auditor_takes_up_a_call_whose_timer_was_lost(site: SiteUnderTest) -> None:
    await pressed(site)
    site.site._timers.stop()
    await site.advance(seconds=95)
    site.people["Bob"].hears("Help needed")


async def test_the_auditor_sends_a_message_that_nobody_was_sending(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]), repeat_after=300)
    runner = site.site._runner
    run, runner.run = runner.run, lambda *_args: None  # type: ignore[method-assign]
    await site.press()
    runner.run = run  # type: ignore[method-assign]
    site.people["Ann"].hears_nothing()
    await site.advance(seconds=31)
    site.people["Ann"].hears("Help needed")


async def test_h11_from_when_to_when_nothing_was_heard_is_on_record(site: SiteUnderTest) -> None:
    await site.add_person("Ann")
    await site.set_up((0, ["Ann"]))
    stopped = site.site.now()
    await site.power_cut(minutes=10)
    (month,) = site.folder.glob("*.jsonl")
    events = (json.loads(line)["event"] for line in month.read_bytes().splitlines())
    deaf, heard = (event for event in events if event["type"] != "ConfigurationChanged")
    assert (deaf["type"], heard["type"]) == ("WentDeaf", "HeardAgain")
    since, at = (datetime.fromisoformat(heard[field]) for field in ("since", "at"))
    assert abs(since - stopped) < timedelta(seconds=5)
    assert abs(at - since - timedelta(minutes=10)) < timedelta(seconds=5)


async def test_what_is_left_of_a_call_that_is_over_is_forgotten(site: SiteUnderTest) -> None:
    await pressed(site)
    incident = site.incident.id
    await site.action("resolve", site.people["Ann"].user)
    site.people["Ann"].hears("Over")
    (month,) = site.folder.glob("*.jsonl")

    def lose_the_beginning() -> None:
        opened = f'"incident":"{incident}","event":{{"type":"Opened"'
        month.write_text(month.read_text("utf-8").replace(opened, opened.replace("Opened", "OpeneX")), "utf-8")
        (site.folder / "checkpoint.log").unlink()

    await site.power_cut(minutes=1, before_start=lose_the_beginning)
    await site.power_cut(minutes=1)
    assert incident not in (site.folder / "checkpoint.log").read_text("utf-8")
