"""Takes the pictures in `docs/images` anew. `scripts/screenshots` runs it; look at what it made."""

import asyncio
import json
from pathlib import Path
import shutil
import sys
import tempfile

from .broker import Broker
from .browser import Browser
from .cameras import Mode as CameraMode, SimulatedCameras
from .demo import DASHBOARD, add_dashboard
from .dialogs import set_up_by_hand
from .home_assistant import CHECKOUT
from .lock_screen import take_pictures
from .locks import Mode, SimulatedLocks
from .page import HEIGHT, WIDTH, live_through_on_the_page
from .scenarios.evidence import unpack
from .scenarios.mqtt import add_mqtt
from .world import PENDANT_SENSOR, World

IMAGES = CHECKOUT / "docs" / "images"


async def main() -> None:
    """Go through the dialogs, then play the demo's story, and take a picture where it matters."""
    folder = Path(tempfile.mkdtemp(prefix="duress-screenshots-"))
    try:
        async with World(folder / "dialogs", radio=False) as world:
            shutil.rmtree(IMAGES / "set-up", ignore_errors=True)
            print(json.dumps(await set_up_by_hand(world, IMAGES / "set-up")))
        async with World(folder / "page", radio=False) as world:
            await world.set_up_site(wait=0)
            await live_through_on_the_page(world, IMAGES / "page")
        async with World(folder / "quiet", radio=True) as world:
            await picture_what_shows(world, IMAGES / "set-up" / "36-what-would-show.png")
        async with World(folder / "cameras", radio=False) as world:
            await picture_cameras(world, IMAGES / "set-up")
        async with World(folder / "doors", radio=False) as world:
            await picture_doors(world, IMAGES / "set-up")
        await take_pictures(folder / "messages", IMAGES / "messages")
        async with World(folder / "story", radio=True) as world:
            await world.set_up_site(wait=3)
            await add_dashboard(world)
            home_assistant = world.home_assistant
            async with Browser(home_assistant.url, home_assistant.owner.token) as browser:
                await browser.open(f"/{DASHBOARD}")
                await browser.wait_for("No open call")
                await browser.click("Press the pendant")
                await world.phones["Bob"].wait_for("Help needed")
                await browser.wait_for("Nobody has answered")
                await asyncio.sleep(2)
                await browser.picture(IMAGES / "incident.png")
                await browser.open(f"/config/devices/device/{await world.point_device()}")
                await browser.wait_for("Call open")
                await asyncio.sleep(2)
                await browser.picture(IMAGES / "trigger-point.png")
                await browser.open("/config/integrations/integration/duress")
                await browser.wait_for("Resident call")
                await asyncio.sleep(2)
                await browser.picture(IMAGES / "site.png")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def picture_cameras(world: World, pictures: Path) -> None:
    """Take pictures of the dialogs of cameras, and of the page of a quiet call on which they look."""
    await world.set_up_site(wait=60, call_type="staff_duress")
    home_assistant, ann = world.home_assistant, world.phones["Ann"]
    async with SimulatedCameras("Lobby", "Stairs") as cameras:
        entities = await cameras.add_to(home_assistant)
        for entity in entities:
            entry = await home_assistant.command("config/entity_registry/get", entity_id=entity)
            room = await world.area_of_point()
            await home_assistant.command("config/device_registry/update", device_id=entry["device_id"], area_id=room)
        async with Browser(home_assistant.url, home_assistant.owner.token, 1280, 1100) as browser:
            await browser.open("/config/integrations/integration/duress")
            await browser.wait_for("Add trigger point")
            await browser.click_icon("Change trigger point")
            await browser.click("Cameras that look on")
            await browser.wait_for("Which cameras look on?")
            await asyncio.sleep(3)
            await browser.picture(pictures / "37-cameras.png")
            await browser.click("Submit")
            await browser.wait_for("Do they show that somebody looks?")
            await asyncio.sleep(1)
            await browser.picture(pictures / "38-cameras-tried.png")
        await world.look_through(entities)
        cameras.modes["Stairs"] = CameraMode.DEAD
        await world.press()
        await ann.wait_for("Message for you")
        await ann.tap(home_assistant.session, "I'm going")
        async with Browser(home_assistant.url, world.logins["Ann"].token, WIDTH, HEIGHT) as page:
            await page.open("/duress")
            await page.wait_for("Stairs: no picture.")
            await asyncio.sleep(2)
            await page.picture(pictures.parent / "page" / "4-pictures.png")
        (incident,) = await world.open_incidents()
        await world.resolve("Ann")
        await _picture_export(world, incident["incident_id"], pictures.parent / "page" / "5-exported.png")


async def _picture_export(world: World, incident: str, picture: Path) -> None:
    """Take an incident out, and take a picture of the page in it."""
    home_assistant = world.home_assistant
    path = f"/api/duress/export/{incident}"
    async with home_assistant.session.get(path, headers=home_assistant.owner.headers) as response:
        content = await response.read()
    with tempfile.TemporaryDirectory(prefix="duress-export-") as folder:
        unpack(content, Path(folder))
        async with Browser(home_assistant.url, home_assistant.owner.token, 900, 1100) as browser:
            await browser.open_file(Path(folder) / "record.html")
            await browser.wait_for("What happened")
            await asyncio.sleep(1)
            await browser.picture(picture)


async def picture_doors(world: World, pictures: Path) -> None:
    """Take pictures of the dialogs of doors, and of the page of a call for which some were moved."""
    await world.set_up_site(wait=60, call_type="staff_duress")
    home_assistant, ann = world.home_assistant, world.phones["Ann"]
    locks = {"Front": Mode.GOOD, "Back": Mode.GOOD, "Store": Mode.JAMS}
    async with Broker() as broker, SimulatedLocks(broker, locks) as simulated:
        await add_mqtt(world, broker)
        for name in locks:
            await home_assistant.until(f"lock.{name.lower()}", lambda state: state is not None)
            await world.add_door(f"{name} door", f"lock.{name.lower()}", may_lock=name != "Front")
        await simulated.turn("Front", "LOCKED")
        async with Browser(home_assistant.url, home_assistant.owner.token, 1280, 1100) as browser:
            await browser.open("/config/integrations/integration/duress")
            await browser.wait_for("Add door")
            await browser.click_icon("Change door")
            await browser.wait_for("About this door")
            await asyncio.sleep(1)
            await browser.picture(pictures / "40-door.png")
            await browser.open("/config/integrations/integration/duress")
            await browser.wait_for("Add response plan")
            await browser.click_icon("Change response plan")
            await browser.click("Doors")
            await browser.wait_for("Which doors are moved?")
            await asyncio.sleep(1)
            await browser.picture(pictures / "41-doors.png")
        await world.move_doors(unlocked_going=["Front door"], locked_at_once=["Back door", "Store door"])
        await world.press()
        await ann.wait_for("Message for you")
        await ann.tap(home_assistant.session, "I'm going")
        async with Browser(home_assistant.url, world.logins["Ann"].token, WIDTH, HEIGHT) as page:
            await page.open("/duress")
            await page.wait_for("Store door did not lock: jammed.")
            await page.wait_for("Front door is unlocked.")
            await page.picture(pictures.parent / "page" / "6-doors.png")
            await world.resolve("Ann")
            await page.wait_for("No call is open")
            await page.click("Doors")
            await page.click("Lock all doors")
            await page.click("Tap again to do it")
            await page.wait_for("Front door did not lock: it is an escape route.")
            await page.wait_for("Store door did not lock: jammed.")
            await page.picture(pictures.parent / "page" / "7-lockdown.png")
            await page.click("Release the doors")
            await page.click("Tap again to do it")
            await simulated.until("Back", "UNLOCKED")


async def picture_what_shows(world: World, picture: Path) -> None:
    """Take the picture of what others would show of a call from a pendant, as the dialog of its quiet plan says it."""
    await world.set_up_site(wait=0, call_type="hold_up")
    await world.remove_point()
    await world.learn(world.press_pendant, "Till")
    automation = {"alias": "Lamp at the till", "triggers": [{"trigger": "state", "entity_id": PENDANT_SENSOR}]}
    await world.home_assistant.post("/api/config/automation/config/lamp", {**automation, "actions": []})
    home_assistant = world.home_assistant
    async with Browser(home_assistant.url, home_assistant.owner.token, 1280, 1100) as browser:
        await browser.open("/config/integrations/integration/duress")
        await browser.wait_for("Add response plan")
        await browser.click_icon("Change response plan")
        await browser.wait_for("A quiet plan")
        await browser.click("See what would still show")
        await browser.wait_for("What would still show")
        await asyncio.sleep(1)
        await browser.picture(picture)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
