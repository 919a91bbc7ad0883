"""The table of mutants: which defence each takes away, where, and which test must see it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
TABLE = Path(__file__).with_name("mutants.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change; ``old`` stands exactly once in ``file``, ``red`` is the test that must fail, ``why`` what it would cost."""

    name: str
    why: str
    file: str
    old: str
    new: str
    red: str


def load() -> tuple[Mutant, ...]:
    """Return the table."""
    return tuple(Mutant(**row) for row in tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutant"])


def faults(mutant: Mutant, root: Path = ROOT) -> Iterator[str]:
    """Say why a mutant no longer fits the tree."""
    times = (root / mutant.file).read_text(encoding="utf-8").count(mutant.old)
    if times != 1:
        yield f"{mutant.name}: the old text stands {times} times in {mutant.file}; write what stands there now"
    if mutant.old == mutant.new:
        yield f"{mutant.name}: the new text is the old one"
    file, _, test = mutant.red.partition("::")
    if not (root / file).is_file() or f"def {test.partition('[')[0]}(" not in (root / file).read_text(encoding="utf-8"):
        yield f"{mutant.name}: there is no test {mutant.red}"


def mutated(mutant: Mutant, text: str) -> str:
    """Return a file's text with the change made."""
    return text.replace(mutant.old, mutant.new)
