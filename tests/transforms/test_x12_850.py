"""850s as partners write them, and the rows that follow by hand from X12 004010."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transforms.edifact_case import rows
from tests.transforms.x12_case import case, interchange, mapped
from transforms.mappings.x12_850 import map_850
from transforms.mappings.x12_money import x12_order_total

# Line 1: 120 x 2.50 = 300. Line 2: 12 cases of 24 at 250 a hundred cases: 30. Line 3: 7 pieces, no price yet.
ORDER = """
BEG*00*NE*PO-0077*R2*20260302
CUR*BY*EUR
DTM*002*20260310
N1*BY*Crossfoot Trading*UL*4000000000006
N3*1 Way
N4*Hamburg**20457*DE
N1*SE*Northfield
N1*ST*Depot 7*92*0007
PO1*001*120*EA*2.5*PE*EN*4006381333931*IN*B-100*VN*S-100
PID*F****Bolts
DTM*002*20260309
PO1*2*12*CA*250*HP*VP*S-200*UP*076123400003*ZZ*odd
PO4*24
PO1**7*EA***BP*B-300
CTT*3
"""


@pytest.mark.parametrize("version", ["004010", "005010"])
def test_an_order_with_its_lines(version):
    result = mapped(map_850, "850", ORDER, version=version)
    assert not result.findings
    assert rows(result, "orders", "order_number", "release_number", "purpose_code", "order_date", "requested_delivery_date",
                "order_currency") == [("PO-0077", "R2", "original", "2026-03-02", "2026-03-10", "EUR")]
    assert rows(result, "order_lines", "line_ordinal", "order_number", "line_number", "ordered_quantity", "unit_code", "pack_quantity",
                "unit_price", "price_basis_quantity", "line_amount", "requested_delivery_date", "order_currency") == [
        (1, "PO-0077", "001", "120", "EA", None, "2.5", "1", "300", "2026-03-09", "EUR"),
        (2, "PO-0077", "2", "12", "CA", "24", "250", "100", "30", "2026-03-10", "EUR"),
        (3, "PO-0077", None, "7", "EA", None, None, "1", None, "2026-03-10", "EUR"),
    ]


def test_items_are_columns_of_the_line_and_rows_of_their_own():
    result = mapped(map_850, "850", ORDER)
    assert rows(result, "order_lines", "buyer_item_number", "supplier_item_number", "gtin") == [
        ("B-100", "S-100", "04006381333931"), (None, "S-200", "00076123400003"), ("B-300", None, None)]
    assert rows(result, "item_identifiers", "line_ordinal", "identifier_ordinal", "identifier_code", "qualifier_code", "item_number") == [
        (1, 1, "gtin", "EN", "4006381333931"), (1, 2, "buyer", "IN", "B-100"), (1, 3, "supplier", "VN", "S-100"),
        (2, 1, "supplier", "VP", "S-200"), (2, 2, "gtin", "UP", "076123400003"), (2, 3, "other", "ZZ", "odd"),
        (3, 1, "buyer", "BP", "B-300"),
    ]


def test_parties_with_their_addresses():
    assert rows(mapped(map_850, "850", ORDER), "parties", "party_ordinal", "role_code", "qualifier_code", "number_qualifier_code",
                "party_number", "party_name", "city_name", "postal_code", "country_code") == [
        (1, "buyer", "BY", "UL", "4000000000006", "Crossfoot Trading", "Hamburg", "20457", "DE"),
        (2, "supplier", "SE", None, None, "Northfield", None, None, None),
        (3, "ship_to", "ST", "92", "0007", "Depot 7", None, None, None),
    ]


@pytest.mark.parametrize(("sent", "role"), [
    ("SU", "supplier"), ("VN", "supplier"), ("SF", "ship_from"), ("BT", "invoicee"), ("PR", "payer"), ("PE", "payee"), ("Z7", "other"),
])
def test_roles_of_parties(sent, role):
    assert rows(mapped(map_850, "850", f"BEG*00*NE*1**20260302\nN1*{sent}*X"), "parties", "role_code") == [(role,)]


@pytest.mark.parametrize(("code", "purpose"), [
    ("00", "original"), ("01", "cancellation"), ("04", "change"), ("05", "replace"), ("06", "confirmation"), ("07", "duplicate"),
    ("ZZ", None),
])
def test_purposes(code, purpose):
    assert rows(mapped(map_850, "850", f"BEG*{code}*NE*1**20260302"), "orders", "purpose_code") == [(purpose,)]


@pytest.mark.parametrize(("code", "basis", "amount"), [
    ("PE", "1", "30"), ("HP", "100", "0.3"), ("TP", "1000", "0.03"), ("", "1", "30"), ("QT", "1", "30"),
])
def test_price_bases(code, basis, amount):
    result = mapped(map_850, "850", f"BEG*00*NE*1**20260302\nPO1*1*12*EA*2.5*{code}*VN*A")
    assert rows(result, "order_lines", "price_basis_quantity", "line_amount") == [(basis, amount)]


def test_the_price_of_a_ctp_where_the_line_has_none_and_never_a_retail_price():
    result = mapped(map_850, "850", """
        BEG*00*NE*1**20260302
        PO1*1*10*EA***VN*A
        CTP*RS*RES*9.99
        CTP**NET*4.25******HP
        PO1*2*10*EA***VN*B
        CTP*RS*RES*9.99
    """)
    assert rows(result, "order_lines", "unit_price", "price_basis_quantity", "line_amount") == [
        ("4.25", "100", "0.425"), (None, "1", None)]


def test_destinations_in_pairs_and_by_schedule():
    result = mapped(map_850, "850", """
        BEG*00*NE*1**20260302
        PO1*1*30*EA*1**VN*A
        SDQ*EA*92*STORE1*10*STORE2*8
        SDQ*CA*92*STORE3*1
        PO1*2*9*EA*1**VN*B
        SCH*5*EA*ST*STORE1*002*20260311
        SCH*4*EA***002*20260312
        PO1*3*1*EA*1**VN*C
    """)
    assert rows(result, "order_destinations", "line_ordinal", "destination_ordinal", "location_number", "ordered_quantity", "unit_code",
                "requested_delivery_date")[:3] == [
        (1, 1, "STORE1", "10", "EA", None), (1, 2, "STORE2", "8", "EA", None), (1, 3, "STORE3", "1", "CA", None)]
    # SCH04 is the place; a schedule without one divides the line by dates only.
    assert rows(result, "order_destinations", "line_ordinal", "ordered_quantity", "unit_code", "requested_delivery_date")[3:] == [
        (2, "5", "EA", "2026-03-11")]
    assert rows(result, "order_lines", "ordered_quantity") == [("30",), ("9",), ("1",)]


def test_the_agreements_currency_where_the_order_names_none():
    assert rows(mapped(map_850, "850", "BEG*00*NE*1**20260302"), "orders", "order_currency") == [("USD",)]


def test_what_cannot_be_read_is_null_and_a_finding_at_its_byte():
    data = interchange("850", ORDER, "BEG*00*NE*2**20260231\nPO1*1*1e3*EA*2*PE*VN*A")
    result = mapped(map_850, "850", ORDER, "BEG*00*NE*2**20260231\nPO1*1*1e3*EA*2*PE*VN*A")
    assert rows(result, "orders", "order_date") == [("2026-03-02",), (None,)]
    assert rows(result, "order_lines", "ordered_quantity", "line_amount")[3:] == [(None, None)]
    assert {(finding.code, finding.place.offset, finding.place.transaction, finding.place.segment, finding.place.element)
            for finding in result.findings} == {
        ("value.unreadable_date", data.index(b"BEG*00*NE*2*"), 2, 2, 5),
        ("value.unreadable_number", data.index(b"PO1*1*1e3"), 2, 3, 2),
    }
    assert "1e3" not in "".join(finding.message for finding in result.findings)


def test_the_value_of_an_order_is_the_sum_of_its_priced_lines():
    bad = "BEG*00*NE*2**20260302\nPO1*1*1e3*EA*2*PE*VN*A"
    assert x12_order_total(case("850", ORDER, bad, "BEG*00*NE*3**20260302")).to_pylist() == [Decimal(330), None, Decimal(0)]


def test_rows_carry_the_place_of_their_segment():
    data = interchange("850", ORDER, ORDER)
    result = mapped(map_850, "850", ORDER, ORDER)
    second = data.rindex(b"PO1*001")
    assert rows(result, "order_lines", "document_id", "segment_ordinal", "byte_offset")[3] == ("doc1", 10, second)
