"""X12 855 (004010, 005010) to order responses: several ACK segments of a line are several statements and add up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Cells, Level, cells, documents_level, spread
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import parties, price_and_basis, read_items, unit
from transforms.model import ORDER_RESPONSE_LINES, ORDER_RESPONSES

RESPONSES = {  # X12 587: with detail and no change is acceptance too
    "AD": "accepted", "AT": "accepted", "AK": "accepted", "AH": "accepted", "AC": "accepted_with_changes", "AE": "exceptions_only",
    "RD": "rejected", "RJ": "rejected", "RF": "rejected", "RO": "rejected",
}
LINE_RESPONSES = {  # X12 668
    "IA": "accepted", "AC": "accepted", "AR": "accepted", "IQ": "quantity_changed", "IP": "price_changed", "IB": "backordered",
    "BP": "backordered", "DR": "date_changed", "IC": "date_changed", "IS": "substituted", "IR": "rejected", "ID": "rejected",
    "R1": "rejected", "R2": "rejected", "R3": "rejected", "R4": "rejected", "RJ": "rejected",
}


def map_855(documents: Documents) -> Mapped:
    """Map all 855s at once."""
    whole = documents_level(documents)
    head = whole.clipped("PO1", "CTT")
    lines = whole.inside("PO1", until=("CTT", "SE"))
    items = read_items(lines, lines.anchors, 6)
    responses = _responses(head)
    statements, line = _statements(lines)
    rows = _rows(statements, lines, line, responses)
    put_items(rows, lines, items, line)
    return finished(responses, rows, identifiers(lines, items), parties(head))


def _responses(head: Level) -> Rows:
    rows = Rows(ORDER_RESPONSES, head)
    rows.put("order_number", head.child("BAK", 3))
    rows.put("release_number", head.child("BAK", 5))
    rows.put("response_number", head.child("BAK", 8))
    rows.code("response_code", head.child("BAK", 2), RESPONSES)
    rows.date("response_date", head.child("BAK", 4))
    return rows


def _statements(lines: Level) -> tuple[Level, Ints]:
    """Return one row an ACK, and one a line without any (anchored at its PO1); and the line of each."""
    owner, segments = lines.children("ACK")
    silent = np.flatnonzero(np.bincount(owner, minlength=len(lines)) == 0)
    anchors, line = np.concatenate([segments, lines.anchors[silent]]), np.concatenate([owner, silent])
    order = np.argsort(anchors, kind="stable")
    anchors, line = anchors[order], line[order]
    return Level(lines.documents, anchors, anchors + 1, lines.document[line], line), line


def _rows(statements: Level, lines: Level, line: Ints, responses: Rows) -> Rows:
    table = statements.table
    acknowledged = np.where(table.codes("ACK")[statements.anchors], statements.anchors, -1)
    rows = Rows(ORDER_RESPONSE_LINES, statements)
    rows.put("line_ordinal", lines.ordinals()[line])
    rows.put("response_ordinal", np.arange(len(line)) - np.searchsorted(line, line, side="left") + 1)
    rows.put("order_number", statements.from_document(responses.column("order_number")))
    rows.put("line_number", spread(lines.cell(1), line))
    rows.code("response_code", cells(table, acknowledged, 1), LINE_RESPONSES)
    rows.put("response_code", _of_silent(rows.column("response_code"), acknowledged, statements, responses))
    _quantity(rows, cells(table, acknowledged, 2), cells(table, acknowledged, 3), lines, line)
    price_and_basis(rows, spread(lines.cell(4), line), spread(lines.cell(5), line))
    rows.date("confirmed_date", cells(table, acknowledged, 5))
    return rows


def _of_silent(codes: pa.Array, acknowledged: Ints, statements: Level, responses: Rows) -> pa.Array:
    """Call a line without an ACK what the response as a whole is: accepted, unless all of it is rejected."""
    rejected = pc.equal(statements.from_document(responses.column("response_code")), "rejected")
    whole = pc.if_else(pc.fill_null(rejected, False), "rejected", "accepted")
    return pc.if_else(pa.array(acknowledged < 0), whole, codes)


def _quantity(rows: Rows, quantity: Cells, unit_code: Cells, lines: Level, line: Ints) -> None:
    """Set what a statement covers: ACK02 and ACK03, else the quantity and unit of the PO1."""
    rows.decimal("confirmed_quantity", quantity.otherwise(spread(lines.cell(2), line)))
    unit(rows, unit_code.otherwise(spread(lines.cell(3), line)))
