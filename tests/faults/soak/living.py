"""Live through a simulated year in one process: run what the schedule fires, let go wrong what chance wants, look for what is left."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa

from edi.errors import CrossfootError
from flows.clock import holder, last_business_date
from flows.replaying import Selection, replay
from flows.runners import PlainRunner
from storage.failpoints import NAMES, armed, fail, kill
from tests.faults.invariants import check
from tests.faults.kill.aside import connections_kept, definitions_remembered, statements_remembered
from tests.faults.kill.night import small_data
from tests.faults.killing import survives
from tests.faults.small import drop, expect_nothing, run_small, small_world
from tests.faults.soak.year import SLOT, ZONE, Night, nights, sent
from tests.flows.nights import World

NIGHTS = 365
SETTLED = 30  # nights until memory, caches and threads have found their size
LOOK = 60  # nights between looks at all invariants
MOST_GROWTH = 5  # percent
_SAMPLE = 15  # nights that a time per night is the median of
_ERRORS = (errno.ENOSPC, errno.EACCES)  # what a disk says and a process survives
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ARENA_MAX = -8  # of glibc's mallopt: how many heaps there may be


@dataclass(slots=True)
class Life:
    """What was seen so far."""

    world: World
    chance: random.Random
    events: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds of each night's first run
    memory: dict[int, int] = field(default_factory=dict)  # night -> bytes
    handles: int = 0


def live(home: Path, *, nights: int, seed: int, told: Callable[[str], None]) -> dict[str, Any]:
    """Run so many nights and return the figures. Statements are compiled, data/ is read and SQLite is opened once for all of them."""
    _share_one_heap()
    with statements_remembered(), connections_kept(), definitions_remembered():
        return _figures(home, nights, seed, told)


def _share_one_heap() -> None:
    """Let all threads allocate from one heap, where glibc can: each would keep pieces of its own, among which a leak is not seen."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_ARENA_MAX, 1)


def _figures(home: Path, nights: int, seed: int, told: Callable[[str], None]) -> dict[str, Any]:
    began = time.monotonic()
    world = small_world(home / "home", small_data(home / "data"), time_zone=ZONE, slot=SLOT, workers=2)  # rules read on both cores
    life = Life(world, random.Random(seed))
    _live(life, nights, seed, told)
    _look(life, f"night {nights}")
    _count(life, nights)
    settled = life.memory.get(SETTLED, 0)
    growth = round(100 * (life.memory[nights] / settled - 1), 1) if settled else 0.0
    if growth >= MOST_GROWTH:
        life.failures.append(f"memory grew from {settled} to {life.memory[nights]} bytes")
    return {
        "seed": seed, "nights": nights, "seconds": round(time.monotonic() - began, 1), "events": dict(sorted(life.events.items())),
        "early night ms": round(1000 * median(life.cpu[SETTLED - _SAMPLE:SETTLED] or life.cpu)),
        "late night ms": round(1000 * median(life.cpu[-_SAMPLE:])), "growth percent": growth,
        "memory by night": life.memory, "failures": life.failures,
    }


def _live(life: Life, count: int, seed: int, told: Callable[[str], None]) -> None:
    for at, night in enumerate(nights(life.world.settings, count, seed), start=1):
        drop(life.world, night.files)
        try:
            _run(life, night)
        except CrossfootError as error:
            life.failures.append(f"night {at}, {night.business_date}: {type(error).__name__}: {error}")
        if at % LOOK == 0 and not night.forgotten:
            _look(life, f"night {at}")
        if at in (SETTLED, count) or at % LOOK == 0:
            _measure(life, at)
            told(f"  night {at}, {night.business_date}: {life.memory[at] >> 20} MB, {round(1000 * median(life.cpu[-_SAMPLE:]))} ms of CPU "
                 f"a night, {len(life.failures)} failures")


def _run(life: Life, night: Night) -> None:
    """Run a night as often as the schedule fires and faults demand."""
    for now in night.fires:
        business_date = last_business_date(life.world.settings, now)
        if business_date != night.business_date:
            life.failures.append(f"the schedule of {night.business_date} fired at {now} and meant {business_date}")
        if night.fault and now == night.fires[0]:
            _fail(life, business_date, now)
            if night.forgotten:
                life.events["nights that the next one finished"] += 1
                return
        if night.doubled:
            _run_twice(life, business_date, now)
        began = time.process_time()
        run_small(life.world, business_date, clock=lambda: now)  # noqa: B023  # called while the loop stands here
        life.cpu.append(time.process_time() - began)
        life.events["runs"] += 1
    if night.replayed is not None:
        life.events["replays"] += 1
        summary = replay(life.world.settings, Selection(night.replayed), night.business_date, PlainRunner(1), holder=holder(),
                         clock=lambda: night.fires[-1], judge=expect_nothing).summary
        if rows := sum((summary.run.rows_loaded or {}).values()):
            life.failures.append(f"the replay of {night.replayed} in {night.business_date} loaded {rows} rows")


def _fail(life: Life, business_date: date, now: datetime) -> None:
    """Kill a run, or let a step of it fail, at a point and a hit drawn by chance; it may be one that the night does not pass."""
    point, hit = life.chance.choice(sorted(NAMES)), life.chance.choice((1, 1, 2, 3, 5, 8))

    def run() -> None:
        run_small(life.world, business_date, clock=lambda: now)

    if life.chance.random() < 0.5:
        life.events["kills"] += not survives(run, {point: kill(on_hit=hit)})
        return
    try:
        with armed({point: fail(life.chance.choice(_ERRORS), on_hit=hit)}):
            run()
    except (CrossfootError, OSError):
        life.events["failing steps"] += 1


def _run_twice(life: Life, business_date: date, now: datetime) -> None:
    """Start the night twice at once: one works, the other says so, or finds the work done."""
    life.events["doubled schedules"] += 1
    failed: list[BaseException] = []

    def run() -> None:
        try:
            run_small(life.world, business_date, clock=lambda: now)
        except BaseException as error:  # noqa: BLE001  # told by the thread that waits
            failed.append(error)

    both = [threading.Thread(target=run) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    life.failures += [f"doubled night {business_date}: {type(error).__name__}: {error}" for error in failed]


def _look(life: Life, when: str) -> None:
    """Ask the invariants, in a child that takes what it remembers with it, and look for files that nobody needs."""
    life.events["looks at the invariants"] += 1
    if not survives(lambda: check(life.world.settings), {}):
        life.failures.append(f"{when}: the look was killed")
    for left in life.world.settings.home.rglob(".*"):
        if left.is_file() and not left.name.endswith(".lock"):
            life.failures.append(f"{when}: {left.name} is left over")


def _measure(life: Life, at: int) -> None:
    """Note what memory and handles are held; what is free already, and kept by an allocator for later, is given back first."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc has it
        trim(0)
    life.memory[at] = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    handles = len(os.listdir("/proc/self/fd"))
    if at > SETTLED and handles > life.handles:
        life.failures.append(f"night {at}: {handles} open file descriptors, {life.handles} at night {SETTLED}")
    life.handles = life.handles or handles


def _count(life: Life, count: int) -> None:
    """Hold the year's loaded transactions against what was sent."""
    wanted = sent(count)
    loaded = life.world.rows("SELECT count(*), count(DISTINCT document_id) FROM decisions "
                             "WHERE outcome = 'loaded' AND standard <> 'csv'")[0]
    answered = life.world.rows("SELECT count(DISTINCT answers) FROM outbox")[0][0]
    if loaded != (wanted.transactions, wanted.transactions) or answered != wanted.interchanges:
        life.failures.append(f"{wanted.transactions} transactions were sent in {wanted.interchanges} interchanges; {loaded[0]} were "
                             f"loaded, {loaded[1]} different ones, {answered} interchanges answered")
    life.events["transactions loaded"] = loaded[0]
