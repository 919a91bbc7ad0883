"""What peers that read X12 by segments share: order lines as columns of text, and the envelope checks that a reader leaves to its user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.order_lines import SCHEMA, typed, write

Columns = tuple[list[str | None], ...]  # one list a column of the schema


def empty() -> Columns:
    """Return a column for each field of an order line."""
    return tuple([] for _ in SCHEMA)


def save(columns: Columns, output: str) -> int:
    """Write the lines to Parquet; Arrow casts the columns, which is the fastest way for whoever holds text."""
    return write([typed(columns)], Path(output))


def collect(segments: Iterable[Sequence[str]], columns: Columns) -> None:
    """Read the lines of 850s from segments as lists of elements, the tag first, and check the envelopes.

    Raises:
        ValueError: a count or a control number is not what the trailer states.
    """
    orders, lines, quantities, units, prices, buyers, suppliers, names = columns
    order: str | None = None
    count = sets = groups = 0
    control = group = interchange = ""
    for fields in segments:
        count += 1
        tag = fields[0]
        if tag == "PO1":
            numbers = dict(zip(fields[6::2], fields[7::2], strict=False))
            orders.append(order)
            lines.append(fields[1])
            quantities.append(fields[2])
            units.append(fields[3])
            prices.append(fields[4])
            buyers.append(numbers.get("IN"))
            suppliers.append(numbers.get("VN"))
            names.append(None)
        elif tag == "PID":
            names[-1] = fields[5]
        elif tag == "BEG":
            order = fields[3]
        elif tag == "ST":
            count, control = 1, fields[2]
            sets += 1
        elif tag == "SE":
            _agree(fields, count, control)
        elif tag == "GS":
            sets, group = 0, fields[6]
            groups += 1
        elif tag == "GE":
            _agree(fields, sets, group)
        elif tag == "ISA":
            groups, interchange = 0, fields[13]
        elif tag == "IEA":
            _agree(fields, groups, interchange)


def _agree(trailer: Sequence[str], count: int, control: str) -> None:
    if int(trailer[1]) != count or trailer[2] != control:
        raise ValueError(f"{trailer[0]}: its count or control number is wrong")
