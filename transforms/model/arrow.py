"""Arrow schemas that follow from the model, so that Parquet, DuckDB and the databases mean the same."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import sqlalchemy as sa

from transforms.model.columns import BUSINESS
from transforms.model.types import ExactDecimal


def arrow_type(kind: object) -> pa.DataType:
    """Return the Arrow type of a column's SQL type."""
    if isinstance(kind, ExactDecimal):
        return pa.decimal128(kind.precision, kind.scale)
    if isinstance(kind, sa.BigInteger):
        return pa.int64()
    if isinstance(kind, sa.Date):
        return pa.date32()
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    return pa.string()


@cache
def arrow_schema(table: sa.Table) -> pa.Schema:
    """Return the Arrow schema of a table: its columns in order, nullability as declared."""
    return pa.schema([pa.field(made.name, arrow_type(made.type), nullable=bool(made.nullable)) for made in table.columns])


def business_columns(table: sa.Table) -> list[str]:
    """Return the columns that state business facts, the ones that must agree whatever standard a document came in."""
    return [made.name for made in table.columns if made.info["role"] == BUSINESS]


def empty(table: sa.Table) -> pa.Table:
    """Return a table of no rows with the model's schema."""
    return arrow_schema(table).empty_table()
