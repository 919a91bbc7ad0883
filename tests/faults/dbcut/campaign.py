"""Cut a night from its database, then let it recover: it must end as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storage.audit import verify
from storage.database import open_database, reading
from tests.faults.dbcut.children import AGAIN, DONE, FAILED, HUNG, start, wait
from tests.faults.dbcut.proxy import ANSWER, BEFORE, DARK, HOLE, KINDS, RESULT, Cut, Remote, proxying
from tests.faults.dbcut.server import Server, proxied_url, serving
from tests.faults.small import FILES, drop, run_small, small_data, small_world
from tests.flows.nights import World

ANSWER_WITHIN = 2  # seconds that our client waits for an answer in these nights
DEADLINE = 120  # seconds that a run may take, silence of the database included, on a busy machine
TRIES = 4  # runs that recovery may take while the server still keeps what the silenced one held
WEIGHTS = {BEFORE: 5, ANSWER: 6, RESULT: 5, HOLE: 3, DARK: 1}
RESTART = "restart"

State = tuple[str, dict[str, bytes]]


@dataclass(slots=True)
class Lane:
    """A server, a proxy before it and a folder; what was found so far."""

    server: Server
    proxy: Remote
    folder: Path
    data: Path
    undisturbed: State = ("", {})
    events: dict[str, int] = field(default_factory=dict)  # of an undisturbed night
    seconds: float = 0.0  # of an undisturbed night
    figures: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@contextmanager
def lane(folder: Path) -> Iterator[Lane]:
    """Start a server and a proxy, and run one night that nobody disturbs."""
    with ExitStack() as stack:
        server = stack.enter_context(serving())
        proxy = stack.enter_context(proxying(server.socket))
        made = Lane(server, proxy, folder, small_data(folder / "data"))
        with _night(made, "undisturbed") as world:
            proxy.arm(None)
            began = time.monotonic()
            if wait([start(lambda: run_small(world))], seconds=DEADLINE) != [DONE]:
                raise RuntimeError("the undisturbed night failed; its traceback is above")
            made.seconds = time.monotonic() - began
            made.events = proxy.seen()[0]
            made.undisturbed = _state(made, world)
        yield made


def cut_once(made: Lane, chance: random.Random, name: str) -> None:
    """Cut one night at an event drawn by chance, in every other case with two runs competing, and hold its end against the undisturbed."""
    kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    cut = Cut(kind, chance.randint(1, made.events[KINDS[kind]]))
    runs = chance.choice((1, 2))
    heal_first = chance.random() < 0.5  # otherwise the server learns late that its client is gone

    def disturb(world: World) -> list[str]:
        made.proxy.arm(cut)
        ended = wait([start(lambda: run_small(world)) for _ in range(runs)], seconds=DEADLINE)
        made.figures["cuts that struck"] += made.proxy.seen()[1]
        if heal_first or kind == DARK:
            made.proxy.calm()
        made.proxy.arm(None)
        return ended

    made.figures[f"cuts {kind}"] += 1
    _try(made, name, f"{name}: {kind} at {cut.at} of {made.events[KINDS[kind]]}, runs {runs}, healed first {heal_first}", disturb, runs)


def restart_once(made: Lane, chance: random.Random, name: str) -> None:
    """Crash the server somewhere in a night and start it again at once."""
    runs = chance.choice((1, 2))
    moment = chance.uniform(0.1, 1.0) * made.seconds

    def disturb(world: World) -> list[str]:
        made.proxy.arm(None)
        children = [start(lambda: run_small(world)) for _ in range(runs)]
        time.sleep(moment)
        made.server.restart_at_once()
        return wait(children, seconds=DEADLINE)

    made.figures["restarts"] += 1
    _try(made, name, f"{name}: restart after {moment:.2f} s, runs {runs}", disturb, runs)


def _try(made: Lane, name: str, what: str, disturb: Callable[[World], list[str]], runs: int) -> None:
    made.figures["with two runs"] += runs == 2
    with _night(made, name) as world:
        ended = disturb(world)
        made.figures["runs told to run again"] += ended.count(AGAIN)
        if FAILED in ended or HUNG in ended:
            made.failures.append(f"{what}: the runs ended {', '.join(ended)}")
            return
        if not _recover(made, world) or not _recover(made, world):
            made.failures.append(f"{what}: recovery did not end well")
            return
        state = _state(made, world)
        if state != made.undisturbed:
            made.failures.append(f"{what}: {_difference(state, made.undisturbed)}")


def _recover(made: Lane, world: World) -> bool:
    for _ in range(TRIES):
        made.figures["recoveries"] += 1
        ended = wait([start(lambda: run_small(world))], seconds=DEADLINE)
        if ended != [AGAIN]:
            return ended == [DONE]
    return False


@contextmanager
def _night(made: Lane, name: str) -> Iterator[World]:
    """Make a database and a folder for one night, and remove both after it."""
    database = made.server.new_database()
    home = made.folder / name
    world = small_world(home, made.data, database=proxied_url(database, made.proxy.port, answer_within=ANSWER_WITHIN))
    drop(world, FILES)
    try:
        yield world
    finally:
        made.proxy.calm()
        made.server.drop_database(database)
        shutil.rmtree(home)


def _state(made: Lane, world: World) -> State:
    """Return all that must be equal: database, Parquet, what was sent. No temporary file, no holder, no packet half way is left."""
    url = world.settings.database_url
    direct = World(world.settings.model_copy(update={"database": made.server.direct_url(url.rpartition("/")[2].partition("?")[0])}))
    with reading(open_database(direct.settings.database_url)) as connection:
        if verify(connection).broken_at is not None:
            raise AssertionError("the chain of the audit is broken")
    left = [*direct.rows("SELECT holder FROM leases WHERE holder <> ''"), *direct.rows("SELECT packet_key FROM packets WHERE state <> 'visible'"),
            *world.settings.home.rglob("*.tmp"), *world.settings.home.rglob("*.staged")]
    text, files = direct.state()
    return text + "".join(f"left over: {one}\n" for one in left), files


def _difference(found: State, wanted: State) -> str:
    lines, other = set(found[0].splitlines()), set(wanted[0].splitlines())
    files = sorted(name for name in {*found[1], *wanted[1]} if found[1].get(name) != wanted[1].get(name))
    return f"{len(lines - other)} rows too many {sorted(lines - other)[:3]}, {len(other - lines)} missing {sorted(other - lines)[:3]}, files {files[:5]}"
