"""make soak: a year of nights in one process, with doubled schedules, replays, late files and faults; nothing lost, doubled or leaked."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults.soak.living import MOST_GROWTH, NIGHTS, live

ROOT = Path(__file__).parents[3]


def main(arguments: Sequence[str]) -> int:
    """Live through the nights; 1 where something was lost, doubled or leaked."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cf-soak-") as folder:
        result = live(Path(folder), nights=chosen.nights, seed=chosen.seed, told=lambda line: print(line, flush=True))
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "soak.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    for failure in result["failures"]:
        print(failure)
    events = ", ".join(f"{count} {what}" for what, count in result["events"].items())
    print(f"soak: {result['nights']} nights in {result['seconds']} s ({events}); a night took {result['early night ms']} ms "
          f"of CPU early and {result['late night ms']} ms late; memory grew by {result['growth percent']} % (may by {MOST_GROWTH} %), "
          f"{len(result['failures'])} failures, seed {result['seed']}")
    return int(bool(result["failures"]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
