"""The malformed corpus as a table: each file is a good document with one described damage, and what must become of it.

``expected.tsv`` is written by hand, from the standards and from DESIGN.md's table of failures; ``files/`` is made from it by
``python -m tests.malformed --write``, so that a person, or another tool, can open every file.

The column ``damage`` holds steps, one after another, divided by `` ;; ``. Texts know ``\\n``, ``\\r``, ``\\t`` and ``\\x00``.

    A => B        the only A becomes B            A =>> B       every A becomes B
    drop A        the line that begins with A goes     double A      it comes twice
    before A: B   a line B stands before it       after A: B    a line B stands behind it
    cut A         the file ends before A          whole B       the file is nothing but B
    twice         everything once more
    first B       B stands before everything      last B        B stands behind everything
    times A 9     A comes nine times over         newline B     lines end in B instead of a line feed
    wrap 80       lines of 80 characters          encode NAME   written in a Unicode encoding
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BASES, FILES, EXPECTED = HERE / "bases", HERE / "files", HERE / "expected.tsv"
KNOWN_WRONG = "known wrong: "


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    file: str
    base: str
    damage: str
    outcome: str  # of each document in order of place: loaded, or outcome:reason
    findings: str  # "code place" of each in order of place, divided by "; "
    acknowledgment: str  # what answers it, without what only echoes; "-" for nothing
    because: str  # the rule; begins with "known wrong: " where the code does not agree yet

    @property
    def data(self) -> bytes:
        """The damaged file."""
        return damaged((BASES / f"{self.base}.edi").read_bytes(), self.damage)


def cases() -> list[Case]:
    """Read the table; lines that begin with # are headings."""
    with EXPECTED.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in stream if line.strip() and not line.startswith("#")]
    rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Case(*row) for row in rows[1:]]


def damaged(base: bytes, steps: str) -> bytes:
    """Return a base with the steps of a damage done to it."""
    text = base.decode("latin-1")
    for step in steps.split(" ;; "):
        text = _step(text, step)
    return text.encode("latin-1")


def _step(text: str, step: str) -> str:
    for pattern, change in _STEPS:
        if found := re.fullmatch(pattern, step, re.DOTALL):
            return change(text, *map(_plain, found.groups()))
    raise ValueError(f"{step!r} is no step of a damage")


def _plain(text: str) -> str:
    return re.sub(r"\\(n|r|t|x[0-9a-fA-F]{2})", lambda found: found[0].encode().decode("unicode_escape"), text)


def _once(text: str, old: str) -> int:
    """Return where the only occurrence of a text begins."""
    if text.count(old) != 1:
        raise ValueError(f"{old!r} occurs {text.count(old)} times in the base; name more of it")
    return text.index(old)


def _line(text: str, start: str) -> tuple[int, int]:
    """Return where the only line that begins so begins and ends, its newline included."""
    at = _once("\n" + text, "\n" + start)
    return at, text.index("\n", at) + 1


def _replace(text: str, old: str, new: str) -> str:
    at = _once(text, old)
    return text[:at] + new + text[at + len(old):]


def _drop(text: str, start: str) -> str:
    first, last = _line(text, start)
    return text[:first] + text[last:]


def _double(text: str, start: str) -> str:
    first, last = _line(text, start)
    return text[:last] + text[first:]


def _before(text: str, start: str, line: str) -> str:
    first, _ = _line(text, start)
    return text[:first] + line + "\n" + text[first:]


def _after(text: str, start: str, line: str) -> str:
    _, last = _line(text, start)
    return text[:last] + line + "\n" + text[last:]


def _wrap(text: str, width: str) -> str:
    flat = text.replace("\n", "")
    return "".join(flat[at:at + int(width)] + "\n" for at in range(0, len(flat), int(width)))


_STEPS: tuple[tuple[str, Callable[..., str]], ...] = (
    ("twice", lambda text: text * 2),
    (r"drop (.+)", _drop),
    (r"double (.+)", _double),
    (r"before (.+?): (.+)", _before),
    (r"after (.+?): (.+)", _after),
    (r"cut (.+)", lambda text, at: text[:_once(text, at)]),
    (r"whole ?(.*)", lambda text, new: new),
    (r"first (.+)", lambda text, new: new + text),
    (r"last (.+)", lambda text, new: text + new),
    (r"times (.+) (\d+)", lambda text, old, count: _replace(text, old, old * int(count))),
    (r"newline ?(.*)", lambda text, new: text.replace("\n", new)),
    (r"wrap (\d+)", _wrap),
    (r"encode (\S+)", lambda text, name: text.encode(name).decode("latin-1")),
    (r"(.+) =>> ?(.*)", lambda text, old, new: text.replace(old, new)),
    (r"(.+) => ?(.*)", _replace),
)
