"""One campaign in a process of its own, since libFuzzer never comes back: target, number of inputs, seed and folder are its arguments.

Rounds are read in a second process, where our modules are as they are: instrumented ones take three times as long. libFuzzer sees
one input of each round in the first process, which is all that it learns from.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import atheris
import numpy  # noqa: F401  # loaded before our own modules, so that only those are instrumented
import pyarrow.compute  # noqa: F401

from tests.fuzz import mutate

HANGS_AFTER = 600  # seconds of the clock for one round, on a machine however busy: beyond that libFuzzer keeps the input and stops
REPORTS_EVERY = 60  # seconds: a campaign that is stopped has told how far it came
MOST_MEGABYTES = 2048  # of the first process, with what libFuzzer remembers; each round has a limit of its own
DIED = 70


def main(name: str, runs: int, seed: int, folder: Path) -> None:
    """Try as many inputs as asked for, write the result and leave."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    beside = fork.Process(target=_beside, args=(here, there, name, runs, seed, folder))
    beside.start()  # before our modules are instrumented
    there.close()
    with atheris.instrument_imports(include=["edi", "transforms"], enable_loader_override=False):
        from tests.fuzz.campaign import TARGETS
    target = TARGETS[name]

    def one(data: bytes) -> None:
        with suppress(Exception):  # what fails here fails in the round, too, and is told there
            target.examine([data])
        try:
            here.send((data, time.process_time()))
            executions = here.recv()
        except (EOFError, OSError):
            (folder / f"{name}-died").write_bytes(data)
            print(f"{name}: the round that begins with {folder / f'{name}-died'} ended its process", file=sys.stderr, flush=True)
            os._exit(DIED)
        if executions >= runs:
            beside.join()
            os._exit(0)  # libFuzzer has nothing to add

    def mutator(data: bytes, most: int, chosen: int) -> bytes:
        random = Random(chosen)
        if random.random() < 0.3:
            return atheris.Mutate(data, most)
        return mutate.damaged(data, random, target.ways)[:most]

    atheris.Setup([
        "fuzz", f"-seed={seed}", f"-max_len={mutate.MOST_BYTES}", f"-timeout={HANGS_AFTER}",
        f"-report_slow_units={HANGS_AFTER}", "-verbosity=0",
        f"-rss_limit_mb={MOST_MEGABYTES}", f"-artifact_prefix={folder}/{name}-", *_corpus(folder / name, target.seeds()),
    ], one, custom_mutator=mutator)
    atheris.Fuzz()


def _beside(here: Connection, there: Connection, name: str, runs: int, seed: int, folder: Path) -> None:
    here.close()  # what fork left open: else nobody would hear that the first process has ended
    with suppress(EOFError):
        rounds(name, runs, seed, folder, there)


def rounds(name: str, runs: int, seed: int, folder: Path, heard: Connection) -> None:
    """Try the rounds that begin with what is heard, and tell of them in a file, at times and at the end."""
    from tests.fuzz.campaign import TARGETS, Campaign

    campaign = Campaign(TARGETS[name], name, folder)
    campaign.warm_up()
    start, cpu_start = time.perf_counter(), time.process_time()
    next_report = start + REPORTS_EVERY
    while campaign.executions < runs:
        data, cpu_of_fuzzer = heard.recv()
        campaign.round(data, runs - campaign.executions)
        now = time.perf_counter()
        if campaign.executions >= runs or now > next_report:
            next_report = now + REPORTS_EVERY
            result = campaign.result(now - start, time.process_time() - cpu_start + cpu_of_fuzzer, seed)
            _put(folder / f"{name}.json", json.dumps(result, indent=1))
        heard.send(campaign.executions)


def _put(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _corpus(folder: Path, seeds: list[bytes]) -> list[str]:
    """Write the seeds where libFuzzer reads them; what it finds interesting goes into a folder before it."""
    for each in ("found", "seeds"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    for at, data in enumerate(seeds):
        (folder / "seeds" / f"{at:03d}").write_bytes(data)
    return [str(folder / each) for each in ("found", "seeds")]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
