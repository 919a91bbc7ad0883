"""make powerloss: the power goes at every instant of a night, and every call to the file system fails once.

``python -m tests.faults.powerloss --losses 1000000`` for longer; ``--folder /dev/shm`` where the disk is slow.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from tests.faults.kill.aside import statements_remembered
from tests.faults.powerloss.campaign import MUTANTS, Figures, broken_by, campaign, first_night
from tests.faults.powerloss.errnos import Strikes, strike_every_call

ROOT = Path(__file__).parents[3]
LOSSES, RECOVERIES = 100_000, 200


def say(words: str) -> None:
    """Tell progress."""
    print(f"powerloss: {words}", flush=True)


def told(figures: Figures | Strikes) -> dict[str, object]:
    """Return figures for JSON."""
    return {each.name: getattr(figures, each.name) for each in fields(figures)}


def main(arguments: Sequence[str]) -> int:
    """Run both parts; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="powerloss", description=__doc__)
    parser.add_argument("--losses", type=int, default=LOSSES, help=f"simulated losses, {LOSSES} if left out")
    parser.add_argument("--recoveries", type=int, default=RECOVERIES, help=f"of them recovered on a real disk, {RECOVERIES} if left out")
    parser.add_argument("--every", type=int, default=1, help="of the calls of a night, let each so-manieth fail; all if left out")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins")
    parser.add_argument("--folder", type=Path, help="where the real disk is; a temporary folder if left out")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crossfoot-powerloss-", dir=chosen.folder) as name, statements_remembered():
        folder = Path(name).resolve()
        first, _ = first_night(folder / "mutants")
        mutants = {words: broken_by(mutant, first) for words, mutant in MUTANTS.items()}
        for words, count in mutants.items():
            say(f"{words}: {count} of 1000 losses break a promise; so the double can fail")
        figures = campaign(folder / "losses", losses=chosen.losses, recoveries=chosen.recoveries, seed=chosen.seed, say=say)
        strikes = strike_every_call(folder / "strikes", every=chosen.every, say=say)
    seconds = round(time.monotonic() - began)
    for words, count in figures.broken.most_common(20):
        say(f"BROKEN {count} times: {words}")
    for words in strikes.failures:
        say(f"FAILED {words}")
    failed = sum(figures.broken.values()) + len(strikes.failures) + sum(not count for count in mutants.values())
    result = {"seed": chosen.seed, "seconds": seconds, "failures": failed, "mutants": mutants,
              "losses": told(figures), "strikes": told(strikes)}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "powerloss.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    say(f"{figures.losses} losses ({figures.distinct} different) over {figures.calls} calls and {figures.commits} commits of a night and "
        f"{figures.recoveries} recoveries on a real disk, up to {figures.deepest} deep, {sum(figures.broken.values())} broken promises; "
        f"{strikes.struck.total()} faults ({', '.join(strikes.struck)}) over {strikes.calls} calls, {len(strikes.failures)} failures; "
        f"{seconds} s, seed {chosen.seed}")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
