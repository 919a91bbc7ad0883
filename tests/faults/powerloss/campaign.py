"""Cuts the power many times: at every instant of a night, and of nights that go on after a loss or a kill, several deep.

A kill loses nothing by itself, but leaves names that are there and not synced; a run that finds them must not build on them.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from storage.lake import read_lake
from storage.landing import arrivals, read_landed
from tests.faults.powerloss import night
from tests.faults.powerloss.disk import Disk
from tests.faults.powerloss.promises import broken
from tests.faults.powerloss.traces import Promises, Trace, record, write_tree
from transforms.model import TABLES

DEEPEST = 4


@dataclass(slots=True)
class Figures:
    """What a campaign saw."""

    calls: int = 0  # of the undisturbed night
    commits: int = 0
    losses: int = 0
    distinct: int = 0
    recoveries: int = 0  # on a real disk, by our own code
    deepest: int = 0
    broken: Counter[str] = field(default_factory=Counter)  # promises, in words


@dataclass(frozen=True, slots=True)
class Break:
    """A run that was cut short: the disk that the next one finds, and what had been promised."""

    disk: Disk
    promises: Promises


def simulate(trace: Trace, count: int, random: Random, *, keep: int = 5) -> tuple[list[Break], Counter[str], int]:
    """Cut the power ``count`` times, spread evenly over a trace.

    Returns:
        About ``keep`` breaks to go on from, half of them kills, the promises that were broken, and how many of the losses differ.
    """
    instants = len(trace.events) + 1 + len(trace.promises)
    kept: list[Break] = []
    found: Counter[str] = Counter()
    seen: set[tuple[int, tuple[object, ...]]] = set()
    for at, (disk, promises) in enumerate(trace.instants()):
        for _ in range(count * (at + 1) // instants - count * at // instants):
            tree = disk.lose(random)
            seen.add((at, tree.chance))
            wrong = broken(tree, promises)
            found.update(wrong)
            if not wrong and random.random() * count < keep:
                kept.append(Break(random.choice((Disk(tree), disk.copy())), promises))
    return kept, found, len(seen)


def first_night(folder: Path) -> tuple[Trace, night.State]:
    """Record an undisturbed night, and return it with the state that it ends in."""
    home = folder / "undisturbed"
    night.drop(home)
    trace = record(home, night.run)
    return trace, night.state(home)


def campaign(folder: Path, *, losses: int, recoveries: int, seed: int, say: Callable[[str], None] = lambda _: None) -> Figures:
    """Lose power in an undisturbed night, recover from some of the losses for real, and lose power in those recoveries.

    A night that goes on after a loss must end as the undisturbed one did, and once more when it is run again.
    """
    random = Random(seed)
    first, undisturbed = first_night(folder)
    figures = Figures(calls=len(first.events), commits=len(first.promises) - len(night.DROPPED))
    half = losses // 2 if recoveries else losses
    from_first = _lose(first, half, random, figures, keep=recoveries)
    waiting: list[tuple[int, Break]] = []
    for done in range(recoveries):
        depth, cut = waiting.pop() if waiting else (1, random.choice(from_first))
        home = folder / f"recovery-{done}"
        trace = recover(home, cut, undisturbed)
        share = half * (done + 1) // recoveries - half * done // recoveries
        kept = _lose(trace, share, random, figures)
        if kept and depth < DEEPEST:
            waiting.append((depth + 1, random.choice(kept)))
        figures.recoveries, figures.deepest = done + 1, max(figures.deepest, depth)
        shutil.rmtree(home)
        if done % 25 == 24:
            say(f"{figures.losses} losses, {figures.recoveries} recoveries on a real disk, {sum(figures.broken.values())} broken promises")
    return figures


def recover(home: Path, cut: Break, undisturbed: night.State) -> Trace:
    """Put what is left on a real disk, look with our reading functions, run the night to its end twice, and compare."""
    write_tree(home, cut.disk.seen(), cut.promises.facts.database)
    came = {each.arrival: each for each in arrivals(home / "landing", night.DAY)}
    for each in cut.promises.landed:
        assert (came[each.arrival].name, came[each.arrival].hash) == (each.name, each.hash)
        read_landed(home / "landing", each.hash)
    for name in TABLES:
        read_lake(home / "lake", name)
    trace = record(home, night.run, cut.promises, cut.disk)
    assert night.state(home) == undisturbed, "after a power loss the night ended otherwise"
    night.run(home)
    assert night.state(home) == undisturbed, "a second run changed something"
    return trace


def _lose(trace: Trace, count: int, random: Random, figures: Figures, *, keep: int = 5) -> list[Break]:
    kept, found, distinct = simulate(trace, count, random, keep=keep)
    figures.losses += count
    figures.distinct += distinct
    figures.broken.update(found)
    return kept


def broken_by(mutant: Callable[[Trace], Trace], trace: Trace, *, count: int = 1000, seed: int = 1) -> int:
    """Return how many of so many losses break a promise where the calls of a night are changed so."""
    random = Random(seed)
    cuts = Counter(random.choices(range(len(trace.events) + 1 + len(trace.promises)), k=count))
    return sum(bool(broken(disk.lose(random), promises))
               for at, (disk, promises) in enumerate(mutant(trace).instants()) for _ in range(cuts[at]))


def _without(name: str) -> Callable[[Trace], Trace]:
    return lambda trace: replace(trace, events=[("nothing", ()) if event[0] == name else event for event in trace.events])


def _renamed_first(trace: Trace) -> Trace:
    """Sync each file only after it has its name."""
    events = list(trace.events)
    for at, event in enumerate(trace.events):
        if event[0] == "sync_file":
            renamed = next(later for later in range(at, len(events)) if events[later][0] == "rename")
            events.insert(renamed, events.pop(at))
    return replace(trace, events=events)


MUTANTS: dict[str, Callable[[Trace], Trace]] = {  # a double that finds no loss in these could find none at all
    "without the fsync of files": _without("sync_file"),
    "without the fsync of folders": _without("sync_folder"),
    "renamed before the fsync": _renamed_first,
}
