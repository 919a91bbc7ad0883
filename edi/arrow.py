"""What was read as Arrow tables, for whoever goes on with pandas, DuckDB, Polars or Parquet.

Rows refer to one another by position: a transaction's ``interchange`` is a row of ``interchanges``, a value's ``segment`` a row
of ``segments``. Ordinals count from 1, rows and byte offsets from 0; what does not apply is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

import numpy as np
import pyarrow as pa

from edi.findings import Finding, Place
from edi.segments import Batch, Group, Interchange, Ints, SegmentTable

_TYPES = {int: pa.int64(), str: pa.string(), bool: pa.bool_()}
_NOT_COLUMNS = ("file", "delimiters", "una", "newline", "before", "after", "objects", "unterminated", "begins", "ends")


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """One batch as tables.

    - ``interchanges`` and ``groups``: the fields of ``edi.segments.Interchange`` (with its ``file``) and ``Group``.
    - ``transactions``: first_segment, stop_segment, interchange, group, ordinal (in the interchange), type_code, version,
      association, control_number.
    - ``segments``: file, offset and end (bytes), interchange, transaction, ordinal (in the transaction), tag.
    - ``values``: segment, element (0 is the tag), repetition, component, value ("" where it is empty).
    - ``findings``: code, severity, the fields of ``edi.findings.Place``, message, remedy.
    """

    interchanges: pa.Table
    groups: pa.Table
    transactions: pa.Table
    segments: pa.Table
    values: pa.Table
    findings: pa.Table


def tables(batch: Batch) -> Tables:
    """Return a batch as tables; text and offsets are shared with it, not copied."""
    those, table = batch.transactions, batch.table
    interchanges = _rows(Interchange, batch.interchanges)
    files = pa.array([table.files[one.file] for one in batch.interchanges], pa.string())
    return Tables(
        interchanges=interchanges.add_column(0, "file", files),
        groups=_rows(Group, batch.groups),
        transactions=pa.table({
            "first_segment": those.first_segment, "stop_segment": those.stop_segment, "interchange": those.interchange,
            "group": _or_null(those.group), "ordinal": those.ordinal, "type_code": those.type_code, "version": those.version,
            "association": those.association, "control_number": those.control_number}),
        segments=_segments(table), values=_values(table), findings=_findings(batch.findings))


def _rows(of: type[Interchange | Group], those: Sequence[Interchange | Group]) -> pa.Table:
    columns = _columns(of, without=_NOT_COLUMNS)
    return pa.table({name: pa.array([getattr(one, name) for one in those], kind) for name, kind in columns.items()})


def _columns(of: type[Any], without: Sequence[str] = ()) -> dict[str, pa.DataType]:
    """Return the fields of a record, and what Arrow calls their types; each may be null."""
    return {name: _TYPES[next(iter(get_args(kind)), kind)] for name, kind in get_type_hints(of).items() if name not in without}


def _segments(table: SegmentTable) -> pa.Table:
    file = pa.DictionaryArray.from_arrays(pa.array(table.file), pa.array(table.files, pa.string()))
    return pa.table({
        "file": file, "offset": table.offset, "end": table.end, "interchange": _or_null(table.interchange),
        "transaction": _or_null(table.transaction), "ordinal": pa.array(table.ordinal, mask=table.transaction < 0), "tag": table.tags})


def _values(table: SegmentTable) -> pa.Table:
    owner, component = _members(table.repeat_first)
    element, repetition = _members(table.element_first)
    segment, position = _members(table.segment_first)
    element, repetition = element[owner], repetition[owner]
    return pa.table({
        "segment": segment[element], "element": position[element], "repetition": repetition + 1, "component": component + 1,
        "value": table.values})


def _members(first: Ints) -> tuple[Ints, Ints]:
    """Return the owner of each member, and which of the owner's members it is, from 0."""
    sizes = np.diff(first)
    return np.repeat(np.arange(len(sizes)), sizes), np.arange(int(first[-1])) - np.repeat(first[:-1], sizes)


def _findings(findings: Sequence[Finding]) -> pa.Table:
    places = _columns(Place)
    return pa.table({
        "code": pa.array([one.code for one in findings], pa.string()),
        "severity": pa.array([one.severity.value for one in findings], pa.string()),
        **{name: pa.array([getattr(one.place, name) for one in findings], kind) for name, kind in places.items()},
        "message": pa.array([one.message for one in findings], pa.string()),
        "remedy": pa.array([one.remedy for one in findings], pa.string())})


def _or_null(index: Ints) -> pa.Array:
    return pa.array(index, mask=index < 0)
