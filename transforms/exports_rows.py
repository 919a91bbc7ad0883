"""Canonical rows of an export: what its columns state, what follows from them, and where each row comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from edi.errors import ConfigurationError
from edi.findings import Finding
from edi.segments import Ints, Text
from transforms.exports_contract import constants, targets
from transforms.exports_model import ExportContext, ExportDocument
from transforms.exports_values import Reader
from transforms.mappings.edifact_money import line_amounts
from transforms.model import DOCUMENTS, TABLES, arrow_schema, business_columns
from transforms.policy import SourceContract

# What stands where an export has no such column, or nothing in it.
DEFAULTS = {"price_basis_quantity": "1", "discount_amount": "0", "adjustment_amount": "0"}
QUANTITIES = ("ordered_quantity", "invoiced_quantity")  # of the lines that have an amount


@dataclass(frozen=True, slots=True, eq=False)
class RowMaker:
    """Makes the tables of one export."""

    reader: Reader
    context: ExportContext
    documents: Sequence[ExportDocument]
    partners: Text
    findings: list[Finding] = field(default_factory=list)

    def tables(self) -> Mapping[str, pa.Table]:
        """Return the header, line and ``documents`` tables."""
        contract, groups = self.reader.contract, self.reader.groups
        header = self._stated(TABLES[contract.header_table], groups.first)
        made = {contract.header_table: self._finish(TABLES[contract.header_table], groups.first, header)}
        if contract.line_table is not None:
            made[contract.line_table] = self._lines(TABLES[contract.line_table], header)
        made[DOCUMENTS.name] = self._documents(header)
        return made

    def _stated(self, table: sa.Table, rows: Ints) -> dict[str, pa.Array]:
        """Return the columns that the export or its contract states, defaults in their gaps."""
        contract, report = self.reader.contract, self.findings.append
        columns = {name: pa.array([value] * len(rows), pa.string()) for name, value in constants(contract, table.name).items()}
        made = {name: self._constant(table.columns[name], text) for name, text in columns.items()}
        for name, column in targets(contract, table.name).items():
            made[name] = self.reader.read(column, table.columns[name], rows, report)
        for name, default in DEFAULTS.items():
            if name in table.columns:
                self._fill(made, table.name, name, rows, pa.scalar(default))
        return made

    def _constant(self, column: sa.Column[object], text: Text) -> pa.Array:
        made, bad, _ = self.reader.typed(text, column, {})
        if bad.any():
            target = f"{column.table.name}.{column.name}"
            raise ConfigurationError(f"data/sources/{self.reader.contract.source_id}.toml: the constant of {target} does not fit its type")
        return made

    def _fill(self, made: dict[str, pa.Array], table: str, name: str, rows: Ints, value: pa.Array) -> None:
        """Fill a column (from an array or one scalar) where nothing was stated; what was stated and cannot be read stays null."""
        kind = arrow_schema(TABLES[table]).field(name).type
        stated = made.get(name, pa.nulls(len(rows), kind))
        column = targets(self.reader.contract, table).get(name)
        absent = pc.is_null(stated) if column is None else pc.is_null(self.reader.text(column.name, rows))
        made[name] = pc.if_else(absent, value.cast(kind), stated)

    def _lines(self, table: sa.Table, header: Mapping[str, pa.Array]) -> pa.Table:
        rows = self.reader.groups.order
        made = self._stated(table, rows)
        document = pa.array(self.reader.groups.document[rows])
        for name in business_columns(table):
            if name in header:
                self._fill(made, table.name, name, rows, header[name].take(document))
        made["line_ordinal"] = pa.array(self.reader.groups.line_ordinal[rows])
        self._line_amounts(table, made, rows)
        return self._finish(table, rows, made)

    def _line_amounts(self, table: sa.Table, made: dict[str, pa.Array], rows: Ints) -> None:
        """Work out the amounts that are not stated; where they are the money of the export, only what is stated counts."""
        column = targets(self.reader.contract, table.name).get("line_amount")
        quantity = next((name for name in QUANTITIES if name in made), None)
        if "line_amount" not in table.columns or (column is not None and column.name == self.reader.contract.amount_column):
            return
        if quantity is not None and "unit_price" in made:
            amounts = line_amounts(made[quantity], made["unit_price"], made["price_basis_quantity"])
            self._fill(made, table.name, "line_amount", rows, amounts)

    def _documents(self, header: Mapping[str, pa.Array]) -> pa.Table:
        """Make the rows of ``documents``; a document's own number is the first that its header table requires."""
        number = next((column.name for column in TABLES[self.reader.contract.header_table].columns
                       if column.name.endswith("_number") and not column.nullable), "")
        count = len(self.documents)
        made = {
            "standard_code": pa.array(["csv"] * count, pa.string()), "usage_code": pa.array(["production"] * count, pa.string()),
            "transaction_number": self.reader.groups.keys, "record_count": pa.array(self.reader.groups.count),
            "content_hash": pa.array([document.content_hash for document in self.documents], pa.string()),
        }
        if number in header:
            made["business_number"] = header[number]
        return self._finish(DOCUMENTS, self.reader.groups.first, made)

    def _finish(self, table: sa.Table, rows: Ints, made: Mapping[str, pa.Array]) -> pa.Table:
        """Return a table with the model's schema: null where nothing was set, provenance in every row."""
        schema = arrow_schema(table)
        columns = {**made, **self._provenance(self.reader.contract, rows)}
        arrays = [columns[each.name].cast(each.type) if each.name in columns else pa.nulls(len(rows), each.type) for each in schema]
        return pa.Table.from_arrays(arrays, schema=schema)

    def _provenance(self, contract: SourceContract, rows: Ints) -> dict[str, pa.Array]:
        document = self.reader.groups.document[rows]
        at, context, count = pa.array(document), self.context, len(rows)
        same = {
            "system_code": contract.system_code, "direction_code": "inbound", "type_code": contract.source_id,
            "file_hash": context.file_hash, "map_hash": context.map_hash, "settings_hash": context.settings_hash,
        }
        return {
            **{name: pa.array([value] * count, pa.string()) for name, value in same.items()},
            "document_id": pa.array([each.document_id for each in self.documents], pa.string()).take(at),
            "partner_id": self.partners.take(at), "transaction_ordinal": pa.array(document + 1),
            "segment_ordinal": pa.array(self.reader.records.record[rows]), "byte_offset": pa.array(self.reader.records.offset[rows]),
            "known_at": pa.array(np.full(count, context.known_at)), "business_date": pa.array([context.business_date] * count, pa.date32()),
        }
