"""Takes what is said where a call came from: somebody is there, or it is over."""

from homeassistant.core import callback

from ..engine.commands import AtOrigin, Signal
from ..engine.kinds import Proof
from ..engine.model import Press
from ..site import Site
from ..trigger_points import TriggerPoint


@callback
def take_signal(site: Site, point: TriggerPoint, press: Press, what: AtOrigin, proof: Proof) -> None:
    """Tell the open calls of a trigger point; without one it means nothing."""
    by = site.actor(press.user) if press.user is not None else None
    if what is AtOrigin.IT_IS_OVER and by is not None and site.configuration.is_desk(by.responder):
        by = None  # a desk is not where the call came from, and ends none without a note
    for incident in site.incidents.open(point.id):
        site.handle(Signal(press=press, what=what, proof=proof, by=by), incident.id)
