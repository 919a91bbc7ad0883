"""Order lines of a batch as typed columns: what every reader in the comparison has to come to, here over the segment table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.order_lines import PRICE, QUANTITY, SCHEMA
from edi.segments import Batch, Ints, SegmentTable, Text, ranks, value_at, value_with
from transforms.typed import decimals

# A number and its qualifier (X12 235, EDIFACT 7143), as often as the generated files have them.
_OF_PO1 = [*(value_at(element) for element in (1, 2, 3, 4)),
           *(value_with(code, [((at + 1, 1), (at, 1)) for at in (6, 8, 10)]) for code in ("IN", "VN"))]
_OF_PIA = [value_with(code, [((at, 1), (at, 2)) for at in (2, 3)]) for code in ("IN", "SA")]


def order_lines(batch: Batch) -> pa.Table:
    """Return the lines of all 850s or all ORDERS of a batch."""
    if batch.goes_on:
        raise ValueError("a transaction is larger than a part of the stream: the generated files have none")
    standard = batch.interchanges[0].standard if batch.interchanges else "x12"
    return _MAPPINGS[standard](batch.table)


def _x12(table: SegmentTable) -> pa.Table:
    lines = table.select("PO1")
    stops = _stops(lines, table.select("CTT"))
    order, name = _last_before(table.select("BEG"), lines), _first_within(table.select("PID"), lines, stops)
    return _typed(table.element(order, 3), *table.gather(lines, *_OF_PO1), table.element(name, 5))


def _edifact(table: SegmentTable) -> pa.Table:
    lines = table.select("LIN")
    stops = _stops(lines, table.select("UNS"))
    quantity, price = (_qualified(table, tag, code, lines, stops) for tag, code in (("QTY", "21"), ("PRI", "AAA")))
    product = table.select("PIA")
    buyer, supplier = (_within(product, numbers, lines, stops) for numbers in table.gather(product, *_OF_PIA))
    order, name = _last_before(table.select("BGM"), lines), _first_within(table.select("IMD"), lines, stops)
    own = [table.element(lines, 1), *table.gather(quantity, value_at(1, 2), value_at(1, 3)), table.element(price, 1, 2)]
    return _typed(table.element(order, 2), *own, buyer, supplier, table.element(name, 3, 4))


def _qualified(table: SegmentTable, tag: str, code: str, lines: Ints, stops: Ints) -> Ints:
    """Return for each line its first segment of a tag whose first component is this qualifier, -1 where there is none."""
    segments = table.select(tag)
    mine = pc.fill_null(pc.equal(table.element(segments, 1), code), False).to_numpy(zero_copy_only=False)
    return _first_within(segments[mine], lines, stops)


def _within(segments: Ints, values: Text, lines: Ints, stops: Ints) -> Text:
    """Return for each line the first value among those of its segments, null where there is none."""
    there = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    at = np.append(there, 0)[ranks(segments[there], lines)]
    first = segments[at]
    return values.take(pa.array(at, mask=(first < lines) | (first >= stops)))


def _typed(order: Text, line: Text, quantity: Text, unit: Text, price: Text, buyer: Text, supplier: Text, name: Text) -> pa.Table:
    made, bad = decimals(quantity, precision=QUANTITY.precision, scale=QUANTITY.scale)
    cost, worse = decimals(price, precision=PRICE.precision, scale=PRICE.scale)
    if bad.any() or worse.any():
        raise ValueError("a quantity or price of the generated files cannot be read")
    return pa.Table.from_arrays([order, line, made, unit, cost, buyer, supplier, name], schema=SCHEMA)


def _last_before(anchors: Ints, segments: Ints) -> Ints:
    """Return for each segment the last anchor before it: a value of the head, carried forward."""
    return anchors[ranks(anchors, segments) - 1]


def _stops(lines: Ints, ends: Ints) -> Ints:
    """Return where each line ends: at the next line, or at the summary."""
    return np.minimum(np.append(lines[1:], _NEVER), _next(ends, lines))


def _next(segments: Ints, starts: Ints) -> Ints:
    """Return the first of the segments that stands behind each start."""
    return np.append(segments, _NEVER)[ranks(segments, starts)]


def _first_within(segments: Ints, starts: Ints, stops: Ints) -> Ints:
    """Return for each line the first of the segments that lies in it, -1 where none does."""
    at = _next(segments, starts)
    return np.where(at < stops, at, -1)


_NEVER = np.iinfo(np.int64).max
_MAPPINGS: dict[str, Callable[[SegmentTable], pa.Table]] = {"x12": _x12, "edifact": _edifact}
