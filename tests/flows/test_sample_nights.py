"""The sample nights, whole: every planted fault found and nothing else, totals that agree, and the same bytes again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.truth import compare, load_truth, reports
from tests.flows.nights import DATA, DAYS, World, session_of, world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, list[dict[str, object]]]:
    """The three nights, run once."""
    made = world(tmp_path_factory.mktemp("sample"))
    return made, run_all(made)


def run_all(made: World) -> list[dict[str, object]]:
    summaries = []
    for business_date, folder in DAYS.items():
        made.drop(path for path in folder.rglob("*") if path.is_file())
        summaries.append(made.run(business_date).to_json())
    return summaries


def test_every_planted_fault_is_found_and_nothing_else_is_reported(ran: tuple[World, list[dict[str, object]]]) -> None:
    verdict = compare(load_truth(DATA / "sample" / "truth.toml"), reports(session_of(ran[0], list(DAYS)[-1])))
    assert verdict.missed == ()
    assert verdict.unexpected == ()
    assert len(verdict.found) == verdict.planted >= 25


def test_every_night_cross_foots_and_what_was_read_is_what_the_plan_counted(ran: tuple[World, list[dict[str, object]]]) -> None:
    for summary in ran[1]:
        totals = summary["cross_foot"]
        assert totals["agrees"], totals["problems"]  # type: ignore[index,call-overload]
        read, outcomes = totals["read"], totals["outcomes"]  # type: ignore[index,call-overload]
        assert read["documents"] == sum(counts["documents"] for counts in outcomes.values())
        assert read["records"] == sum(counts["records"] for counts in outcomes.values())
        assert outcomes["loaded"]["documents"] == totals["loaded_recounted"]["documents"] > 0  # type: ignore[index,call-overload]


def test_the_database_and_parquet_hold_the_same(ran: tuple[World, list[dict[str, object]]]) -> None:
    in_database = ran[0].digests()
    assert ran[0].lake_digests() == {name: in_database[name] for name in ran[0].lake_digests()}


def test_dropping_the_same_files_again_loads_nothing(ran: tuple[World, list[dict[str, object]]]) -> None:
    before = ran[0].digests()
    again = run_all(ran[0])
    assert [summary["this_run"]["rows_loaded_total"] for summary in again] == [0, 0, 0]  # type: ignore[index,call-overload]
    assert ran[0].digests() == before


def test_from_nothing_again_the_bytes_are_the_same(ran: tuple[World, list[dict[str, object]]], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = world(home)
    run_all(first)
    state = first.state()
    shutil.rmtree(home)
    run_all(first)
    assert first.state() == state
