"""The order lines that every reader must come to, and how they become Parquet: the same for all, importable by every peer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

QUANTITY, PRICE = pa.decimal128(18, 4), pa.decimal128(28, 10)  # as in the canonical model
GROUP_ROWS = 2**17
SCHEMA = pa.schema([
    ("order_number", pa.string()), ("line_number", pa.string()), ("quantity", QUANTITY), ("unit", pa.string()), ("price", PRICE),
    ("buyer_item", pa.string()), ("supplier_item", pa.string()), ("description", pa.string()),
])


def typed(columns: Iterable[list[str | None]]) -> pa.Table:
    """Turn columns of Python text into a table of the schema; Arrow casts, which is the fastest way for whoever holds text."""
    arrays = [pa.array(values, pa.string()).cast(field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def write(tables: Iterable[pa.Table], path: Path) -> int:
    """Write tables to one Parquet file, with the settings that pyarrow has by itself; return how many rows there were.

    Small tables become one row group: the writer keeps what it knows of each group in memory until the end.
    """
    count = held = 0
    waiting: list[pa.Table] = []
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for table in tables:
            waiting.append(table)
            held += len(table)
            if held >= GROUP_ROWS:
                writer.write_table(pa.concat_tables(waiting))
                count, held, waiting = count + held, 0, []
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    return count + held
