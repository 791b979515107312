"""The process is killed at random moments of an incident: no message is lost, none is repeated more than once.

A real SIGKILL of a real process, with its record on a real disk. It is started again on the same folder and
brings the incident to its end; in a third of the runs it is killed on the way there, too. What had to leave is
read off the record, what did leave has reached this side of a pipe.
"""

from argparse import Namespace
import asyncio
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
import multiprocessing
from pathlib import Path
import random
import shutil
import signal
import sys
from typing import NamedTuple

from custom_components.duress.engine import replay
from custom_components.duress.engine.events import Event
from custom_components.duress.engine.kinds import DeliveryState
from custom_components.duress.journal import Journal
from custom_components.duress.journal.lines import lines, parse

from . import kill_victim
from .kill_victim import BEGAN, SENT, SET_UP, SETTLED

AT_ONCE = 2
"""Runs side by side."""
KILLED_AGAIN = 3
"""In one run of so many the second life is to be killed, too."""
AWAY = 1.0
"""Seconds that it stays dead at most: long enough for a step, and for the next round, to fall due meanwhile."""
TIME_LIMIT = 60.0
"""Seconds after which a life is given up."""

PROCESSES = multiprocessing.get_context("forkserver")
"""The server has imported everything once; each life is a fork of it, and need not wait for that."""
PROCESSES.set_forkserver_preload(
    [
        kill_victim.__name__,
        *(f"homeassistant.components.{name}" for name in ("mobile_app", "mobile_app.notify", "mobile_app.sensor")),
    ]
)

type Record = dict[str, list[Event]]
"""What is on record, by incident."""


class Key(NamedTuple):
    """One message, however often it leaves."""

    incident: str
    message: str


class Strike(NamedTuple):
    """When to kill: so many seconds after a life has told this; and for how many seconds it stays dead."""

    told: str
    delay: float
    away: float


@dataclass(slots=True)
class Life:
    """What came of one start of the process."""

    done_before: set[Key] = field(default_factory=set)
    """What nobody was owed any more when it began."""
    told: dict[str, float] = field(default_factory=dict)
    sent: list[Key] = field(default_factory=list)
    exit_code: int | None = None

    @property
    def was_killed(self) -> bool:
        """Return whether it was struck before it was through."""
        return self.exit_code == -signal.SIGKILL


@dataclass(slots=True)
class Run:
    """One incident, in as many lives as it took."""

    lives: list[Life] = field(default_factory=list)
    record: Record = field(default_factory=dict)
    hit_before_press: bool = False

    @property
    def kills(self) -> int:
        """Return how many lives were cut short."""
        return sum(life.was_killed for life in self.lives)

    @property
    def is_finished(self) -> bool:
        """Return whether the last life brought it to its end."""
        return self.lives[-1].exit_code == 0

    def times(self) -> Counter[Key]:
        """Return how often each message left."""
        return Counter(key for life in self.lives for key in life.sent)

    def repeated(self) -> int:
        """Return how often a message was repeated at most, beyond once for each kill after the first."""
        return max(self.times().values(), default=0) - max(1, self.kills)

    def needless(self) -> int:
        """Return how often a message left that was not in doubt: twice in one life, or again though on record."""
        twice = sum(len(life.sent) - len(set(life.sent)) for life in self.lives)
        return twice + sum(len(life.done_before.intersection(life.sent)) for life in self.lives)

    def lost(self) -> set[Key]:
        """Return what had to leave and did not, and what left and is not on record."""
        states = _states(self.record)
        due = {key for key, went in states.items() if DeliveryState.SENDING in went}
        sent = self.times().keys()
        return (due - self.expired() - sent) | (sent - states.keys())

    def expired(self) -> set[Key]:
        """Return what never left because there was no need any more."""
        states = _states(self.record)
        gone = (DeliveryState.EXPIRED, DeliveryState.OWED)  # the second: a newer message took its place
        return {key for key, went in states.items() if went[-1] in gone} - self.times().keys()


async def measure(folder: Path, arguments: Namespace) -> dict[str, float]:
    """Return the figures, as counts."""
    undisturbed = await _run(folder / "undisturbed")
    if _is_bad(undisturbed):
        _print_bad("undisturbed", undisturbed)
        raise RuntimeError("an incident goes wrong without any kill")
    told = undisturbed.lives[0].told
    start, story = told[SET_UP] - told[BEGAN], told[SETTLED] - told[SET_UP]
    print(f"start-up {start:.2f} s, story {story:.2f} s")
    runs: list[Run] = []
    numbers = iter(range(arguments.runs))

    async def work() -> None:
        for number in numbers:
            drawn = random.Random(f"{arguments.seed} {number}")
            run = Run()
            while not run.kills:  # it was through before the moment came
                strikes = [Strike(SET_UP, drawn.uniform(0, story), drawn.uniform(0, AWAY))]
                if number % KILLED_AGAIN == 0:
                    strikes.append(Strike(BEGAN, drawn.uniform(0, start + story), drawn.uniform(0, AWAY)))
                run = await _run(folder / str(number), *strikes)
            if _is_bad(run):
                _print_bad(f"seed {arguments.seed}, run {number}, {strikes}", run)
            runs.append(run)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return {
        "kill.runs": len(runs),
        "kill.kills": sum(run.kills for run in runs),
        "kill.hit_before_press": sum(run.hit_before_press for run in runs),
        "kill.unfinished": sum(not run.is_finished for run in runs),
        "kill.lost": sum(len(run.lost()) for run in runs),
        "kill.repeated_max": max(run.repeated() for run in runs),
        "kill.repeated": sum(times > 1 for run in runs for times in run.times().values()),
        "kill.needless": sum(run.needless() for run in runs),
        "kill.expired": sum(len(run.expired()) for run in runs),
        "kill.messages": sum(len(run.times()) for run in runs),
    }


async def _run(folder: Path, *strikes: Strike) -> Run:
    """Live through one incident on a fresh folder, killed as told."""
    run = Run()
    try:
        for strike in (*strikes, None):
            life = await _life(folder, next(iter(run.record), None), strike)
            life.done_before = _done(run.record)
            run.lives.append(life)
            run.record = await _record(kill_victim.record_folder(folder))
            run.hit_before_press |= not run.record
            if strike is None or not life.was_killed:
                break
            await asyncio.sleep(strike.away)
    finally:
        shutil.rmtree(folder)
    return run


async def _life(folder: Path, incident: str | None, strike: Strike | None) -> Life:
    """Start the process once and hear it to its end."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    process = PROCESSES.Process(target=kill_victim.live, args=(folder, sender, incident), daemon=True)
    process.start()
    sender.close()
    loop = asyncio.get_running_loop()
    heard = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(partial(asyncio.StreamReaderProtocol, heard), receiver)
    give_up = loop.call_later(TIME_LIMIT, process.kill)
    life = Life()
    kill: asyncio.TimerHandle | None = None
    async for line in heard:
        told, *about = line.decode().split()
        life.told[told] = loop.time()
        if told == SENT:
            life.sent.append(Key(*about[:2]))
        if strike is not None and told == strike.told:
            kill = loop.call_later(strike.delay, process.kill)
    for timer in (give_up, kill):
        if timer is not None:
            timer.cancel()
    transport.close()
    process.join()
    life.exit_code = process.exitcode
    return life


async def _record(folder: Path) -> Record:
    """Read what is on record."""
    journal = Journal(folder, lambda _troubled: None)
    found = (parse(line) for line in lines(folder, lambda _error: None))
    incidents = dict.fromkeys(record["incident"] for record in found if record and record["incident"])
    return {incident: [entry.event for entry in journal.read(incident)] for incident in incidents}


def _states(record: Record) -> dict[Key, list[DeliveryState]]:
    """Return the state of each message after each event since it came to be."""
    states: dict[Key, list[DeliveryState]] = {}
    for opened, events in record.items():
        for end in range(1, len(events) + 1):
            incident = replay(events[:end])
            for message in incident.messages.values() if incident else ():
                states.setdefault(Key(opened, message.id), []).append(message.state)
    return states


def _done(record: Record) -> set[Key]:
    owed = (DeliveryState.OWED, DeliveryState.SENDING)
    return {key for key, went in _states(record).items() if went[-1] not in owed}


def _is_bad(run: Run) -> bool:
    return bool(run.lost()) or run.repeated() > (run.kills > 0) or bool(run.needless()) or not run.is_finished


def _print_bad(name: str, run: Run) -> None:
    print(f"{name}: {run.lost()=} {run.repeated()=} {run.needless()=} {run.is_finished=}", file=sys.stderr)
    for life in run.lives:
        print(f"  a life: {life}", file=sys.stderr)
    for incident, events in run.record.items():
        print(f"  {incident}:", *events, sep="\n    ", file=sys.stderr)
