"""One campaign in a process of its own, since libFuzzer never comes back: target, number of inputs, seed and folder are its arguments."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from random import Random

import atheris
import numpy  # noqa: F401  # loaded before our own modules, so that only those are instrumented
import pyarrow.compute  # noqa: F401

with atheris.instrument_imports(include=["edi", "transforms"], enable_loader_override=False):
    from tests.fuzz.campaign import TARGETS, Campaign
from tests.fuzz import mutate

HANGS_AFTER = 600  # seconds of the clock for one round, on a machine however busy: beyond that libFuzzer keeps the input and stops
REPORTS_EVERY = 60  # seconds: a campaign that is stopped has told how far it came
MOST_MEGABYTES = 2048  # of the whole process, with what libFuzzer remembers; each round has a limit of its own


def main(name: str, runs: int, seed: int, folder: Path) -> None:
    """Try as many inputs as asked for, write the result and leave."""
    target = TARGETS[name]
    campaign = Campaign(target, name, folder)
    campaign.warm_up()
    start, cpu_start = time.perf_counter(), time.process_time()
    next_report = start + REPORTS_EVERY

    def one(data: bytes) -> None:
        nonlocal next_report
        campaign.round(data, runs - campaign.executions)
        now = time.perf_counter()
        if campaign.executions >= runs or now > next_report:
            next_report = now + REPORTS_EVERY
            result = campaign.result(now - start, time.process_time() - cpu_start, seed)
            _put(folder / f"{name}.json", json.dumps(result, indent=1))
        if campaign.executions >= runs:
            os._exit(0)  # libFuzzer has nothing to add

    def mutator(data: bytes, most: int, chosen: int) -> bytes:
        random = Random(chosen)
        if random.random() < 0.3:
            return atheris.Mutate(data, most)
        return mutate.damaged(data, random, target.ways)[:most]

    atheris.Setup([
        "fuzz", f"-seed={seed}", f"-max_len={mutate.MOST_BYTES}", f"-timeout={HANGS_AFTER}",
        f"-report_slow_units={HANGS_AFTER}", "-verbosity=0",
        f"-rss_limit_mb={MOST_MEGABYTES}", f"-artifact_prefix={folder}/{name}-", *_corpus(name, folder),
    ], one, custom_mutator=mutator)
    atheris.Fuzz()


def _put(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _corpus(name: str, folder: Path) -> list[str]:
    """Write the seeds where libFuzzer reads them; what it finds interesting goes into a folder before it."""
    for each in ("found", "seeds"):
        (folder / name / each).mkdir(parents=True, exist_ok=True)
    for at, data in enumerate(TARGETS[name].seeds()):
        (folder / name / "seeds" / f"{at:03d}").write_bytes(data)
    return [str(folder / name / each) for each in ("found", "seeds")]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
