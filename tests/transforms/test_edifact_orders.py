"""ORDERS as partners write them, and the rows that follow by hand from the UN directories."""

from __future__ import annotations

import pytest

from tests.transforms.edifact_case import documents, interchange, mapped, rows
from transforms.mappings.edifact_orders import map_orders

ORDER = """
BGM+220+PO-0077+9'
DTM+137:20260302:102'
DTM+2:20260310:102'
NAD+BY+4000000000006::9++Handels GmbH+Weg 1+Hamburg+HH+20457+DE'
NAD+SU+4012345000009::9'
NAD+DP+4000000000013::9'
CUX+2:EUR:9'
LIN+1++4006381333931:EN'
PIA+1+B-100:IN+S-100:SA'
QTY+21:120:PCE'
DTM+2:202603091200:203'
PRI+AAA:2.5'
LIN+2++S-200:VP'
PIA+1+076123400003:UP'
QTY+21:12:CT'
QTY+59:24'
PRI+AAA:250:::100:CT'
UNS+S'
CNT+2:2'
"""


@pytest.mark.parametrize("version", ["D:96A", "D:01B"])
def test_an_order_with_its_lines(version):
    result = mapped(map_orders, "ORDERS", ORDER, version=version)
    assert not result.findings
    assert rows(result, "orders", "order_number", "release_number", "purpose_code", "order_date", "requested_delivery_date",
                "order_currency") == [("PO-0077", None, "original", "2026-03-02", "2026-03-10", "EUR")]
    assert rows(result, "order_lines", "line_ordinal", "order_number", "line_number", "ordered_quantity", "unit_code", "pack_quantity",
                "unit_price", "price_basis_quantity", "line_amount", "requested_delivery_date") == [
        (1, "PO-0077", "1", "120", "EA", None, "2.5", "1", "300", "2026-03-09"),
        (2, "PO-0077", "2", "12", "CA", "24", "250", "100", "30", "2026-03-10"),
    ]


def test_items_are_columns_of_the_line_and_rows_of_their_own():
    result = mapped(map_orders, "ORDERS", ORDER)
    assert rows(result, "order_lines", "buyer_item_number", "supplier_item_number", "gtin") == [
        ("B-100", "S-100", "04006381333931"), (None, "S-200", "00076123400003"),
    ]
    assert rows(result, "item_identifiers", "line_ordinal", "identifier_ordinal", "identifier_code", "qualifier_code", "item_number") == [
        (1, 1, "gtin", "EN", "4006381333931"), (1, 2, "buyer", "IN", "B-100"), (1, 3, "supplier", "SA", "S-100"),
        (2, 1, "supplier", "VP", "S-200"), (2, 2, "gtin", "UP", "076123400003"),
    ]


def test_parties_of_the_header():
    result = mapped(map_orders, "ORDERS", ORDER)
    assert rows(result, "parties", "party_ordinal", "role_code", "qualifier_code", "number_qualifier_code", "party_number", "party_name",
                "city_name", "postal_code", "country_code") == [
        (1, "buyer", "BY", "9", "4000000000006", "Handels GmbH", "Hamburg", "20457", "DE"),
        (2, "supplier", "SU", "9", "4012345000009", None, None, None, None),
        (3, "ship_to", "DP", "9", "4000000000013", None, None, None, None),
    ]


def test_destinations_are_places_of_a_line_that_have_a_quantity():
    result = mapped(map_orders, "ORDERS", """
        BGM+220+1'
        LIN+10++A:SA'
        QTY+21:100'
        PRI+AAA:1'
        LOC+7+4000000000013::9'
        QTY+11:60'
        DTM+2:20260311:102'
        LOC+7+4000000000020::9'
        QTY+11:4:CT'
        NAD+DP+4000000000013::9'
        LOC+7+GATE'
        LIN+20++B:SA'
        QTY+21:5'
        LOC+7+4000000000020::9'
        QTY+11:5'
        UNS+S'
    """)
    assert rows(result, "order_destinations", "line_ordinal", "destination_ordinal", "location_number", "ordered_quantity", "unit_code",
                "requested_delivery_date") == [
        (1, 1, "4000000000013", "60", "EA", "2026-03-11"), (1, 2, "4000000000020", "4", "CA", None),
        (2, 1, "4000000000020", "5", "EA", None),
    ]
    assert rows(result, "order_lines", "ordered_quantity", "requested_delivery_date") == [("100", None), ("5", None)]


@pytest.mark.parametrize(("code", "purpose"), [
    ("+9", "original"), ("", "original"), ("+1", "cancellation"), ("+4", "change"), ("+5", "replace"), ("+6", "confirmation"),
    ("+7", "duplicate"), ("+46", None),
])
def test_purpose_by_message_function(code, purpose):
    assert rows(mapped(map_orders, "ORDERS", f"BGM+220+1{code}'"), "orders", "purpose_code") == [(purpose,)]


@pytest.mark.parametrize(("sent", "read"), [
    ("20260302:102", "2026-03-02"), ("260302:101", "2026-03-02"), ("202603021530:203", "2026-03-02"), ("2603021530:201", "2026-03-02"),
    ("260302153000:202", "2026-03-02"), ("020326:2", "2026-03-02"), ("20260301-20260302:718", "2026-03-02"),
    ("2026030120260302:718", "2026-03-02"), ("20260302", "2026-03-02"), ("20260302:101", "2026-03-02"),
])
def test_dates_by_their_format(sent, read):
    result = mapped(map_orders, "ORDERS", f"BGM+220+1'\nDTM+137:{sent}'")
    assert rows(result, "orders", "order_date") == [(read,)]
    assert not result.findings


def test_currency_of_the_agreement_where_the_message_names_none():
    assert rows(mapped(map_orders, "ORDERS", "BGM+220+1'"), "orders", "order_currency") == [("EUR",)]
    assert rows(mapped(map_orders, "ORDERS", "BGM+220+1'\nCUX+3:CHF+2:SEK'"), "orders", "order_currency") == [("SEK",)]


def test_own_delimiters_comma_as_decimal_mark_and_released_characters():
    message = "BGM|220|1~\nLIN|1||A\\|1=SA~\nQTY|21=2,5=KGM~\nPRI|AAA=0,125===1000~\nUNS|S~"
    data = interchange("ORDERS").decode().replace("UNT+2+1'", "")
    data = "UNA=|,\\ ~" + "".join([
        "UNB|UNOC=3|THEM=14|US=14|260302=0800|1~", "UNH|1|ORDERS=D=96A=UN~", message.replace("\n", ""), "UNT|7|1~", "UNZ|1|1~"])
    result = map_orders(documents(data.encode()))
    # 2.5 x 0.125 / 1000 = 0.0003125, half up 0.0003
    assert rows(result, "order_lines", "supplier_item_number", "ordered_quantity", "unit_code", "line_amount") == [
        ("A|1", "2.5", "KGM", "0.0003")]


def test_an_unreadable_quantity_is_null_and_a_finding_with_its_place():
    data = interchange("ORDERS", "BGM+220+1'\nLIN+1++A:SA'\nQTY+21:1e3'\nPRI+AAA:2'\nUNS+S'")
    result = map_orders(documents(data))
    assert rows(result, "order_lines", "ordered_quantity", "line_amount") == [(None, None)]
    (finding,) = result.findings
    assert finding.code == "value.unreadable_number"
    assert finding.place.offset == data.index(b"QTY+21")
    assert (finding.place.transaction, finding.place.segment, finding.place.tag) == (1, 4, "QTY")
    assert (finding.place.element, finding.place.component) == (1, 2)


def test_rows_carry_the_place_of_their_segment():
    data = interchange("ORDERS", ORDER, "BGM+220+SECOND'\nLIN+7++A:SA'\nQTY+21:1'\nUNS+S'")
    result = map_orders(documents(data))
    assert rows(result, "order_lines", "document_id", "line_number", "segment_ordinal", "byte_offset")[2] == (
        "doc1", "7", 3, data.index(b"LIN+7"))


def test_numbers_of_a_substitute_are_kept_but_not_the_lines_own():
    result = mapped(map_orders, "ORDERS", "BGM+220+1'\nLIN+1++A:SA'\nPIA+3+B:SA+4006381333931:SRV'\nQTY+21:1'\nUNS+S'")
    assert rows(result, "order_lines", "supplier_item_number", "gtin") == [("A", None)]
    assert rows(result, "item_identifiers", "identifier_code", "item_number") == [
        ("supplier", "A"), ("other", "B"), ("other", "4006381333931")]


def test_a_price_for_another_unit_makes_no_amount():
    result = mapped(map_orders, "ORDERS", """
        BGM+220+1'
        LIN+1++A:SA'
        QTY+21:10'
        PRI+AAA:4:::1:KGM'
        LIN+2++B:SA'
        QTY+21:10'
        PRI+AAA:4:::1:PCE'
        UNS+S'
    """)
    assert rows(result, "order_lines", "unit_price", "line_amount") == [("4", None), ("4", "40")]
