"""Order lines over the segment table, against documents written by hand and against the project's own mappings."""

from __future__ import annotations

from decimal import Decimal

import edi
from benchmarks import generate
from benchmarks.lines import order_lines
from tests.transforms.edifact_case import documents
from transforms.mappings.edifact_orders import map_orders
from transforms.mappings.x12_850 import map_850

ISA = "ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260302*0800*U*00401*000000001*0*P*>~"
X12 = ISA + "".join(f"{segment}~" for segment in (
    "GS*PO*THEM*US*20260302*0800*1*X*004010",
    "ST*850*0001", "BEG*00*SA*PO1**20260302", "PO1*1*12*EA*2.5*PE*IN*100*VN*V-1*UP*036000291452", "PID*F****SOAP",
    "PO1*2*1.25*LB*10*PE*UP*036000291452*IN*101", "CTT*2", "SE*7*0001",
    "ST*850*0002", "BEG*00*SA*PO2**20260302", "PO1*1*3*CA*0.01*PE*VN*V-2", "PID*F****TEA", "CTT*1", "SE*6*0002",
    "GE*2*1", "IEA*1*000000001"))
EDIFACT = "".join(f"{segment}'" for segment in (
    "UNA:+.? ", "UNB+UNOC:3+A+B+260302:0800+1", "UNH+1+ORDERS:D:96A:UN:EAN008", "BGM+220+PO1+9", "DTM+137:20260302:102",
    "LIN+1++4006381333931:EN", "PIA+1+100:IN+V-1:SA", "IMD+F++:::CHEF?'S KNIFE", "QTY+21:12:PCE", "PRI+AAA:2.5",
    "LIN+2++4006381333931:EN", "PIA+1+V-2:SA", "PIA+1+101:IN", "QTY+59:6:PCE", "QTY+21:3:CT", "PRI+AAA:0.01",
    "UNS+S", "CNT+2:2", "UNT+17+1", "UNZ+1+1"))


def rows(text: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in order_lines(edi.read(text.encode())).to_pylist()]


def test_lines_of_850s():
    assert rows(X12) == [
        ("PO1", "1", Decimal(12), "EA", Decimal("2.5"), "100", "V-1", "SOAP"),
        ("PO1", "2", Decimal("1.25"), "LB", Decimal(10), "101", None, None),
        ("PO2", "1", Decimal(3), "CA", Decimal("0.01"), None, "V-2", "TEA"),
    ]


def test_lines_of_orders():
    assert rows(EDIFACT) == [
        ("PO1", "1", Decimal(12), "PCE", Decimal("2.5"), "100", "V-1", "CHEF'S KNIFE"),
        ("PO1", "2", Decimal(3), "CT", Decimal("0.01"), "101", "V-2", None),
    ]


def compared(kind, mapping):
    """Return both sides' numbers, quantities, prices and items of a generated file."""
    data = "".join(generate.text(kind, 30_000)).encode()
    canonical = mapping(documents(data, currency="USD", units={})).tables["order_lines"]
    names = ("order_number", "line_number", "ordered_quantity", "unit_price", "buyer_item_number", "supplier_item_number")
    ours = order_lines(edi.read(data)).select(["order_number", "line_number", "quantity", "price", "buyer_item", "supplier_item"])
    return [tuple(row.values()) for row in ours.to_pylist()], [tuple(row[name] for name in names) for row in canonical.to_pylist()]


def test_lines_agree_with_the_mapping_of_850():
    ours, canonical = compared("850", map_850)

    assert len(ours) > 100
    assert ours == canonical


def test_lines_agree_with_the_mapping_of_orders():
    ours, canonical = compared("ORDERS", map_orders)

    assert len(ours) > 100
    assert ours == canonical
