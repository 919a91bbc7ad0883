"""Whether two readers came to the same order lines: asked before anything is timed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def difference(ours: pa.Table, theirs: pa.Table) -> str:
    """Say where two tables first differ, "" if nowhere: same columns, types, order of rows, and values, decimals exactly."""
    if theirs.schema.names != ours.schema.names or theirs.schema.types != ours.schema.types:
        return "the columns differ"
    if len(ours) != len(theirs):
        return f"{len(theirs)} lines instead of {len(ours)}"
    for name in ours.schema.names:
        left, right = ours.column(name).combine_chunks(), theirs.column(name).combine_chunks()
        if not left.equals(right):
            pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
            return f"{name} of line {next(at for at, (one, other) in enumerate(pairs, 1) if one != other)} differs"
    return ""


def files_differ(ours: Path, theirs: Path) -> str:
    """Say where two Parquet files first differ, "" if nowhere."""
    return difference(pq.read_table(ours), pq.read_table(theirs))
