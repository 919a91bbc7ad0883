"""One order, sent as X12 850, as EDIFACT ORDERS and by other systems, gives rows that are equal in every business column.

A leg is the same order in another form: a function that gives the canonical tables. Add one to LEGS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tests.transforms import exports_case
from tests.transforms.edifact_case import UNITS, documents, interchange, rows
from transforms.exports import Export
from transforms.mappings.documents import Mapped
from transforms.mappings.registry import find
from transforms.model import ORDER_DESTINATIONS, ORDER_LINES, ORDERS, business_columns
from transforms.policy import ContractColumn, SourceContract

# Order PO-0077 of 2 March 2026, wanted on 10 March, in EUR. Line 1: 120 pieces at 2.50, half of them for each of two places.
# Line 2: 12 cartons of 24 at 250.00 per 100, buyer's number unknown.
ORDERS_MESSAGE = """
BGM+220+PO-0077+9'
DTM+137:20260302:102'
DTM+2:20260310:102'
NAD+BY+4000000000006::9'
NAD+SU+4012345000009::9'
NAD+DP+4000000000013::9'
CUX+2:EUR:9'
LIN+1++4006381333931:EN'
PIA+1+B-100:IN+S-100:SA'
QTY+21:120:PCE'
PRI+AAA:2.50'
LOC+7+STORE1::92'
QTY+11:60:PCE'
LOC+7+STORE2::92'
QTY+11:60:PCE'
LIN+2++S-200:SA'
PIA+1+076123400003:UP'
QTY+21:12:CT'
QTY+59:24'
PRI+AAA:250:::100:CT'
UNS+S'
CNT+2:2'
"""

ORDER_850 = """
ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260302*0800*U*00401*000000001*0*P*>
GS*PO*THEM*US*20260302*0800*1*X*004010
ST*850*0001
BEG*00*NE*PO-0077**20260302
CUR*BY*EUR
DTM*002*20260310
N1*BY**UL*4000000000006
N1*SU**UL*4012345000009
N1*ST**UL*4000000000013
PO1*1*120*EA*2.5**EN*4006381333931*IN*B-100*VN*S-100
SDQ*EA*92*STORE1*60*STORE2*60
PO1*2*12*CA*250*HP*VN*S-200*UP*076123400003
PO4*24
CTT*2
SE*13*0001
GE*1*1
IEA*1*000000001
"""


# The ERP has one row a line and knows nothing of destinations.
CONTRACT = SourceContract(
    source_id="erp_orders", system_code="erp", file_pattern="*.csv", kind="delta", header_table="orders", line_table="order_lines",
    document_key=("order",), partner_column="partner", partner_aliases={"ACME": "acme"}, delimiter=";", decimal_mark=",",
    date_format="DD.MM.YYYY", constants={"orders.purpose_code": "original"}, columns=(
        ContractColumn("order", "orders.order_number"), ContractColumn("of", "orders.order_date", kind="date"),
        ContractColumn("for", "orders.requested_delivery_date", kind="date"), ContractColumn("currency", "orders.order_currency"),
        ContractColumn("line", "order_lines.line_number"), ContractColumn("gtin", "order_lines.gtin"),
        ContractColumn("ours", "order_lines.buyer_item_number"), ContractColumn("theirs", "order_lines.supplier_item_number"),
        ContractColumn("quantity", "order_lines.ordered_quantity", kind="decimal"),
        ContractColumn("unit", "order_lines.unit_code", values={"PCS": "EA", "CRT": "CA"}),
        ContractColumn("holds", "order_lines.pack_quantity", kind="decimal"),
        ContractColumn("price", "order_lines.unit_price", kind="decimal"),
        ContractColumn("per", "order_lines.price_basis_quantity", kind="decimal"),
    ))
EXPORT = (
    "partner;order;of;for;currency;line;gtin;ours;theirs;quantity;unit;holds;price;per",
    "ACME;PO-0077;02.03.2026;10.03.2026;EUR;1;4006381333931;B-100;S-100;120,000;PCS;;2,50;",
    "ACME;PO-0077;02.03.2026;10.03.2026;EUR;2;076123400003;;S-200;12,000;CRT;24;250,00;100",
)


def exported() -> Export:
    """Read the ERP's export."""
    result = exports_case.read(CONTRACT, *EXPORT)
    assert not result.findings
    return result


def edifact(version: str) -> Mapped:
    """Map the ORDERS message."""
    return _mapped("edifact", "ORDERS", interchange("ORDERS", ORDERS_MESSAGE, version=version), UNITS)


def x12() -> Mapped:
    """Map the 850."""
    return _mapped("x12", "850", ORDER_850.strip().replace("\n", "~\n").encode() + b"~", {"EA": "EA", "CA": "CA"})


def _mapped(standard: str, type_code: str, data: bytes, units: dict[str, str]) -> Mapped:
    mapping = find(standard, type_code)
    assert mapping is not None, f"{standard} {type_code} has no mapping"
    result = mapping.map(documents(data, units=units))
    assert not result.findings
    return result


EDI_LEGS: dict[str, Callable[[], Mapped]] = {
    "850": x12,
    "ORDERS D.96A": lambda: edifact("D:96A"),
    "ORDERS D.01B": lambda: edifact("D:01B"),
}
LEGS: dict[str, Callable[[], Mapped | Export]] = {**EDI_LEGS, "CSV": exported}


def business(result: Mapped | Export, table: Any) -> list[dict[str, Any]]:
    """Return the rows of a table with nothing but business columns."""
    made: pa.Table = result.tables[table.name]
    return made.select(business_columns(table)).to_pylist()


@pytest.mark.parametrize("leg", LEGS)
def test_the_order_as_it_was_meant(leg):
    result = LEGS[leg]()
    assert rows(result, "orders", *business_columns(ORDERS)) == [("PO-0077", None, "original", "2026-03-02", "2026-03-10", "EUR")]
    assert rows(result, "order_lines", "order_number", "line_number", "buyer_item_number", "supplier_item_number", "gtin",
                "ordered_quantity", "unit_code", "pack_quantity", "unit_price", "price_basis_quantity", "line_amount",
                "requested_delivery_date", "order_currency") == [
        ("PO-0077", "1", "B-100", "S-100", "04006381333931", "120", "EA", None, "2.5", "1", "300", "2026-03-10", "EUR"),
        ("PO-0077", "2", None, "S-200", "00076123400003", "12", "CA", "24", "250", "100", "30", "2026-03-10", "EUR"),
    ]


@pytest.mark.parametrize(("leg", "table"), [
    *((leg, table) for leg in LEGS for table in (ORDERS, ORDER_LINES)), *((leg, ORDER_DESTINATIONS) for leg in EDI_LEGS),
], ids=str)
def test_every_business_column_is_equal(leg, table):
    assert business(LEGS[leg](), table) == business(edifact("D:96A"), table)


@pytest.mark.parametrize("leg", EDI_LEGS)
def test_destinations_and_parties_of_the_edi_legs(leg):
    result = EDI_LEGS[leg]()
    assert rows(result, "order_destinations", "line_ordinal", "destination_ordinal", "location_number", "ordered_quantity",
                "unit_code") == [
        (1, 1, "STORE1", "60", "EA"), (1, 2, "STORE2", "60", "EA")]
    assert rows(result, "parties", "role_code", "party_number") == [
        ("buyer", "4000000000006"), ("supplier", "4012345000009"), ("ship_to", "4000000000013")]
