"""Rows for tests of expectations: good ones made from the model, to be spoilt one column at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from transforms.model import TABLES, arrow_schema
from transforms.model.types import ExactDecimal

GOOD_TEXT = {"gtin": "00012345678905", "sscc": "340123450000000013", "order_currency": "USD", "invoice_currency": "EUR",
             "payment_currency": "EUR", "file_hash": "f" * 64, "document_id": "d1-000001"}


def good_row(table: str, **spoilt: Any) -> dict[str, Any]:
    """Return a row that satisfies everything expected of its table, but for the columns named."""
    return {column.name: _good(column) for column in TABLES[table].columns} | spoilt


def frame(table: str, *rows: dict[str, Any]) -> pa.Table:
    """Return rows as the canonical table; nullability is left to the expectations."""
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(TABLES[table])])
    return pa.Table.from_pylist(list(rows), schema=schema)


def _good(column: sa.Column[Any]) -> Any:
    if values := column.info.get("values"):
        return values[0]
    if isinstance(column.type, ExactDecimal):
        return Decimal(1)
    if isinstance(column.type, sa.BigInteger):
        return 1
    if isinstance(column.type, sa.Date):
        return date(2026, 3, 2)
    return True if isinstance(column.type, sa.Boolean) else GOOD_TEXT.get(column.name, "A1")
