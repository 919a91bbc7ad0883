"""Work in a process of its own, under limits: what crashes, hangs or eats memory takes nothing else with it, and is found out.

The child is a fork of this process. It may use as much time and as much more memory than it began with as its limits say; both
are measured from outside, so that code which no longer answers is stopped as well.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import selectors
import signal
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from edi.errors import CrossfootError, IntegrityError
from storage.files import write_all

Made = TypeVar("Made")
Item = TypeVar("Item", bound=Hashable)

MOST_POISON = 20  # items of one lot that may kill their reader; beyond it the reader is to blame, not the items
_LOOK_SECONDS = 0.05
_PIPE_BYTES = 1 << 20
_ROOM = 4  # times the limit: the kernel's own bound, for what grows faster than it is looked at


class _Turns:
    """Lets this process fork when no thread works: a lock that a thread holds at a fork is held for ever in the child.

    A fork that waits keeps nobody from beginning, or a lease would not be renewed meanwhile. It waits no longer than for what was
    submitted before it: whoever submits more is who waits.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._working = 0

    @contextmanager
    def work(self) -> Iterator[None]:
        with self._changed:
            self._working += 1
        try:
            yield
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def fork(self) -> int:
        with self._changed:
            self._changed.wait_for(lambda: not self._working)
            return os.fork()


_TURNS = _Turns()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long work may take, in seconds, and by how much its process may grow, in bytes."""

    seconds: float
    growth: int


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended that did not finish its work. The text holds no data: it becomes the reason of a decision."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Finished(Generic[Made]):
    """What the work came to."""

    made: Made


class StoppedError(Exception):
    """Work in this process passed its bounds and was stopped."""


def undivided() -> AbstractContextManager[None]:
    """Let no fork cut in two what a thread does beside others, whatever locks it takes: reading, checking, importing.

    It must not call :func:`run_apart`, which waits until nobody is in such a block.
    """
    return _TURNS.work()


def run_apart(work: Callable[[], Made], bounds: Bounds) -> Finished[Made] | Death:
    """Do work in a forked process and return what it made, which must be possible to pickle, or how it died.

    Raises:
        CrossfootError: what the work itself raised: a database that is away says nothing about a file.
    """
    reader, writer = os.pipe()
    child = _TURNS.fork()
    if child == 0:
        os.close(reader)
        _be_the_child(work, bounds, writer)
    os.close(writer)
    try:
        told, evidence = _listen(reader, child, bounds)
    finally:
        os.close(reader)
        _, status = os.waitpid(child, 0)
    if evidence:
        return Death(evidence)
    if os.WIFSIGNALED(status):
        return Death(f"ended by {signal.Signals(os.WTERMSIG(status)).name}")
    if not told:
        return Death(f"ended with status {os.waitstatus_to_exitcode(status)}")
    kind, made = pickle.loads(told)
    if isinstance(made, CrossfootError) and kind == "ours":
        raise made
    return Finished(made) if kind == "made" else Death(str(made))


def sift(items: Sequence[Item], work: Callable[[Sequence[Item]], Made], bounds: Callable[[Sequence[Item]], Bounds],
         ) -> tuple[list[Made], dict[Item, str]]:
    """Do work on all items apart; where that dies, on each half of them, down to the ones that kill it twice by themselves.

    Returns:
        What the work made of the lots that went through, in order; and the evidence against each item that did not.

    Raises:
        IntegrityError: so many die that it cannot be the items.
    """
    made: list[Made] = []
    poison: dict[Item, str] = {}
    lots = [tuple(items)] if items else []
    while lots:
        lot = lots.pop()
        outcome = run_apart(partial(work, lot), bounds(lot))
        if isinstance(outcome, Death) and len(lot) == 1:
            outcome = run_apart(partial(work, lot), bounds(lot))
        if isinstance(outcome, Finished):
            made.append(outcome.made)
        elif len(lot) > 1:
            half = len(lot) // 2
            lots += [lot[half:], lot[:half]]
        else:
            poison[lot[0]] = outcome.evidence
            if len(poison) > MOST_POISON:
                raise IntegrityError(f"more than {MOST_POISON} files of one packet kill their reader, whose process {outcome.evidence}: it "
                                     "is to blame, not they. Nothing was decided about them; report it, mend it, then run again")
    return made, poison


@contextmanager
def bounded(bounds: Bounds) -> Iterator[None]:
    """Stop this thread's work where it passes its bounds; what hangs outside of Python's own code cannot be stopped from here.

    Raises:
        StoppedError: it did.
    """
    ended, lock = threading.Event(), threading.Lock()
    target, began, at_first = threading.get_ident(), time.monotonic(), _resident(os.getpid())

    def watch() -> None:
        while not ended.wait(min(1.0, bounds.seconds / 4)):
            if time.monotonic() - began > bounds.seconds or _resident(os.getpid()) - at_first > bounds.growth:
                with lock:
                    if not ended.is_set():
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(target), ctypes.py_object(StoppedError))
                return

    threading.Thread(target=watch, name="bounds", daemon=True).start()
    try:
        yield
    finally:
        with lock:
            ended.set()


def _be_the_child(work: Callable[[], object], bounds: Bounds, writer: int) -> None:
    """Do the work and tell the parent, then end at once: nothing of the parent's is closed, flushed or released twice."""
    try:
        _limit(bounds)
        try:
            told: tuple[str, object] = ("made", work())
        except CrossfootError as error:
            told = ("ours", error)
        except MemoryError:
            told = ("died", _too_much(bounds))
        except Exception as error:  # noqa: BLE001  # whatever the work does to itself is what is asked
            told = ("died", _where(error))
        write_all(writer, pickle.dumps(told, protocol=5))
    finally:
        os._exit(0)


def _limit(bounds: Bounds) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash that is expected leaves no copy of partners' data behind
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = _data_bytes() + _ROOM * bounds.growth
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _listen(reader: int, child: int, bounds: Bounds) -> tuple[bytes, str]:
    """Take what the child tells until it closes its end; stop it where it passes its bounds, and return the evidence."""
    began, at_first, told = time.monotonic(), _resident(child), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while True:
            if selector.select(_LOOK_SECONDS):
                piece = os.read(reader, _PIPE_BYTES)
                if not piece:
                    return bytes(told), ""
                told += piece
                continue
            evidence = _too_long(bounds) if time.monotonic() - began > bounds.seconds else \
                _too_much(bounds) if _resident(child) - at_first > bounds.growth else ""
            if evidence:
                os.kill(child, signal.SIGKILL)
                return b"", evidence


def _too_long(bounds: Bounds) -> str:
    return f"took longer than {bounds.seconds:.0f} s"


def _too_much(bounds: Bounds) -> str:
    return f"needed more than {bounds.growth / 2**20:.0f} MiB"


def _where(error: Exception) -> str:
    """Tell an exception by its kind and the line of ours that it comes from; its text may quote values."""
    frame, place = error.__traceback__, ""
    while frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "")
        if name.partition(".")[0] in ("edi", "transforms", "flows"):
            place = f" at {name} line {frame.tb_lineno}"
        frame = frame.tb_next
    return f"raised {type(error).__name__}{place}"


def _resident(process: int) -> int:
    """Return the resident memory of a process in bytes, 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _data_bytes() -> int:
    """Return the writable memory that this process has asked for: what RLIMIT_DATA counts."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0
