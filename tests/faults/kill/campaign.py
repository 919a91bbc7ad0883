"""Kill the small night at every hit of every failpoint, and kill recoveries again, in chains; after each what holds is checked."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from storage.failpoints import EVERY, NAMES, Action, armed, kill
from tests.faults.evidence import Memory, State, state_of
from tests.faults.invariants import ViolatedError, check, differences
from tests.faults.kill.night import small_data, small_world
from tests.faults.killing import survives
from tests.faults.small import run_small
from tests.flows.nights import World

DEEPEST = 5  # kills in a chain, of which all but the first strike a recovery
FEWEST = 25  # hits among which the next kill of a chain is drawn, however little is left to do


@dataclass(slots=True)
class Figures:
    """What was done and found."""

    kills: int = 0
    nights: int = 0  # that were killed at least once
    checks: int = 0
    deepest: int = 0
    points: Counter[str] = field(default_factory=Counter)  # kills by failpoint
    slowest_recovery: float = 0.0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Add up."""
        self.kills += other.kills
        self.nights += other.nights
        self.checks += other.checks
        self.deepest = max(self.deepest, other.deepest)
        self.points.update(other.points)
        self.slowest_recovery = max(self.slowest_recovery, other.slowest_recovery)
        self.failures.extend(other.failures)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A night that nobody disturbed: what it left, which points it passed in which order, how long it took."""

    data: Path
    state: State
    points: tuple[str, ...]
    seconds: float


def undisturbed(folder: Path) -> Undisturbed:
    """Run the night twice: once to have everything imported and remembered, once to be measured."""
    data = small_data(folder / "data")
    points: list[str] = []
    first = small_world(folder / "first", data)
    with armed({name: Action(partial(points.append, name), EVERY) for name in NAMES}):
        run_small(first)
    second = small_world(folder / "second", data)
    began = time.perf_counter()
    run_small(second)
    seconds = time.perf_counter() - began
    state = state_of(second.settings)
    if problems := list(differences(state_of(first.settings), state)):
        raise ViolatedError("two undisturbed nights differ: " + "; ".join(problems))
    return Undisturbed(data, state, tuple(points), seconds)


def killed_at(made: World, hit: int) -> bool:
    """Run a night and kill it at the n-th hit, whichever point that is; False where it ended before."""
    passed = count(1)

    def strike() -> None:
        if next(passed) == hit:
            kill().do()

    return not survives(partial(run_small, made), {name: Action(strike, EVERY) for name in NAMES})


def one_hit(before: Undisturbed, home: Path, hit: int) -> Figures:
    """Kill a night at one hit, recover, recover again."""
    point = f"{before.points[hit - 1]}, hit {hit}"
    figures = Figures(nights=1, deepest=1)

    def disturb(made: World, memory: Memory) -> None:
        if not killed_at(made, hit):
            raise ViolatedError("the night ended without passing it")
        _after_a_kill(made, memory, figures, before.points[hit - 1])

    return _judged(before, home, point, disturb, figures)


def one_chain(before: Undisturbed, home: Path, seed: str) -> Figures:
    """Kill a night, kill its recovery, and so on; then recover and recover again."""
    chance = Random(seed)
    depth = chance.randint(2, DEEPEST)  # a chain of one is a hit
    figures = Figures(nights=1)

    def disturb(made: World, memory: Memory) -> None:
        left = len(before.points)
        while figures.deepest < depth:
            hit = chance.randint(1, max(left, FEWEST))
            if not killed_at(made, hit):
                return  # there was less left to do
            left -= hit
            figures.deepest += 1
            _after_a_kill(made, memory, figures, "in a chain")

    return _judged(before, home, f"chain {seed}", disturb, figures)


def _after_a_kill(made: World, memory: Memory, figures: Figures, point: str) -> None:
    figures.kills += 1
    figures.points[point] += 1
    figures.checks += 1
    check(made.settings, memory, at_rest=False)


def _judged(before: Undisturbed, home: Path, what: str, disturb: Callable[[World, Memory], None], figures: Figures) -> Figures:
    """Disturb a night, recover twice and check after each; a home that fails is kept."""
    made, memory = small_world(home, before.data), Memory()
    try:
        disturb(made, memory)
        for _ in ("recovery", "second recovery"):
            began = time.perf_counter()
            run_small(made)
            figures.slowest_recovery = max(figures.slowest_recovery, time.perf_counter() - began)
            check(made.settings, memory, undisturbed=before.state, state=state_of(made.settings))
            figures.checks += 1
    except Exception as error:  # noqa: BLE001  # whatever it is, the others go on, and the message says where
        figures.failures.append(f"{what}: {type(error).__name__}: {error}")
        return figures
    shutil.rmtree(home)
    return figures


def plain(figures: Figures) -> Mapping[str, object]:
    """Return figures for JSON."""
    return {"kills": figures.kills, "nights": figures.nights, "checks": figures.checks, "deepest": figures.deepest,
            "points": dict(sorted(figures.points.items())), "slowest_recovery_seconds": round(figures.slowest_recovery, 2),
            "failures": figures.failures}
