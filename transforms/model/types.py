"""Exact decimals in every database: NUMERIC where the database keeps its digits, text where it does not (SQLite)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal of fixed precision and scale. On SQLite it is text with exactly ``scale`` digits, never to be summed in SQL."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale
        self._quantum = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return text on SQLite, NUMERIC elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the full scale, so that equal numbers are equal text."""
        if value is None or dialect.name != "sqlite":
            return value
        exact = value.quantize(self._quantum) + 0  # minus nought is nought
        if exact != value:
            raise ValueError(f"a decimal has more than the {self.scale} places of its column; nothing is rounded here")
        return format(exact, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read back with the full scale on every database."""
        return None if value is None else Decimal(value).quantize(self._quantum)


class UtcInstant(TypeDecorator[str]):
    """An instant as ISO 8601 text in UTC ("2026-03-02T02:00:00Z"): the same in every database, and sortable."""

    impl = sa.Text
    cache_ok = True
