"""X12 856 (004010, 005010) to shipments, packages and lines: every hierarchy (SOTPI, SOPI, SOIP) gives the same totals.

Lines are the item nodes (HL03 I) with their SN1; tares and packs hold them, or lie below them, and carry no quantity of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.findings import Finding, Severity, find, kind
from edi.segments import Bools, Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, ancestors, cells, documents_level, nearest, spread
from transforms.mappings.rows import Rows, finished, place_of
from transforms.mappings.x12_common import GROUPS, chosen, dated, order_line, packs, parties, read_items
from transforms.model import PACKAGES, SHIPMENT_LINES, SHIPMENTS
from transforms.typed import to_bools

ITEM = "I"  # X12 735
LEVELS = {"T": "tare", "P": "pack"}
SSCC_QUALIFIERS = ("GM", "AA")  # X12 88
DELIVERY = ("017", "067", "002")  # X12 374: estimated, by current schedule, requested

OUTSIDE_ITEM = kind(
    "x12.quantity_outside_item", Severity.ERROR, "SN1 stands at a level of the hierarchy that has no item above or below it",
    "Ask the sender to state what was shipped at item level (HL03 I): quantities of packs alone name no line.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The HL nodes of all documents and how they hang together."""

    nodes: Level
    code: pa.Array  # per node HL03
    up: Ints  # per node its parent, -1 at a root
    items: Ints  # the nodes that are items

    def named(self, *codes: str) -> Bools:
        """Return which nodes are of a level."""
        return to_bools(pc.is_in(self.code, value_set=pa.array(codes)))

    def above(self, mask: Bools) -> Ints:
        """Return per item the nearest node that is chosen, itself included, -1 where none is."""
        return nearest(self.up, mask)[self.items]


def map_856(documents: Documents) -> Mapped:
    """Map all 856s at once."""
    whole = documents_level(documents)
    nodes = whole.inside("HL", until=("CTT", "SE"))
    code = nodes.cell(3).text
    items = np.flatnonzero(to_bools(pc.equal(code, ITEM)))
    tree = Tree(nodes, code, ancestors(nodes, nodes.cell(1).text, nodes.cell(2).text), items)
    lines = nodes.take(tree.named(ITEM))
    numbers = read_items(lines, lines.first("LIN"), 2)
    head = whole.clipped("HL")
    shipments = _shipments(head, tree)
    packages, package_of = _packages(tree)
    rows = _lines(lines, head, tree, shipments)
    rows.put("package_ordinal", _package_of_lines(tree, package_of))
    rows.put("line_number", order_line(numbers, lines.child("LIN", 1).otherwise(lines.child("REF", 2, where={1: "LI"}))))
    put_items(rows, lines, numbers)
    made = finished(shipments, packages, rows, identifiers(lines, numbers), parties(whole))
    return replace(made, findings=(*made.findings, *_outside(tree)))


def _shipments(head: Level, tree: Tree) -> Rows:
    rows = Rows(SHIPMENTS, head)
    nodes, first = tree.nodes, np.full(len(head), -1, dtype=np.int64)
    tops = np.flatnonzero(tree.named("S"))[::-1]
    first[nodes.document[tops]] = tops
    rows.put("shipment_number", head.child("BSN", 2))
    rows.date("shipment_date", spread(dated(nodes, "011"), first).otherwise(dated(head, "011")).otherwise(head.child("BSN", 3)))
    rows.date("delivery_date", spread(dated(nodes, *DELIVERY), first).otherwise(dated(head, *DELIVERY)))
    rows.put("carrier_code", spread(nodes.child("TD5", 3), first))
    rows.put("bill_of_lading_number", spread(nodes.child("REF", 2, where={1: "BM"}), first))
    return rows


def _packages(tree: Tree) -> tuple[Rows, Ints]:
    """Make one row a tare or pack; return per node the package_ordinal of the package that holds it or that it is, 0 for none."""
    is_package = tree.named(*LEVELS)
    level = tree.nodes.take(is_package)
    ordinal = np.zeros(len(tree.nodes), dtype=np.int64)
    ordinal[is_package] = level.ordinals()
    package_of = _at(ordinal, nearest(tree.up, is_package))
    outer = _at(package_of, tree.up)[is_package]
    rows = Rows(PACKAGES, level)
    rows.put("package_ordinal", level.ordinals())
    rows.put("parent_ordinal", pa.array(outer, mask=outer == 0))
    rows.code("level_code", level.cell(3), LEVELS)
    label = cells(level.table, chosen(level, "MAN", 1, *SSCC_QUALIFIERS), 2).text
    rows.put("sscc", pc.replace_substring_regex(label, "^00([0-9]{18})$", r"\1"))  # with the application identifier 00 before it
    return rows, package_of


def _package_of_lines(tree: Tree, package_of: Ints) -> pa.Array:
    """Return the package_ordinal of each line: of the package that holds it, else of the only one below it; null otherwise."""
    below = np.flatnonzero(tree.named(*LEVELS))
    item = nearest(tree.up, tree.named(ITEM))[below]
    below, item = below[item >= 0], item[item >= 0]
    only = np.zeros(len(tree.nodes), dtype=np.int64)
    only[item] = package_of[below]
    only[np.bincount(item, minlength=len(tree.nodes)) != 1] = 0
    held = package_of[tree.items]
    made = np.where(held > 0, held, only[tree.items])
    return pa.array(made, mask=made == 0)


def _lines(lines: Level, head: Level, tree: Tree, shipments: Rows) -> Rows:
    nodes, own = tree.nodes, lines.clipped(*GROUPS)
    rows = Rows(SHIPMENT_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.put("shipment_number", lines.from_document(shipments.column("shipment_number")))
    order = nodes.child("PRF", 1)
    rows.put("order_number", spread(order, tree.above(to_bools(pc.is_valid(order.text)))))
    rows.decimal("shipped_quantity", own.child("SN1", 2))
    rows.unit("unit_code", own.child("SN1", 3))
    packs(rows, own)
    ship_to = nodes.child("N1", 4, where={1: "ST"})
    nearby = spread(ship_to, tree.above(to_bools(pc.is_valid(ship_to.text))))
    rows.put("ship_to_number", pc.coalesce(nearby.text, lines.from_document(head.child("N1", 4, where={1: "ST"}).text)))
    return rows


def _outside(tree: Tree) -> list[Finding]:
    """Report quantities that no line takes: an SN1 at a node that neither is an item nor has one above or below it."""
    near = nearest(tree.up, tree.named(ITEM)) >= 0
    at = tree.items
    while len(at := at[at >= 0]):
        at = tree.up[np.unique(at)]
        at = at[(at >= 0) & ~near[np.maximum(at, 0)]]
        near[at] = True
    segments = tree.nodes.first("SN1")
    return [find(OUTSIDE_ITEM, place_of(tree.nodes, int(row), int(segments[row]))) for row in np.flatnonzero((segments >= 0) & ~near)]


def _at(ordinal: Ints, rows: Ints) -> Ints:
    """Take by row; -1 gives 0."""
    if len(ordinal) == 0:
        return np.zeros(len(rows), dtype=np.int64)
    return np.where(rows >= 0, ordinal[np.maximum(rows, 0)], 0)
