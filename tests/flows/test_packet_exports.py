"""CSV exports in a night: new, changed and unchanged documents, files that cannot be trusted, and every row in the cross-foot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.flows.letters import post
from tests.flows.nights import World, world

pytestmark = pytest.mark.slow

HEADER = ("partner,order_number,order_date,requested_date,currency,line_number,gtin,buyer_item,supplier_item,quantity,unit,unit_price,per,"
          "line_amount\n")
NEXT = date(2026, 3, 3)


def row(order: str, line: int = 1, *, quantity: str = "10", partner: str = "NORTHFIELD SUPPLY", amount: str = "72.50") -> str:
    return f"{partner},{order},2026-03-01,2026-03-11,USD,{line:03d},00061414000031,CF-003,NF0003,{quantity},PCS,7.25,1,{amount}\n"


def export(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


def night(tmp_path: Path, data: bytes, name: str = "erp_orders_20260302.csv") -> World:
    made = world(tmp_path)
    post(made, {name: data}, source="erp")
    made.run()
    return made


def decided(made: World, sequence_date: str = "2026-03-02") -> list[tuple[str, ...]]:
    return made.rows("SELECT control_number, outcome, reason_code, record_count FROM decisions "
                     f"WHERE night_id = 'sample-{sequence_date}' ORDER BY control_number")


def test_rows_become_documents_by_their_key(tmp_path: Path) -> None:
    made = night(tmp_path, export(row("A"), row("A", 2), row("B")))
    assert [each[1:] for each in decided(made)] == [("loaded", "ok", 2), ("loaded", "ok", 1)]
    assert made.rows("SELECT order_number, partner_id, system_code FROM orders ORDER BY 1") == [
        ("A", "northfield", "erp"), ("B", "northfield", "erp")]


def test_a_snapshot_a_night_later_loads_only_what_changed(tmp_path: Path) -> None:
    made = night(tmp_path, export(row("A"), row("B"), row("C")))
    post(made, {"erp_orders_20260303.csv": export(row("A"), row("B", quantity="12", amount="87.00"), row("D"))}, source="erp")
    summary = made.run(NEXT)
    assert sorted(each[1:3] for each in decided(made, "2026-03-03")) == [("duplicate", "unchanged"), ("loaded", "ok"), ("loaded", "ok")]
    assert summary.totals.problems == ()
    assert summary.totals.read.money == {"USD": Decimal("232.00")}  # 72.50 + 87.00 + 72.50


def test_rows_are_new_changed_unchanged_or_vanished_and_vanish_once(tmp_path: Path) -> None:
    """A has two rows, B, C and D one each. C vanishes, comes back as it was, and is no longer gone."""
    made = world(tmp_path)
    both = row("A") + row("A", 2)
    nights = [export(both, row("B"), row("C")), export(both, row("B", quantity="12", amount="87.00"), row("D")), export(both),
              export(both, row("C"), row("B", quantity="ten"))]
    told = []
    for number, data in enumerate(nights, start=2):
        post(made, {f"erp_orders_2026030{number}.csv": data}, source="erp")
        summary = made.run(date(2026, 3, number))
        assert summary.totals.problems == ()
        one = summary.exports["erp_orders"]
        told.append({name: (one[name]["documents"], one[name]["rows"]) for name in one if name != "kind" and one[name]["documents"]})
    assert told == [
        {"new": (3, 4)}, {"changed": (1, 1), "new": (1, 1), "unchanged": (1, 2), "vanished": (1, 1)},
        {"unchanged": (1, 2), "vanished": (2, 2)}, {"unchanged": (2, 3), "set_aside": (1, 1)}]


def test_the_same_snapshot_again_is_unchanged_and_not_a_fault(tmp_path: Path) -> None:
    made = night(tmp_path, export(row("A"), row("B")))
    post(made, {"erp_orders_20260303.csv": export(row("A"), row("B"))}, source="erp")
    summary = made.run(NEXT)
    assert summary.totals.outcomes["duplicate"].documents == 2
    assert made.rows("SELECT count(*) FROM orders") == [(2,)]


def test_one_bad_document_is_held_and_its_neighbours_load(tmp_path: Path) -> None:
    made = night(tmp_path, export(row("A"), row("B", quantity="ten"), row("C")))
    assert [each[1] for each in decided(made)] == ["loaded", "quarantined", "loaded"]
    assert made.rows("SELECT order_number FROM orders ORDER BY 1") == [("A",), ("C",)]


def test_a_file_without_a_column_of_its_contract_is_held_whole(tmp_path: Path) -> None:
    made = night(tmp_path, export(row("A")).replace(b",quantity,", b",menge,"))
    (only,) = decided(made)
    assert only[1] == "quarantined"
    assert made.rows("SELECT count(*) FROM orders") == [(0,)]


def test_an_empty_export_is_counted(tmp_path: Path) -> None:
    made = night(tmp_path, HEADER.encode())
    assert [each[1:3] for each in decided(made)] == [("duplicate", "empty")]


def test_a_file_that_no_contract_knows_is_held(tmp_path: Path) -> None:
    made = night(tmp_path, export(row("A")), name="somebody_else.csv")
    assert [each[1:3] for each in decided(made)] == [("quarantined", "file.unknown")]
