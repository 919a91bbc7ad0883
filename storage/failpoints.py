"""Named points where tests kill or fail the process, so that every step of a durable write can be interrupted on purpose.

A point costs one look at an empty mapping while nothing is armed. Points are declared at import, so that tests can iterate
over all of them and none is forgotten.
"""

from __future__ import annotations

import errno as errors
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from edi.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Action:
    """What happens at a point, and at which hit of it (from 1)."""

    do: Callable[[], None]
    on_hit: int = 1  # EVERY for each of them


EVERY = 0

NAMES: set[str] = set()  # every declared point; iterate it sorted

_armed: dict[str, Action] = {}
_hits: dict[str, int] = {}
_lock = threading.Lock()


def declare(name: str) -> str:
    """Register a point and return its name; modules do this at import."""
    NAMES.add(name)
    return name


def hit(name: str) -> None:
    """Pass a point: nothing happens unless it is armed and its hit has come."""
    if _armed:
        _strike(name)


def kill(*, on_hit: int = 1) -> Action:
    """SIGKILL this process: nothing is flushed, closed or rolled back."""
    return Action(lambda: os.kill(os.getpid(), signal.SIGKILL), on_hit)


def fail(number: int, *, on_hit: int = 1) -> Action:
    """Raise the OSError of an errno, as a full disk or a failing device would."""
    return raising(OSError(number, os.strerror(number)), on_hit=on_hit)


def raising(exception: BaseException, *, on_hit: int = 1) -> Action:
    """Raise a given exception."""
    def do() -> None:
        raise exception

    return Action(do, on_hit)


def arm(spec: Mapping[str, Action]) -> None:
    """Arm points, forgetting what was armed and counted before; an empty mapping disarms all."""
    unknown = sorted(set(spec) - NAMES)
    if unknown:
        raise ConfigurationError(f"no failpoint is named {', '.join(unknown)}; declared are: {', '.join(sorted(NAMES))}")
    with _lock:
        _hits.clear()
        _armed.clear()
        _armed.update(spec)


@contextmanager
def armed(spec: Mapping[str, Action]) -> Iterator[None]:
    """Arm points for the time of a block."""
    arm(spec)
    try:
        yield
    finally:
        arm({})


def parse(text: str) -> dict[str, Action]:
    """Read ``name=kill``, ``name=ENOSPC`` or ``name=kill@3`` (the third hit), separated by commas."""
    spec: dict[str, Action] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, what = item.partition("=")
        action, _, nth = what.partition("@")
        on_hit = int(nth) if nth.isdigit() else 1
        if action == "kill":
            spec[name] = kill(on_hit=on_hit)
        elif hasattr(errors, action):
            spec[name] = fail(getattr(errors, action), on_hit=on_hit)
        else:
            raise ConfigurationError(f"failpoint {name} has no action '{action}'; write kill or the name of an errno, such as ENOSPC")
    return spec


def _strike(name: str) -> None:
    if name not in NAMES:
        raise ConfigurationError(f"failpoint {name} is passed but not declared; declare it where its module is imported")
    with _lock:
        _hits[name] = _hits.get(name, 0) + 1
        action = _armed.get(name)
        due = action is not None and action.on_hit in (EVERY, _hits[name])
    if due and action is not None:
        action.do()
