"""The demo: a house to press a pendant in, and stories that check themselves. `scripts/demo` runs it."""

import argparse
import asyncio
import json
from pathlib import Path
import shutil
import sys
import tempfile
import traceback
from typing import Any

from .home_assistant import OWNER, PASSWORD
from .phone import Notification, Phone
from .scenarios import SCENARIOS
from .world import World

PORT = 8124
DASHBOARD = "harbour-house"
HELP = """\
  p        press the pendant
  a, b     tap "I'm going" on Ann's or Bob's phone
  e        end the call, as Bob
  x        cut the power, and put it back after five seconds
  q        stop
"""


def main() -> int:
    """Run what the command line asks for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--check", choices=SCENARIOS, help="play a story without a person, and say whether it was right"
    )
    parser.add_argument("--port", type=int, help=f"where Home Assistant is opened (default {PORT})")
    parser.add_argument("--keep", action="store_true", help="keep the configuration folder afterwards")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="duress-demo-"))
    try:
        if arguments.check:
            return asyncio.run(_check(arguments.check, folder, arguments.port))
        return asyncio.run(_demo(folder, arguments.port or PORT))
    except KeyboardInterrupt:
        return 0
    finally:
        if arguments.keep:
            print(f"The configuration is kept in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


async def _check(name: str, folder: Path, port: int | None) -> int:
    scenario = SCENARIOS[name]
    print(f"Setting up a house for “{name}” ...", flush=True)
    try:
        async with World(
            folder,
            radio=scenario.radio,
            on_message=show,
            port=port,
            phone_name=scenario.phone_name,
            all_devices=scenario.all_devices,
            bluetooth=scenario.bluetooth,
            people=scenario.people,
        ) as world:
            result = await scenario.play(world)
    except Exception as error:  # noqa: BLE001  whatever went wrong, the last line says so
        traceback.print_exc()
        steps = [f"{frame.name}, line {frame.lineno}" for frame in _own_frames(error)]
        result = {"ok": False, "failed": [f"{type(error).__name__}: {error}", *steps]}
        print((folder / "hass.log").read_text("utf-8")[-4000:], file=sys.stderr)
    for line in result.pop("timeline", []):
        print(_timeline(line))
    print(json.dumps({"scenario": name, **result}))
    return 0 if result["ok"] else 1


def _own_frames(error: Exception) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(error.__traceback__) if "simulation" in frame.filename]


async def _demo(folder: Path, port: int) -> int:
    print("Setting up a house; this takes about half a minute ...", flush=True)
    async with World(folder, radio=True, on_message=show, port=port) as world:
        await world.set_up_site(wait=15)
        await add_dashboard(world)
        print(f"\nOpen {world.home_assistant.url}/{DASHBOARD} and sign in as {OWNER} with {PASSWORD}")
        print(f"Ann is called first, Bob 15 seconds later. Here, type a letter and Enter:\n{HELP}", flush=True)
        await _obey(world)
    return 0


async def _obey(world: World) -> None:
    """Do what is typed, until the end of the input; where there is none to type at, stay up."""
    if not sys.stdin or not sys.stdin.isatty():
        await asyncio.Event().wait()
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            match line.strip().lower():
                case "p":
                    await world.press()
                case "a":
                    await world.tap_going("Ann")
                case "b":
                    await world.tap_going("Bob")
                case "e":
                    await world.resolve("Bob")
                case "x":
                    print("The power is off ...", flush=True)
                    away = await world.cut_power(5)
                    print(f"... and Home Assistant is back after {away:.0f} s", flush=True)
                case "q":
                    return
                case _:
                    print(HELP, flush=True)
        except Exception as error:  # noqa: BLE001  a demo goes on
            print(f"That did not work: {error}", flush=True)


def show(phone: Phone, notification: Notification) -> None:
    """Print a message as it appears on a phone."""
    lines = [notification.title, *notification.body.splitlines()]
    if notification.buttons:
        lines.append("   ".join(f"[ {label} ]" for label in notification.buttons))
    width = max(map(len, lines))
    print(f"  ┌─ {phone.name} {'─' * max(0, width - len(phone.name) - 1)}┐")
    for line in lines:
        print(f"  │ {line:<{width}} │")
    print(f"  └{'─' * (width + 2)}┘", flush=True)


def _timeline(line: dict[str, Any]) -> str:
    details = {key: value for key, value in line.items() if key not in ("wall", "type", "at", "plan")}
    return f"{line['wall'][11:23]}  {line['type']:<16} {json.dumps(details, ensure_ascii=False)}"


async def add_dashboard(world: World) -> None:
    """Give the owner a page to press the pendant on and to follow what happens."""
    point = {"trigger_point": await world.point_device()}
    entities = await world.entities()
    cards = [
        _button("Press the pendant", "mdi:gesture-tap-button", "rest_command.press_pendant", {}),
        _button("End the call", "mdi:check-circle-outline", "duress.resolve", point),
        *({"type": "tile", "entity": entity, "grid_options": {"columns": 12}} for entity in entities),
        {
            "type": "logbook",
            "target": {"entity_id": entities},
            "hours_to_show": 1,
            "grid_options": {"columns": 12, "rows": 6},
        },
    ]
    view = {"title": "Harbour House", "type": "sections", "sections": [{"type": "grid", "cards": cards}]}
    await world.home_assistant.command(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title="Harbour House",
        icon="mdi:home-heart",
        show_in_sidebar=True,
        require_admin=False,
        mode="storage",
    )
    await world.home_assistant.command("lovelace/config/save", url_path=DASHBOARD, config={"views": [view]})


def _button(name: str, icon: str, action: str, data: dict[str, Any]) -> dict[str, Any]:
    tap = {"action": "perform-action", "perform_action": action, "data": data}
    return {"type": "button", "name": name, "icon": icon, "tap_action": tap, "grid_options": {"columns": 6, "rows": 2}}


if __name__ == "__main__":
    sys.exit(main())
