"""Runs of a night in forked processes, which end well, with an error that says to run again, or as a failure of the proof."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from edi.errors import LeaseLostError, RetryableError

DONE, AGAIN, FAILED, HUNG = "done", "again", "failed", "hung"
_AGAIN = 75  # the exit status of `crossfoot` for what passes by itself
_LOOK = 0.02
_TELLING = 1.0  # seconds that a run which hangs gets to say where


def start(work: Callable[[], object], *, tell: bool = False) -> int:
    """Start work in a child and return its process id; ``tell`` shows an error that says to run again, too."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        faulthandler.register(signal.SIGUSR1)  # its own forks inherit that
        work()
        status = 0
    except (RetryableError, LeaseLostError) as error:
        status = _AGAIN if "run again" in str(error) else 1
        if status == 1 or tell:
            traceback.print_exc()
    except BaseException:  # noqa: BLE001  # the child must end here whatever happens
        traceback.print_exc()
    finally:
        os._exit(status)


def wait(children: Sequence[int], *, seconds: float) -> list[str]:
    """Wait for children and return how each ended; one that is not done in time says where it stands and is killed."""
    ended: dict[int, str] = {}
    until = time.monotonic() + seconds
    while len(ended) < len(children):
        for child in children:
            if child in ended:
                continue
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                ended[child] = {0: DONE, _AGAIN: AGAIN}.get(code, FAILED)
            elif time.monotonic() > until:
                _end(child)
                ended[child] = HUNG
                print(f"  a run was killed after {seconds:.0f} s", flush=True)
        time.sleep(_LOOK)
    return [ended[child] for child in children]


def _end(child: int) -> None:
    """Let a run and the processes that it forked tell on standard error where they stand, each in turn, and kill them."""
    family = list(_family(child))
    for each in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGUSR1)
            time.sleep(_TELLING)
    for each in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    os.waitpid(child, 0)


def _family(process: int) -> Iterator[int]:
    """Yield a process and all that it started, as far as they still run."""
    yield process
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))
