"""After a power cut: how long until what is owed is sent, and how long no press is heard.

The first in this process, from a record on the disk that nothing has cached, beside the same set-up without a
record and beside merely reading the bytes. The second with a real `hass` process that is killed and started
again, beside the time until its bare REST API answers.
"""

import asyncio
from collections.abc import Callable
import contextlib
from datetime import UTC, datetime, timedelta
from functools import reduce
import os
from pathlib import Path
import statistics
import time
from typing import Any

from aiohttp import ClientError
from homeassistant.util.ulid import ulid_now

from custom_components.duress.const import DOMAIN, MODEL_TRIGGER_POINT
from custom_components.duress.engine import decide, due, evolve
from custom_components.duress.engine.commands import (
    Answer,
    Command,
    HandlePress,
    ReportDelivery,
    Resolve,
)
from custom_components.duress.engine.events import Event
from custom_components.duress.engine.kinds import Origin, Reply, ResolveReason
from custom_components.duress.engine.model import Actor, Incident, Place, Press
from custom_components.duress.engine.plan import Plan, Step
from custom_components.duress.engine.reach import Channel, Reach
from custom_components.duress.journal import Journal
from simulation.home_assistant import HomeAssistant, RefusedError
from simulation.phone import Phone, PushService

from . import house

ROUNDS = 3
"""Of each; the figures are medians."""
CLOSED = 5000
OPEN = (1, 10, 100)
FIRST, SECOND = "Ann", "Bob"
WAIT = 60
"""Seconds before the second responder is called."""
OPEN_FOR = timedelta(seconds=90)
"""How long ago the open incidents began: the second call is owed."""
APART = timedelta(seconds=10)
"""Between two of the closed incidents."""
FLOWS = "/api/config/config_entries/subentries/flow"
PLACE = "Room 4"
EVENT = "bench_restart"
BETWEEN_PRESSES = 0.05


async def measure(folder: Path) -> dict[str, float]:
    """Return the figures, in milliseconds unless their names say otherwise."""
    await _resume(folder / "warm-up", 0, 0)  # loads our code: a part of the second measurement, not of this one
    runs: dict[str, list[float]] = {}
    for round_ in range(ROUNDS):
        figures = await _resume(folder / f"empty-{round_}", 0, 0)
        runs.setdefault("restart.set_up_ms_empty", []).append(figures["set_up"] * 1e3)
        for count in OPEN:
            figures = await _resume(folder / f"{count}-{round_}", CLOSED, count)
            runs.setdefault(f"restart.resume_ms_{count}", []).append(figures["first"] * 1e3)
            runs.setdefault(f"restart.resume_last_ms_{count}", []).append(figures["last"] * 1e3)
            runs.setdefault(f"restart.read_ms_{CLOSED}", []).append(figures["read"] * 1e3)
    deaf, control = await _deaf(folder / "process")
    runs |= {"restart.deaf_s": deaf, "restart.hass_s": control}
    return {name: statistics.median(values) for name, values in runs.items()}


# What is owed


async def _resume(folder: Path, closed: int, open_: int) -> dict[str, float]:
    """Return the seconds from the start of the set-up to its end, and to the first and the last owed call."""
    await asyncio.get_running_loop().run_in_executor(None, folder.mkdir)
    async with house.home_assistant(folder) as hass:
        channel = house.Channel()
        responders = [await house.add_responder(hass, name, channel) for name in (FIRST, SECOND)]
        record = Path(hass.config.path(".storage", DOMAIN, house.SITE))
        await _prepare(record, closed, open_)
        await hass.async_add_executor_job(_forget, record)
        read = await hass.async_add_executor_job(_read, record)
        await hass.async_add_executor_job(_forget, record)
        plan = house.response_plan((0, [FIRST.lower()]), (WAIT, [SECOND.lower()]), repeat_after=WAIT)
        point = house.trigger_point("point", PLACE, {"platform": "event", "event_type": EVENT})
        began, ended = await house.set_up_site(hass, *responders, plan, point)
        async with asyncio.timeout(60):
            while len(channel.calls) < open_:
                channel.left.clear()
                await channel.left.wait()
        await hass.async_block_till_done(wait_background_tasks=True)
        times = [at - began for at, _ in channel.calls] or [0.0]
    return {"read": read, "set_up": ended - began, "first": times[0], "last": times[open_ - 1]}


async def _prepare(folder: Path, closed: int, open_: int) -> None:
    """Write a record of this many incidents, the open ones last."""
    journal = Journal(folder, lambda _trouble: None)
    await asyncio.get_running_loop().run_in_executor(None, journal.load)
    opened_at = datetime.now(UTC) - OPEN_FOR
    settled = None
    for index in range(closed + open_):
        before = max(closed - index, 0) * APART
        over = index < closed
        incident, events = _incident(opened_at - before, over=over)
        settled = journal.append(incident, events)
        if over:
            journal.settled(incident)
    if settled is not None:
        await settled
    await journal.close()


def _incident(began: datetime, *, over: bool) -> tuple[str, list[Event]]:
    """Return an incident as the product would have recorded it: pressed twice, answered, and over if so asked."""
    first, second = FIRST.lower(), SECOND.lower()
    phones = {responder: (Channel(id=f"phone:{house.phone_id(responder)}"),) for responder in (first, second)}
    steps = (
        Step(after=timedelta(0), responders=(first,)),
        Step(after=timedelta(seconds=WAIT), responders=(second,)),
    )
    key = ulid_now()
    press = Press(
        point="point", source="point_source", gesture="single", heard_at=began, origin=Origin.LOCAL, user=None
    )
    pressed = HandlePress(
        press=press,
        place=Place(point=PLACE, area=None),
        plan=Plan(id=house.PLAN, steps=steps, repeat_after=timedelta(seconds=WAIT)),
        incident=key,
        secret=os.urandom(16).hex(),
        reach=Reach(channels=phones),
    )
    answering = Actor(user=os.urandom(16).hex(), responder=first, channel=phones[first][0].id)
    events: list[Event] = []
    incident: Incident | None = None

    def tell(seconds: float, command: Command) -> None:
        nonlocal incident
        decided = decide(incident, command, began + timedelta(seconds=seconds))
        incident = reduce(evolve, decided, incident)
        events.extend(decided)
        for message in due(incident) if incident is not None and decided else ():
            tell(seconds + 0.01, ReportDelivery(message=message.id, attempt=message.attempts))

    tell(0, pressed)
    tell(5, pressed)
    if over:
        tell(20, Answer(by=answering, reply=Reply.GOING))
        tell(300, Resolve(by=answering, reason=ResolveReason.HELPED))
    return key, events


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def _forget(folder: Path) -> None:
    """Have the system drop what it cached of the files, as a power cut does."""
    for path in _files(folder):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _read(folder: Path) -> float:
    began = time.perf_counter()
    for path in _files(folder):
        path.read_bytes()
    return time.perf_counter() - began


# What is not heard


async def _deaf(folder: Path) -> tuple[list[float], list[float]]:
    """Return the seconds from each kill until a press was heard, and until the REST API answered."""
    deaf, control = [], []
    phone = Phone("Ann's phone")
    async with PushService() as push, HomeAssistant(folder, "http://127.0.0.1:1") as home:
        site = await _set_up(home, phone, push)
        await _stop(home, lambda: home.action("homeassistant.stop", {}))  # all is on the disk
        await home.start()
        for _ in range(ROUNDS):
            killed = time.time()
            await _stop(home, home.kill)
            starting = asyncio.create_task(home.start())
            fired = await _press_until_called(home, phone)
            await starting
            heard = await _first_heard(home, site)
            deaf.append(max(at for at, _ in fired if at <= heard) - killed)
            control.append(fired[0][1] - killed)
            await _resolve(home)
    return deaf, control


async def _press_until_called(home: HomeAssistant, phone: Phone) -> list[tuple[float, float]]:
    """Press over and over until the phone is called; returns when each press was fired and when it was answered."""
    fired = []
    phone.screen.clear()
    called = asyncio.create_task(phone.wait_for("Help needed", timeout=120))
    while not called.done():
        at = time.time()
        with contextlib.suppress(ClientError, RefusedError):
            await home.post(f"/api/events/{EVENT}")
            fired.append((at, time.time()))
        await asyncio.sleep(max(0.0, at + BETWEEN_PRESSES - time.time()))
    await called
    return fired


async def _first_heard(home: HomeAssistant, site: str) -> float:
    """Return when the press was heard that opened the one open incident."""
    (incident,) = await home.command("duress/incidents", entry_id=site)
    record = await home.command("duress/incident_record", entry_id=site, incident_id=incident["incident_id"])
    return datetime.fromisoformat(record["timeline"][0]["press"]["heard_at"]).timestamp()


async def _resolve(home: HomeAssistant) -> None:
    """End the incident, and wait until the disk has that too."""
    devices = await home.command("config/device_registry/list")
    point = next(d["id"] for d in devices if d["model"] == MODEL_TRIGGER_POINT)
    await home.action("duress.resolve", {"trigger_point": point})
    await asyncio.sleep(1)


async def _stop(home: HomeAssistant, how: Callable[[], Any]) -> None:
    """End the process in this way, and wait until it is gone."""
    assert home._process is not None, "it runs"
    if (asking := how()) is not None:
        await asking
    await home._process.wait()


async def _set_up(home: HomeAssistant, phone: Phone, push: PushService) -> str:
    """Go through the dialogs; returns the site."""
    login = await home.add_user(FIRST)
    await phone.register(home.session, push, login.headers)
    entries = await home.get("/api/config/config_entries/entry")
    phones = [e["entry_id"] for e in entries if e["domain"] == "mobile_app"]
    site: dict[str, Any] = await home.flow(
        {"handler": DOMAIN},
        {"name": "Bench", "kind": "home"},
        {"user_id": login.user},
        {"phones": phones},
        {"call_type": "medical"},
    )
    entry: str = site["result"]["entry_id"]
    subentries = await home.command("config_entries/subentries/list", entry_id=entry)
    plan = next(s["subentry_id"] for s in subentries if s["subentry_type"] == "response_plan")
    point = {"name": PLACE, "triggers": [{"trigger": "event", "event_type": EVENT}], "plan_id": plan}
    form = f"{FLOWS}/{site['next_flow'][1]}"
    await home.post(form, {"next_step_id": "choose"})
    await home.post(form, point)
    return entry
