"""make sabotage: take the defences away one by one, and see that a named test turns red each time.

``python -m tests.faults.sabotage "the token is ignored"`` tries one of them and shows what the test said.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.faults.sabotage.mutants import ROOT, Mutant, faults, load, mutated

WORKERS = 2
PATIENCE_SECONDS = 600
LEFT_OUT = (".git", ".venv", "build", "*cache*")
FAILED = 1  # pytest: tests ran, and some failed; any other status says nothing about the defence


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant."""

    name: str
    red: str
    killed: bool
    seconds: float
    words: str = ""


def say(words: str) -> None:
    """Tell progress."""
    print(f"sabotage: {words}", flush=True)


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what tests need."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    return folder


def pytest(root: Path, tests: Sequence[str], *, patience: int = PATIENCE_SECONDS) -> subprocess.CompletedProcess[str]:
    """Run tests in a tree of its own. Byte code is not written: a file that changes within a second would be taken for unchanged."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=root, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=patience)


def tried(mutant: Mutant, root: Path) -> Outcome:
    """Make the change in a tree, run the test, and undo it."""
    began = time.monotonic()
    path = root / mutant.file
    before = path.read_text(encoding="utf-8")
    path.write_text(mutated(mutant, before), encoding="utf-8")
    try:
        ran = pytest(root, [mutant.red])
        killed, words = ran.returncode == FAILED, ran.stdout[-3000:]
    except subprocess.TimeoutExpired:
        killed, words = False, f"the test did not end within {PATIENCE_SECONDS} s"
    finally:
        path.write_text(before, encoding="utf-8")
    return Outcome(mutant.name, mutant.red, killed, round(time.monotonic() - began, 1), words)


def not_green(tests: Sequence[str], root: Path) -> str:
    """Run tests without a change; return what pytest said where they are not green."""
    ran = pytest(root, tests, patience=PATIENCE_SECONDS * len(tests)) if tests else None
    return ran.stdout[-3000:] if ran is not None and ran.returncode else ""


def campaign(folder: Path, mutants: Sequence[Mutant]) -> list[Outcome]:
    """See that the named tests are green, then try all mutants; each tree holds one at a time."""
    roots = [copy_of_the_tree(folder / f"tree-{number}") for number in range(WORKERS)]
    trees: SimpleQueue[Path] = SimpleQueue()
    for root in roots:
        trees.put(root)

    def one(mutant: Mutant) -> Outcome:
        tree = trees.get()
        try:
            outcome = tried(mutant, tree)
        finally:
            trees.put(tree)
        say(f"{'red' if outcome.killed else 'SURVIVED'} after {outcome.seconds} s: {mutant.name} ({mutant.red})")
        return outcome

    tests = sorted({mutant.red for mutant in mutants})
    with ThreadPoolExecutor(WORKERS) as pool:
        for words in pool.map(not_green, [tests[number::WORKERS] for number in range(WORKERS)], roots):
            if words:
                raise SystemExit(f"{words}\nsabotage: the named tests are not green without a change; nothing is shown")
        say(f"{len(tests)} tests are green without a change")
        return list(pool.map(one, mutants))


def main(arguments: Sequence[str]) -> int:
    """Try the mutants; 1 where one survives or no longer fits."""
    parser = argparse.ArgumentParser(prog="sabotage", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of mutants; all if left out")
    chosen = parser.parse_args(arguments)
    table = load()
    if unknown := sorted(set(chosen.names) - {mutant.name for mutant in table}):
        parser.error(f"no mutant is named {', '.join(unknown)}")
    mutants = [mutant for mutant in table if not chosen.names or mutant.name in chosen.names]
    if unfit := [fault for mutant in mutants for fault in faults(mutant)]:
        raise SystemExit("\n".join(unfit))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crossfoot-sabotage-") as folder:
        outcomes = campaign(Path(folder), mutants)
    survived = [outcome for outcome in outcomes if not outcome.killed]
    for outcome in outcomes if chosen.names else survived:
        print(outcome.words)
    (ROOT / "build").mkdir(exist_ok=True)
    kept = [{**asdict(outcome), "words": "" if outcome.killed else outcome.words} for outcome in outcomes]
    (ROOT / "build" / "sabotage.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
    tests = len({mutant.red for mutant in mutants})
    say(f"{len(outcomes)} mutants, {len(outcomes) - len(survived)} turned their test red, {len(survived)} survived; without a change the "
        f"same {tests} tests are green; {round(time.monotonic() - began)} s, no seed: nothing is drawn")
    return int(bool(survived))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
