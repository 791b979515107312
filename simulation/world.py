"""Harbour House: a Zigbee pendant, Ann and Bob with their phones, and a Home Assistant set up for them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
import json
from pathlib import Path
import tarfile
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from .home_assistant import HomeAssistant, Login
from .loopback import serve
from .phone import Notification, Phone, PushService

PENDANT_CLEARS_AFTER = 2.0
PENDANT_SENSOR = "binary_sensor.heiman_sos_em"
DESK_BUTTON = "input_button.desk"
SITE = "Harbour House"
ENTRANCE = "Side door on the quay, open until ten. Later ring at number 3: Mr. Hall has the key."
FLOWS = "/api/config/config_entries"


class World:
    """The simulated hardware, the people, and the real Home Assistant between them."""

    def __init__(
        self,
        folder: Path,
        *,
        radio: bool,
        on_message: Callable[[Phone, Notification], None] | None = None,
        port: int | None = None,
        phone_name: str | None = None,
        all_devices: bool = False,
        bluetooth: bool = False,
        people: Sequence[str] = ("Ann", "Bob"),
    ) -> None:
        """Build in an empty folder. Without a radio the trigger point is a button in Home Assistant itself.

        With a `phone_name` all phones are called so. With `all_devices` a key fob and a scene button join as well.
        With `bluetooth` there is a proxy, and a Bluetooth button in its range.
        """
        self._all_devices = all_devices
        self._bluetooth = bluetooth
        self._folder = folder
        self._radio = radio
        self._port = port
        self._stack = AsyncExitStack()
        self.phones = {name: Phone(phone_name or f"{name}'s phone", on_message) for name in people}
        self.logins: dict[str, Login] = {}
        self.entry = ""
        self.point = ""
        self.pressed_at = 0.0

    async def __aenter__(self) -> Self:
        """Start everything, and set the site up."""
        await self._stack.__aenter__()
        self._push = await self._stack.enter_async_context(PushService())
        control = await self._start_control()
        if self._radio:
            # Only with a radio is there a Zigbee library to import.
            from .zigbee import ZigbeeNetwork  # noqa: PLC0415
            from .zigbee_devices import key_fob, pendant, scene_button  # noqa: PLC0415

            self.pendant, self.fob, self.button = pendant(), key_fob(), scene_button()
            devices = (self.pendant, self.fob, self.button) if self._all_devices else (self.pendant,)
            self._zigbee = await self._stack.enter_async_context(ZigbeeNetwork(*devices))
        home_assistant = HomeAssistant(self._folder, control, self._port, bluetooth=self._bluetooth)
        self.home_assistant = await self._stack.enter_async_context(home_assistant)
        if self._radio:
            from .zha import add_zha  # noqa: PLC0415

            await add_zha(self.home_assistant, self._zigbee.url, PENDANT_SENSOR)
            await self._zigbee.quiet()
        await self._add_people()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop everything."""
        await self._stack.__aexit__(kind, error, traceback)

    async def press(self) -> None:
        """Press the button that calls for help."""
        self.pressed_at = time.monotonic()
        if not self._radio:
            await self.home_assistant.action("input_button.press", {"entity_id": DESK_BUTTON})
            return
        await self.press_pendant()

    async def press_pendant(self) -> None:
        """Press the pendant; what it tells the network falls back by itself."""
        await self.pendant.zone_status(1)
        asyncio.get_running_loop().call_later(PENDANT_CLEARS_AFTER, self._clear_pendant)

    async def tap_going(self, name: str) -> None:
        """Have somebody tap "I'm going" on the newest call."""
        await self.phones[name].tap(self.home_assistant.session, "I'm going")

    async def register(self, phone: Phone, name: str) -> None:
        """Register one more phone in somebody's name."""
        await phone.register(self.home_assistant.session, self._push, self.logins[name].headers)

    async def resolve(self, name: str) -> None:
        """Have somebody end whatever call is open."""
        for incident in await self.open_incidents():
            await self.use("resolve", name, incident["trigger_point"]["id"])

    async def use(self, action: str, name: str, point: str | None = None) -> None:
        """Have somebody use one of our actions on a trigger point: on the newest, if none is named."""
        data = {"trigger_point": await self._device(point or self.point)}
        await self.home_assistant.action(f"duress.{action}", data, self.logins[name])

    async def cut_power(self, seconds: float) -> float:
        """Kill Home Assistant and start it again; returns how long nothing could be heard."""
        await self._until_kept()
        began = time.monotonic()
        self.home_assistant.kill()
        await asyncio.sleep(seconds)
        await self.home_assistant.start()
        return time.monotonic() - began

    async def _until_kept(self) -> None:
        """Wait until the disk has the logins, the site and what has just been pressed: that takes some seconds."""
        storage, logins = self._folder / ".storage", 1 + len(self.logins)
        pressed = [incident["incident_id"] for incident in await self.open_incidents()]
        async with asyncio.timeout(30):
            while True:
                auth, entries = (
                    path.read_text("utf-8") if path.exists() else ""
                    for path in (storage / "auth", storage / "core.config_entries")
                )
                kept = auth.count('"client_name": "simulation"')
                is_set_up = self.point in entries and '"live":true' in entries.replace(" ", "")
                if kept >= logins and is_set_up and all(incident in self.stored() for incident in pressed):
                    return
                await asyncio.sleep(0.2)

    async def subentry(self, name: str) -> str:
        """Return a responder, or a door, by name."""
        subentries = await self.home_assistant.command("config_entries/subentries/list", entry_id=self.entry)
        found: str = next(s["subentry_id"] for s in subentries if s["title"] == name)
        return found

    async def open_incidents(self) -> list[dict[str, Any]]:
        """Return the open incidents."""
        incidents: list[dict[str, Any]] = await self.home_assistant.command("duress/incidents", entry_id=self.entry)
        return incidents

    async def record(self, incident: str) -> dict[str, Any]:
        """Return all that is known about an incident."""
        record: dict[str, Any] = await self.home_assistant.command(
            "duress/incident_record", entry_id=self.entry, incident_id=incident
        )
        return record

    async def set_up_site(self, *, wait: int, call_type: str = "resident", holders: Sequence[str] = ()) -> None:
        """Go through the dialogs as the owner would: Ann is called at once, Bob `wait` seconds later.

        The plan is found as it was set up: its words and its urgency are those of its template.
        """
        home_assistant = self.home_assistant
        url = await self._begin({"handler": "duress"}, "flow")
        site = {"name": SITE, "kind": "assisted_living", "address": "1 Harbour Street", "entrance": ENTRANCE}
        await home_assistant.post(url, site)
        form = await home_assistant.post(url, {"user_id": self.logins["Ann"].user})
        await home_assistant.post(url, {"phones": _suggested(form)["phones"]})
        site = await home_assistant.post(url, {"call_type": call_type})
        self.entry = site["result"]["entry_id"]
        ann, plan = await self._newest("responder"), await self._newest("response_plan")
        responders = {"Ann": ann, "Bob": await self.add_responder("Bob")}
        await self.change_plan([(0, [ann]), (wait, [responders["Bob"]])])
        area = await home_assistant.command("config/area_registry/create", name="Room 4")
        trigger = {"trigger": "state", "entity_id": [PENDANT_SENSOR], "to": "on"}
        if not self._radio:
            trigger = {"trigger": "state", "entity_id": [DESK_BUTTON]}
        # The dialog for the first trigger point opens by itself.
        first_point = f"{FLOWS}/subentries/flow/{site['next_flow'][1]}"
        await home_assistant.post(first_point, {"next_step_id": "choose"})
        await home_assistant.post(
            first_point,
            {
                "name": "Bedside pendant",
                "area_id": area["area_id"],
                "triggers": [trigger],
                "plan_id": plan,
                "holders": [responders[name] for name in holders],
            },
        )
        self.point = await self._newest("trigger_point")
        url = await self._begin({"handler": self.entry}, "options/flow")
        await home_assistant.post(url, {"live": True, "installer": ann})

    async def learn(self, press: Callable[[], Awaitable[object]], name: str) -> dict[str, Any]:
        """Add a trigger point by pressing it in the dialog; returns it as it was stored."""
        url = await self._begin({"handler": [self.entry, "trigger_point"]}, "subentries/flow")
        form = await self.home_assistant.post(url, {"next_step_id": "learn"})
        form = await self._press_until(url, form, press, "heard")
        form = await self.home_assistant.post(url, {"heard": "0"})
        form = await self._press_until(url, form, press, "choose")
        form = await self.home_assistant.post(url, {**_suggested(form), "name": name})
        if form.get("step_id") == "alone":  # it would sound
            await self.home_assistant.post(url, {})
        self.point = await self._newest("trigger_point")
        subentries = await self.home_assistant.command("config_entries/subentries/list", entry_id=self.entry)
        return next(subentry for subentry in subentries if subentry["subentry_id"] == self.point)

    async def add_phone_point(self, name: str) -> None:
        """Add a button in the companion app."""
        url = await self._begin({"handler": [self.entry, "trigger_point"]}, "subentries/flow")
        form = await self.home_assistant.post(url, {"next_step_id": "phone"})
        await self.home_assistant.post(url, {**_suggested(form), "name": name})
        self.point = await self._newest("trigger_point")

    async def what_shows(self) -> tuple[str, dict[str, str]]:
        """Return what the dialog of the newest plan says that would show: what stays, and what can be taken away."""
        form = await self._ask_what_shows()
        await self.home_assistant.session.delete(form["url"], headers=self.home_assistant.owner.headers)
        options = [option for field in form["data_schema"] for option in field["selector"]["select"]["options"]]
        return form["description_placeholders"]["stays"], {option["value"]: option["label"] for option in options}

    async def take_away(self, presses: Mapping[str, Callable[[], Awaitable[object]]], traces: Sequence[str]) -> None:
        """Take this away in the dialog of the newest plan, and press each button by the name that it asks for."""
        form = await self._ask_what_shows()
        url = form["url"]
        form = await self.home_assistant.post(url, {"take_away": traces})
        asked = ""
        async with asyncio.timeout(60):
            while form["type"] == "progress":
                point = form["description_placeholders"]["point"]
                if point != asked:
                    asked = point
                    await asyncio.sleep(1)
                    await presses[point]()
                await asyncio.sleep(0.2)
                form = await self.home_assistant.get(url)
        assert form.get("reason") == "looked_after", form

    async def _ask_what_shows(self) -> dict[str, Any]:
        menu = await self._change("response_plan", await self._newest("response_plan"))
        url = f"{FLOWS}/subentries/flow/{menu['flow_id']}"
        return {**await self.home_assistant.post(url, {"next_step_id": "shows"}), "url": url}

    async def offered(self, press: Callable[[], Awaitable[object]]) -> list[str]:
        """Return what the dialog offers to learn of what is pressed; nothing is added."""
        url = await self._begin({"handler": [self.entry, "trigger_point"]}, "subentries/flow")
        form = await self.home_assistant.post(url, {"next_step_id": "learn"})
        form = await self._press_until(url, form, press, "heard")
        await self.home_assistant.session.delete(url, headers=self.home_assistant.owner.headers)
        return [option["label"] for option in form["data_schema"][0]["selector"]["select"]["options"]]

    async def remove_point(self) -> None:
        """Delete the newest trigger point."""
        await self.home_assistant.command(
            "config_entries/subentries/delete", entry_id=self.entry, subentry_id=self.point
        )

    async def sources(self, point: str) -> list[dict[str, Any]]:
        """Return how a trigger point is heard, as it is stored on the disk."""
        path = self._folder / ".storage" / "core.config_entries"
        async with asyncio.timeout(10):
            while True:
                for entry in json.loads(path.read_text("utf-8"))["data"]["entries"]:
                    for subentry in entry.get("subentries", ()):
                        if subentry["subentry_id"] == point:
                            sources: list[dict[str, Any]] = subentry["data"]["sources"]
                            return sources
                await asyncio.sleep(0.2)

    def stored(self) -> str:
        """Return all that the disk has of ours, with Home Assistant's log."""
        storage = self._folder / ".storage"
        records = [path for path in (storage / "duress").rglob("*") if path.is_file()]
        assert records, "there is a record"
        return "".join(
            p.read_text("utf-8", "replace")
            for p in [storage / "core.config_entries", self._folder / "hass.log", *records]
        )

    async def all_stored(self) -> bytes:
        """Return all that is kept of the house: what a backup holds, database and all, the log, and our diagnostics."""
        home_assistant = self.home_assistant
        made = await home_assistant.command("backup/generate", agent_ids=["backup.local"], include_database=True)
        folder = self._folder / "backups"
        async with asyncio.timeout(60):
            while (await home_assistant.command("backup/info"))["state"] != "idle" or not list(folder.glob("*.tar")):
                await asyncio.sleep(0.5)
        assert made["backup_job_id"]
        (path,) = folder.glob("*.tar")
        diagnostics = await home_assistant.get(f"/api/diagnostics/config_entry/{self.entry}")
        log = (self._folder / "hass.log").read_bytes()
        return b"".join([*_unpacked(path), log, json.dumps(diagnostics).encode()])

    async def end(self, name: str, incident: str, note: str) -> None:
        """Have somebody end a call with a note, as the page does it."""
        connection = await self.home_assistant.connect(self.logins[name])
        about = {"entry_id": self.entry, "incident_id": incident, "asked": 0}
        await connection.send_json({"id": 1, "type": "duress/page_end", **about, "reply": "helped", "note": note})
        answer = await connection.receive_json()
        await connection.close()
        assert answer["success"], answer

    async def close(self, incident: str, note: str) -> None:
        """Have the owner look through a call that is over, and write down what it was."""
        await self.home_assistant.command(
            "duress/close_incident", entry_id=self.entry, incident_id=incident, code="genuine", note=note
        )

    async def _press_until(
        self, url: str, form: dict[str, Any], press: Callable[[], Awaitable[object]], step: str
    ) -> dict[str, Any]:
        """Press once, and wait until the dialog has got to a step."""
        await asyncio.sleep(0.5)
        await press()
        async with asyncio.timeout(10):
            while form.get("step_id") != step:
                await asyncio.sleep(0.2)
                form = await self.home_assistant.get(url)
        return form

    async def point_device(self) -> str:
        """Return the trigger point's device. Home Assistant saves new ones late: a power cut can change it."""
        return await self._device(self.point)

    async def entities(self) -> list[str]:
        """Return our entities: the site's state, whether a call is open, the presses."""
        registry = await self.home_assistant.command("config/entity_registry/list")
        ours = {e["translation_key"]: e["entity_id"] for e in registry if e["platform"] == "duress"}
        return [ours["state"], ours["active"], ours["press"]]

    async def _begin(self, start: Mapping[str, Any], kind: str) -> str:
        """Open a dialog; returns where its answers are posted."""
        form = await self.home_assistant.post(f"{FLOWS}/{kind}", start)
        return f"{FLOWS}/{kind}/{form['flow_id']}"

    async def add_responder(self, name: str) -> str:
        """Add somebody who can be called, in the dialog; returns the responder."""
        url = await self._begin({"handler": [self.entry, "responder"]}, "subentries/flow")
        await self.home_assistant.post(url, {"next_step_id": "person"})
        form = await self.home_assistant.post(url, {"user_id": self.logins[name].user})
        await self.home_assistant.post(url, {"phones": _suggested(form)["phones"]})
        return await self._newest("responder")

    async def change_responder(self, responder: str, step: str, **answers: Any) -> None:
        """Change something about a responder, in the dialog."""
        form = await self._change("responder", responder)
        url = f"{FLOWS}/subentries/flow/{form['flow_id']}"
        form = await self.home_assistant.post(url, {"next_step_id": step})
        await self.home_assistant.post(url, {**_suggested(form), **answers})

    async def add_plan(self, call_type: str, name: str, responders: Sequence[str]) -> str:
        """Add a plan that calls these at once, in the dialog; returns the plan."""
        url = await self._begin({"handler": [self.entry, "response_plan"]}, "subentries/flow")
        form = await self.home_assistant.post(url, {"call_type": call_type})
        steps = [{"responders": [await self._device(await self.subentry(name)) for name in responders]}]
        await self.home_assistant.post(url, {**_suggested(form), "name": name, "steps": steps})
        return await self._newest("response_plan")

    async def change_point(self, step: str, **answers: Any) -> None:
        """Change something about the newest trigger point, in the dialog."""
        form = await self._change("trigger_point", self.point)
        url = f"{FLOWS}/subentries/flow/{form['flow_id']}"
        form = await self.home_assistant.post(url, {"next_step_id": step})
        await self.home_assistant.post(url, {**_suggested(form), **answers})

    async def area_of_point(self) -> str:
        """Return where the newest trigger point is."""
        devices = await self.home_assistant.command("config/device_registry/list")
        own = await self.point_device()
        return next(str(device["area_id"]) for device in devices if device["id"] == own)

    async def look_through(self, cameras: Sequence[str]) -> None:
        """Have these cameras look on, as far as they show nothing of being looked at, in the dialog."""
        form = await self._change("trigger_point", self.point)
        url = f"{FLOWS}/subentries/flow/{form['flow_id']}"
        await self.home_assistant.post(url, {"next_step_id": "cameras"})
        form = await self.home_assistant.post(url, {"cameras": cameras})
        if form.get("step_id") == "tried":
            form = await self.home_assistant.post(url, {"tried": cameras})
        assert form.get("reason") == "reconfigure_successful", form

    async def add_door(self, name: str, lock: str, *, may_lock: bool) -> str:
        """Add a door, in the dialog; returns it."""
        url = await self._begin({"handler": [self.entry, "door"]}, "subentries/flow")
        await self.home_assistant.post(url, {"next_step_id": "lock"})
        form = await self.home_assistant.post(url, {"lock": lock})
        await self.home_assistant.post(url, {**_suggested(form), "name": name, "may_lock": may_lock})
        return await self._newest("door")

    async def move_doors(self, seconds: int = 600, **wanted: Sequence[str]) -> None:
        """Have the newest plan move doors, by name, for so long, in the dialog."""
        form = await self._change("response_plan", await self._newest("response_plan"))
        url = f"{FLOWS}/subentries/flow/{form['flow_id']}"
        await self.home_assistant.post(url, {"next_step_id": "doors"})
        doors = {moment: [await self.subentry(name) for name in names] for moment, names in wanted.items()}
        form = await self.home_assistant.post(url, {**doors, "doors_for": seconds})
        if form.get("step_id") == "trapped":
            form = await self.home_assistant.post(url, {"nobody_trapped": True})
        assert form.get("reason") == "reconfigure_successful", form

    async def change_plan(self, steps: Sequence[tuple[int, Sequence[str]]], **answers: Any) -> None:
        """Change whom the newest plan calls after how many seconds, in the dialog."""
        form = await self._change("response_plan", await self._newest("response_plan"))
        lines = [
            {"after": after, "responders": [await self._device(responder) for responder in responders]}
            for after, responders in steps
        ]
        url = f"{FLOWS}/subentries/flow/{form['flow_id']}"
        if form["type"] == "menu":  # of a quiet plan
            form = await self.home_assistant.post(url, {"next_step_id": "change"})
        await self.home_assistant.post(url, {**_suggested(form), "steps": lines, **answers})

    async def _change(self, kind: str, subentry: str) -> dict[str, Any]:
        """Open the dialog that changes a subentry."""
        start = {"handler": [self.entry, kind], "subentry_id": subentry}
        form: dict[str, Any] = await self.home_assistant.post(f"{FLOWS}/subentries/flow", start)
        return form

    async def _newest(self, kind: str) -> str:
        subentries = await self.home_assistant.command("config_entries/subentries/list", entry_id=self.entry)
        newest: str = max(subentry["subentry_id"] for subentry in subentries if subentry["subentry_type"] == kind)
        return newest

    async def _device(self, identifier: str) -> str:
        devices = await self.home_assistant.command("config/device_registry/list")
        device: str = next(d["id"] for d in devices if ["duress", identifier] in d["identifiers"])
        return device

    async def _start_control(self) -> str:
        app = web.Application()
        app.router.add_post("/press/pendant", self._on_press)
        return f"http://{await self._stack.enter_async_context(serve(app))}"

    async def _on_press(self, request: web.Request) -> web.Response:
        await self.press()
        return web.Response()

    def _clear_pendant(self) -> None:
        self._clearing = asyncio.ensure_future(self.pendant.zone_status(0))

    async def _add_people(self) -> None:
        for name, phone in self.phones.items():
            self.logins[name] = await self.home_assistant.add_user(name)
            await self.register(phone, name)


def _suggested(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dialog's fields are filled with."""
    filled = {}
    for field in form["data_schema"]:
        value = (field.get("description") or {}).get("suggested_value", field.get("default"))
        if value is not None:
            filled[field["name"]] = value
    return filled


def _unpacked(path: Path) -> Iterator[bytes]:
    """Yield every file in a backup, which is an archive of archives."""
    with tarfile.open(path) as outer:
        for part in outer:
            content = outer.extractfile(part)
            if content is None:
                continue
            if not part.name.endswith(".tar.gz"):
                yield content.read()
                continue
            with tarfile.open(fileobj=content, mode="r:gz") as inner:
                for member in inner:
                    file = inner.extractfile(member) if member.isfile() else None
                    yield file.read() if file is not None else b""
