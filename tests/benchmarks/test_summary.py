"""Ratios are taken within rounds, against the fastest library, on the same files; what was not measured is not promised."""

from __future__ import annotations

import json

from benchmarks import plan, report
from benchmarks.environments import LOCKS
from benchmarks.plan import ANSI_X12, DROPPED, ENGINE, LINUXFORHEALTH, MB, PYDIFACT, SPLIT, Case, Reader
from benchmarks.run import Row
from benchmarks.summary import AIM, MUST, summary


def rows(reader: Reader, task: str, kind: str, size: int, *seconds: float, files: int = 1, peak: float = 100) -> list[Row]:
    """Make a row a round."""
    case = Case(reader, task, kind, size, files)
    return [Row(case, at, size * files, 1, cpu, 2 * cpu, 0.5, peak) for at, cpu in enumerate(seconds, 1)]


def test_a_ratio_is_the_median_over_rounds_and_the_fastest_library_counts():
    measured = [
        *rows(ENGINE, "order_lines", "850", MB, 0.1, 0.2, 0.1), *rows(LINUXFORHEALTH, "order_lines", "850", MB, 0.6, 1.0, 0.5),
        *rows(ANSI_X12, "order_lines", "850", MB, 1.0, 2.0, 1.0), *rows(SPLIT, "order_lines", "850", MB, 0.1, 0.1, 0.1),
    ]

    # Rounds: 0.6 / 0.1, 1.0 / 0.2, 0.5 / 0.1. Splitting by hand is no library.
    assert summary(measured)["x12_850_to_parquet_vs_best_library"] == 5


def test_the_largest_size_that_both_have_done_counts():
    measured = [
        *rows(ENGINE, "order_lines", "ORDERS", MB, 0.1), *rows(ENGINE, "order_lines", "ORDERS", 10 * MB, 0.5),
        *rows(PYDIFACT, "order_lines", "ORDERS", MB, 2.0), *rows(PYDIFACT, "order_lines", "ORDERS", 10 * MB, 20.0),
    ]

    assert summary(measured)["edifact_orders_to_parquet_vs_pydifact"] == 40


def test_the_other_numbers():
    measured = [
        *rows(ENGINE, "validate", "850", 10 * MB, 0.5, 0.4, 0.25), *rows(ENGINE, "walk", "850", 10 * MB, 0.1),
        *rows(SPLIT, "walk", "850", 10 * MB, 0.3), *rows(DROPPED, "walk", "850", 10 * MB, 0.05),
        *rows(ENGINE, "order_lines", "850", 5000, 1.5, files=10_000),
        *rows(ENGINE, "order_lines", "850", 1000 * MB, 30.0, peak=140),
    ]

    made = summary(measured)

    assert made["validated_mb_per_cpu_s"] == 25
    assert round(made["walk_vs_bytes_split"], 9) == 3
    assert made["small_file_ms"] == 0.15
    assert made["one_gb_peak_rss_mb"] == 140


def test_what_was_not_measured_is_null():
    assert summary([]) == dict.fromkeys(MUST)
    assert list(AIM) == list(MUST)


def test_the_file_for_programs(tmp_path):
    measured = rows(ENGINE, "order_lines", "850", MB, 0.1, 0.2)
    failed = {Case(ANSI_X12, "order_lines", "850", MB): "it stumbled"}

    report.save(tmp_path / "bench.json", measured, failed, [("850", "a byte order mark", {"ansi-x12": "it stumbled"})])

    made = json.loads((tmp_path / "bench.json").read_text())
    assert set(made["summary"]) == set(made["must"]) == set(made["aim"]) == {
        "x12_850_to_parquet_vs_best_library", "edifact_orders_to_parquet_vs_pydifact", "validated_mb_per_cpu_s", "walk_vs_bytes_split",
        "small_file_ms", "one_gb_peak_rss_mb"}
    names = ("peer", "task", "kind", "size", "round", "cpu_s", "mb_per_cpu_s")
    assert [tuple(row[name] for name in names) for row in made["rows"]] == [
        ("crossfoot", "order_lines", "850", MB, 1, 0.1, 10), ("crossfoot", "order_lines", "850", MB, 2, 0.2, 5)]
    assert made["failed"] == [{"peer": "ansi-x12", "case": "order_lines 850 1 MB", "why": "it stumbled"}]
    assert "node" not in made["machine"]


def test_a_reader_that_failed_is_said_so_in_the_table():
    shown = report.tables(rows(ENGINE, "order_lines", "850", MB, 0.1), {Case(ANSI_X12, "order_lines", "850", MB): "it stumbled"}, [])

    assert "not measured: it stumbled" in shown
    assert "| crossfoot" in shown


def test_every_plan_can_give_what_it_promises():
    for name, made in plan.PLANS.items():
        measured = [row for case in made() for row in rows(case.reader, case.task, case.kind, case.size, 1.0, files=case.files)]
        missing = {key for key, value in summary(measured).items() if value is None}

        assert missing == ({"one_gb_peak_rss_mb"} if name == "quick" else set())


def test_every_reader_has_a_lock():
    for case in plan.full():
        assert (LOCKS / f"{case.reader.environment}.lock").is_file()
