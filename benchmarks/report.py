"""What a run leaves: tables for people, as Markdown that also reads well on a terminal, and build/bench.json for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.plan import ENGINE, Case
from benchmarks.run import Row
from benchmarks.summary import AIM, MUST, SMALLER_IS_BETTER, by_case, counterpart, ratio, summary
from edi import native

PACKAGES = ("pyarrow", "numpy", "pandas")
TASKS = {  # task -> what it is, in the order of the tables
    "order_lines": "File on disk to typed order lines in Parquet, envelope checks included",
    "validate": "Read, envelopes checked, and checked against the guide",
    "walk": "Every value found: segment table or lists, no envelopes",
    "read": "Read into segment tables, envelopes checked and hashed",
}


def machine() -> dict[str, str | int]:
    """Say what it was measured on; no name of a machine."""
    facts: dict[str, str | int] = {
        "python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count() or 0,
        "kernel": "numpy" if native.LIBRARY is None else "compiled",
    }
    return facts | {name: version(name) for name in PACKAGES}


def rows_of(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return every row as plain values."""
    return [
        {"peer": row.case.reader.name, "task": row.case.task, "kind": row.case.kind, "files": row.case.files, "size": row.bytes,
         "round": row.round, "cpu_s": row.cpu_s, "wall_s": row.wall_s, "started_cpu_s": row.started_cpu_s,
         "peak_rss_mb": row.peak_rss_mb, "mb_per_cpu_s": row.mb_per_cpu_s, "result": row.result}
        for row in rows
    ]


def save(path: Path, rows: list[Row], failed: dict[Case, str], odd: list[tuple[str, str, dict[str, str]]]) -> None:
    """Write bench.json."""
    content = {
        "machine": machine(), "summary": summary(rows), "must": MUST, "aim": AIM, "rows": rows_of(rows),
        "failed": [{"peer": case.reader.name, "case": case.label, "why": why} for case, why in failed.items()],
        "odd_files": [{"kind": kind, "file": words, "readers": said} for kind, words, said in odd],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def tables(rows: list[Row], failed: dict[Case, str], odd: list[tuple[str, str, dict[str, str]]]) -> str:
    """Return all tables as Markdown."""
    found = by_case(rows)
    parts = [_summary(rows)]
    for task, words in TASKS.items():
        cases = [case for case in (*found, *failed) if case.task == task]
        if cases:
            parts.append(f"### {words}\n\n{_task(found, failed, sorted(dict.fromkeys(cases), key=_order))}")
    for kind in dict.fromkeys(kind for kind, _, _ in odd):
        mine = [(words, said) for of, words, said in odd if of == kind]
        body = [[words, *map(_briefly, said.values())] for words, said in mine]
        parts.append(f"### What each makes of an {kind} as it comes\n\n{_table(['with', *mine[0][1]], body)}")
    return "\n\n".join(parts)


def _briefly(said: str) -> str:
    """Leave out the words of an exception, which bench.json has."""
    return said if said == "read" or said.endswith("differs") or " lines instead of " in said else "fails"


def _order(case: Case) -> tuple[str, bool, int, bool]:
    return case.kind, case.files > 1, case.size, case.reader != ENGINE


def _summary(rows: list[Row]) -> str:
    made = summary(rows)
    body = []
    for name, value in made.items():
        better = value is not None and (value <= MUST[name] if name in SMALLER_IS_BETTER else value >= MUST[name])
        shown = "not measured" if value is None else f"{value:.3g}"
        sign = "≤" if name in SMALLER_IS_BETTER else "≥"
        body.append([name, shown, f"{sign} {MUST[name]:g}", f"{sign} {AIM[name]:g}", "" if value is None else "yes" if better else "NO"])
    return _table(["summary", "measured", "must", "aim", "met"], body)


def _task(found: dict[Case, list[Row]], failed: dict[Case, str], cases: list[Case]) -> str:
    body = []
    for case in cases:
        files = case.label.removeprefix(f"{case.task} ")
        if case in failed and case not in found:
            body.append([files, case.reader.name, f"not measured: {failed[case]}", "", "", "", "", ""])
            continue
        rows = found[case]
        speeds = sorted(row.mb_per_cpu_s for row in rows)
        ours = counterpart(found, case)
        times = f"{ratio(found[ours], rows):.1f}" if ours and case.reader != ENGINE else ""
        each = f"{median(1000 * row.cpu_s / case.files for row in rows):.3g}" if case.files > 1 else ""
        body.append([
            files, case.reader.name, f"{median(speeds):.3g}", f"{speeds[0]:.3g} to {speeds[-1]:.3g}", times,
            f"{median(row.cpu_s for row in rows):.3g}", f"{median(row.cpu_s + row.started_cpu_s for row in rows):.3g}",
            f"{max(row.peak_rss_mb for row in rows):.0f}", each])
    heads = ["files", "reader", "MB per CPU s", "least to most", "we are x times as fast", "CPU s", "with start-up", "peak MB", "ms a file"]
    return _table(heads, [row + [""] * (len(heads) - len(row)) for row in body])


def _table(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Lay out a Markdown table with even columns, those that are empty throughout left out."""
    kept = [at for at in range(len(heads)) if any(row[at] for row in body)]
    grid = [[line[at] for at in kept] for line in (heads, *body)]
    widths = [max(len(line[at]) for line in grid) for at in range(len(kept))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in grid]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
