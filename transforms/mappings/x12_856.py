"""X12 856 (004010, 005010) to shipments, packages and lines: every hierarchy (SOTPI, SOPI, SOIP) gives the same totals.

Lines are the item nodes (HL03 I) with their SN1; tares and packs hold them and carry no quantity of their own.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Cells, Level, ancestors, cells, documents_level, nearest
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import chosen, dated, parties, read_items, unit
from transforms.model import PACKAGES, SHIPMENT_LINES, SHIPMENTS
from transforms.typed import to_bools

LEVELS = {"T": "tare", "P": "pack"}  # X12 735
SSCC_QUALIFIERS = ("GM", "AA")  # X12 88
SHIP_TO = ("ST", "BY")  # N101 of the order or shipment that a line belongs to


def map_856(documents: Documents) -> Mapped:
    """Map all 856s at once."""
    whole = documents_level(documents)
    nodes = whole.inside("HL", until=("CTT", "SE"))
    code = nodes.cell(3).text
    up = ancestors(nodes, nodes.cell(1).text, nodes.cell(2).text)
    items_at = np.flatnonzero(to_bools(pc.equal(code, "I")))
    lines = _at(nodes, items_at)
    numbers = read_items(lines, lines.first("LIN"), 2)
    shipments = _shipments(whole, nodes, to_bools(pc.equal(code, "S")))
    packages, package_of = _packages(nodes, up, code)
    rows = _lines(lines, nodes, _holders(nodes, up, code, items_at), package_of, shipments)
    put_items(rows, lines, numbers)
    return finished(shipments, packages, rows, identifiers(lines, numbers), parties(whole))


def _at(nodes: Level, chosen_rows: Ints) -> Level:
    mask = np.zeros(len(nodes), dtype=bool)
    mask[chosen_rows] = True
    return nodes.take(mask)


def _shipments(whole: Level, nodes: Level, top: Bools) -> Rows:
    rows = Rows(SHIPMENTS, whole)
    first = np.full(len(whole), -1, dtype=np.int64)
    tops = np.flatnonzero(top)[::-1]
    first[nodes.document[tops]] = tops
    rows.put("shipment_number", whole.child("BSN", 2))
    shipped = _of_node(dated(nodes, "011"), first)
    rows.date("shipment_date", shipped.otherwise(whole.child("BSN", 3)))
    rows.date("delivery_date", _of_node(dated(nodes, "017", "067", "002"), first))
    rows.put("carrier_code", _of_node(nodes.child("TD5", 3), first))
    rows.put("bill_of_lading_number", _of_node(nodes.child("REF", 2, where={1: "BM"}), first))
    return rows


def _of_node(source: Cells, rows: Ints) -> Cells:
    """Take the cells of one node each; -1 gives null."""
    if len(source.segments) == 0:
        nowhere = np.full(len(rows), -1, dtype=np.int64)
        return Cells(pa.nulls(len(rows), pa.string()), nowhere, nowhere, nowhere)
    at = np.maximum(rows, 0)
    return Cells(source.text.take(pa.array(rows, mask=rows < 0)), np.where(rows < 0, -1, source.segments[at]), source.element[at],
                 source.component[at])


def _packages(nodes: Level, up: Ints, code: pa.Array) -> tuple[Rows, Ints]:
    """Make one row a tare or pack; return per node the package_ordinal of the package that holds it or that it is, 0 for none."""
    is_package = to_bools(pc.is_in(code, value_set=pa.array(list(LEVELS))))
    level = nodes.take(is_package)
    ordinal = np.zeros(len(nodes), dtype=np.int64)
    ordinal[is_package] = level.ordinals()
    held = nearest(up, is_package)
    package_of = _ordinal(ordinal, held)
    outer = _ordinal(package_of, up)
    rows = Rows(PACKAGES, level)
    rows.put("package_ordinal", level.ordinals())
    rows.put("parent_ordinal", pa.array(outer[is_package], mask=outer[is_package] == 0))
    rows.code("level_code", level.cell(3), LEVELS)
    rows.put("sscc", cells(level.table, chosen(level, "MAN", 1, *SSCC_QUALIFIERS), 2))
    return rows, package_of


def _ordinal(ordinal: Ints, rows: Ints) -> Ints:
    if len(ordinal) == 0:
        return np.zeros(len(rows), dtype=np.int64)
    return np.where(rows >= 0, ordinal[np.maximum(rows, 0)], 0)


def _holders(nodes: Level, up: Ints, code: pa.Array, items_at: Ints) -> tuple[Ints, Ints, Ints]:
    """Return per item node: itself, the order node above it, and the shipment node above it."""
    order = nearest(up, to_bools(pc.equal(code, "O")))[items_at]
    shipment = nearest(up, to_bools(pc.equal(code, "S")))[items_at]
    return items_at, order, shipment


def _lines(lines: Level, nodes: Level, holders: tuple[Ints, Ints, Ints], package_of: Ints, shipments: Rows) -> Rows:
    item, order, shipment = holders
    rows = Rows(SHIPMENT_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    package = _ordinal(package_of, item)
    rows.put("package_ordinal", pa.array(package, mask=package == 0))
    rows.put("shipment_number", lines.from_document(shipments.column("shipment_number")))
    rows.put("order_number", _of_node(nodes.child("PRF", 1), item).otherwise(_of_node(nodes.child("PRF", 1), order)))
    rows.put("line_number", lines.child("LIN", 1))
    rows.decimal("shipped_quantity", lines.child("SN1", 2))
    unit(rows, lines.child("SN1", 3))
    rows.decimal("pack_quantity", lines.child("PO4", 1))
    ship_to = nodes.child("N1", 4, where={1: SHIP_TO})
    rows.put("ship_to_number", _of_node(ship_to, order).otherwise(_of_node(ship_to, shipment)))
    return rows
