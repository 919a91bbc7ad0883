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
MOST_MEGABYTES = 2048  # of the whole process, with what libFuzzer remembers; each round has a limit of its own


def main(name: str, runs: int, seed: int, folder: Path) -> None:
    """Try as many inputs as asked for, write the result and leave."""
    target = TARGETS[name]
    campaign = Campaign(target, name, folder)
    campaign.warm_up()
    start = time.perf_counter()

    def one(data: bytes) -> None:
        campaign.round(data, runs - campaign.executions)
        if campaign.executions >= runs:
            result = campaign.result(time.perf_counter() - start, seed)
            (folder / f"{name}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
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


def _corpus(name: str, folder: Path) -> list[str]:
    """Write the seeds where libFuzzer reads them; what it finds interesting goes into a folder before it."""
    for each in ("found", "seeds"):
        (folder / name / each).mkdir(parents=True, exist_ok=True)
    for at, data in enumerate(TARGETS[name].seeds()):
        (folder / name / "seeds" / f"{at:03d}").write_bytes(data)
    return [str(folder / name / each) for each in ("found", "seeds")]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
