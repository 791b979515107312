"""Every dialog, in a real browser."""

from pathlib import Path
import tempfile

from simulation.dialogs import set_up_by_hand
from simulation.world import World

from .common import Result


async def every_dialog_in_a_browser(world: World) -> Result:
    """Set a site up with a mouse and a keyboard, press its button, and look at every other dialog."""
    with tempfile.TemporaryDirectory(prefix="duress-pictures-") as pictures:
        return await set_up_by_hand(world, Path(pictures))
