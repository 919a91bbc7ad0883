"""Run a rule over prepared views: its breaks, and totals of both sides that must tie exactly."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from edi.errors import ConservationError
from transforms.reconcile.rules import Rule
from transforms.reconcile.sql import breaks_sql, broken_sql, rule_sql

_MONEY = pa.decimal128(18, 4)

BREAK_SCHEMA = pa.schema([
    ("break_id", pa.string()), ("rule_id", pa.string()), ("class_code", pa.string()), ("partner_id", pa.string()), ("subject", pa.string()),
    ("left_value", pa.string()), ("right_value", pa.string()), ("difference_quantity", _MONEY), ("difference_amount", _MONEY),
    ("currency", pa.string()), ("left_document_id", pa.string()), ("left_file_hash", pa.string()), ("left_byte_offset", pa.int64()),
    ("right_document_id", pa.string()), ("right_file_hash", pa.string()), ("right_byte_offset", pa.int64()),
    ("evidence_count", pa.int64()), ("sentence", pa.string()),
])

PARTS = ("matched", "break", "excluded")

TOTAL_SCHEMA = pa.schema([
    ("rule_id", pa.string()), ("side", pa.string()), ("currency", pa.string()),
    ("total_count", pa.int64()), *((f"{part}_count", pa.int64()) for part in PARTS),
    ("total_amount", _MONEY), *((f"{part}_amount", _MONEY) for part in PARTS), ("unknown_amount_count", pa.int64()),
])


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule found: BREAK_SCHEMA and TOTAL_SCHEMA, in an order that does not depend on how rows were loaded."""

    breaks: pa.Table
    totals: pa.Table


def run_rule(connection: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
    """Run a rule on a connection that ``prepare`` has prepared. Of a small night most is planning: classes without a break are left out."""
    sql = rule_sql(rule)
    connection.execute(sql.judge)
    [broken] = connection.execute(broken_sql(rule)).fetchall()
    classes = [each for each, is_broken in zip(rule.classes, broken, strict=True) if is_broken]
    breaks = _answer(connection, breaks_sql(rule, classes), BREAK_SCHEMA) if classes else BREAK_SCHEMA.empty_table()
    totals = _answer(connection, sql.totals, TOTAL_SCHEMA)
    connection.execute("DROP TABLE judged")
    return RuleResult(breaks, totals)


def _answer(connection: duckdb.DuckDBPyConnection, query: str, schema: pa.Schema) -> pa.Table:
    """Return what a query answers, by way of a table, which keeps the order: asked straight for Arrow, DuckDB plans a query twice."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS\n{query}")
    found = connection.table("answer").to_arrow_table().cast(schema)
    connection.execute("DROP TABLE answer")
    return found


def check_totals(totals: pa.Table) -> None:
    """Raise where a side is not matched + breaks + excluded, by count or by money.

    Raises:
        ConservationError: naming rule, side and currency.
    """
    for row in totals.to_pylist():
        for measure in ("count", "amount"):
            parts = sum(row[f"{part}_{measure}"] for part in PARTS)
            if parts != row[f"total_{measure}"]:
                raise ConservationError(
                    f"rule {row['rule_id']}, {row['side']} side, {row['currency'] or 'no currency'}: the {measure} of matched, breaks and "
                    "excluded together is not the total; a row was lost or counted twice: the rule's views or SQL are wrong"
                )
