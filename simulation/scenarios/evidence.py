"""Pictures of cameras that work and that fail in every way: never in the way of a call, and only for whom they are."""

import asyncio
import hashlib
import io
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
from typing import Any
import zipfile

from simulation.browser import Browser
from simulation.cameras import FRAMES, Mode, SimulatedCameras
from simulation.home_assistant import HomeAssistant, Login
from simulation.world import World

from .common import Result, judged

PICTURES = 9
"""How many are kept: three each of the good, the repeating and the streaming camera."""
PRESSES = 3
"""How often the way from press to phone is measured, with cameras and without."""
TIME_LIMIT = 9.0
"""Seconds after which every camera was given up."""
LATER = 0.1
"""Seconds that a call may differ between two presses by chance."""
MODES = {"Lobby": Mode.GOOD, "Yard": Mode.SLOW, "Gate": Mode.DEAD, "Stairs": Mode.REPEATING}
GOOD, SLOW, DEAD, REPEATING, STREAMING = range(5)
CLIP_LIMIT = 10
"""Seconds that a clip may take beyond that."""
SAVED_AFTER = 3
"""Seconds until Home Assistant has saved what was set up."""
STREAMS_FOR = 15
"""Seconds that a camera which streams all the time has done so before the press."""
SHORTEST_CLIP = 20
"""Seconds. Only 12 of them are after the call."""


async def pictures_of_every_camera(world: World) -> Result:
    """Have four cameras look on while somebody is threatened: one good, one slow, one dead, one that repeats itself."""
    await world.set_up_site(wait=60, call_type="staff_duress")
    home_assistant, ann = world.home_assistant, world.phones["Ann"]
    without = [await _call(world) for _ in range(PRESSES)]
    async with SimulatedCameras(*MODES) as cameras:
        entities = await cameras.add_to(home_assistant)
        roof = await cameras.add_streaming(home_assistant, "Roof")
        await world.look_through([*entities, roof])
        cameras.modes.update(MODES)
        with_cameras = [await _call(world) for _ in range(PRESSES)]
        await home_assistant.command("camera/update_prefs", entity_id=roof, preload_stream=True)
        await asyncio.sleep(SAVED_AFTER)
        await world.cut_power(0)
        await cameras.until_streaming()
        await asyncio.sleep(STREAMS_FOR)
        ann.screen.clear()
        await world.press()
        await ann.wait_for("Message for you")
        (incident,) = await world.open_incidents()
        await asyncio.sleep(2)
        await ann.tap(home_assistant.session, "I'm going")
        await asyncio.sleep(15 + TIME_LIMIT + CLIP_LIMIT)
    shown = [message.data["image"] for message in ann.screen if "image" in message.data]
    record = await world.record(incident["incident_id"])
    pictures = {picture["id"]: picture for picture in record["pictures"]}
    clip = pictures[f"clip-{STREAMING}"]
    states = {camera: [pictures[f"{look}-{camera}"]["state"] for look in range(3)] for camera in range(4)}
    lines = [line for line in record["timeline"] if line["type"] == "PictureMissed"]
    checks = {
        "people are called no later than without cameras": min(with_cameras) <= min(without) + LATER,
        "of a quiet call nobody is shown a picture before answering": "image" not in ann.screen[0].data,
        "whoever answers is shown one in the message": bool(shown),
        "one that streams gives a clip as well": clip["state"] == "kept",
        "a good camera gives three": states[GOOD] == ["kept"] * 3,
        "a slow one and a dead one give none": states[SLOW] == states[DEAD] == ["missed"] * 3,
        "why there is none is in the record": {"The camera did not answer in time." in line["text"] for line in lines}
        == {True, False},
        "one that repeats itself is told apart": _unchanged(record) >= {f"1-{REPEATING}", f"2-{REPEATING}"},
        "the clip can be watched, and begins before the call": (
            await _runs_for(world, incident["incident_id"], clip["id"]) > SHORTEST_CLIP
        ),
        "every picture is the one on record": await _fit(world, incident["incident_id"], pictures),
    }
    visitor = await home_assistant.add_user("Visitor")
    mine = await _fetch(home_assistant, world.logins["Ann"], shown[0]) if shown else (0, b"")
    refused = await _fetch(home_assistant, visitor, shown[0]) if shown else (0, b"")
    checks |= {
        "who was called is given it": mine[0] == 200 and mine[1].startswith(b"\xff\xd8"),  # noqa: PLR2004
        "whoever was not is refused": refused[0] == 403,  # noqa: PLR2004
        "no backup has it": bool(mine[1]) and mine[1] not in await world.all_stored(),
    }
    await world.resolve("Ann")
    with tempfile.TemporaryDirectory(prefix="duress-export-") as folder:
        checks |= await _handed_out(world, incident["incident_id"], Path(folder))
    checks["who was refused is in the log"] = f"refused to the user {visitor.user}" in world.stored()
    return judged(checks, {"calls_ms": [round(1000 * min(each)) for each in (without, with_cameras)]})


async def _handed_out(world: World, incident: str, folder: Path) -> dict[str, bool]:
    """Have the owner take the incident out, read it in a browser, check it, and change one byte of it."""
    home_assistant = world.home_assistant
    path = f"/api/duress/export/{incident}"
    status, content = await _fetch(home_assistant, home_assistant.owner, path)
    refused, _ = await _fetch(home_assistant, world.logins["Bob"], path)
    await asyncio.to_thread(unpack, content, folder)
    async with Browser(home_assistant.url, home_assistant.owner.token) as browser:
        await browser.open_file(folder / "record.html")
        await browser.wait_for("What happened")
        await browser.wait_for("A picture of Lobby was kept.")
        pictures = "[...document.images].filter((i) => i.complete && i.naturalWidth === 640).length"
        shown = await browser.evaluate(pictures)
    passes = await asyncio.to_thread(check, folder)
    picture = folder / "pictures" / f"0-{GOOD}.jpg"
    await asyncio.to_thread(_change_one_byte, picture)
    return {
        "only those in charge take it out": (status, refused) == (200, 403),
        "it opens in a browser with all its pictures": shown == PICTURES,
        "its check passes": passes,
        "and fails once a byte was changed": not await asyncio.to_thread(check, folder),
    }


def unpack(content: bytes, folder: Path) -> None:
    """Unpack an export."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def check(folder: Path) -> bool:
    """Return whether the check that is in an export passes, as the system's own Python runs it."""
    python = shutil.which("python3") or sys.executable
    return subprocess.run([python, "-I", str(folder / "check.py")], capture_output=True, check=False).returncode == 0


def _change_one_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


async def _call(world: World) -> float:
    """Return how many seconds it takes from a press until Ann's phone has the call, which Bob then ends."""
    ann = world.phones["Ann"]
    ann.screen.clear()
    await world.press()
    call = await ann.wait_for("Message for you")
    await world.resolve("Bob")
    return call.at - world.pressed_at


def _unchanged(record: dict[str, Any]) -> set[str]:
    kept = (line for line in record["timeline"] if line["type"] == "PictureKept")
    return {line["picture"] for line in kept if "unchanged_since" in line}


async def _fit(world: World, incident: str, pictures: dict[str, dict[str, Any]]) -> bool:
    """Return whether every picture that is kept has the hash that is on record."""
    for picture in pictures.values():
        if picture["state"] == "kept":
            path = f"/api/duress/pictures/{incident}/{picture['id']}"
            status, content = await _fetch(world.home_assistant, world.logins["Ann"], path)
            if status != 200 or hashlib.sha256(content).hexdigest() != picture["sha256"]:  # noqa: PLR2004
                return False
    return True


async def _runs_for(world: World, incident: str, clip: str) -> float:
    """Return how many seconds of pictures are in a clip."""
    import av  # noqa: PLC0415  not every Home Assistant that we try has it beside it

    path = f"/api/duress/pictures/{incident}/{clip}"
    _, content = await _fetch(world.home_assistant, world.logins["Ann"], path)
    with av.open(io.BytesIO(content), "r") as film:
        return len(list(film.decode(video=0))) / FRAMES


async def _fetch(home_assistant: HomeAssistant, login: Login, path: str) -> tuple[int, bytes]:
    async with home_assistant.session.get(path, headers=login.headers) as response:
        return response.status, await response.read()
