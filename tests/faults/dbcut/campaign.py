"""Cut a night from its database, then let it recover: it must end as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from flows.clock import now
from storage.database import open_database
from tests.faults.dbcut.children import AGAIN, DONE, FAILED, HUNG, start, wait
from tests.faults.dbcut.proxy import ANSWER, BEFORE, DARK, HOLE, KINDS, RESULT, Cut, Remote, proxying
from tests.faults.dbcut.server import Server, proxied_url, serving
from tests.faults.evidence import State, state_of
from tests.faults.invariants import check
from tests.faults.kill.aside import definitions_remembered, imports_frozen, statements_shared
from tests.faults.kill.night import small_data
from tests.faults.small import FILES, drop, run_small, small_world
from tests.flows.nights import World

ANSWER_WITHIN = 2  # seconds that our client waits for an answer in these nights
PATIENT = 60  # seconds that the last try of a recovery waits: silence has been ended by then, and a machine may be slow
DEADLINE = 120  # seconds that a run may take, silence of the database included, on a busy machine
TRIES = 4  # runs that recovery may take while the server still keeps what the silenced one held; before the last, keepalive has ended that
WEIGHTS = {BEFORE: 5, ANSWER: 6, RESULT: 5, HOLE: 3, DARK: 1}
ALONE, BESIDE, TAKEN_OVER = RUNS = ("alone", "beside another", "taken over by another")


@dataclass(slots=True)
class Lane:
    """A server, a proxy before it and a folder; what was found so far."""

    server: Server
    proxy: Remote
    folder: Path
    data: Path
    template: str  # a database that has its tables
    undisturbed: State = ("", {})
    events: dict[str, int] = field(default_factory=dict)  # of an undisturbed night
    seconds: float = 0.0  # of an undisturbed night
    figures: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@contextmanager
def lane(folder: Path) -> Iterator[Lane]:
    """Start a server and a proxy, and run a night that nobody disturbs, once here and once in a fork."""
    with ExitStack() as stack, statements_shared(), definitions_remembered(), imports_frozen():
        server = stack.enter_context(serving())
        proxy = stack.enter_context(proxying(server.socket))
        template = server.new_database()
        open_database(server.direct_url(template))
        made = Lane(server, proxy, folder, small_data(folder / "data"), template)
        with _night(made, "remembered") as world:
            run_small(world)  # in this process: what it works out once, its forks have
        with _night(made, "undisturbed") as world:
            proxy.arm(None)
            began = time.monotonic()
            if wait([start(lambda: run_small(world))], seconds=DEADLINE) != [DONE]:
                raise RuntimeError("the undisturbed night failed; its traceback is above")
            made.seconds = time.monotonic() - began
            made.events = proxy.seen()[0]
            made.undisturbed = _state(_direct(made, world))
        yield made


def cut_once(made: Lane, chance: random.Random, name: str) -> None:
    """Cut a night at an event drawn by chance, in two of three cases with runs that compete."""
    kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    cut = Cut(kind, chance.randint(1, made.events[KINDS[kind]]))
    runs = chance.choice(RUNS)
    heal_first = kind == DARK or chance.random() < 0.5  # otherwise the server learns late that its client is gone

    def disturb(world: World) -> list[str]:
        made.proxy.arm(cut)
        ended = wait([start(run) for run in _runs(world, runs)], seconds=DEADLINE)
        made.figures["cuts that struck"] += made.proxy.seen()[1]
        if heal_first:
            made.proxy.calm()
        made.proxy.arm(None)
        return ended

    made.figures[f"cuts {kind}"] += 1
    _try(made, name, f"{name}: {kind} at {cut.at} of {made.events[KINDS[kind]]}, {runs}, healed first {heal_first}", disturb, runs)


def restart_once(made: Lane, chance: random.Random, name: str) -> None:
    """Crash the server somewhere in a night and start it again at once."""
    runs = chance.choice(RUNS)
    moment = chance.uniform(0.1, 1.0) * made.seconds

    def disturb(world: World) -> list[str]:
        made.proxy.arm(None)
        children = [start(run) for run in _runs(world, runs)]
        time.sleep(moment)
        made.server.restart_at_once()
        return wait(children, seconds=DEADLINE)

    made.figures["restarts"] += 1
    _try(made, name, f"{name}: restart after {moment:.2f} s, {runs}", disturb, runs)


def _runs(world: World, runs: str) -> list[Callable[[], object]]:
    """Return the runs that are started at once. One that takes over is on another machine, whose clock says that the lease has run out."""
    others: dict[str, list[Callable[[], object]]] = {
        ALONE: [], BESIDE: [lambda: run_small(world)],
        TAKEN_OVER: [lambda: run_small(world, holder="elsewhere 1 1 0", clock=lambda: now() + timedelta(hours=2))],
    }
    return [lambda: run_small(world), *others[runs]]


def _try(made: Lane, name: str, what: str, disturb: Callable[[World], list[str]], runs: str) -> None:
    made.figures[f"runs {runs}"] += 1
    with _night(made, name) as world:
        ended = disturb(world)
        made.figures["runs told to run again"] += ended.count(AGAIN)
        if FAILED in ended or HUNG in ended:
            made.failures.append(f"{what}: the runs ended {', '.join(ended)}; see above")
        elif not _recover(made, world) or not _recover(made, world):
            made.failures.append(f"{what}: recovery did not end as an undisturbed night does; see above")


def _recover(made: Lane, world: World) -> bool:
    """Run the night again, at most so often, and ask the invariants; a day later, when no lease is in time any more."""
    def run(answer_within: int) -> None:
        run_small(_proxied(made, world, answer_within), clock=lambda: now() + timedelta(days=1))
        direct = _direct(made, world)
        check(direct.settings, undisturbed=made.undisturbed, state=_state(direct))

    for left in reversed(range(TRIES)):
        made.figures["recoveries"] += 1
        last = left == 0
        ended = wait([start(partial(run, PATIENT if last else ANSWER_WITHIN), tell=last)], seconds=DEADLINE)
        if ended != [AGAIN]:
            return ended == [DONE]
        if left == 1:  # in the middle of a statement no limit of the server's strikes; TCP's keepalive does, which our Unix socket has not
            made.figures["silences that keepalive ended"] += 1
            made.proxy.calm()
    return False


@contextmanager
def _night(made: Lane, name: str) -> Iterator[World]:
    """Make a database and a folder for one night, and remove both after it."""
    database = made.server.new_database(made.template)
    home = made.folder / name
    world = small_world(home, made.data, database=proxied_url(database, made.proxy.port, answer_within=ANSWER_WITHIN))
    drop(world, FILES)
    try:
        yield world
    finally:
        made.proxy.calm()
        made.server.drop_database(database)
        shutil.rmtree(home)


def _proxied(made: Lane, world: World, answer_within: int) -> World:
    """Return the same world, with other seconds that an answer of its database is waited for."""
    return _with_database(world, proxied_url(_database(world), made.proxy.port, answer_within=answer_within))


def _direct(made: Lane, world: World) -> World:
    """Return the same world with its database past the proxy."""
    return _with_database(world, made.server.direct_url(_database(world)))


def _database(world: World) -> str:
    return sa.make_url(world.settings.database_url).database or ""


def _with_database(world: World, url: str) -> World:
    return World(world.settings.model_copy(update={"database": url}))


def _state(world: World) -> State:
    """Return what must be as after an undisturbed night. The audit tells of runs that were refused, too: its chain is verified instead."""
    text, files = state_of(world.settings)
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("audit\t")), files
