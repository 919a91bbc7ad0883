"""Lines on a person's screen: as wide as it is, coloured where colours are wanted, plain where the output is a file or a pipe."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len

from edi.findings import Severity

Style: TypeAlias = str  # "", or what an ANSI colour sequence holds: "1;31"
Part: TypeAlias = tuple[str, Style]

PLAIN, BOLD, DIM, GREEN = "", "1", "2", "32"
COLOURS = {Severity.NOTE: "34", Severity.WARNING: "33", Severity.ERROR: "31", Severity.FATAL: "1;31"}
_NARROWEST = 40  # columns; below that nothing is readable and the terminal may wrap by itself


@dataclass(frozen=True, slots=True)
class Page:
    """Where lines go, and how."""

    emit: Callable[[str], object]
    width: int | None = None  # columns; None: lines are as long as they are
    coloured: bool = False

    def line(self, *parts: Part | str, indent: int = 0, hanging: int = 4) -> None:
        """Write a line, wrapped between words; further lines hang below it, deeper by some columns."""
        styled = [(part, PLAIN) if isinstance(part, str) else part for part in parts]
        for row, words in enumerate(_rows(styled, indent, hanging, self.width)):
            self.emit(" " * (indent + (hanging if row else 0)) + self._painted(words).rstrip(" ") + "\n")

    def _painted(self, words: Sequence[Part]) -> str:
        if not self.coloured:
            return "".join(word for word, _ in words)
        runs: list[Part] = []
        for word, style in words:  # one sequence a run of words, not one a word
            if runs and runs[-1][1] == style:
                runs[-1] = (runs[-1][0] + word, style)
            else:
                runs.append((word, style))
        return "".join(f"\x1b[{style}m{word}\x1b[0m" if style and word.strip() else word for word, style in runs)


def _rows(parts: Sequence[Part], indent: int, hanging: int, width: int | None) -> list[list[Part]]:
    if width is None:
        return [list(parts)]
    rows: list[list[Part]] = [[]]
    room = left = max(width, _NARROWEST) - indent
    for word, style in _words(parts):
        size = cell_len(word.rstrip(" "))
        if size > left and left < room:
            rows.append([])
            room = left = max(width, _NARROWEST) - indent - hanging
        rows[-1].append((word, style))
        left -= cell_len(word)
    return rows


def _words(parts: Sequence[Part]) -> list[Part]:
    """Split parts where a line may be broken: behind spaces. Words longer than a line are left to the terminal."""
    return [(word + " " * (at < len(pieces) - 1), style) for text, style in parts
            for pieces in (text.split(" "),) for at, word in enumerate(pieces) if word or at < len(pieces) - 1]


def screen() -> Page:
    """Return the page that standard output is, as the environment wants it (COLUMNS, NO_COLOR, FORCE_COLOR)."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character must not stop us
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal or os.environ.get("COLUMNS", "").isdigit() else None
    wanted = bool(os.environ.get("FORCE_COLOR")) or (is_terminal and os.environ.get("TERM") != "dumb")
    return Page(sys.stdout.write, width, coloured=wanted and not os.environ.get("NO_COLOR"))
