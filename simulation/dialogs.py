"""Sets a site up by hand in a real browser: every dialog a picture, every click counted, until a phone rings."""

import asyncio
import json
from pathlib import Path
import time
from typing import Any

from .browser import Browser
from .world import World

PAGE = "/config/integrations/integration/duress"


class Caretaker:
    """Somebody who goes through the dialogs with a mouse and a keyboard."""

    def __init__(self, browser: Browser, pictures: Path) -> None:
        """Save a picture of every dialog in a folder."""
        self._browser = browser
        self._pictures = pictures
        self._number = 0
        self.clicks = 0
        self.typed = 0

    async def clicks_on(self, words: str) -> None:
        """Click where these words stand."""
        self.clicks += 1
        await self._browser.click(words)

    async def types(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.typed += len(text)
        await self._browser.type(label, text)

    async def submits(self, name: str) -> None:
        """Take the picture of a dialog that is filled in, and go on."""
        await self.looks_at(name)
        await self.clicks_on("Submit")

    async def looks_at(self, name: str) -> None:
        """Take a picture of what there is, once it has stopped moving."""
        await asyncio.sleep(1)
        self._number += 1
        await self._browser.picture(self._pictures / f"{self._number:02}-{name}.png")

    async def waits_for(self, words: str) -> None:
        """Wait until these words can be seen."""
        await self._browser.wait_for(words)


async def set_up_by_hand(world: World, pictures: Path) -> dict[str, Any]:
    """Add a site and its first button, and press it; returns what that took."""
    home_assistant = world.home_assistant
    await home_assistant.command("config/area_registry/create", name="Room 4")
    async with Browser(home_assistant.url, home_assistant.owner.token, 1280, 1100) as browser:
        caretaker = Caretaker(browser, pictures)
        await browser.open("/config/integrations/dashboard/add?domain=duress")
        began = time.monotonic()
        await caretaker.clicks_on("OK")
        await _add_site(caretaker)
        await _add_first_button(world, caretaker)
        await world.press()
        call = await world.phones["Ann"].wait_for("Help needed")
        result = {
            "ok": True,
            "clicks": caretaker.clicks,
            "letters_typed": caretaker.typed,
            "seconds_to_first_ring": round(call.at - began, 1),
            "words_to_read": await _words_read(world),
        }
        await _look_at_the_rest(browser, caretaker)
        return result


async def _add_site(caretaker: Caretaker) -> None:
    await caretaker.types("Name of the site", "Harbour House")
    await caretaker.clicks_on("Assisted living")
    await caretaker.types("Address", "1 Harbour Street")
    await caretaker.submits("site")
    await caretaker.waits_for("Who is called first?")
    await caretaker.clicks_on("Ann")
    await caretaker.submits("first-responder")
    await caretaker.waits_for("Which phones ring?")
    await caretaker.submits("phones")
    await caretaker.waits_for("What is the first button for?")
    await caretaker.submits("first-plan")


async def _add_first_button(world: World, caretaker: Caretaker) -> None:
    await caretaker.waits_for("How is the button found?")
    await caretaker.looks_at("how")
    await caretaker.clicks_on("Press it now")
    await caretaker.waits_for("Press the button now")
    await caretaker.looks_at("listening")
    await world.press()
    await caretaker.waits_for("Which button was it?")
    await caretaker.submits("heard")
    await caretaker.waits_for("Press it once more")
    await caretaker.looks_at("once-more")
    await world.press()
    await caretaker.waits_for("What does the button do?")
    await caretaker.submits("first-trigger-point")
    await caretaker.waits_for("Success")
    await caretaker.looks_at("done")
    await caretaker.clicks_on("Finish")


async def _look_at_the_rest(browser: Browser, caretaker: Caretaker) -> None:
    """See the dialogs that are not needed for a first ring."""
    await browser.open(PAGE)
    await caretaker.waits_for("Add response plan")
    await caretaker.looks_at("site-page")
    await caretaker.clicks_on("Add responder")
    await caretaker.waits_for("Who can be called?")
    await caretaker.looks_at("responder-kind")
    await caretaker.clicks_on("A person")
    await caretaker.waits_for("Which person?")
    await caretaker.clicks_on("Bob")
    await caretaker.submits("responder")
    await caretaker.waits_for("Which phones ring?")
    await caretaker.submits("responder-phones")
    await caretaker.waits_for("Success")
    for button, title, name in (
        ("Change response plan", "What happens after a press?", "change-plan"),
        ("Change trigger point", "What is to be changed?", "change-trigger-point"),
        ("Change responder", "What is to be changed?", "change-responder"),
        ("Configure", "Is the site live?", "options"),
    ):
        await browser.open(PAGE)
        await browser.click_icon(button)
        await caretaker.waits_for(title)
        await caretaker.looks_at(name)
    for button, choice, title, name in (
        ("Change responder", "Which phones ring", "Which phones ring?", "change-phones"),
        ("Change responder", "Other ways to reach them", "What else is done to reach them?", "other-ways"),
        ("Change trigger point", "Name, place", "What does the button do?", "trigger-point-by-hand"),
        ("Change trigger point", "Learn another way", "This button is in use", "in-use"),
    ):
        await _open(browser, caretaker, button, choice, title)
        await caretaker.looks_at(name)
    for button, choice, title, name in (
        ("Change responder", "What they stand for", "What do they stand for?", "stands-for"),
        ("Change responder", "When they are on duty", "When are they on duty?", "on-duty"),
        ("Change trigger point", "What whoever calls is told", "What is whoever calls told?", "told"),
    ):
        await _open(browser, caretaker, button, choice, title)
        await caretaker.submits(name)
        await caretaker.waits_for("Reconfiguration was successful")
    await _look_at_posts_and_plans(browser, caretaker)
    await browser.open(PAGE)
    await caretaker.clicks_on("Add trigger point")
    await caretaker.waits_for("How is the button found?")
    await caretaker.clicks_on("A button in the app")
    await caretaker.waits_for("Calls for help from the phones")
    await caretaker.types("Name", "Staff phone")
    await caretaker.submits("phone")
    await caretaker.waits_for("Success")
    await browser.open(PAGE)
    await browser.click_icon("Change trigger point")
    await caretaker.clicks_on("Name, place")
    await browser.expand_section()
    await caretaker.waits_for("Only where a rule asks for it")
    await caretaker.submits("two-actions")
    await caretaker.waits_for("Reconfiguration was successful")
    await _open(browser, caretaker, "Change responder", "Codes for keypads", "Which codes do they type?")
    await caretaker.types("Code", "481516")
    await caretaker.types("Duress code", "903774")
    await caretaker.submits("codes")
    await caretaker.waits_for("Reconfiguration was successful")


async def _open(browser: Browser, caretaker: Caretaker, button: str, choice: str, title: str) -> None:
    """Open the dialog behind a gear, and choose what is to be changed."""
    await browser.open(PAGE)
    await browser.click_icon(button)
    await caretaker.waits_for("What is to be changed?")
    await caretaker.clicks_on(choice)
    await caretaker.waits_for(title)


async def _look_at_posts_and_plans(browser: Browser, caretaker: Caretaker) -> None:
    await browser.open(PAGE)
    await caretaker.clicks_on("Add responder")
    await caretaker.waits_for("Who can be called?")
    await caretaker.clicks_on("A post")
    await caretaker.waits_for("Which post?")
    await caretaker.looks_at("post")
    for call_type, name in (("Resident call:", "plan"), ("Hold-up", "plan-quiet")):
        await browser.open(PAGE)
        await caretaker.clicks_on("Add response plan")
        await caretaker.waits_for("What kind of call is it?")
        await caretaker.clicks_on(call_type)
        await caretaker.submits(f"{name}-kind")
        await caretaker.waits_for("What happens after a press?")
        await caretaker.looks_at(name)
        await caretaker.clicks_on("Add")
        await caretaker.looks_at(f"{name}-step")


async def _words_read(world: World) -> int:
    texts = json.loads((Path(__file__).parents[1] / "custom_components/duress/translations/en.json").read_text("utf-8"))
    steps = [*texts["config"]["step"].values(), texts["config_subentries"]["trigger_point"]["step"]["user"]]
    return sum(len(json.dumps(step).split()) for step in steps)
