"""ORDRSP: what suppliers say of orders, by codes and, where codes are silent, by values."""

from __future__ import annotations

import pytest

from tests.transforms.edifact_case import documents, interchange, mapped, rows
from transforms.mappings.edifact_ordrsp import map_ordrsp

HEAD = "BGM+231+R-1+{}'\nDTM+137:20260303:102'\nRFF+ON:PO-1'\n"


def respond(body, function="4"):
    return mapped(map_ordrsp, "ORDRSP", HEAD.format(function) + body + "\nUNS+S'")


def said(result):
    return rows(result, "order_response_lines", "line_ordinal", "response_ordinal", "response_code", "confirmed_quantity")


def test_a_response_and_its_lines():
    result = respond("""
        LIN+1+5+4006381333931:SRV'
        PIA+1+S-1:SA'
        QTY+21:100'
        QTY+113:100:CT'
        DTM+69:20260309:102'
        PRI+AAA:12.5:::10:PCE'
        LIN+2+3+B-2:IN'
        QTY+21:50'
        QTY+113:40'
    """)
    assert not result.findings
    assert rows(result, "order_responses", "order_number", "release_number", "response_number", "response_code", "response_date") == [
        ("PO-1", None, "R-1", "accepted_with_changes", "2026-03-03")]
    assert rows(result, "order_response_lines", "line_ordinal", "order_number", "line_number", "buyer_item_number", "supplier_item_number",
                "gtin", "response_code", "confirmed_quantity", "unit_code", "unit_price", "price_basis_quantity", "confirmed_date") == [
        (1, "PO-1", "1", None, "S-1", "04006381333931", "accepted", "100", "CA", "12.5", "10", "2026-03-09"),
        (2, "PO-1", "2", "B-2", None, None, "quantity_changed", "40", "EA", None, "1", None),
    ]


@pytest.mark.parametrize(("function", "code"), [
    ("29", "accepted"), ("4", "accepted_with_changes"), ("27", "rejected"), ("34", "exceptions_only"), ("9+AC", "accepted_with_changes"),
    ("9+AD", "accepted"), ("9+AI", "exceptions_only"), ("9+RE", "rejected"), ("9", None),
])
def test_what_is_said_of_the_order_as_a_whole(function, code):
    assert rows(respond("", function), "order_responses", "response_code") == [(code,)]


@pytest.mark.parametrize(("lines", "code"), [
    ("LIN+1+5+A:SA'\nQTY+21:1'\nLIN+2++B:SA'\nQTY+21:1'", "accepted"),
    ("LIN+1+7+A:SA'\nLIN+2+7+B:SA'", "rejected"),
    ("LIN+1+7+A:SA'\nLIN+2+5+B:SA'\nQTY+21:1'", "accepted_with_changes"),
    ("LIN+1++A:SA'\nQTY+21:10'\nQTY+113:9'", "accepted_with_changes"),
])
def test_the_order_as_a_whole_follows_from_the_lines_where_the_header_is_silent(lines, code):
    assert rows(respond(lines, "9"), "order_responses", "response_code") == [(code,)]


@pytest.mark.parametrize(("line", "expected"), [
    ("LIN+1+5+A:SA'\nQTY+21:10'", [(1, 1, "accepted", "10")]),
    ("LIN+1++A:SA'\nQTY+21:10'\nQTY+113:10'", [(1, 1, "accepted", "10")]),
    ("LIN+1++A:SA'\nQTY+21:10'\nQTY+12:8'", [(1, 1, "quantity_changed", "8")]),
    ("LIN+1++A:SA'\nQTY+21:10'\nQTY+113:0'", [(1, 1, "quantity_changed", "0")]),
    ("LIN+1+3+A:SA'\nQTY+113:8'", [(1, 1, "quantity_changed", "8")]),
    ("LIN+1+6+A:SA'\nQTY+21:10'\nQTY+113:10'\nPRI+AAA:9.9'", [(1, 1, "price_changed", "10")]),
    ("LIN+1+6+A:SA'\nQTY+21:10'\nQTY+113:10'\nDTM+69:20260312:102'", [(1, 1, "date_changed", "10")]),
    ("LIN+1+3+A:SA'\nPIA+3+B:SA'\nQTY+21:10'", [(1, 1, "substituted", "10")]),
    ("LIN+1+7+A:SA'\nQTY+21:10'", [(1, 1, "rejected", "10")]),
    ("LIN+1+7+A:SA'", [(1, 1, "rejected", "0")]),
])
def test_what_is_said_of_a_line(line, expected):
    assert said(respond(line)) == expected


def test_delivered_and_held_back_quantities_add_up():
    result = respond("LIN+1+3+A:SA'\nQTY+21:100'\nQTY+113:90'\nQTY+83:10'")
    assert said(result) == [(1, 1, "quantity_changed", "90"), (1, 2, "backordered", "10")]


def test_schedules_are_statements_with_dates_of_their_own():
    result = respond("""
        LIN+1+5+A:SA'
        QTY+21:100'
        DTM+2:20260310:102'
        SCC+1'
        QTY+113:60'
        DTM+67:20260311:102'
        SCC+1'
        QTY+113:40'
        DTM+67:20260318:102'
    """)
    assert rows(result, "order_response_lines", "response_ordinal", "response_code", "confirmed_quantity", "confirmed_date") == [
        (1, "accepted", "60", "2026-03-11"), (2, "accepted", "40", "2026-03-18")]


def test_quantities_of_places_below_a_line_are_not_added():
    result = respond("LIN+1+5+A:SA'\nQTY+113:10'\nLOC+7+X'\nQTY+113:4'\nLOC+7+Y'\nQTY+113:6'")
    assert said(result) == [(1, 1, "accepted", "10")]


def test_a_rejected_order_rejects_its_lines():
    assert said(respond("LIN+1++A:SA'\nQTY+21:10'", "27")) == [(1, 1, "rejected", "10")]


def test_the_lines_of_the_order_are_named_by_reference():
    result = respond("LIN+1+5+A:SA'\nQTY+21:1'\nRFF+LI:30'\nLIN+2+5+B:SA'\nQTY+21:1'\nRFF+ON:PO-1:40'")
    assert rows(result, "order_response_lines", "line_number") == [("30",), ("40",)]


def test_one_unreadable_price_of_a_split_line_is_one_finding():
    data = interchange("ORDRSP", HEAD.format("4") + "LIN+1+3+A:SA'\nQTY+113:9'\nQTY+83:1'\nPRI+AAA:ten'\nUNS+S'")
    result = map_ordrsp(documents(data))
    assert [(finding.code, finding.place.offset) for finding in result.findings] == [("value.unreadable_number", data.index(b"PRI+AAA"))]
    assert rows(result, "order_response_lines", "unit_price") == [(None,), (None,)]
