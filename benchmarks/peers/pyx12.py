"""pyx12: its reader, the fastest that it offers for values, which checks envelopes too; and its validator, where it has a map."""

from __future__ import annotations

import pyx12.params
import pyx12.x12n_document
from pyx12.x12file import X12Reader

from benchmarks.peers.columns import Columns, empty, save


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files."""
    columns = empty()
    for path in paths:
        with X12Reader(path) as reader:
            _collect(reader, columns)
            reader.cleanup()
            if errors := reader.pop_errors():
                raise ValueError(f"pyx12 finds {len(errors)} errors in envelopes")
    return save(columns, output)


def _collect(reader: X12Reader, columns: Columns) -> None:
    orders, lines, quantities, units, prices, buyers, suppliers, names = columns
    order = None
    for segment in reader:
        tag = segment.get_seg_id()
        if tag == "PO1":
            fields = [element.get_value() for element in segment.elements]
            numbers = dict(zip(fields[5::2], fields[6::2], strict=False))
            orders.append(order)
            lines.append(fields[0])
            quantities.append(fields[1])
            units.append(fields[2])
            prices.append(fields[3])
            buyers.append(numbers.get("IN"))
            suppliers.append(numbers.get("VN"))
            names.append(None)
        elif tag == "PID":
            names[-1] = segment.elements[4].get_value()
        elif tag == "BEG":
            order = segment.elements[2].get_value()


def walk(paths: list[str], _: str) -> int:
    """Read all elements; return how many segments there were."""
    count = 0
    for path in paths:
        with X12Reader(path) as reader:
            for _segment in reader:
                count += 1
    return count


def validate(paths: list[str], _: str) -> int:
    """Check files against pyx12's maps; return how many are valid."""
    parameters = pyx12.params.params()
    valid = 0
    for path in paths:
        with open(path, encoding="ascii") as source:
            valid += bool(pyx12.x12n_document.x12n_document(parameters, source, fd_997=None, fd_html=None))
    return valid


TASKS = {"order_lines": order_lines, "walk": walk, "validate": validate}
