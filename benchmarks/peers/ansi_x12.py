"""ansi-x12: its tokenizer and envelope parser, which checks counts and control numbers; one interchange a file, all of it in memory."""

from __future__ import annotations

from pathlib import Path

from x12 import parse_x12_interchange, tokenize_x12

from benchmarks.peers.columns import Columns, empty, save


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files."""
    columns = empty()
    for path in paths:
        for group in parse_x12_interchange(tokenize_x12(Path(path).read_bytes())).groups:
            for transaction in group.transactions:
                _collect(transaction.segments, columns)
    return save(columns, output)


def _collect(segments, columns: Columns) -> None:
    orders, lines, quantities, units, prices, buyers, suppliers, names = columns
    order = None
    for segment in segments:
        tag = segment.tag
        if tag == "PO1":
            fields = segment.elements
            numbers = dict(zip(fields[5::2], fields[6::2], strict=False))
            orders.append(order)
            lines.append(fields[0])
            quantities.append(fields[1])
            units.append(fields[2])
            prices.append(fields[3])
            buyers.append(numbers.get(b"IN"))
            suppliers.append(numbers.get(b"VN"))
            names.append(None)
        elif tag == "PID":
            names[-1] = segment.elements[4]
        elif tag == "BEG":
            order = segment.elements[2]


def walk(paths: list[str], _: str) -> int:
    """Read all elements; return how many segments there were."""
    return sum(len(tokenize_x12(Path(path).read_bytes())) for path in paths)


TASKS = {"order_lines": order_lines, "walk": walk}
