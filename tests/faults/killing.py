"""Run something in a forked process that may be killed on the way, as a power cut would."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Mapping

from storage.failpoints import Action, arm


def survives(work: Callable[[], object], spec: Mapping[str, Action]) -> bool:
    """Run work in a child with failpoints armed; True when it ended well, False when it was killed at one."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            arm(spec)
            work()
            status = 0
        except BaseException:  # noqa: BLE001  # the child must end here whatever happens, or it would run the rest of the tests
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert os.waitstatus_to_exitcode(status) == 0, "the child failed by itself; its traceback is above"
    return True
