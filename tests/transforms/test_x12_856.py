"""856s as partners write them: hierarchies of every kind, and the same totals by order line."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from tests.transforms.edifact_case import rows
from tests.transforms.x12_case import case, interchange, mapped
from transforms.mappings.documents import Mapped
from transforms.mappings.registry import count_records, find
from transforms.mappings.x12_856 import map_856

TOP = """
BSN*00*SH-1*20260305*1615*0001
HL*1**S
TD5*B*2*UPSN*M
REF*BM*BOL-9
DTM*011*20260304
DTM*017*20260307
N1*ST*Depot*92*0007
HL*2*1*O
PRF*PO-0077***20260302
"""
# 24 of line 1 and 6 of line 2: one pallet of two cartons, line 1 being spread over both.
SOTPI = TOP + """
HL*3*2*T
MAN*GM*00340123450000000017
HL*4*3*P
MAN*GM*340123450000000024
HL*5*4*I
LIN*1*UP*076123400003*VN*S-100
SN1**12*EA
HL*6*3*P
MAN*AA*340123450000000031
HL*7*6*I
LIN*1*UP*076123400003*VN*S-100
SN1**12*EA
HL*8*6*I
LIN*2*VN*S-200
SN1**6*EA
CTT*8
"""
SOPI = TOP + """
HL*3*2*P
HL*4*3*I
LIN*1*VN*S-100
SN1**24*EA
HL*5*2*P
HL*6*5*I
LIN*2*VN*S-200
SN1**6*EA
CTT*6
"""
# Cartons below the item repeat what they hold of it.
SOIP = TOP + """
HL*3*2*I
LIN*1*VN*S-100
SN1**24*EA
HL*4*3*P
SN1**12*EA
MAN*GM*340123450000000024
HL*5*3*P
SN1**12*EA
MAN*GM*340123450000000031
HL*6*2*I
LIN*2*VN*S-200
SN1**6*EA
HL*7*6*P
MAN*GM*340123450000000048
CTT*7
"""
LOADS = {"SOTPI": SOTPI, "SOPI": SOPI, "SOIP": SOIP}


def totals(result: Mapped) -> Counter[tuple[str, str]]:
    made: Counter[tuple[str, str]] = Counter()
    for order, line, quantity in rows(result, "shipment_lines", "order_number", "line_number", "shipped_quantity"):
        made[order, line] += Decimal(quantity)
    return made


@pytest.mark.parametrize("version", ["004010", "005010"])
def test_a_shipment_with_its_lines(version):
    result = mapped(map_856, "856", SOTPI, version=version)
    assert not result.findings
    assert rows(result, "shipments", "shipment_number", "shipment_date", "delivery_date", "carrier_code", "bill_of_lading_number") == [
        ("SH-1", "2026-03-04", "2026-03-07", "UPSN", "BOL-9")]
    assert rows(result, "shipment_lines", "line_ordinal", "package_ordinal", "shipment_number", "order_number", "line_number",
                "supplier_item_number", "gtin", "shipped_quantity", "unit_code", "ship_to_number") == [
        (1, 2, "SH-1", "PO-0077", "1", "S-100", "00076123400003", "12", "EA", "0007"),
        (2, 3, "SH-1", "PO-0077", "1", "S-100", "00076123400003", "12", "EA", "0007"),
        (3, 3, "SH-1", "PO-0077", "2", "S-200", None, "6", "EA", "0007"),
    ]


@pytest.mark.parametrize("load", LOADS)
def test_every_hierarchy_gives_the_same_totals(load):
    result = mapped(map_856, "856", LOADS[load])
    assert not result.findings
    assert totals(result) == {("PO-0077", "1"): Decimal(24), ("PO-0077", "2"): Decimal(6)}
    mapping = find("x12", "856")
    assert mapping is not None
    assert count_records(case("856", LOADS[load]), mapping).tolist() == [len(result.tables["shipment_lines"])]


def test_packages_lie_in_packages():
    assert rows(mapped(map_856, "856", SOTPI), "packages", "package_ordinal", "parent_ordinal", "level_code", "sscc") == [
        (1, None, "tare", "340123450000000017"),  # sent with the application identifier 00 before it
        (2, 1, "pack", "340123450000000024"), (3, 1, "pack", "340123450000000031")]


def test_an_item_above_its_packs_is_in_one_of_them_only_where_there_is_one():
    result = mapped(map_856, "856", SOIP)
    assert rows(result, "shipment_lines", "line_number", "package_ordinal") == [("1", None), ("2", 3)]
    assert rows(result, "packages", "parent_ordinal") == [(None,)] * 3


def test_orders_and_places_of_one_shipment_stay_apart():
    result = mapped(map_856, "856", """
        BSN*00*SH-1*20260305*1615
        HL*1**S
        N1*ST**92*DC
        HL*2*1*O
        PRF*P1
        N1*ST**92*STORE1
        HL*3*2*I
        LIN*7*VN*A
        SN1**1*EA
        HL*4*1*O
        PRF*P2
        HL*5*4*I
        LIN*9*PL*3*VN*B
        SN1**2*CA
        PO4*12
    """)
    assert rows(result, "shipments", "shipment_date") == [("2026-03-05",)]  # of the notice: no date of dispatch is sent
    assert rows(result, "shipment_lines", "order_number", "line_number", "shipped_quantity", "pack_quantity", "ship_to_number") == [
        ("P1", "7", "1", None, "STORE1"),
        ("P2", "3", "2", "12", "DC"),  # the purchaser's own line number (PL) before the assigned one
    ]


def test_quantities_that_no_item_takes_are_reported():
    body = "BSN*00*S*20260305*1615\nHL*1**S\nHL*2*1*O\nPRF*P\nHL*3*2*P\nSN1**12*EA"
    result, data = mapped(map_856, "856", body), interchange("856", body)
    assert rows(result, "shipment_lines", "line_ordinal") == []
    assert [(found.code, found.place.tag, found.place.offset) for found in result.findings] == [
        ("x12.quantity_outside_item", "SN1", data.index(b"SN1"))]


def test_an_item_without_quantity_and_parents_in_a_circle_are_kept_with_the_gaps():
    result = mapped(map_856, "856", "BSN*00*S*20260305*1615\nHL*1*2*O\nHL*2*1*P\nHL*3*2*I\nLIN*1*VN*A\nHL*4*9*I\nLIN*2*VN*B\nSN1**1*EA")
    assert rows(result, "shipment_lines", "line_number", "order_number", "package_ordinal", "shipped_quantity") == [
        ("1", None, 1, None), ("2", None, None, "1")]


def test_shipments_of_one_file_do_not_share_their_trees():
    result = mapped(map_856, "856", SOPI, SOPI.replace("PO-0077", "PO-0088").replace("SH-1", "SH-2"))
    assert totals(result) == {(order, line): Decimal(quantity) for order in ("PO-0077", "PO-0088")
                              for line, quantity in (("1", 24), ("2", 6))}
    assert rows(result, "packages", "document_id", "package_ordinal") == [("doc0", 1), ("doc0", 2), ("doc1", 1), ("doc1", 2)]
