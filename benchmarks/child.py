"""One measurement in an interpreter of its own, a peer's or ours: python -m benchmarks.child MODULE TASK OUTPUT < paths.

It prints one line of JSON. ``cpu_s`` and ``wall_s`` are those of the work alone, after all imports; ``started_cpu_s`` is what
interpreter and imports cost before it. The peak of memory is the process's, imports included.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import resource
import sys
import time
from pathlib import Path


def cpu() -> float:
    """Return the CPU seconds, user and system, of this process and of those that it started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_mb() -> float:
    """Return the peak of resident memory in MB.

    Linux keeps ru_maxrss over exec, so that a child would begin with the peak of the process that started it: VmHWM is its own.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _warm() -> None:
    """Let pyarrow import what it puts off (pandas, numpy.ma) where it is there: not part of anybody's work."""
    arrow = importlib.import_module("pyarrow")
    arrow.array([""])
    if importlib.util.find_spec("numpy"):
        arrow.array(importlib.import_module("numpy").zeros(1))


def main(module: str, task: str, output: str) -> None:
    """Import, work, report."""
    paths = sys.stdin.read().splitlines()
    work = importlib.import_module(module).TASKS[task]
    _warm()
    gc.collect()
    started_cpu, started = cpu(), time.perf_counter()
    result = work(paths, output)
    used, wall = cpu() - started_cpu, time.perf_counter() - started
    print(json.dumps({"result": result, "cpu_s": used, "wall_s": wall, "started_cpu_s": started_cpu, "peak_rss_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
