"""make kill: SIGKILL at every hit of every failpoint of a night, 500 kills in chains up to five deep, 30 kills of real processes.

``python -m tests.faults.kill --chained 5000 --processes 300`` for longer. A home that does not recover is kept, and named.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path

from flows.prefecting import server
from tests.faults.kill import process
from tests.faults.kill.aside import aside
from tests.faults.kill.campaign import Figures, Undisturbed, one_chain, one_hit, plain, undisturbed
from tests.faults.small import MEMORY

ROOT = Path(__file__).parents[3]
CHAINED, PROCESSES, WORKERS = 500, 30, 2
COMMAND_EVERY = 8  # nights of killed processes that a process ends, too
RECOVERY_FACTOR, RECOVERY_SECONDS = 1.2, 5.0  # a recovery may take this times an undisturbed run, and so much more

Job = Callable[[], Figures]


def say(words: str) -> None:
    """Tell progress."""
    print(f"kill: {words}", flush=True)


def carried_out(pool: Pool, jobs: Iterator[Job], *, enough: int | None = None, every: int = 50) -> Figures:
    """Carry jobs out in processes of the pool, until there are none or there were enough kills."""
    figures, told = Figures(), 0
    ahead: deque[AsyncResult[Figures]] = deque()
    for job in jobs:
        ahead.append(pool.apply_async(job))
        if len(ahead) <= WORKERS:
            continue
        _add(figures, ahead.popleft().get())
        if enough is not None and figures.kills >= enough:
            break
        if figures.kills >= told + every:
            told = figures.kills
            say(f"{figures.kills} kills, {len(figures.failures)} failures")
    for waiting in ahead:
        _add(figures, waiting.get())
    return figures


def _add(figures: Figures, made: Figures) -> None:
    figures.add(made)
    for failure in made.failures:
        say(f"FAILED {failure}")


def hits(before: Undisturbed, folder: Path) -> Iterator[Job]:
    """Yield one night for every hit of every failpoint."""
    return (partial(one_hit, before, folder / f"hit-{hit}", hit) for hit in range(1, len(before.points) + 1))


def chains(before: Undisturbed, folder: Path, seed: int) -> Iterator[Job]:
    """Yield chains without end."""
    return (partial(one_chain, before, folder / f"chain-{number}", f"{seed}.{number}") for number in count(1))


def processes(before: process.Undisturbed, folder: Path, seed: int, *, with_prefect: bool) -> Iterator[Job]:
    """Yield kills of real processes without end; now and then one ends before it is killed."""
    return (partial(process.one_process, before, folder / f"process-{at}", f"{seed}.{at}", with_prefect=with_prefect,
                    recovered_by_command=at % COMMAND_EVERY == 1) for at in count(1))


def slow(figures: Figures, seconds: float) -> list[str]:
    """Complain where a recovery took longer than it may."""
    most = RECOVERY_FACTOR * seconds + RECOVERY_SECONDS
    return [f"a recovery took {figures.slowest_recovery:.1f} s, more than {most:.1f}"] * (figures.slowest_recovery > most)


def campaign(folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    """Carry out all three parts and return what came of them."""
    result: dict[str, object] = {}
    total = Figures()

    def add(name: str, figures: Figures, seconds: float) -> None:
        for failure in slow(figures, seconds):
            _add(figures, Figures(failures=[failure]))
        total.add(figures)
        result[name] = {**plain(figures), "undisturbed_seconds": round(seconds, 2)}
        say(f"{name}: {figures.kills} kills, slowest recovery {figures.slowest_recovery:.1f} s, undisturbed {seconds:.1f} s, "
            f"{len(figures.failures)} failures")

    fork = multiprocessing.get_context("fork")
    with aside():
        before = undisturbed(folder)
        with fork.Pool(WORKERS) as pool:
            add("hits", carried_out(pool, hits(before, folder)), before.seconds)
            add("chains", carried_out(pool, chains(before, folder, chosen.seed), enough=chosen.chained), before.seconds)
    with server(folder / "prefect"), fork.Pool(WORKERS) as pool:
        for name, with_prefect, kills in (("processes", True, (chosen.processes + 1) // 2),
                                          ("processes without Prefect", False, chosen.processes // 2)):
            place = folder / name.replace(" ", "-")
            alone = _processes_alone(pool, place / "before", before.data, with_prefect=with_prefect)
            figures = carried_out(pool, processes(alone, place, chosen.seed, with_prefect=with_prefect), enough=kills, every=5)
            seconds = alone.seconds
            if slow(figures, seconds):  # perhaps others use the machine by now
                seconds = max(seconds, _processes_alone(pool, place / "after", before.data, with_prefect=with_prefect).seconds)
            add(name, figures, seconds)
    return {**result, "kills": total.kills, "checks": total.checks, "deepest": total.deepest, "failures": len(total.failures)}


def _processes_alone(pool: Pool, folder: Path, data: Path, *, with_prefect: bool) -> process.Undisturbed:
    """Run undisturbed processes beside each other, as those that are killed run, and return the slowest, with the shortest work of all.

    At first there is one more than there are cores: the first ones load from the disk what all others find in memory.
    """
    run = partial(process.undisturbed, data=data, with_prefect=with_prefect)
    made = pool.map(run, [folder / f"undisturbed-{number}" for number in range(WORKERS + with_prefect)], chunksize=1)
    slowest = max(made, key=lambda each: each.seconds)
    return replace(slowest, working_seconds=min(each.working_seconds for each in made))


def main(arguments: Sequence[str]) -> int:
    """Run the proof; 1 where a night did not end as if it had not been killed."""
    parser = argparse.ArgumentParser(prog="kill", description=__doc__)
    parser.add_argument("--chained", type=int, default=CHAINED, help=f"kills in chains, {CHAINED} if left out")
    parser.add_argument("--processes", type=int, default=PROCESSES,
                        help=f"kills of real processes, half of them without Prefect, {PROCESSES} if left out")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="crossfoot-kill-", dir=MEMORY))
    result = {"seed": chosen.seed, **campaign(folder, chosen)}
    result["seconds"] = round(time.monotonic() - began)
    if not result["failures"]:
        shutil.rmtree(folder)
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "kill.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    say(f"{result['kills']} kills, up to {result['deepest']} deep, {result['checks']} checks of all invariants in {result['seconds']} s: "
        f"{result['failures']} failures, seed {chosen.seed}" + (f"; what failed is kept in {folder}" if result["failures"] else ""))
    return int(bool(result["failures"]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
