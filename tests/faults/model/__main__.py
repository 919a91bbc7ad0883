"""make model: nights as a state machine against a dictionary, 2,000 programs of events in any order."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.kill.aside import aside
from tests.faults.kill.night import small_data
from tests.faults.model.machine import Nights
from tests.faults.small import MEMORY

ROOT = Path(__file__).parents[3]
PROGRAMS = 2000
STEPS = 6
PROGRESS = 100


def run(programs: int, start: int) -> dict[str, Any]:
    """Run programs that a seed chooses, up to the first that fails; they are short enough to be told as they are."""
    counted: Any = type("Counted", (Nights,), {"programs": 0, "enough": programs, "teardown": _counting})
    with tempfile.TemporaryDirectory(prefix="cf-model-", dir=MEMORY) as folder, aside():
        Nights.homes = Path(folder)
        data = small_data(Path(folder) / "data")
        for rule in (data / "rules").iterdir():
            rule.unlink()
        Nights.data = data
        chosen = settings(max_examples=programs, stateful_step_count=STEPS, deadline=None, database=None, print_blob=False,
                          phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
        try:
            run_state_machine_as_test(seed(start)(counted), settings=chosen)
        except EnoughError:
            pass
        except Exception:  # noqa: BLE001  # whatever went wrong is told with the program that led to it
            return {"programs": counted.programs, "failures": [traceback.format_exc()]}
    return {"programs": counted.programs, "failures": []}


class EnoughError(BaseException):
    """So many programs as were asked for were played; hypothesis, which calls some of its programs no examples, would play on."""


def _counting(self: Any) -> None:
    type(self).programs += 1
    if self.programs % PROGRESS == 0:
        print(f"  process {os.getpid()}: {self.programs} programs", flush=True)
    Nights.teardown(self)
    if self.programs == self.enough:
        raise EnoughError


def _share(programs: int, start: int, told: Connection) -> None:
    told.send(run(programs, start))


def main(arguments: Sequence[str]) -> int:
    """Run the programs in several processes; 1 where a night and the dictionary differ."""
    parser = argparse.ArgumentParser(prog="model", description=__doc__)
    parser.add_argument("--programs", type=int, default=PROGRAMS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    forking = multiprocessing.get_context("fork")  # everything is imported by now
    chance, workers = random.Random(chosen.seed), []
    for at in range(chosen.processes):
        heard, told = forking.Pipe(duplex=False)
        programs = len(range(at, chosen.programs, chosen.processes))
        forking.Process(target=_share, args=(programs, chance.getrandbits(32), told)).start()
        told.close()
        workers.append(heard)
    done = [heard.recv() for heard in workers]
    result = {"seed": chosen.seed, "programs": sum(each["programs"] for each in done), "steps": STEPS,
              "seconds": round(time.monotonic() - began, 1), "failures": [failure for each in done for failure in each["failures"]]}
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "model.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    for failure in result["failures"]:
        print(failure)
    print(f"model: {result['programs']} programs of up to {STEPS} events in {result['seconds']} s, {len(result['failures'])} failures, "
          f"seed {result['seed']}")
    return int(bool(result["failures"]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
