"""make fuzz: bytes of any kind as X12, EDIFACT and CSV. Findings come of them; no exception, nothing slow, nothing large.

``python -m tests.fuzz x12 --runs 100000`` tries one of them; ``--input FILE`` tries one file again and shows what happens. A campaign
may be stopped at any time: ``--resume`` goes on with what it found interesting, other random numbers, and the executions that are left.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fuzz.campaign import MOST_SECONDS, TARGETS

ROOT = Path(__file__).parents[2]
RUNS = 1_000_000


def campaign(name: str, runs: int, seed: int, folder: Path, *, resume: bool = False) -> dict[str, Any]:
    """Run one campaign in a process of its own, or what is left of it, and return its result."""
    before = _so_far(folder, name) if resume else {}
    done = before.get("executions", 0)
    if before and (done >= runs or before["failures"]):
        return before
    if not before:
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / f"{name}.json").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.child", name, str(runs - done), str(seed + before.get("rounds", 0)), str(folder)]
    ended = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if not (folder / f"{name}.json").exists():
        words = "\n".join(ended.stdout.splitlines()[-30:])
        return {"target": name, "executions": 0, "seed": seed, "failures": {f"the process ended with {ended.returncode}": words}}
    result = _so_far(folder, name)
    if ended.returncode:
        result["failures"][f"the process ended with {ended.returncode}"] = "\n".join(ended.stdout.splitlines()[-30:])
    return _together(before, result) if before else result


def _so_far(folder: Path, name: str) -> dict[str, Any]:
    """Return what a campaign has told of itself, nothing where there was none."""
    path = folder / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _together(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Add up two runs of one campaign."""
    made = {**after, "seed": before["seed"], "kinds": dict(Counter(before["kinds"]) + Counter(after["kinds"]))}
    made |= {key: round(before[key] + after[key], 1) for key in ("executions", "rounds", "seconds", "cpu_seconds")}
    made |= {key: max(before[key], after[key]) for key in ("slowest_cpu_ms", "largest_round_mb", "peak_rss_mb")}
    return {**made, "per_cpu_second": round(made["executions"] / made["cpu_seconds"], 1)}


def told(result: dict[str, Any]) -> str:
    """Return a campaign's result in words."""
    lines = [f"{result['target']}: {where or ''}\n    {words}" for words, where in result["failures"].items()]
    if result["executions"]:
        kinds = result["kinds"]
        lines.append(
            f"{result['target']}: {result['executions']} executions in {result['seconds']} s ({result['per_cpu_second']} a second of CPU), "
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
    parser.add_argument("--resume", action="store_true", help="go on with campaigns that were stopped")
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
        results.append(campaign(name, chosen.runs, chosen.seed, chosen.folder.resolve(), resume=chosen.resume))
        print(told(results[-1]), flush=True)
    chosen.folder.with_suffix(".json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    return int(any(result["failures"] for result in results))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
