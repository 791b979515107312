"""What a phone is shown instead of an incident's id: nobody who has not seen it can guess it (hazard H23)."""

import hashlib
import hmac

from .kinds import Reply
from .model import Incident


def tag(incident: Incident, channel: str) -> str:
    """Return the tag under which a channel's messages about the incident replace one another."""
    return _token(incident, "tag", channel)


def reply(incident: Incident, channel: str, asked: int, meaning: Reply) -> str:
    """Return the token that means this reply, from this channel, to the incident as it was `asked`."""
    return _token(incident, f"{meaning} {asked}", channel)


def _token(incident: Incident, purpose: str, channel: str) -> str:
    assert incident.secret, "a message goes out only once the incident has a secret"
    digest = hmac.new(incident.secret.encode(), f"{purpose} {incident.id} {channel}".encode(), hashlib.sha256)
    return digest.hexdigest()[:32]
