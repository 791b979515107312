"""What phones are shown cannot be guessed (hazard H23)."""

from dataclasses import replace

from custom_components.duress.engine import tokens
from tests.engine.test_decide import HANDLE_PRESS, Story


def test_h23_tokens_differ_by_purpose_channel_incident_and_secret_and_stay_the_same_otherwise() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    incident = story.now
    others = [replace(incident, id="j"), replace(incident, secret="y"), incident]
    seen = {tokens.tag(incident, "phone:a"), tokens.going(incident, "phone:a"), tokens.going(incident, "phone:b")}
    seen |= {tokens.going(other, "phone:a") for other in others}
    assert len(seen) == 5
    assert incident.secret not in "".join(seen)
