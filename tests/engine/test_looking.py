"""Cameras look on once the first call is out, and nothing that becomes of their pictures delays or stops a call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.duress.engine import due, evolve, next_due, replay
from custom_components.duress.engine.cameras import Camera, Pictures, PictureState, Taken
from custom_components.duress.engine.commands import Answer, HandlePress, LookOn, ReportPicture
from custom_components.duress.engine.events import NobodyToCall, Opened, StepStarted, WentStale
from custom_components.duress.engine.kinds import MessageKind, Reply
from custom_components.duress.engine.looking import being_taken, best_picture, is_unseen
from custom_components.duress.engine.picture_events import LookedAround, PictureKept, PictureMissed
from custom_components.duress.engine.reach import Channel, Reach
from custom_components.duress.engine.why import Why

from .story import ANN, FIRST_CALL, PLAN, SECOND, T0, Story, press_with

LOBBY, BACK = Camera(id="lobby", name="Lobby"), Camera(id="back", name="Back door")
PHONES = {name: (Channel(id=f"phone:{name[0]}", updates=True),) for name in ("ann", "bob", "cas")}
REACH = Reach(channels=PHONES)


def press(pictures: Pictures = Pictures.MESSAGES, **plan: object) -> HandlePress:
    return replace(press_with(pictures=pictures, **plan), reach=REACH)


def look_on(story: Story, seconds: float = 0, *cameras: Camera) -> list[type]:
    return story.at(seconds, LookOn(cameras=cameras or (LOBBY, BACK)))


def looked_at(**plan: object) -> Story:
    """Return a call with two cameras asked for pictures as soon as it went out."""
    story = Story()
    story.at(0, press(**plan))  # type: ignore[arg-type]
    look_on(story)
    return story


def test_h49_a_call_that_becomes_a_quiet_one_is_looked_at_only_by_what_was_tried() -> None:
    story = Story()
    story.at(0, press())
    look_on(story, 0, LOBBY, replace(BACK, tried=True))
    story.report(0.1, FIRST_CALL)
    story.answer(1, ANN, Reply.GOING)
    story.at(2, Answer(by=ANN, reply=Reply.MORE_HELP, upgrade=replace(PLAN, id="quiet", covert=True)))
    story.tick(5)
    assert asked(story) == ["0-0", "0-1", "1-1"]


def test_a_picture_that_comes_again_was_not_fresh_and_is_in_no_later_message(story: Story) -> None:
    gave(story, 1, "0-0")
    story.tick(5, REACH)
    story.at(
        5.5, ReportPicture(picture="1-0", reach=REACH, taken=Taken(sha256="hash of 0-0", size=9, unchanged_since=T0))
    )
    assert best_picture(story.now, MessageKind.CONFIRMATION) is None


@pytest.fixture
def story() -> Story:
    """Return a call that the phone of Ann has got, with two cameras asked for pictures."""
    story = looked_at()
    story.report(0.1, FIRST_CALL)
    return story


def gave(story: Story, seconds: float, picture: str, since: float | None = None) -> list[type]:
    unchanged = None if since is None else T0 + since * SECOND
    taken = Taken(sha256=f"hash of {picture}", size=1000, unchanged_since=unchanged)
    return story.at(seconds, ReportPicture(picture=picture, reach=REACH, taken=taken))


def gave_none(story: Story, seconds: float, picture: str, why: Why = Why.CAMERA_SILENT) -> list[type]:
    return story.at(seconds, ReportPicture(picture=picture, reach=REACH, why=why))


def asked(story: Story) -> list[str]:
    return [picture.id for picture in being_taken(story.now)]


def sending(story: Story) -> list[tuple[str, MessageKind]]:
    return [(message.responder, message.kind) for message in due(story.now)]


def test_a_camera_that_streams_is_asked_for_one_clip_which_is_shown_in_no_message() -> None:
    story = Story()
    story.at(0, press())
    look_on(story, 0, replace(LOBBY, streams=True), BACK)
    story.report(0.1, FIRST_CALL)
    assert asked(story) == ["0-0", "0-1", "clip-0"]
    gave(story, 1, "clip-0")
    assert sending(story) == []
    assert best_picture(story.now, MessageKind.CALL) is None
    story.tick(5)
    assert asked(story) == ["0-0", "0-1", "1-0", "1-1"]


def test_cameras_are_asked_once_the_first_call_is_out_and_after_five_and_fifteen_seconds() -> None:
    story = Story()
    assert story.at(0, press()) == [Opened, StepStarted]
    assert is_unseen(story.now)
    assert look_on(story) == [LookedAround]
    assert look_on(story) == []
    assert asked(story) == ["0-0", "0-1"]
    story.report(0.1, FIRST_CALL)
    for seconds, look in ((5, 1), (15, 2)):
        assert next_due(story.now) == T0 + seconds * SECOND
        assert story.tick(seconds - 0.1) == []
        assert story.tick(seconds) == [LookedAround]
        assert asked(story)[-2:] == [f"{look}-0", f"{look}-1"]
    assert next_due(story.now) == T0 + 60 * SECOND


def test_what_nothing_looks_at_is_not_said_to_be_looked_at() -> None:
    story = Story()
    story.at(0, press())
    assert story.at(0, LookOn(cameras=())) == []


def test_nobody_is_looked_at_before_somebody_is_called() -> None:
    story = Story()
    assert story.at(0, press(cancel_window=20 * SECOND)) == [Opened]
    assert look_on(story, 1) == []
    assert story.tick(20) == [StepStarted]
    assert look_on(story, 20) == [LookedAround]


def test_where_nobody_can_be_called_cameras_look_on_all_the_same() -> None:
    story = Story()
    assert story.at(0, replace(press(), reach=Reach(channels={}))) == [Opened, *[NobodyToCall] * len(PLAN.steps)]
    assert look_on(story) == [LookedAround]


def test_what_is_only_asked_about_is_not_looked_at() -> None:
    story = Story()
    assert story.at(0, replace(press(), late=True)) == [Opened, WentStale]
    assert look_on(story) == []


def test_a_plan_that_says_so_is_not_looked_at() -> None:
    story = Story()
    story.at(0, press(Pictures.NONE))
    assert look_on(story) == []


def test_what_is_over_before_cameras_looked_on_is_not_looked_at() -> None:
    story = Story()
    story.at(0, press())
    story.resolve(1)
    assert look_on(story, 1) == []


def test_looks_that_fell_due_while_nothing_ran_are_one_and_what_was_asked_for_is_asked_for_again(story: Story) -> None:
    story.resume(40, away=39)
    assert asked(story) == ["0-0", "0-1"]
    story.tick(40, REACH)
    assert asked(story) == ["0-0", "0-1", "2-0", "2-1"]
    assert story.now.look_at is None


def test_a_call_that_is_over_is_looked_at_no_more_and_settled_once_every_camera_has_answered(story: Story) -> None:
    story.resolve(2)
    story.hand_over(2)
    assert story.tick(5, REACH) == []
    assert not story.now.is_settled
    gave_none(story, 8, "0-0")
    gave(story, 8, "0-1")
    assert story.now.is_settled


def test_a_start_waits_for_no_picture_of_a_call_that_is_over(story: Story) -> None:
    story.resolve(2)
    story.hand_over(2)
    story.resume(500, away=490)
    assert [event.why for event in story.latest if isinstance(event, PictureMissed)] == [Why.IS_OVER] * 2
    assert story.now.is_settled


def test_what_becomes_of_pictures_is_on_record_and_replaying_it_leads_to_the_same(story: Story) -> None:
    assert gave(story, 1, "0-0") == [PictureKept]
    assert gave_none(story, 8, "0-1") == [PictureMissed]
    assert gave(story, 9, "0-0") == []
    assert gave(story, 9, "7-7") == []
    states = {picture.id: picture.state for picture in story.now.pictures.values()}
    assert states == {"0-0": PictureState.KEPT, "0-1": PictureState.MISSED}
    assert replay(story.history) == story.now


def test_a_picture_is_shown_once_in_what_has_rung_and_again_only_if_a_better_camera_gives_one(story: Story) -> None:
    gave(story, 1, "0-1")
    assert sending(story) == [("ann", MessageKind.UPDATE)]
    story.hand_over(1)
    gave(story, 2, "0-0")
    assert sending(story) == [("ann", MessageKind.UPDATE)]
    story.hand_over(2)
    story.tick(5, REACH)
    gave(story, 5.5, "1-1")
    gave(story, 5.5, "1-0")
    assert sending(story) == []
    best = best_picture(story.now, MessageKind.CALL)
    assert best is not None
    assert best.id == "1-0"


def test_a_picture_replaces_nothing_that_is_still_to_ring() -> None:
    story = looked_at()
    gave(story, 0.5, "0-0")
    assert sending(story) == [("ann", MessageKind.CALL)]
    story.report(0.6, FIRST_CALL)
    assert sending(story) == [("ann", MessageKind.UPDATE)]


def test_what_could_not_be_handed_over_is_tried_again_as_it_was() -> None:
    story = looked_at()
    story.report(0.1, FIRST_CALL, error="the push service refused it")
    gave(story, 0.5, "0-0")
    assert sending(story) == []
    story.tick(15.2, REACH)
    assert ("ann", MessageKind.CALL) in sending(story)


def test_what_became_of_a_picture_that_nobody_asked_for_changes_nothing(story: Story) -> None:
    assert evolve(story.now, PictureMissed(at=T0, picture="9-9", why=Why.NO_PICTURE)) == story.now


def test_the_very_picture_of_before_is_shown_to_nobody(story: Story) -> None:
    gave(story, 1, "0-0", since=-3600)
    assert sending(story) == []
    assert best_picture(story.now, MessageKind.CALL) is None


def test_h25_no_message_shows_a_picture_where_the_plan_does_not_say_so() -> None:
    story = looked_at(pictures=Pictures.PAGE)
    story.report(0.1, FIRST_CALL)
    gave(story, 1, "0-0")
    assert sending(story) == []
    assert best_picture(story.now, MessageKind.CALL) is None


def test_h25_of_a_quiet_call_only_whoever_has_answered_is_shown_a_picture() -> None:
    story = Story()
    story.at(0, press(covert=True))
    look_on(story, 0, replace(LOBBY, tried=True), replace(BACK, tried=True))
    story.report(0.1, FIRST_CALL)
    gave(story, 1, "0-0")
    assert sending(story) == []
    story.answer(2, ANN, Reply.GOING)
    assert sending(story) == [("ann", MessageKind.CONFIRMATION)]
    assert best_picture(story.now, MessageKind.CALL) is None
    assert best_picture(story.now, MessageKind.CONFIRMATION) is not None


def test_a_picture_that_does_not_get_through_keeps_nobody_from_being_waited_for_and_called(story: Story) -> None:
    gave(story, 1, "0-0")
    (shown,) = due(story.now)
    for attempt, seconds in ((1, 1), (2, 16), (3, 31)):
        story.report(seconds, shown.id, attempt, error="the push service refused it")
        assert StepStarted not in story.tick(seconds + 15, REACH)
    assert story.now.step == 0
    assert StepStarted in story.tick(60, REACH)
    assert "bob" in [message.responder for message in due(story.now)]


def test_a_step_whose_call_hangs_is_not_taken_for_reached_by_a_picture(story: Story) -> None:
    story.tick(60, REACH)
    gave(story, 61, "0-0")
    (picture,) = [message for message in due(story.now) if message.kind is MessageKind.UPDATE]
    story.report(61.1, picture.id)
    assert not story.now.step_reached


def test_whoever_cannot_go_is_shown_no_picture(story: Story) -> None:
    story.answer(0.5, ANN, Reply.CANNOT_GO)
    gave(story, 1, "0-0")
    assert "ann" not in [message.responder for message in due(story.now)]


def test_a_call_goes_on_as_it_would_while_every_camera_hangs(story: Story) -> None:
    plain = Story()
    plain.at(0, press_with())
    plain.report(0.1, FIRST_CALL)
    for seconds in range(1, 400):
        looking = [kind for kind in story.tick(seconds, REACH) if kind is not LookedAround]
        assert looking == plain.tick(seconds)
    assert timedelta(0) < (story.now.deadline or T0) - T0 == (plain.now.deadline or T0) - T0
