"""X12 850 (004010, 005010) to orders, their lines, destinations, item numbers and parties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_money import line_amounts
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Cells, Level, cells, documents_level, spread, within
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import GROUPS, currency, dated, packs, parties, prices, read_items
from transforms.model import ORDER_DESTINATIONS, ORDER_LINES, ORDERS
from transforms.typed import to_bools

PURPOSES = {  # X12 353
    "00": "original", "01": "cancellation", "02": "change", "03": "change", "04": "change", "05": "replace", "06": "confirmation",
    "07": "duplicate",
}
REQUESTED = ("002", "106", "063", "064")  # X12 374: delivery requested, required by, not after, not before
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
    own = lines.clipped(*GROUPS)
    rows = Rows(ORDER_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.put("line_number", lines.cell(1))
    rows.decimal("ordered_quantity", lines.cell(2))
    rows.unit("unit_code", lines.cell(3))
    packs(rows, own)
    prices(rows, lines)
    rows.put("line_amount", line_amounts(
        rows.column("ordered_quantity"), rows.column("unit_price"), rows.column("price_basis_quantity")))
    rows.date("requested_delivery_date", dated(own, *REQUESTED))
    of_order = lines.from_document(orders.column("requested_delivery_date"))
    rows.put("requested_delivery_date", pc.coalesce(rows.column("requested_delivery_date"), of_order))
    for name in ("order_number", "order_currency"):
        rows.put(name, lines.from_document(orders.column(name)))
    return rows


def _destinations(lines: Level) -> Rows:
    """Make one row a location with a quantity, in order of place: pairs in SDQ (03 and 04, 05 and 06, ...), and SCH01 for SCH04."""
    table = lines.table
    (owner, split), (holder, scheduled) = lines.children("SDQ"), lines.children("SCH")
    named = to_bools(pc.is_valid(table.element(scheduled, 4)))  # a schedule without a place is none of a place
    holder, scheduled = holder[named], scheduled[named]
    places = [cells(table, split, 3 + 2 * pair) for pair in range(SDQ_PAIRS)] + [cells(table, scheduled, 4)]
    quantities = [cells(table, split, 4 + 2 * pair) for pair in range(SDQ_PAIRS)] + [cells(table, scheduled, 1)]
    place, quantity, line = _joined(places), _joined(quantities), np.concatenate([*[owner] * SDQ_PAIRS, holder])
    order = np.lexsort((place.element, place.segments))
    order = order[to_bools(pc.or_(pc.is_valid(place.text), pc.is_valid(quantity.text)))[order]]
    place, quantity, line = spread(place, order), spread(quantity, order), line[order]
    level = Level(lines.documents, place.segments, place.segments + 1, lines.document[line], line)
    rows = Rows(ORDER_DESTINATIONS, level)
    rows.put("line_ordinal", lines.ordinals()[line])
    rows.put("destination_ordinal", within(level))
    rows.put("location_number", place)
    rows.decimal("ordered_quantity", quantity)
    by_schedule = table.codes("SCH")[level.anchors]
    at = np.where(by_schedule, level.anchors, -1)
    rows.unit("unit_code", cells(table, at, 2).otherwise(cells(table, np.where(by_schedule, -1, level.anchors), 1)))
    rows.date("requested_delivery_date", _scheduled(level, at))
    return rows


def _scheduled(level: Level, segments: Ints) -> Cells:
    """Return the date of each SCH: the first of its two (SCH05 to 10) that says when delivery is requested."""
    made = [cells(level.table, segments, element) for element in (6, 9)]
    for at, date in enumerate(made):
        wanted = pc.is_in(level.table.element(segments, (5, 8)[at]), value_set=pa.array(REQUESTED))
        made[at] = replace(date, text=pc.if_else(wanted, date.text, pa.scalar(None, pa.string())))
    return made[0].otherwise(made[1])


def _joined(every: list[Cells]) -> Cells:
    return Cells(pa.concat_arrays([each.text for each in every]), np.concatenate([each.segments for each in every]),
                 np.concatenate([each.element for each in every]), np.concatenate([each.component for each in every]))
