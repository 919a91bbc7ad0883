"""make bench: generate, compare, measure, draw, report."""

from __future__ import annotations

import argparse
import sys

from benchmarks import compare, plots, report
from benchmarks.plan import ODD_READERS, PLANS
from benchmarks.run import ROOT, Bench, rounds
from benchmarks.summary import summary

ROUNDS = {"quick": 2, "usual": 5, "full": 5}


def say(words: str) -> None:
    """Tell progress, apart from the result."""
    print(f"bench: {words}", file=sys.stderr, flush=True)


def main() -> None:
    """Run a plan and leave its tables, plots and rows."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    for name, words in (("quick", "1 MB, two rounds, a minute or two"), ("full", "everything to 100 MB, an hour")):
        size.add_argument(f"--{name}", dest="plan", action="store_const", const=name, default="usual", help=words)
    parser.add_argument("--rounds", type=int, help="how often each measurement is taken")
    chosen = parser.parse_args()
    bench = Bench(ROOT / "build" / "bench")
    plan = PLANS[chosen.plan]()
    unequal = compare.unequal(bench, plan, say)
    odd = [] if chosen.plan == "quick" else list(compare.odd_files(bench, ODD_READERS))
    rows, failed = rounds(bench, [case for case in plan if case not in unequal], chosen.rounds or ROUNDS[chosen.plan], say)
    failed |= unequal
    report.save(ROOT / "build" / "bench.json", rows, failed, odd)
    plots.draw(rows, bench.folder)
    print(report.tables(rows, failed, odd))
    say(f"rows in build/bench.json, plots in build/bench: {', '.join(f'{name} {value}' for name, value in summary(rows).items())}")


if __name__ == "__main__":
    main()
