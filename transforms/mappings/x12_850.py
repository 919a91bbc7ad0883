"""X12 850 (004010, 005010) to orders, their lines, destinations, item numbers and parties."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_money import line_amounts
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, cells, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import currency, dated, parties, price_and_basis, read_items, unit
from transforms.model import ORDER_DESTINATIONS, ORDER_LINES, ORDERS

PURPOSES = {  # X12 353
    "00": "original", "01": "cancellation", "02": "change", "03": "change", "04": "change", "05": "replace", "06": "confirmation",
    "07": "duplicate",
}
REQUESTED = ("002", "010", "106", "037")  # X12 374: delivery requested, requested ship, required by, ship not before
SDQ_PAIRS = 10


def map_850(documents: Documents) -> Mapped:
    """Map all 850s at once."""
    whole = documents_level(documents)
    head = whole.clipped("PO1", "CTT")
    lines = whole.inside("PO1", until=("CTT", "SE"))
    items = read_items(lines, lines.anchors, 6)
    orders = _orders(head)
    order_lines = _lines(lines, orders)
    put_items(order_lines, lines, items)
    return finished(orders, order_lines, _destinations(lines), identifiers(lines, items), parties(head))


def _orders(head: Level) -> Rows:
    rows = Rows(ORDERS, head)
    rows.put("order_number", head.child("BEG", 3))
    rows.put("release_number", head.child("BEG", 4))
    rows.code("purpose_code", head.child("BEG", 1), PURPOSES)
    rows.date("order_date", head.child("BEG", 5))
    rows.date("requested_delivery_date", dated(head, *REQUESTED))
    rows.put("order_currency", currency(head.documents))
    return rows


def _lines(lines: Level, orders: Rows) -> Rows:
    rows = Rows(ORDER_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.put("line_number", lines.cell(1))
    rows.decimal("ordered_quantity", lines.cell(2))
    unit(rows, lines.cell(3))
    rows.decimal("pack_quantity", lines.child("PO4", 1))
    price_and_basis(rows, lines.cell(4), lines.cell(5))
    rows.put("line_amount", line_amounts(
        rows.column("ordered_quantity"), rows.column("unit_price"), rows.column("price_basis_quantity")))
    rows.date("requested_delivery_date", dated(lines, *REQUESTED))
    of_order = lines.from_document(orders.column("requested_delivery_date"))
    rows.put("requested_delivery_date", pc.coalesce(rows.column("requested_delivery_date"), of_order))
    for name in ("order_number", "order_currency"):
        rows.put(name, lines.from_document(orders.column(name)))
    return rows


def _destinations(lines: Level) -> Rows:
    """Make one row a pair of location and quantity in SDQ (SDQ03/04, 05/06, ...), in order of place."""
    owner, segments = lines.children("SDQ")
    table = lines.table
    line, segment, pair = np.tile(owner, SDQ_PAIRS), np.tile(segments, SDQ_PAIRS), np.repeat(np.arange(SDQ_PAIRS), len(segments))
    present = [table.element(segments, 3 + 2 * each).is_valid().to_numpy(zero_copy_only=False) for each in range(SDQ_PAIRS)]
    order = np.lexsort((pair, segment))
    order = order[np.concatenate(present)[order]] if len(order) else order
    line, segment, pair = line[order], segment[order], pair[order]
    level = Level(lines.documents, segment, segment + 1, lines.document[line], line)
    rows = Rows(ORDER_DESTINATIONS, level)
    rows.put("line_ordinal", lines.ordinals()[line])
    rows.put("destination_ordinal", np.arange(len(line)) - np.searchsorted(line, line, side="left") + 1)
    rows.put("location_number", _paired(level, pair, 3))
    quantity = cells(table, segment, 4)
    quantity = type(quantity)(_paired(level, pair, 4), segment, 4 + 2 * pair, quantity.component)
    rows.decimal("ordered_quantity", quantity)
    unit(rows, level.cell(1))
    of_line = cells(table, lines.first("DTM", {1: REQUESTED})[line] if len(lines) else line, 2)
    rows.date("requested_delivery_date", of_line)
    rows.findings = [found for found in rows.findings if found.place.tag == "SDQ"]  # dates of lines are told with the lines
    return rows


def _paired(level: Level, pair: Ints, first: int) -> pa.Array:
    """Take from each row's segment the element of its pair."""
    made = pa.nulls(len(level), pa.string())
    for each in range(SDQ_PAIRS):
        made = pc.if_else(pa.array(pair == each), level.table.element(level.anchors, first + 2 * each), made)
    return made
