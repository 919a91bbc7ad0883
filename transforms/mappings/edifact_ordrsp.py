"""EDIFACT ORDRSP (D.96A, D.01B) to order responses and what is said of each line.

Codes alone do not tell what changed: a line says it by its quantities. What is to be delivered (QTY 113, 12, 131) and what
is held back (QTY 83) are statements of their own that add up; the ordered quantity (QTY 21) is one only where it stands alone.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Text
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_common import (
    NET_PRICES,
    chosen,
    dated,
    head_level,
    lines_level,
    number,
    order_line,
    parties,
    prices,
    qualified,
)
from transforms.mappings.edifact_items import read_items
from transforms.mappings.edifact_money import DEFAULT_UNIT
from transforms.mappings.edifact_orders import GROUPS
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, at_segments, cells, filled, spread, within
from transforms.mappings.rows import Rows, finished
from transforms.model import ORDER_RESPONSE_LINES, ORDER_RESPONSES
from transforms.typed import decimals, to_bools

# 1225; with 28, 30 and 34 only amended lines need be sent, the others are accepted (D.96A ORDRSP, semantic notes).
FUNCTIONS = {
    "29": "accepted", "4": "accepted_with_changes", "27": "rejected",
    "28": "exceptions_only", "30": "exceptions_only", "34": "exceptions_only",
}
# 4343, for those who send 1225 = 9.
TYPES = {"AD": "accepted", "AP": "accepted", "AC": "accepted_with_changes", "AI": "exceptions_only", "RE": "rejected"}

TO_DELIVER = ("113", "12", "131")
HELD_BACK = ("83",)
REJECTING = ("2", "7", "10")  # 1229: deleted, not accepted, not found
CHANGING = ("3", "6", "17", "24")  # 1229: changed, accepted with amendment, terms changed
CONFIRMED = ("69", "2", "67", "17")  # delivery promised, requested, by current schedule, estimated


def map_ordrsp(documents: Documents) -> Mapped:
    """Map all ORDRSP messages at once."""
    head = head_level(documents)
    lines = lines_level(documents)
    items = read_items(lines)
    responses = Rows(ORDER_RESPONSES, head)
    responses.put("order_number", qualified(head, "RFF", "ON"))
    responses.put("response_number", head.child("BGM", 2))
    responses.date("response_date", dated(head, "137"))
    responses.code("response_code", head.child("BGM", 3), FUNCTIONS)
    by_function = responses.column("response_code")
    responses.code("response_code", head.child("BGM", 4), TYPES)
    stated = pc.coalesce(by_function, responses.column("response_code"))
    said = _statements(lines, stated)
    put_items(said, lines, items, said.level.parent)
    said.put("order_number", said.level.from_document(responses.column("order_number")))
    responses.put("response_code", pc.coalesce(stated, _by_lines(said, len(documents))))
    return finished(responses, said, identifiers(lines, items), parties(head))


def _statements(lines: Level, of_order: Text) -> Rows:
    own = lines.clipped(*GROUPS)
    level = _statement_level(lines, own)
    table, at = lines.table, level.parent
    rows = Rows(ORDER_RESPONSE_LINES, level)
    rows.put("line_ordinal", lines.ordinals()[at])
    rows.put("response_ordinal", within(level))
    rows.put("line_number", order_line(lines).text.take(pa.array(at)))
    quantity = np.where(level.anchors == lines.anchors[at], -1, level.anchors)
    rows.decimal("confirmed_quantity", number(cells(table, quantity, 1, 2)))
    rows.unit("unit_code", filled(cells(table, quantity, 1, 3), DEFAULT_UNIT))
    prices(rows, lines, at)
    rows.date("confirmed_date", dated(level, *CONFIRMED).otherwise(spread(dated(own, *CONFIRMED), at)))
    rows.put("response_code", _codes(rows, lines, own, of_order))
    # A rejected line need not repeat its quantity; nothing of it will come.
    silent = pa.array((quantity < 0) & _is(rows.column("response_code"), "rejected"))
    nothing = pa.scalar("0").cast(rows.column("confirmed_quantity").type)
    rows.put("confirmed_quantity", pc.if_else(silent, nothing, rows.column("confirmed_quantity")))
    return rows


def _statement_level(lines: Level, own: Level) -> Level:
    """Return one row a quantity to deliver or held back: the line's own, else those of its schedules (SCC), else QTY 21, else LIN."""
    owner, segments = lines.children("QTY", {(1, 1): TO_DELIVER + HELD_BACK})
    direct = segments < own.stops[owner]
    count = np.bincount(owner[direct], minlength=len(lines))
    scheduled = (lines.inside("SCC").owner(segments) >= 0) & (count[owner] == 0)
    owner, segments = owner[direct | scheduled], segments[direct | scheduled]
    bare = np.flatnonzero(np.bincount(owner, minlength=len(lines)) == 0)
    ordered = chosen(own, "QTY", "21")[bare]
    alone = np.where(ordered >= 0, ordered, lines.anchors[bare])
    segments, owner = np.concatenate([segments, alone]), np.concatenate([owner, bare])
    order = np.argsort(segments)
    return at_segments(lines, segments[order], owner[order])


def _codes(rows: Rows, lines: Level, own: Level, of_order: Text) -> Text:
    """Decide what each statement says, the surest sign first."""
    level, at = rows.level, rows.level.parent
    action = lines.cell(2).text.take(pa.array(at))
    differs, equals = _compared(rows, own)
    changing = to_bools(pc.is_in(action, value_set=pa.array(CHANGING)))
    price = (chosen(lines, "PRI", *NET_PRICES) >= 0)[at]
    when = to_bools(pc.is_valid(rows.column("confirmed_date")))
    signs: list[tuple[Bools, str]] = [
        (to_bools(pc.is_in(action, value_set=pa.array(REJECTING))) | _is(level.from_document(of_order), "rejected"), "rejected"),
        (to_bools(pc.is_in(level.cell(1).text, value_set=pa.array(HELD_BACK))) & _is(level.cell(0).text, "QTY"), "backordered"),
        ((lines.first("PIA", {1: ("3", "4")}) >= 0)[at], "substituted"),
        (differs | (changing & ~equals), "quantity_changed"),
        (changing & price, "price_changed"),
        (changing & when, "date_changed"),
        (changing, "quantity_changed"),
    ]
    made = np.select([mask for mask, _ in signs], [code for _, code in signs], default="accepted")
    return pa.array(made.tolist(), pa.string())


def _compared(rows: Rows, own: Level) -> tuple[Bools, Bools]:
    """Return which statements belong to lines whose quantities to deliver differ from, or equal, the ordered one beside them."""
    level = rows.level
    delivering = to_bools(pc.is_in(level.cell(1).text, value_set=pa.array(TO_DELIVER)))
    at = level.parent[delivering]
    summed = pa.table({"line": at, "sum": rows.column("confirmed_quantity").filter(pa.array(delivering))})
    sums = summed.group_by("line").aggregate([("sum", "sum")])
    row = pc.index_in(pa.array(level.parent), value_set=sums.column("line").combine_chunks())
    total = sums.column("sum_sum").combine_chunks().take(row)
    ordered, _ = decimals(number(qualified(own, "QTY", "21")).text, precision=18, scale=4)
    beside = ordered.cast(total.type).take(pa.array(level.parent))
    return to_bools(pc.not_equal(total, beside)), to_bools(pc.equal(total, beside))


def _by_lines(said: Rows, count: int) -> Text:
    """Tell from the lines what is said of the order, where the header does not: all accepted, all rejected, or changes."""
    code, document = said.column("response_code"), said.level.document
    every = np.bincount(document, minlength=count)
    accepted = np.bincount(document[_is(code, "accepted")], minlength=count)
    rejected = np.bincount(document[_is(code, "rejected")], minlength=count)
    made = np.select([accepted == every, rejected == every], ["accepted", "rejected"], default="accepted_with_changes")
    return pa.array(made.tolist(), pa.string(), mask=every == 0)


def _is(text: Text, value: str) -> Bools:
    return to_bools(pc.equal(text, value))
