"""Rows being made: codes, units, decimals and dates of a level's cells, provenance, and findings with their place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa

from tests.transforms.x12_case import case, interchange
from transforms.mappings.levels import documents_level
from transforms.mappings.rows import Rows, finished
from transforms.model import INVOICES, ORDER_LINES, ORDERS, arrow_schema

BODY = "BEG*00*NE*P1**20260302\nPO1*1*5*CT*2.5\nPO1*2**XY*x\nPO1*3*1.00001"


def order_lines() -> Rows:
    return Rows(ORDER_LINES, documents_level(case("850", BODY)).inside("PO1"))


def test_a_finished_table_has_the_models_schema_and_says_where_each_row_is_from():
    made = order_lines().finish()
    assert made.schema == arrow_schema(ORDER_LINES)
    assert made.column("document_id").to_pylist() == ["doc0"] * 3
    assert made.column("segment_ordinal").to_pylist() == [3, 4, 5]
    data = interchange("850", BODY)
    assert made.column("byte_offset").to_pylist() == [data.index(b"PO1*1"), data.index(b"PO1*2"), data.index(b"PO1*3")]
    assert made.column("line_number").null_count == 3


def test_units_are_translated_or_stay_as_sent():
    rows = order_lines()
    rows.unit("unit_code", rows.level.cell(3))
    assert rows.column("unit_code").to_pylist() == ["CA", "XY", None]


def test_codes_that_nobody_knows_are_the_default():
    rows = Rows(ORDERS, documents_level(case("850", BODY, "BEG*99", "BEG")))
    rows.code("purpose_code", rows.level.child("BEG", 1), {"00": "original"})
    assert rows.column("purpose_code").to_pylist() == ["original", None, None]
    rows.code("purpose_code", rows.level.child("BEG", 1), {"00": "original"}, default="change")
    assert rows.column("purpose_code").to_pylist() == ["original", "change", "change"]


def test_a_default_stands_where_nothing_was_sent_never_where_something_unreadable_was():
    rows = order_lines()
    rows.decimal("ordered_quantity", rows.level.cell(2), default="1")
    assert rows.column("ordered_quantity").to_pylist() == [Decimal(5), Decimal(1), None]
    assert [(found.code, found.place.segment, found.place.element) for found in rows.findings] == [("value.unreadable_number", 5, 2)]


def test_a_finding_has_its_place_to_the_byte_and_no_value():
    rows = order_lines()
    rows.decimal("unit_price", rows.level.cell(4))
    [found] = rows.findings
    place = found.place
    assert (place.interchange, place.transaction, place.segment, place.tag, place.element, place.component) == (1, 1, 4, "PO1", 4, 1)
    assert place.offset == interchange("850", BODY).index(b"PO1*2")
    assert found.message == "PO104 is not a number that order_lines.unit_price can hold exactly"


def test_dates_and_implied_decimals():
    level = documents_level(case("810", "BIG*20260302*I1\nTDS*12345", "BIG*20260231*I2\nTDS*1.5"))
    rows = Rows(INVOICES, level)
    rows.date("invoice_date", level.child("BIG", 1))
    rows.implied("invoice_amount", level.child("TDS", 1))
    assert rows.column("invoice_date").to_pylist() == [date(2026, 3, 2), None]
    assert rows.column("invoice_amount").to_pylist() == [Decimal("123.45"), None]
    assert [(found.code, found.place.transaction) for found in rows.findings] == [
        ("value.unreadable_date", 2), ("value.unreadable_number", 2)]


def test_one_value_for_all_rows_and_columns_as_they_are():
    rows = order_lines()
    rows.put("order_number", "P1")
    rows.put("line_number", pa.array(["a", "b", None]))
    made = rows.finish()
    assert made.column("order_number").to_pylist() == ["P1"] * 3
    assert made.column("line_number").to_pylist() == ["a", "b", None]


def test_a_value_that_two_tables_were_made_from_is_reported_once():
    first, second = order_lines(), order_lines()
    for rows in (first, second):
        rows.decimal("unit_price", rows.level.cell(4))
    assert len(finished(first, second).findings) == 1
