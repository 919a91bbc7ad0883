"""EDIFACT ORDERS (D.96A, D.01B) to orders, their lines, destinations, item numbers and parties."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_common import (
    computed_amounts,
    currency,
    dated,
    head_level,
    lines_level,
    number,
    parties,
    prices,
    qualified,
    quantities,
    summary_level,
)
from transforms.mappings.edifact_items import read_items
from transforms.mappings.edifact_money import DEFAULT_UNIT
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, cells, filled, within
from transforms.mappings.rows import Rows, finished
from transforms.model import ORDER_DESTINATIONS, ORDER_LINES, ORDERS

PURPOSES = {
    "9": "original", "1": "cancellation", "5": "replace", "4": "change", "6": "confirmation", "7": "duplicate", "31": "duplicate",
}
REQUESTED = ("2", "63", "64")  # delivery requested, else latest, else earliest
GROUPS = ("PAC", "LOC", "TAX", "NAD", "ALC", "TDT", "TOD", "SCC")  # segment groups below a line with quantities or dates of their own


def map_orders(documents: Documents) -> Mapped:
    """Map all ORDERS messages at once."""
    head = head_level(documents)
    lines = lines_level(documents)
    items = read_items(lines)
    orders = _orders(head)
    order_lines = _lines(lines, orders)
    put_items(order_lines, lines, items)
    return finished(orders, order_lines, _destinations(lines, order_lines), identifiers(lines, items), parties(head))


def _orders(head: Level) -> Rows:
    rows = Rows(ORDERS, head)
    rows.put("order_number", head.child("BGM", 2))
    rows.code("purpose_code", filled(head.child("BGM", 3), "9"), PURPOSES)
    rows.date("order_date", dated(head, "137", "4"))
    rows.date("requested_delivery_date", dated(head, *REQUESTED))
    rows.put("order_currency", currency(head, summary_level(head.documents)))
    return rows


def _lines(lines: Level, orders: Rows) -> Rows:
    own = lines.clipped(*GROUPS)
    rows = Rows(ORDER_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.put("line_number", lines.cell(1))
    quantities(rows, "ordered_quantity", own, "21")
    rows.decimal("pack_quantity", number(qualified(own, "QTY", "59")))
    prices(rows, lines)
    rows.put("line_amount", computed_amounts(rows, lines, own, "ordered_quantity", "21"))
    rows.date("requested_delivery_date", dated(own, *REQUESTED))
    of_order = lines.from_document(orders.column("requested_delivery_date"))
    rows.put("requested_delivery_date", pc.coalesce(rows.column("requested_delivery_date"), of_order))
    for name in ("order_number", "order_currency"):
        rows.put(name, lines.from_document(orders.column(name)))
    return rows


def _destinations(lines: Level, order_lines: Rows) -> Rows:
    """Make one row a LOC group with a quantity (D.96A SG33, D.01B SG37); other places of a line have none."""
    places = lines.inside("LOC", until=("TAX", "NAD", "ALC", "TDT", "TOD", "SCC"))
    first = places.first("QTY")
    level, first = places.take(first >= 0), first[first >= 0]
    table = lines.table
    rows = Rows(ORDER_DESTINATIONS, level)
    rows.put("line_ordinal", lines.ordinals()[level.parent])
    rows.put("destination_ordinal", within(level))
    rows.put("location_number", level.cell(2))
    rows.decimal("ordered_quantity", number(cells(table, first, 1, 2)))
    rows.unit("unit_code", filled(cells(table, first, 1, 3), DEFAULT_UNIT))
    stated = pc.is_valid(table.element(first, 1, 3))
    of_line = order_lines.column("unit_code").take(pa.array(level.parent))
    rows.put("unit_code", pc.if_else(stated, rows.column("unit_code"), of_line))
    rows.date("requested_delivery_date", dated(level, *REQUESTED))
    return rows
