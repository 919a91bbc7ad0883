"""X12 855 (004010, 005010) to order responses: several ACK segments of a line are several statements and add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, at_segments, cells, documents_level, spread, within
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import GROUPS, dated, parties, prices, read_items
from transforms.model import ORDER_RESPONSE_LINES, ORDER_RESPONSES
from transforms.typed import decimals

RESPONSES = {  # X12 587: with detail and no change is acceptance too
    "AD": "accepted", "AT": "accepted", "AK": "accepted", "AC": "accepted_with_changes", "AE": "exceptions_only",
    "RD": "rejected", "RJ": "rejected", "RF": "rejected", "RO": "rejected",
}
LINE_RESPONSES = {  # X12 668
    "IA": "accepted", "AA": "accepted", "AC": "accepted", "AR": "accepted", "IE": "accepted", "SP": "accepted",
    "IQ": "quantity_changed", "IP": "price_changed", "IB": "backordered", "BP": "backordered", "DR": "date_changed",
    "IC": "date_changed", "IS": "substituted", "IR": "rejected", "ID": "rejected", "R1": "rejected", "R2": "rejected", "R3": "rejected",
    "R4": "rejected", "RJ": "rejected",
}
CHANGED = "IC"  # accepted with changes, without a word of which
CONFIRMED = ("067", "017", "002", "068", "010")  # X12 374: current delivery, estimated, requested, current ship, requested ship


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
    rows.date("response_date", head.child("BAK", 9).otherwise(head.child("BAK", 4)))  # BAK04 dates the order
    return rows


def _statements(lines: Level) -> tuple[Level, Ints]:
    """Return one row an ACK, and one a line without any (anchored at its PO1); and the line of each."""
    owner, segments = lines.children("ACK")
    silent = np.flatnonzero(np.bincount(owner, minlength=len(lines)) == 0)
    anchors, line = np.concatenate([segments, lines.anchors[silent]]), np.concatenate([owner, silent])
    order = np.argsort(anchors, kind="stable")
    anchors, line = anchors[order], line[order]
    return at_segments(lines, anchors, line), line


def _rows(statements: Level, lines: Level, line: Ints, responses: Rows) -> Rows:
    table = statements.table
    acknowledged = np.where(table.codes("ACK")[statements.anchors], statements.anchors, -1)
    rows = Rows(ORDER_RESPONSE_LINES, statements)
    rows.put("line_ordinal", lines.ordinals()[line])
    rows.put("response_ordinal", within(statements))
    rows.put("order_number", statements.from_document(responses.column("order_number")))
    rows.put("line_number", spread(lines.cell(1), line))
    rows.code("response_code", cells(table, acknowledged, 1), LINE_RESPONSES)
    rows.put("response_code", _of_silent(rows.column("response_code"), acknowledged, statements, responses))
    _quantity(rows, lines, line, acknowledged)
    prices(rows, lines, line)
    own = spread(dated(lines.clipped("ACK", *GROUPS), *CONFIRMED), line)
    rows.date("confirmed_date", cells(table, acknowledged, 5).otherwise(dated(statements, *CONFIRMED)).otherwise(own))
    return rows


def _of_silent(codes: pa.Array, acknowledged: Ints, statements: Level, responses: Rows) -> pa.Array:
    """Call a line without an ACK what the response as a whole is: accepted, unless all of it is rejected."""
    rejected = pc.equal(statements.from_document(responses.column("response_code")), "rejected")
    whole = pc.if_else(pc.fill_null(rejected, False), "rejected", "accepted")
    return pc.if_else(pa.array(acknowledged < 0), whole, codes)


def _quantity(rows: Rows, lines: Level, line: Ints, acknowledged: Ints) -> None:
    """Set what a statement covers: ACK02 and ACK03, else quantity and unit of the PO1 where it is the only statement.

    A rejected line need not repeat its quantity: nothing of it will come. What IC changed, the quantities tell.
    """
    table, ordered = lines.table, spread(lines.cell(2), line)
    said, alone = cells(table, acknowledged, 2), np.bincount(line, minlength=len(lines))[line] == 1
    rejected = pc.equal(rows.column("response_code"), "rejected")
    silent = pc.and_(pc.fill_null(rejected, False), pa.array(acknowledged >= 0))
    usual = pc.if_else(silent, "0", pc.if_else(pa.array(alone), ordered.text, pa.scalar(None, pa.string())))
    rows.decimal("confirmed_quantity", said.otherwise(replace(ordered, text=usual)))
    rows.unit("unit_code", cells(table, acknowledged, 3).otherwise(spread(lines.cell(3), line)))
    ordered_quantity, _ = decimals(ordered.text, precision=18, scale=4)
    differs = pc.and_(pc.equal(table.element(acknowledged, 1), CHANGED), pc.not_equal(rows.column("confirmed_quantity"), ordered_quantity))
    rows.put("response_code", pc.if_else(pc.fill_null(differs, False), "quantity_changed", rows.column("response_code")))
