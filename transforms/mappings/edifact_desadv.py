"""EDIFACT DESADV (D.96A, D.01B) to shipments, their packages and lines. Quantities stand at lines only, so no package counts twice."""

from __future__ import annotations

from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_common import (
    chosen,
    dated,
    head_level,
    lines_level,
    number,
    order_line,
    order_of_line,
    parties,
    qualified,
    quantities,
)
from transforms.mappings.edifact_items import read_items
from transforms.mappings.edifact_packages import package_of_lines, package_rows, read_packages
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, cells, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.model import SHIPMENT_LINES, SHIPMENTS

GROUPS = ("DGS", "LOC", "SGP", "PAC", "PCI", "QVR")  # below a line, with quantities of their own


def map_desadv(documents: Documents) -> Mapped:
    """Map all DESADV messages at once."""
    head = head_level(documents, "CPS")
    nodes = documents_level(documents).inside("CPS", until=("UNS", "CNT"))
    lines = lines_level(documents)
    items, packages = read_items(lines), read_packages(nodes, lines)
    shipments = _shipments(head)
    shipped = _lines(lines, head, shipments)
    shipped.put("package_ordinal", package_of_lines(nodes, packages))
    put_items(shipped, lines, items)
    return finished(shipments, package_rows(nodes, packages), shipped, identifiers(lines, items), parties(head))


def _shipments(head: Level) -> Rows:
    rows = Rows(SHIPMENTS, head)
    rows.put("shipment_number", head.child("BGM", 2))
    rows.date("shipment_date", dated(head, "11", "137"))
    rows.date("delivery_date", dated(head, "17", "2", "132"))
    rows.put("carrier_code", head.child("TDT", 5, where={1: "20"}).otherwise(head.child("TDT", 5)))
    rows.put("bill_of_lading_number", qualified(head, "RFF", "BM"))
    return rows


def _lines(lines: Level, head: Level, shipments: Rows) -> Rows:
    own = lines.clipped(*GROUPS)
    rows = Rows(SHIPMENT_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.put("shipment_number", lines.from_document(shipments.column("shipment_number")))
    rows.put("order_number", order_of_line(lines, head))
    rows.put("line_number", order_line(lines))
    quantities(rows, "shipped_quantity", own, "12")
    rows.decimal("pack_quantity", number(qualified(own, "QTY", "59")))
    ship_to = cells(head.table, chosen(head, "NAD", "ST", "DP"), 2)
    rows.put("ship_to_number", lines.from_document(ship_to.text))
    return rows
