"""Rows: canonical rows being made from a level, typed as the model declares, with a finding for each value that cannot be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from edi.findings import Finding, Place, Severity, find, kind
from edi.segments import Ints, Text
from transforms.mappings.documents import HEAD_COLUMNS, Mapped
from transforms.mappings.levels import Cells, Level
from transforms.model import arrow_schema
from transforms.model.types import ExactDecimal
from transforms.typed import Mask, dates, decimals, implied_decimals

UNREADABLE_NUMBER = kind(
    "value.unreadable_number", Severity.ERROR, "{tag}{element:02d} is not a number that {table}.{column} can hold exactly",
    "Ask the sender to correct it, or correct it and release the document; digits beyond the column's scale are never rounded.",
)
UNREADABLE_DATE = kind(
    "value.unreadable_date", Severity.ERROR, "{tag}{element:02d} is not a calendar date for {table}.{column}",
    "Ask the sender to correct it, or correct it and release the document.",
)


class Rows:
    """Collects the columns of one canonical table, one row an anchor of the level."""

    def __init__(self, table: sa.Table, level: Level) -> None:
        self.table = table
        self.level = level
        self.findings: list[Finding] = []
        self._columns: dict[str, pa.Array] = {}

    def put(self, name: str, values: Text | Ints | Cells | str | int | None) -> None:
        """Set a column from an array, from cells as text, or from one value for all rows."""
        kind_ = arrow_schema(self.table).field(name).type
        if isinstance(values, Cells):
            values = values.text
        if isinstance(values, str | int) or values is None:
            values = pa.array([values] * len(self.level), kind_)
        made = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
        self._columns[name] = made if made.type == kind_ else made.cast(kind_)

    def code(self, name: str, source: Cells, codes: dict[str, str], *, default: str | None = None) -> None:
        """Translate codes; what is not in the table becomes the default, absent codes too."""
        at = pc.index_in(source.text, value_set=pa.array(list(codes), pa.string()))
        made = pa.array(list(codes.values()), pa.string()).take(at)
        self.put(name, made if default is None else pc.fill_null(made, default))

    def unit(self, name: str, source: Cells) -> None:
        """Translate a unit of the wire to ours; a code that is not in the table stays as sent."""
        units = self.level.documents.units
        at = pc.index_in(source.text, value_set=pa.array(list(units), pa.string()))
        self.put(name, pc.coalesce(pa.array(list(units.values()), pa.string()).take(at), source.text))

    def decimal(self, name: str, source: Cells, *, default: str | None = None) -> pa.Array:
        """Read an explicit decimal; a default stands where nothing was sent, never where something unreadable was."""
        kind_ = self.table.c[name].type
        assert isinstance(kind_, ExactDecimal)
        made, bad = decimals(source.text, precision=kind_.precision, scale=kind_.scale, mark=self.level.documents.decimal_mark)
        return self._decimal(name, source, made, bad, default)

    def implied(self, name: str, source: Cells, *, places: int = 2, default: str | None = None) -> pa.Array:
        """Read a number with implied decimals (X12 type N2)."""
        kind_ = self.table.c[name].type
        assert isinstance(kind_, ExactDecimal)
        made, bad = implied_decimals(source.text, places=places, precision=kind_.precision, scale=kind_.scale)
        return self._decimal(name, source, made, bad, default)

    def date(self, name: str, source: Cells) -> None:
        """Read CCYYMMDD or YYMMDD (EDIFACT 2379 formats 102, 203, 101...)."""
        made, bad = dates(source.text)
        self._report(UNREADABLE_DATE.code, source, bad, name)
        self.put(name, made)

    def column(self, name: str) -> pa.Array:
        """Return a column that was set."""
        return self._columns[name]

    def finish(self) -> pa.Table:
        """Return the table with the model's schema: provenance from the documents, null where nothing was set."""
        schema = arrow_schema(self.table)
        heads = self.level.documents.heads
        document = pa.array(self.level.document)
        for name in HEAD_COLUMNS:
            self._columns[name] = heads.column(name).combine_chunks().take(document).cast(schema.field(name).type)
        self._columns["segment_ordinal"] = pa.array(self.level.table.ordinal[self.level.anchors])
        self._columns["byte_offset"] = pa.array(self.level.table.offset[self.level.anchors])
        count = len(self.level)
        arrays = [self._columns.get(field.name, pa.nulls(count, field.type)) for field in schema]
        return pa.Table.from_arrays(arrays, schema=schema)

    def _decimal(self, name: str, source: Cells, made: pa.Array, bad: Mask, default: str | None) -> pa.Array:
        self._report(UNREADABLE_NUMBER.code, source, bad, name)
        if default is not None:
            absent = pc.is_null(source.text)
            made = pc.if_else(absent, pa.scalar(default).cast(made.type), made)
        self.put(name, made)
        return made

    def _report(self, code: str, source: Cells, bad: Mask, name: str) -> None:
        what = UNREADABLE_NUMBER if code == UNREADABLE_NUMBER.code else UNREADABLE_DATE
        for row in np.flatnonzero(bad):
            element, component = int(source.element[row]), int(source.component[row])
            place = replace(place_of(self.level, int(row), int(source.segments[row])), element=element, component=component)
            self.findings.append(find(what, place, tag=place.tag, element=element, table=self.table.name, column=name))


def place_of(level: Level, row: int, segment: int) -> Place:
    """Return the place of a segment that a row of a level was made from."""
    table, documents, document = level.table, level.documents, int(level.document[row])
    return Place(
        file=table.files[int(table.file[segment])], offset=int(table.offset[segment]),
        interchange=int(documents.interchange_ordinal[document]),
        transaction=int(documents.heads.column("transaction_ordinal")[document].as_py()),
        segment=int(table.ordinal[segment]), tag=str(table.tags[segment].as_py()),
    )


def finished(*made: Rows) -> Mapped:
    """Close the tables of a mapping; a value that several rows were made from is reported once."""
    findings = dict.fromkeys(finding for rows in made for finding in rows.findings)
    return Mapped({rows.table.name: rows.finish() for rows in made}, tuple(findings))
