"""855s as partners write them, and the rows that follow by hand from X12 004010."""

from __future__ import annotations

import pytest

from tests.transforms.edifact_case import rows
from tests.transforms.x12_case import interchange, mapped
from transforms.mappings.x12_855 import map_855

# Line 1 as ordered; of the 100 of line 2 come 60, 30 later and 10 not at all; line 3 is not mentioned again.
RESPONSE = """
BAK*00*AC*PO-0077*20260302*R2***SO-5*20260303
N1*SE*Northfield
PO1*1*120*EA*2.5*PE*UP*076123400003*IN*B-100
ACK*IA*120*EA*068*20260309
PO1*2*100*EA*3*PE*VN*S-200
ACK*IQ*60*EA*068*20260309
ACK*IB*30*EA
DTM*067*20260320
ACK*IR*10*EA
PO1*3*7*CA*100*HP*VN*S-300
DTM*002*20260311
CTT*3
"""


def statements(text: str, *columns: str, code: str = "AC") -> list[tuple[object, ...]]:
    return rows(mapped(map_855, "855", f"BAK*00*{code}*P1*20260302\n{text}"), "order_response_lines", *columns)


@pytest.mark.parametrize("version", ["004010", "005010"])
def test_a_response_with_its_statements(version):
    result = mapped(map_855, "855", RESPONSE, version=version)
    assert not result.findings
    assert rows(result, "order_responses", "order_number", "release_number", "response_number", "response_code", "response_date") == [
        ("PO-0077", "R2", "SO-5", "accepted_with_changes", "2026-03-03")]
    assert rows(result, "order_response_lines", "line_ordinal", "response_ordinal", "line_number", "response_code", "confirmed_quantity",
                "unit_code", "unit_price", "price_basis_quantity", "confirmed_date") == [
        (1, 1, "1", "accepted", "120", "EA", "2.5", "1", "2026-03-09"),
        (2, 1, "2", "quantity_changed", "60", "EA", "3", "1", "2026-03-09"),
        (2, 2, "2", "backordered", "30", "EA", "3", "1", "2026-03-20"),
        (2, 3, "2", "rejected", "10", "EA", "3", "1", None),
        (3, 1, "3", "accepted", "7", "CA", "100", "100", "2026-03-11"),
    ]


def test_every_statement_names_the_item_of_its_line():
    assert rows(mapped(map_855, "855", RESPONSE), "order_response_lines", "order_number", "buyer_item_number", "supplier_item_number",
                "gtin") == [
        ("PO-0077", "B-100", None, "00076123400003"), *[("PO-0077", None, "S-200", None)] * 3, ("PO-0077", None, "S-300", None)]


@pytest.mark.parametrize(("sent", "code"), [
    ("AD", "accepted"), ("AK", "accepted"), ("AT", "accepted"), ("AC", "accepted_with_changes"), ("AE", "exceptions_only"),
    ("RD", "rejected"), ("RJ", "rejected"), ("AH", None), ("ZZ", None),
])
def test_what_is_said_of_the_order(sent, code):
    assert rows(mapped(map_855, "855", f"BAK*00*{sent}*P1*20260302"), "order_responses", "response_code") == [(code,)]


@pytest.mark.parametrize(("sent", "code"), [
    ("IA", "accepted"), ("IQ", "quantity_changed"), ("IP", "price_changed"), ("IB", "backordered"), ("DR", "date_changed"),
    ("IS", "substituted"), ("IR", "rejected"), ("ID", "rejected"), ("IH", None),
])
def test_what_is_said_of_a_line(sent, code):
    assert statements(f"PO1*1*5*EA\nACK*{sent}*5*EA", "response_code") == [(code,)]


def test_accepted_with_changes_unnamed_is_told_by_the_quantities():
    assert statements("PO1*1*5*EA\nACK*IC*4*EA\nPO1*2*5*EA\nACK*IC*5*EA", "response_code") == [("quantity_changed",), ("date_changed",)]


def test_lines_without_a_statement_follow_the_order():
    assert statements("PO1*1*5*EA", "response_code", "confirmed_quantity", code="AE") == [("accepted", "5")]
    assert statements("PO1*1*5*EA", "response_code", "confirmed_quantity", code="RJ") == [("rejected", "5")]


def test_quantities_left_out():
    assert statements("PO1*1*5*EA\nACK*IA", "confirmed_quantity", "unit_code") == [("5", "EA")]
    assert statements("PO1*1*5*EA\nACK*IR", "confirmed_quantity") == [("0",)]  # nothing of it will come
    # Which of two statements covers how much cannot be known.
    assert statements("PO1*1*5*EA\nACK*IA\nACK*IB*2*EA", "confirmed_quantity") == [(None,), ("2",)]


def test_the_orders_date_stands_in_for_a_response_without_its_own():
    assert rows(mapped(map_855, "855", "BAK*00*AD*P1*20260302"), "order_responses", "response_date") == [("2026-03-02",)]


def test_unreadable_values_by_place():
    body = "BAK*00*AC*P1*20260302\nPO1*1*5*EA\nACK*IQ*4,5*EA*068*20261301"
    result, data = mapped(map_855, "855", body), interchange("855", body)
    assert rows(result, "order_response_lines", "confirmed_quantity", "confirmed_date") == [(None, None)]
    assert [(found.code, found.place.tag, found.place.element, found.place.offset) for found in result.findings] == [
        ("value.unreadable_number", "ACK", 2, data.index(b"ACK")), ("value.unreadable_date", "ACK", 5, data.index(b"ACK"))]
