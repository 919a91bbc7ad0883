"""make dbcut: nights cut from PostgreSQL before COMMIT, with its answer lost, in mid-result and by silence; and crashing servers."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.faults.dbcut.campaign import cut_once, lane, restart_once
from tests.faults.small import MEMORY

ROOT = Path(__file__).parents[3]


def work(number: int, cuts: int, restarts: int, seed: int, told: Connection) -> None:
    """Do the share of one process and tell its figures and failures."""
    chance = random.Random(f"{seed} {number}")
    kinds = [cut_once] * cuts + [restart_once] * restarts
    chance.shuffle(kinds)
    with tempfile.TemporaryDirectory(prefix="cf-cut-", dir=MEMORY) as folder, lane(Path(folder)) as made:
        for at, disturb in enumerate(kinds, start=1):
            disturb(made, chance, f"{number}.{at}")
            if at % 10 == 0:
                print(f"  process {number}: {at} of {len(kinds)}, {len(made.failures)} failures", flush=True)
        told.send({"figures": dict(made.figures), "failures": made.failures, "events": made.events})


def campaign(*, cuts: int, restarts: int, seed: int, processes: int) -> dict[str, Any]:
    """Share the work out and add up what came of it."""
    began = time.monotonic()
    forking = multiprocessing.get_context("fork")  # everything is imported by now
    pipes = [forking.Pipe(duplex=False) for _ in range(processes)]
    workers = [forking.Process(target=work, args=(at, len(range(at, cuts, processes)), len(range(at, restarts, processes)), seed, told))
               for at, (_, told) in enumerate(pipes)]
    for worker, (_, told) in zip(workers, pipes, strict=True):
        worker.start()
        told.close()  # so that a worker that dies is seen to
    done = [heard.recv() for heard, _ in pipes]
    figures: Counter[str] = Counter()
    for each in done:
        figures.update(each["figures"])
    return {
        "seed": seed, "cuts": cuts, "restarts": restarts, "seconds": round(time.monotonic() - began, 1),
        "events of a night": done[0]["events"], "figures": dict(sorted(figures.items())),
        "failures": [failure for each in done for failure in each["failures"]],
    }


def main(arguments: Sequence[str]) -> int:
    """Run the campaign; 1 where a night did not end as it should."""
    parser = argparse.ArgumentParser(prog="dbcut", description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=5)  # half of a night's time is waiting
    chosen = parser.parse_args(arguments)
    result = campaign(cuts=chosen.cuts, restarts=chosen.restarts, seed=chosen.seed, processes=chosen.processes)
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "dbcut.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    for failure in result["failures"]:
        print(failure)
    figures = ", ".join(f"{count} {what}" for what, count in result["figures"].items())
    print(f"dbcut: {result['cuts']} cuts and {result['restarts']} restarts in {result['seconds']} s ({figures}), "
          f"{len(result['failures'])} failures, seed {result['seed']}")
    return int(bool(result["failures"]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
