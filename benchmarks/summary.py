"""From rows to the six numbers that are promised, and to medians over the rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median

from benchmarks.plan import ENGINE, MB, SPLIT, Case, Reader
from benchmarks.run import Row

MUST = {
    "x12_850_to_parquet_vs_best_library": 5, "edifact_orders_to_parquet_vs_pydifact": 50, "validated_mb_per_cpu_s": 20,
    "walk_vs_bytes_split": 1.5, "small_file_ms": 0.15, "one_gb_peak_rss_mb": 256,
}
AIM = dict(zip(MUST, (10, 100, 40, 3, 0.1, 150), strict=True))
SMALLER_IS_BETTER = ("small_file_ms", "one_gb_peak_rss_mb")
_LARGEST = 100 * MB  # ratios are taken where both sides have the most to do: what a process pays once weighs least


def by_case(rows: Iterable[Row]) -> dict[Case, list[Row]]:
    """Return the rows of each case, in order of rounds."""
    found: dict[Case, list[Row]] = {}
    for row in rows:
        found.setdefault(row.case, []).append(row)
    return found


def ratio(ours: list[Row], theirs: list[Row]) -> float:
    """Return how many times as fast we are: the median of the ratios within each round, where the machine was equally busy."""
    other = {row.round: row for row in theirs}
    return median(row.mb_per_cpu_s / other[row.round].mb_per_cpu_s for row in ours if row.round in other)


def counterpart(rows: dict[Case, list[Row]], case: Case) -> Case | None:
    """Return the case in which our engine does the same as a peer's, on the same files or, of small ones, on more of them."""
    same = [one for one in rows if one.reader == ENGINE and (one.task, one.size) == (case.task, case.size)]
    return next((one for one in same if one.kind == case.kind and (one.files > 1) == (case.files > 1)), None)


def summary(rows: list[Row]) -> dict[str, float | None]:
    """Return the six numbers; None for what this run has not measured."""
    found = by_case(rows)
    walked = _common(found, "walk", "850", lambda reader: reader == SPLIT)
    checked = [case for case in found if (case.reader, case.task, case.kind) == (ENGINE, "validate", "850") and case.rounds is None]
    small = next((found[case] for case in found if case.reader == ENGINE and case.task == "order_lines" and case.files > 1), None)
    huge = next((found[case] for case in found if case.reader == ENGINE and case.task == "order_lines" and case.size >= 1000 * MB), None)
    return {
        "x12_850_to_parquet_vs_best_library": _least(found, _common(found, "order_lines", "850", lambda reader: reader.is_library)),
        "edifact_orders_to_parquet_vs_pydifact": _least(found, _common(found, "order_lines", "ORDERS", lambda reader: reader.is_library)),
        "validated_mb_per_cpu_s": median(row.mb_per_cpu_s for row in found[max(checked, key=_size)]) if checked else None,
        "walk_vs_bytes_split": _least(found, walked),
        "small_file_ms": median(1000 * row.cpu_s / row.case.files for row in small) if small else None,
        "one_gb_peak_rss_mb": max(row.peak_rss_mb for row in huge) if huge else None,
    }


def _size(case: Case) -> int:
    return case.size


def _common(found: dict[Case, list[Row]], task: str, kind: str, wanted: Callable[[Reader], bool]) -> list[Case]:
    """Return the cases of peers at the largest size, up to 100 MB, that we and at least one of them have done."""
    alike = [case for case in found if (case.task, case.kind, case.files) == (task, kind, 1) and case.size <= _LARGEST]
    cases = [case for case in alike if wanted(case.reader) and counterpart(found, case)]
    largest = max(map(_size, cases), default=0)
    return [case for case in cases if case.size == largest]


def _least(found: dict[Case, list[Row]], cases: list[Case]) -> float | None:
    ratios = [ratio(found[ours], found[case]) for case in cases if (ours := counterpart(found, case))]
    return min(ratios, default=None)
