"""What phones are shown cannot be guessed (hazard H23)."""

from dataclasses import replace

from custom_components.duress.engine import tokens
from custom_components.duress.engine.kinds import Reply
from tests.engine.story import HANDLE_PRESS, Story


def test_h23_tokens_differ_by_purpose_channel_incident_and_secret_and_stay_the_same_otherwise() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    incident = story.now
    others = [replace(incident, id="j"), replace(incident, secret="y"), incident]
    seen = {tokens.tag(incident, "phone:a")}
    seen |= {tokens.reply(incident, channel, 0, Reply.GOING) for channel in ("phone:a", "phone:b")}
    seen |= {tokens.reply(incident, "phone:a", 1, Reply.GOING), tokens.reply(incident, "phone:a", 0, Reply.OVER)}
    seen |= {tokens.reply(other, "phone:a", 0, Reply.GOING) for other in others}
    assert len(seen) == 7
    assert incident.secret
    assert incident.secret not in "".join(seen)
