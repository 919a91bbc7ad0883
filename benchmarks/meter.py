"""CPU by step: functions of the running program are wrapped, and what one step calls another one for is not counted twice."""

from __future__ import annotations

import functools
import importlib
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import GeneratorType
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Step:
    """A function, as ``module:name`` where it is looked up when it is called, and the step that its time belongs to."""

    name: str
    function: str


@dataclass(slots=True)
class Meter:
    """CPU seconds by step, of this process and of the database's server; calls; and what no step claims, under the empty name."""

    server: int | None = None  # process id of the server that our work lets work
    ours: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    theirs: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)
    _at: list[str] = field(default_factory=lambda: [""])
    _since: float = 0.0
    _server_since: float = 0.0

    @contextmanager
    def measuring(self, steps: tuple[Step, ...]) -> Iterator[None]:
        """Wrap the functions of steps while the block runs."""
        found = [(step, *_owner(step.function)) for step in steps]
        real = [(owner, name, getattr(owner, name)) for _, owner, name in found]
        for (step, owner, name), (_, _, function) in zip(found, real, strict=True):
            setattr(owner, name, self._wrapped(step.name, function))
        self._since, self._server_since = time.process_time(), server_seconds(self.server)
        try:
            yield
        finally:
            self._charge()
            for owner, name, function in real:
                setattr(owner, name, function)

    def _wrapped(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self.calls[step] += 1
            with self._within(step):
                result = function(*arguments, **named)
            return self._each(step, result) if isinstance(result, GeneratorType) else result
        return timed

    def _each(self, step: str, items: Iterator[Any]) -> Iterator[Any]:
        """Charge a generator's work to its step, and what is done with each item to whoever does it."""
        while True:
            with self._within(step):
                item = next(items, self)
            if item is self:
                return
            yield item

    @contextmanager
    def _within(self, step: str) -> Iterator[None]:
        self._charge()
        self._at.append(step)
        try:
            yield
        finally:
            self._charge()
            self._at.pop()

    def _charge(self) -> None:
        now = time.process_time()
        self.ours[self._at[-1]] += now - self._since
        self._since = now
        if self.server is not None:
            theirs = server_seconds(self.server)
            self.theirs[self._at[-1]] += theirs - self._server_since
            self._server_since = theirs
            self._since = time.process_time()  # looking at the server is nobody's work


def server_seconds(process: int | None) -> float:
    """Return the CPU seconds of a server: its own, those of children that have ended, and those of children that run."""
    if process is None:
        return 0.0
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return (_ticks(process, 4) + sum(_ticks(int(child), 2) for child in children)) / _TICKS


def _ticks(process: int, fields: int) -> int:
    try:
        stat = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0  # it has just ended: from now on it counts among its parent's
    return sum(int(ticks) for ticks in stat[11:11 + fields])  # utime, stime, cutime, cstime


def _owner(function: str) -> tuple[Any, str]:
    module, _, path = function.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for each in outer:
        owner = getattr(owner, each)
    return owner, name
