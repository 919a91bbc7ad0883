"""Rows told apart by place: several documents and files of a batch, both standards, and what is absent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from edi.findings import Severity
from tests.transforms import edifact_case
from tests.transforms.x12_case import case, interchange
from transforms.mappings.documents import HEAD_COLUMNS, Documents
from transforms.mappings.levels import documents_level
from transforms.mappings.rows import Rows, finished
from transforms.model import ORDER_LINES, arrow_schema

FIRST = "BEG*00*NE*P1**20260302\nPO1*1*5*EA*2.5"
SECOND = "BEG*00*NE*P2**20260302\nPO1*1*7*CT*1\nPO1*2*1e3*LB*+3"


def lines(documents: Documents, tag: str = "PO1") -> Rows:
    return Rows(ORDER_LINES, documents_level(documents).inside(tag))


def test_provenance_is_that_of_the_rows_own_document():
    documents = case("850", FIRST, SECOND)
    heads = documents.heads.set_column(HEAD_COLUMNS.index("partner_id"), "partner_id", pa.array(["acme", "globex"]))
    made = lines(replace(documents, heads=heads)).finish()
    assert made.column("partner_id").to_pylist() == ["acme", "globex", "globex"]
    assert made.column("document_id").to_pylist() == ["doc0", "doc1", "doc1"]
    assert made.column("transaction_ordinal").to_pylist() == [1, 2, 2]
    assert made.column("segment_ordinal").to_pylist() == [3, 3, 4]  # ST is 1, in every transaction anew
    for name in HEAD_COLUMNS:
        assert made.column(name).null_count == (3 if name == "guide_hash" else 0)
    text = interchange("850", FIRST, SECOND)
    assert [text[at:at + 7] for at in made.column("byte_offset").to_pylist()] == [b"PO1*1*5", b"PO1*1*7", b"PO1*2*1"]


def test_a_finding_in_the_second_document_says_so():
    rows = lines(case("850", FIRST, SECOND))
    rows.decimal("ordered_quantity", rows.level.cell(2))
    rows.decimal("unit_price", rows.level.cell(4))
    where = [(found.place.transaction, found.place.segment, found.place.element, found.place.offset) for found in rows.findings]
    at = interchange("850", FIRST, SECOND).index(b"PO1*2*1e3")
    assert where == [(2, 4, 2, at), (2, 4, 4, at)]
    assert {found.severity for found in rows.findings} == {Severity.ERROR}
    assert not any("1e3" in f"{found.message} {found.remedy}" for found in rows.findings)


def test_a_value_of_a_child_is_placed_in_the_child():
    rows = lines(case("850", "PO1*1*5\nPID*F\nPO4*x"))
    rows.decimal("pack_quantity", rows.level.child("PO4", 1))
    [found] = rows.findings
    assert (found.place.tag, found.place.segment, found.place.element) == ("PO4", 4, 1)
    assert found.message == "PO401 is not a number that order_lines.pack_quantity can hold exactly"


def test_a_value_taken_instead_is_placed_where_it_stands():
    rows = lines(case("850", "BEG*00*NE*P1**x\nPO1*1\nDTM*002*20260231", "BEG*00*NE*P2**20261301\nPO1*1"))
    whole = documents_level(rows.level.documents)
    rows.date("requested_delivery_date", rows.level.child("DTM", 2).otherwise(whole.child("BEG", 5)))
    assert [(found.place.transaction, found.place.tag, found.place.element) for found in rows.findings] == [(1, "DTM", 2), (2, "BEG", 5)]


def test_components_of_edifact_and_offsets_behind_a_byte_order_mark():
    text = b"\xef\xbb\xbf" + edifact_case.interchange("ORDERS", "BGM+220'\nLIN+1'\nQTY+21:1,5:KGM'\nLIN+2'\nQTY+21:1.2.3:PCE'")
    rows = lines(edifact_case.documents(text), "LIN")
    rows.decimal("ordered_quantity", rows.level.child("QTY", 1, 2))
    rows.unit("unit_code", rows.level.child("QTY", 1, 3))
    assert rows.column("unit_code").to_pylist() == ["KGM", "EA"]
    assert [(found.place.element, found.place.component) for found in rows.findings] == [(1, 2), (1, 2)]  # the mark here is a point
    assert [found.place.offset for found in rows.findings] == [text.index(b"QTY+21:1,5"), text.index(b"QTY+21:1.2")]


def test_the_decimal_mark_of_the_documents_is_used():
    documents = edifact_case.documents(edifact_case.interchange("ORDERS", "LIN+1'\nQTY+21:1,5:KGM'", una="UNA:+,? '"))
    rows = lines(replace(documents, decimal_mark=","), "LIN")
    rows.decimal("ordered_quantity", rows.level.child("QTY", 1, 2))
    assert (rows.column("ordered_quantity").to_pylist(), rows.findings) == ([Decimal("1.5")], [])


@pytest.mark.parametrize(("sent", "value", "found"), [("", "1", 0), ("0", "0", 0), ("100", "100", 0), ("x", None, 1), ("1.00000", "1", 0)])
def test_a_default_stands_for_silence_only(sent, value, found):
    rows = lines(case("850", f"PO1*1*5*EA*2*TP\nCTP**{sent}*9"))
    rows.decimal("price_basis_quantity", rows.level.child("CTP", 2), default="1")
    assert rows.column("price_basis_quantity").to_pylist() == [None if value is None else Decimal(value)]
    assert len(rows.findings) == found


def test_implied_decimals_have_defaults_too():
    rows = lines(case("850", "PO1*1*5", "PO1*1"))
    rows.implied("line_amount", rows.level.cell(2), default="0")
    assert rows.column("line_amount").to_pylist() == [Decimal("0.05"), Decimal(0)]


def test_no_units_known_means_units_as_sent():
    rows = lines(replace(case("850", FIRST, SECOND), units={}))
    rows.unit("unit_code", rows.level.cell(3))
    assert rows.column("unit_code").to_pylist() == ["EA", "CT", "LB"]


def test_units_differ_in_case_and_by_standard():
    rows = lines(case("850", "PO1*1*5*ct\nPO1*2*5*PCE\nPO1*3*5*KG"))
    rows.unit("unit_code", rows.level.cell(3))
    assert rows.column("unit_code").to_pylist() == ["ct", "PCE", "KGM"]


def test_a_batch_of_no_documents_makes_a_table_of_no_rows():
    rows = lines(case("850"))
    rows.put("order_number", "P1")
    rows.unit("unit_code", rows.level.cell(3))
    rows.code("unit_code", rows.level.cell(3), {"EA": "EA"}, default="EA")
    rows.decimal("ordered_quantity", rows.level.cell(2), default="1")
    rows.implied("line_amount", rows.level.cell(2))
    rows.date("requested_delivery_date", rows.level.cell(5))
    made = finished(rows)
    assert (len(made.tables["order_lines"]), made.findings) == (0, ())
    assert made.tables["order_lines"].schema == arrow_schema(ORDER_LINES)
