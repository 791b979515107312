"""Messages as a phone shows them, drawn from what was really pushed to it."""

import asyncio
from collections.abc import Sequence
from html import escape
from pathlib import Path
import tempfile

from .browser import Browser
from .phone import Notification
from .world import World

HEAD = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 24px; background: #30343b; font: 15px/1.4 Roboto, "Noto Sans", sans-serif;
  display: grid; grid-template-columns: repeat(3, 1fr); gap: 24px 20px; align-items: start; }
h2 { color: #cfd3da; font-size: 14px; font-weight: 500; margin: 0 4px 8px; }
article { background: #fff; border-radius: 22px; padding: 14px 18px; color: #1b1b1f; }
small { color: #5b5e66; }
b { display: block; margin: 4px 0 2px; overflow-wrap: anywhere; }
p { margin: 0 0 6px; overflow-wrap: anywhere; }
nav { display: flex; gap: 18px; margin-top: 8px; color: #0b57d0; font-weight: 500; }
.loud { color: #b3261e; font-weight: 500; }
</style>"""
HOW_LOUD = {
    "critical": '<span class="loud">breaks through a silenced phone</span>',
    "time-sensitive": "rings as the phone is set",
    "passive": "without a sound",
}

type Shown = tuple[str, Notification, bool]
"""What the picture says of a message, the message, and whether the phone is locked."""


async def take_pictures(folder: Path, pictures: Path) -> None:
    """Play an open call, which gets worse, and a quiet one; draw what was pushed."""
    async with World(folder / "open", radio=False) as world:
        await draw(await _an_open_call(world), pictures / "open-call.png")
    async with World(folder / "quiet", radio=False) as world:
        await draw(await _a_quiet_call(world), pictures / "quiet-call.png")


async def draw(messages: Sequence[Shown], path: Path) -> None:
    """Save a picture of these messages."""
    height = 100 + 310 * -(-len(messages) // 3)
    with tempfile.TemporaryDirectory(prefix="duress-messages-") as folder:
        page = Path(folder) / "messages.html"
        page.write_text(HEAD + "".join(map(_card, messages)), "utf-8")
        async with Browser("file://", "", 1240, height) as browser:
            await browser.open(str(page))
            await browser.wait_for(messages[0][0])
            await asyncio.sleep(0.5)
            await browser.picture(path)


def _card(shown: Shown) -> str:
    about, message, locked = shown
    push = message.data.get("push", {})
    loud = HOW_LOUD[push.get("interruption-level", "time-sensitive")]
    title, lines, buttons = message.title, message.body.split("\n"), message.buttons
    if locked and message.data.get("visibility") == "secret":
        title, lines, buttons = "", ["Nothing on the lock screen"], []
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    labels = "".join(f"<span>{escape(label)}</span>" for label in buttons)
    return (
        f"<section><h2>{escape(about)}</h2><article><small>Home Assistant · {loud}</small>"
        f"<b>{escape(title)}</b>{body}<nav>{labels}</nav></article></section>"
    )


async def _an_open_call(world: World) -> list[Shown]:
    await world.set_up_site(wait=3)
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    session = world.home_assistant.session
    await world.press()
    first = await ann.wait_for("Help needed")
    second = await bob.wait_for("Help needed")
    await world.tap_going("Ann")
    has_it, notice = await ann.wait_for("You have it"), await bob.wait_for("Ann is going")
    await ann.tap(session, "Need more help")
    one_more = await bob.wait_for("One more is needed")
    await bob.tap(session, "I'm going")
    joins = await bob.wait_for("You have it")
    await ann.tap(session, "I'm there")
    there = await ann.wait_for("You are there")
    await ann.tap(session, "Person helped")
    over = await bob.wait_for("Over")
    responder = await world.subentry("Bob")
    await world.change_responder(responder, "phones", language="de")
    await world.press()
    german = await bob.wait_for("Hilfe nötig", timeout=20)
    return [
        ("The first call for a resident", first, False),
        ("Nobody answered: the next step", second, False),
        ("Whoever tapped “I'm going”", has_it, False),
        ("Meanwhile on the other phones", notice, False),
        ("“Need more help” was tapped", one_more, False),
        ("The second who goes", joins, False),
        ("At the bed: one tap ends it", there, False),
        ("Over, on the other phones", over, False),
        ("A phone whose language is German", german, False),
    ]


async def _a_quiet_call(world: World) -> list[Shown]:
    await world.set_up_site(wait=0, call_type="hold_up")
    ann, bob = world.phones["Ann"], world.phones["Bob"]
    await world.change_plan(
        [(0, [await world.subentry("Ann"), await world.subentry("Bob")])], subject="Delivery at the back door"
    )
    await world.press()
    call = await ann.wait_for("Delivery")
    await ann.tap(world.home_assistant.session, "I see to it")
    has_it = await ann.wait_for("You have it", body=True)
    notice = await bob.wait_for("Ann sees to it", body=True)
    return [
        ("A hold-up, phone locked (Android)", call, True),
        ("The same, phone unlocked", call, False),
        ("Whoever tapped “I see to it”", has_it, False),
        ("Meanwhile on the other phones", notice, False),
    ]
