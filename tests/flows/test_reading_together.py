"""The rules read copies of what the lake has together, and say what they would say of the files themselves."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.night import open_session
from flows.reconciling import open_lake, reconcile
from storage import together
from storage.failpoints import EVERY, armed, fail
from storage.lake import TOGETHER, read_lake
from storage.records import Break
from tests.faults.invariants import check
from tests.faults.kill.night import small_data
from tests.faults.small import ERP_HEADER, drop, run_small, small_world
from tests.flows.letters import response, x12
from tests.flows.nights import World

LAST = date(2026, 3, 11)
NIGHTS = (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 9), date(2026, 3, 10), LAST)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Live through some nights, each with the answer to an order and the ERP's order."""
    home = tmp_path_factory.mktemp("nights")
    made = small_world(home / "home", small_data(home / "data"))
    for number, night in enumerate(NIGHTS, 501):
        order = f"45{number:08d}"
        row = f"NORTHFIELD SUPPLY,{order},{night},{night},USD,001,00061414000031,CF-003,NF0003,10,PCS,7.25,1,72.50"
        drop(made, {"edi": {f"{number}.x12": x12(f"{number:09d}", response(order, quantity="7"))},
                    "erp": {f"erp_orders_{night:%Y%m%d}.csv": f"{ERP_HEADER}\n{row}\n".encode()}})
        run_small(made, night)
    return made


@pytest.fixture
def world(lived: World, tmp_path: Path) -> World:
    shutil.copytree(lived.settings.home, tmp_path / "home")
    return World(lived.settings.model_copy(update={"home": tmp_path / "home"}))


def judged(world: World, night: date) -> list[Break]:
    return reconcile(open_session(world.settings, night))


@contextmanager
def unable() -> Iterator[None]:
    """Let no copy be made, as on a full disk."""
    with armed({together.COPIED: fail(errno.ENOSPC, on_hit=EVERY)}):
        yield


def copied(world: World) -> set[str]:
    return {path.name[:7] for path in (world.settings.lake / TOGETHER).rglob("*.parquet")}


def test_the_month_that_is_over_was_copied_and_all_invariants_hold(lived: World) -> None:
    assert copied(lived) == {"2026-02"}
    check(lived.settings)


def test_breaks_are_the_same_with_and_without_copies(world: World) -> None:
    with_copies = judged(world, LAST)
    shutil.rmtree(world.settings.lake / TOGETHER)
    with unable():
        without = judged(world, LAST)
    assert copied(world) == set()
    assert with_copies == without != []


def test_a_past_night_is_judged_by_what_was_known_then(world: World) -> None:
    before = [tuple(row) for row in world.rows("SELECT * FROM breaks ORDER BY night_id, break_id")]
    for night in NIGHTS:
        judged(world, night)
    assert world.rows("SELECT * FROM breaks ORDER BY night_id, break_id") == before


def rows_seen(world: World, table: str) -> list[tuple[Any, ...]]:
    with open_lake(open_session(world.settings, LAST)) as lake:
        return sorted(lake.sql(f"SELECT document_id, byte_offset FROM {table}").fetchall())


@pytest.mark.parametrize("table", ["documents", "order_lines", "order_response_lines", "payments"])
def test_the_rules_see_every_row_of_the_lake_once(world: World, table: str) -> None:
    whole = read_lake(world.settings.lake, table)
    expected = sorted(zip(whole.column("document_id").to_pylist(), whole.column("byte_offset").to_pylist(), strict=True))
    assert rows_seen(world, table) == expected
