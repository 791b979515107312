"""The page behind the tap."""

from pathlib import Path
import tempfile

from simulation.page import live_through_on_the_page
from simulation.redrawn import check_what_a_redraw_keeps
from simulation.world import World

from .common import Result, judged


async def a_call_on_the_page(world: World) -> Result:
    """Ann lives through a call on the page alone, in a real browser; a visitor sees nothing of it.

    Then the page is shown by itself, and changes while somebody writes and taps.
    """
    await world.set_up_site(wait=0)
    with tempfile.TemporaryDirectory(prefix="duress-pictures-") as pictures:
        checks = await live_through_on_the_page(world, Path(pictures))
    return judged(checks | await check_what_a_redraw_keeps())
