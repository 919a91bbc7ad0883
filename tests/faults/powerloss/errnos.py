"""Lets the n-th call to the file system fail, for every n: the run stops with our own words, and the next one ends undisturbed."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from edi.errors import CrossfootError, DeviceError
from tests.faults.powerloss import night
from tests.faults.powerloss.calls import Call, watched

FAULTS = ("ENOSPC", "EIO", "EINTR", "short")
DROPPED = ("a.edi", "c.edi")
PACKETS = ("packet-a",)
CLEANING = ("close", "unlink")  # all that may follow an fsync that failed


class Fault:
    """Makes the n-th call fail, and notes it with the calls that come after it."""

    def __init__(self, kind: str, nth: int) -> None:
        self.kind, self.nth, self.count = kind, nth, 0
        self.struck: Call | None = None
        self.afterwards: list[str] = []

    def __call__(self, call: Call) -> Call:
        """Let a call pass, or fail."""
        self.count += 1
        if self.struck is not None:
            self.afterwards.append(call.name)
        if self.count != self.nth:
            return call
        self.struck = call
        if self.kind == "short":
            return replace(call, data=call.data[:len(call.data) // 2])
        number = getattr(errno, self.kind)
        raise OSError(number, os.strerror(number))


@dataclass(slots=True)
class Strikes:
    """What came of it."""

    calls: int = 0
    struck: Counter[str] = field(default_factory=Counter)  # by fault
    stopped: int = 0
    failures: list[str] = field(default_factory=list)


def run(home: Path) -> None:
    """The night, cut down so that it can be run for every call and every fault."""
    night.run(home, packets=PACKETS)


def strike_every_call(folder: Path, *, every: int = 1, say: Callable[[str], None] = lambda _: None) -> Strikes:
    """Run the small night once for each call and fault, and then once more.

    Args:
        every: take each so-manieth call only.
    """
    calls: list[Call] = []
    night.drop(folder / "undisturbed", DROPPED)
    with watched(folder / "undisturbed", after=lambda call, _: calls.append(call), synced=False):
        run(folder / "undisturbed")
    undisturbed = night.state(folder / "undisturbed")
    result = Strikes(len(calls))
    for nth, call in enumerate(calls[::every]):
        for kind in FAULTS:
            if kind != "short" or len(call.data) > 1:
                _strike(folder / f"{kind}-{nth}", Fault(kind, nth * every + 1), undisturbed, result)
        if nth % 40 == 39:
            say(f"{nth + 1} of {len(calls)} calls failed once each, {len(result.failures)} failures")
    return result


def _strike(home: Path, fault: Fault, undisturbed: night.State, result: Strikes) -> None:
    night.drop(home, DROPPED)
    stopped: Exception | None = None
    try:
        with watched(home, before=fault, synced=False):
            run(home)
    except (CrossfootError, OSError) as error:
        stopped = error
    assert fault.struck is not None, "a run makes the same calls each time"
    result.struck[fault.kind] += 1
    result.stopped += stopped is not None
    if stopped is None and night.state(home) != undisturbed:
        result.failures.append(f"{_told(fault)}: the run went on, and ended otherwise")
    result.failures.extend(f"{_told(fault)}: {words}" for words in _wrongs(fault, stopped))
    with watched(home, synced=False):
        run(home)
    if night.state(home) != undisturbed:
        result.failures.append(f"{_told(fault)}: the next run ended otherwise")
    shutil.rmtree(home)


def _wrongs(fault: Fault, stopped: Exception | None) -> list[str]:
    """Return what is wrong with how a run took a fault."""
    found = []
    if fault.kind == "short" and stopped is not None:
        found.append("the rest of a short write was not written")
    if stopped is not None and not isinstance(stopped, CrossfootError):
        found.append(f"the words are not ours: {stopped}")
    if fault.struck is not None and fault.struck.name == "fsync":
        if not isinstance(stopped, DeviceError):
            found.append("an fsync failed, and the run did not stop for it")
        if more := sorted(set(fault.afterwards) - set(CLEANING)):
            found.append(f"after an fsync that failed came {', '.join(more)}")
    return found


def _told(fault: Fault) -> str:
    call = fault.struck
    return f"{fault.kind} at call {fault.nth}" + (f", {call.name} {call.path}" if call else "")
