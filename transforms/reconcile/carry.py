"""Carry breaks from night to night: what is still there keeps its first night, what is gone is closed by the data itself."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from transforms.reconcile.run import BREAK_SCHEMA

OPEN, CLOSED = "open", "closed"

CARRIED_SCHEMA = pa.schema([*BREAK_SCHEMA, ("first_night_sequence", pa.int64()), ("state_code", pa.string())])


def carry(previous_open: pa.Table, current: pa.Table, night_sequence: int) -> pa.Table:
    """Return tonight's breaks: those found, open, and those that were open and are found no more, closed.

    Args:
        previous_open: CARRIED_SCHEMA, what was open after the night before (closed rows in it are left out); may have no columns.
        current: BREAK_SCHEMA, what all rules found tonight.
        night_sequence: tonight's.
    """
    before = previous_open if previous_open.num_columns else CARRIED_SCHEMA.empty_table()
    before = before.filter(pc.equal(before.column("state_code"), OPEN)).combine_chunks()
    known = pc.index_in(current.column("break_id"), value_set=before.column("break_id"))
    first = pc.fill_null(before.column("first_night_sequence").take(known), night_sequence)
    found = _state(current, first, OPEN)
    gone = before.filter(pc.invert(pc.is_in(before.column("break_id"), value_set=current.column("break_id"))))
    closed = _state(gone, gone.column("first_night_sequence"), CLOSED)
    order = [(name, "ascending") for name in ("rule_id", "partner_id", "class_code", "subject", "break_id")]
    return pa.concat_tables([found, closed]).sort_by(order).combine_chunks()


def _state(breaks: pa.Table, first: pa.ChunkedArray, state: str) -> pa.Table:
    columns = [breaks.column(name) for name in BREAK_SCHEMA.names]
    states = pa.array([state] * len(breaks), pa.string())
    return pa.Table.from_arrays([*columns, first, states], names=CARRIED_SCHEMA.names).cast(CARRIED_SCHEMA)
