"""DESADV: the same goods in every hierarchy come out as the same lines."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.transforms.edifact_case import mapped, rows
from transforms.mappings.edifact_desadv import map_desadv

HEAD = """
BGM+351+SHP-1+9'
DTM+137:20260304:102'
DTM+11:202603041700:203'
DTM+17:20260306:102'
RFF+ON:PO-1'
RFF+BM:BL-9'
NAD+SU+4012345000009::9'
NAD+DP+4000000000013::9'
TDT+20++30+31+DHL:172:20'
"""

FLAT = HEAD + """
CPS+1'
PAC+2++CT'
LIN+1++4006381333931:SRV'
PIA+1+B-1:IN'
QTY+12:48:PCE'
LIN+2++S-2:SA'
QTY+12:2:CT'
QTY+59:24'
RFF+ON:PO-2:7'
CNT+2:2'
"""

PALLET_WITH_CARTONS = HEAD + """
CPS+1'
PAC+1++201'
CPS+2+1'
PAC+1++201'
PCI+33E'
GIN+BJ+340123450000000017'
CPS+3+2'
PAC+1++CT'
PCI+33E'
GIN+BJ+340123450000000024'
LIN+1++4006381333931:SRV'
QTY+12:24'
CPS+4+2'
PAC+1++CT'
PCI+33E'
GIN+BJ+340123450000000031'
LIN+2++4006381333931:SRV'
QTY+12:24'
RFF+LI:1'
"""


def packages(result):
    return rows(result, "packages", "package_ordinal", "parent_ordinal", "level_code", "sscc")


@pytest.mark.parametrize("version", ["D:96A", "D:01B"])
def test_a_shipment_without_packages(version):
    result = mapped(map_desadv, "DESADV", FLAT, version=version)
    assert not result.findings
    assert rows(result, "shipments", "shipment_number", "shipment_date", "delivery_date", "carrier_code", "bill_of_lading_number") == [
        ("SHP-1", "2026-03-04", "2026-03-06", "DHL", "BL-9")]
    assert rows(result, "shipment_lines", "line_ordinal", "package_ordinal", "shipment_number", "order_number", "line_number",
                "buyer_item_number", "supplier_item_number", "gtin", "shipped_quantity", "unit_code", "pack_quantity",
                "ship_to_number") == [
        (1, None, "SHP-1", "PO-1", "1", "B-1", None, "04006381333931", "48", "EA", None, "4000000000013"),
        (2, None, "SHP-1", "PO-2", "7", None, "S-2", None, "2", "CA", "24", "4000000000013"),
    ]
    assert packages(result) == []


def test_cartons_on_a_pallet():
    result = mapped(map_desadv, "DESADV", PALLET_WITH_CARTONS)
    assert packages(result) == [
        (1, None, "tare", "340123450000000017"), (2, 1, "pack", "340123450000000024"), (3, 1, "pack", "340123450000000031")]
    assert rows(result, "shipment_lines", "line_ordinal", "package_ordinal", "line_number", "shipped_quantity") == [
        (1, 2, "1", "24"), (2, 3, "1", "24")]


def test_every_hierarchy_gives_the_same_totals_by_order_line():
    flat = HEAD + "CPS+1'\nLIN+1++4006381333931:SRV'\nQTY+12:48'"
    totals = []
    for message in (flat, PALLET_WITH_CARTONS):
        total: Counter[tuple[str, str]] = Counter()
        for order, line, quantity in rows(mapped(map_desadv, "DESADV", message), "shipment_lines", "order_number", "line_number",
                                          "shipped_quantity"):
            total[order, line] += int(quantity)
        totals.append(total)
    assert totals == [{("PO-1", "1"): 48}] * 2


def test_several_serial_codes_of_a_node_are_several_packages_and_no_line_is_put_into_one():
    result = mapped(map_desadv, "DESADV", HEAD + """
        CPS+1'
        PAC+3++CT'
        PCI+33E'
        GIN+BJ+340123450000000017+340123450000000024'
        GIN+BJ+340123450000000031'
        LIN+1++A:SA'
        QTY+12:30'
    """)
    assert packages(result) == [
        (1, None, "pack", "340123450000000017"), (2, None, "pack", "340123450000000024"), (3, None, "pack", "340123450000000031")]
    assert rows(result, "shipment_lines", "package_ordinal") == [(None,)]


def test_a_serial_code_below_a_line_is_the_package_of_that_line():
    result = mapped(map_desadv, "DESADV", HEAD + """
        CPS+1'
        PAC+1++201'
        PCI+33E'
        GIN+BJ+340123450000000017'
        LIN+1++A:SA'
        QTY+12:10'
        PCI+33E'
        QTY+52:5'
        GIN+BJ+340123450000000024'
        LIN+2++B:SA'
        QTY+12:4'
    """)
    assert packages(result) == [(1, None, "tare", "340123450000000017"), (2, 1, "pack", "340123450000000024")]
    assert rows(result, "shipment_lines", "package_ordinal", "shipped_quantity") == [(2, "10"), (1, "4")]


def test_serial_codes_in_marks_with_application_identifier():
    result = mapped(map_desadv, "DESADV", HEAD + """
        CPS+1'
        CPS+2+1'
        PAC+1++CT'
        PCI+30+00340123450000000017'
        LIN+1++A:SA'
        QTY+12:1'
        CPS+3+1'
        PCI+30+FRAGILE'
        LIN+2++B:SA'
        QTY+12:1'
    """)
    assert packages(result) == [(1, None, "pack", "340123450000000017"), (2, None, "pack", None)]
    assert rows(result, "shipment_lines", "package_ordinal") == [(1,), (2,)]


def test_hierarchies_of_two_messages_do_not_meet():
    result = mapped(map_desadv, "DESADV", PALLET_WITH_CARTONS, PALLET_WITH_CARTONS)
    assert rows(result, "packages", "document_id", "package_ordinal", "parent_ordinal")[3:] == [
        ("doc1", 1, None), ("doc1", 2, 1), ("doc1", 3, 1)]
    assert rows(result, "shipment_lines", "document_id", "line_ordinal", "package_ordinal")[2:] == [("doc1", 1, 2), ("doc1", 2, 3)]


def test_a_line_without_any_package_segment():
    result = mapped(map_desadv, "DESADV", HEAD + "LIN+1++A:SA'\nQTY+12:1'")
    assert rows(result, "shipment_lines", "package_ordinal", "shipped_quantity") == [(None, "1")]
