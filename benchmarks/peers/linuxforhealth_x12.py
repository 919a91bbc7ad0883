"""linuxforhealth-x12 with pandas: its segment reader, the fastest that it offers; its models are of 5010 health care only."""

from __future__ import annotations

import pandas as pd
from linuxforhealth.x12.io import X12SegmentReader

from benchmarks.order_lines import SCHEMA
from benchmarks.peers.columns import Columns, collect, empty, save

TYPES = {field.name: pd.ArrowDtype(field.type) for field in SCHEMA}  # the fastest that pandas has for exact decimals


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files from a frame."""
    frame = pd.DataFrame(dict(zip(SCHEMA.names, _columns(paths), strict=True))).astype(TYPES)
    frame.to_parquet(output, index=False, schema=SCHEMA)
    return len(frame)


def order_lines_arrow(paths: list[str], output: str) -> int:
    """Write the order lines of all files without pandas."""
    return save(_columns(paths), output)


def _columns(paths: list[str]) -> Columns:
    """Read the lines; the reader checks no envelopes, so the loop does."""
    columns = empty()
    for path in paths:
        with X12SegmentReader(path) as reader:
            collect((fields for _, fields in reader.segments()), columns)
    return columns


def walk(paths: list[str], _: str) -> int:
    """Read all elements; return how many segments there were."""
    count = 0
    for path in paths:
        with X12SegmentReader(path) as reader:
            for _name, _fields in reader.segments():
                count += 1
    return count


TASKS = {"order_lines": order_lines, "order_lines_arrow": order_lines_arrow, "walk": walk}
