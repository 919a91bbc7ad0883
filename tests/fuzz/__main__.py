"""make fuzz: bytes of any kind as X12, EDIFACT and CSV. Findings come of them; no exception, nothing slow, nothing large.

``python -m tests.fuzz x12 --runs 100000`` tries one of them; ``--input FILE`` tries one file again and shows what happens.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fuzz.campaign import MOST_SECONDS, TARGETS

ROOT = Path(__file__).parents[2]
RUNS = 1_000_000


def campaign(name: str, runs: int, seed: int, folder: Path) -> dict[str, Any]:
    """Run one campaign in a process of its own and return its result."""
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / f"{name}.json").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.child", name, str(runs), str(seed), str(folder)]
    ended = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if not (folder / f"{name}.json").exists():
        words = "\n".join(ended.stdout.splitlines()[-30:])
        return {"target": name, "executions": 0, "seed": seed, "failures": {f"the process ended with {ended.returncode}": words}}
    result: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return result


def told(result: dict[str, Any]) -> str:
    """Return a campaign's result in words."""
    lines = [f"{result['target']}: {where or ''}\n    {words}" for words, where in result["failures"].items()]
    if result["executions"]:
        kinds = result["kinds"]
        lines.append(
            f"{result['target']}: {result['executions']} executions in {result['seconds']} s ({result['per_second']} a second), "
            f"{len(kinds)} kinds of findings, slowest input {result['slowest_cpu_ms']} ms of CPU (may take {MOST_SECONDS:g} s), "
            f"largest round {result['largest_round_mb']} MB, peak {result['peak_rss_mb']} MB with what libFuzzer remembers, "
            f"{len(result['failures'])} failures, seed {result['seed']}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Run the campaigns that were asked for; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all if left out")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"inputs to try with each, {RUNS} if left out")
    parser.add_argument("--seed", type=int, default=1, help="where libFuzzer's random numbers begin")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "fuzz", help="where failing inputs are kept")
    parser.add_argument("--input", type=Path, nargs="+", help="try these files once, together, instead")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.targets if name not in TARGETS]:
        parser.error(f"unknown target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    names = chosen.targets or list(TARGETS)
    if chosen.input:
        print(dict(TARGETS[names[0]].examine([path.read_bytes() for path in chosen.input])))
        return 0
    results = []
    for name in names:
        results.append(campaign(name, chosen.runs, chosen.seed, chosen.folder.resolve()))
        print(told(results[-1]), flush=True)
    chosen.folder.with_suffix(".json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    return int(any(result["failures"] for result in results))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
