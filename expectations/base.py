"""What every canonical table must satisfy, derived from the model: keys, required columns, closed code sets. All of it blocks."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from expectations.checks import Check, NotNull, OneOf, Unique, check
from transforms.model import TABLES

_RESEND = "Ask the sender to complete the document, or repair and release it."


def base_checks(table: sa.Table) -> Iterator[Check]:
    """Yield the checks that follow from a table's declaration."""
    name = table.name
    keys = tuple(column.name for column in table.primary_key.columns)
    yield check(name, "key_unique", keys, Unique(), blocking=True, template=f"the key of {name} occurs twice",
                remedy="Two documents claim one identity: look at both, release the one that counts.")
    for column in table.columns:
        if not column.nullable:
            yield check(name, f"{column.name}_not_null", (column.name,), NotNull(), blocking=True,
                        template=f"{name}.{column.name} has no value: {column.comment}", remedy=_RESEND)
        if values := column.info.get("values"):
            yield check(name, f"{column.name}_known", (column.name,), OneOf(values), blocking=True,
                        template=f"{name}.{column.name} is a code that the model does not have",
                        remedy="Map the partner's code to one of ours, then release.")


BASE: dict[str, tuple[Check, ...]] = {name: tuple(base_checks(table)) for name, table in TABLES.items()}
