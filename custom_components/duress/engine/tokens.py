"""What a phone is shown instead of an incident's id: nobody who has not seen it can guess it (hazard H23)."""

import hashlib
import hmac

from .model import Incident


def tag(incident: Incident, channel: str) -> str:
    """Return the tag under which a channel's messages about the incident replace one another."""
    return _token(incident, "tag", channel)


def going(incident: Incident, channel: str) -> str:
    """Return the token that means "I'm going", from this channel, about this incident."""
    return _token(incident, "going", channel)


def _token(incident: Incident, purpose: str, channel: str) -> str:
    digest = hmac.new(incident.secret.encode(), f"{purpose} {incident.id} {channel}".encode(), hashlib.sha256)
    return digest.hexdigest()[:32]
