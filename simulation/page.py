"""A call as its responder lives through it on the page behind the tap, in a real browser the size of a phone."""

import asyncio
from pathlib import Path

from .browser import Browser
from .world import World

WIDTH, HEIGHT = 412, 915
PLACE = "Bedside pendant"
LIGHT_THE_WAY = {
    "alias": "Light the way",
    "triggers": [{"trigger": "duress.call_answered", "options": {"call_type": ["resident"]}}],
    "conditions": [{"condition": "duress.is_call_open"}],
    "actions": [{"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.lamp"}}],
}
"""An automation as the editor sends it."""
CHANGES = "everything().find((e) => e.tagName === 'DURESS-PAGE')._render()"
"""The page changes, as it does with every line of the record."""
NOTE = "She dropped it; I talked to her."


async def live_through_on_the_page(world: World, pictures: Path) -> dict[str, bool]:
    """Have Ann tap the call, go, arrive and end it on the page; returns what held. Pictures are left in a folder."""
    ann, home_assistant = world.phones["Ann"], world.home_assistant
    await home_assistant.post("/api/config/automation/config/light_the_way", LIGHT_THE_WAY)
    await world.press()
    await ann.wait_for("Help needed")
    call = next(message for message in ann.screen if message.title.startswith("Help needed"))
    checks = {"the tap leads to the page": call.data["url"] == call.data["clickAction"]}
    async with Browser(home_assistant.url, world.logins["Ann"].token, WIDTH, HEIGHT) as page:
        await page.open(call.data["url"])
        await page.wait_for(call.title)
        await page.wait_for("If you call the emergency number, say")
        await _picture(page, pictures / "1-help-needed.png")
        checks["it says how to get in"] = await page.evaluate("showing('Side door').length > 0")
        await page.click("I'm going")
        await page.wait_for("You have it")
        await ann.wait_for("You have it")
        checks["the phone is told as well"] = True
        await home_assistant.until("input_boolean.lamp", lambda state: state == "on")
        checks["what the automation editor was given runs when somebody goes"] = True
        await _picture(page, pictures / "2-you-have-it.png")
        await page.tap_slowly("I'm there", CHANGES)
        await page.wait_for("Nobody had pressed")
        checks["a tap counts while the page changes under the finger"] = True
        await page.evaluate(f"showing('What happened so far')[0].click(); {CHANGES}")
        await page.wait_for("A call was opened.")
        checks["what is opened stays open while the page changes"] = True
        await _picture(page, pictures / "3-you-are-there.png")
        async with Browser(home_assistant.url, world.logins["Bob"].token, WIDTH, HEIGHT) as other:
            await other.open(call.data["url"])
            await other.wait_for("Ann is there")
            checks["who was called reads who is there"] = True
        await page.click("Person helped")
        await page.wait_for("No call is open that you are called for.")
        await ann.wait_for("Over")
        checks["it is over on the page and on the phone"] = True
    checks["nobody else is let in"] = await _is_empty_for_a_visitor(world, call.data["url"])
    checks |= await _ended_with_a_note(world, call.data["url"])
    return checks


async def _ended_with_a_note(world: World, path: str) -> dict[str, bool]:
    """Have Bob write a note on the page and end the open call with it, while Ann says that she goes."""
    (incident,) = await world.open_incidents()
    async with Browser(world.home_assistant.url, world.logins["Bob"].token, WIDTH, HEIGHT) as page:
        await page.open(path)
        await page.click("End it with a note")
        await page.type("What is known of it", NOTE[:10])
        await world.tap_going("Ann")
        await page.wait_for("Ann is going")
        await page.go_on_typing(NOTE[10:])
        await page.click("By accident")
        await page.wait_for("No call is open that you are called for.")
    record = await world.record(incident["incident_id"])
    told = f"Bob ended it: pressed by accident. “{NOTE}”"
    return {"a note is written while the call goes on": told in [line["text"] for line in record["timeline"]]}


async def _is_empty_for_a_visitor(world: World, path: str) -> bool:
    """Return whether somebody who is nobody here sees nothing while a call is open."""
    visitor = await world.home_assistant.add_user("Visitor")
    await world.press()
    async with Browser(world.home_assistant.url, visitor.token, WIDTH, HEIGHT) as page:
        await page.open(path)
        await page.wait_for("No call is open that you are called for.")
        is_open = bool(await world.open_incidents())
        return is_open and not await page.evaluate(f"showing('{PLACE}').length")


async def _picture(page: Browser, path: Path) -> None:
    await asyncio.sleep(1)
    await page.picture(path)
