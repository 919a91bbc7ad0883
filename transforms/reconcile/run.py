"""Run a rule over prepared views: its breaks, and totals of both sides that must tie exactly."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from edi.errors import ConservationError
from transforms.reconcile.rules import Rule
from transforms.reconcile.sql import rule_sql

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
    """Run a rule on a connection that ``prepare`` has prepared."""
    sql = rule_sql(rule)
    connection.execute(sql.judge)
    breaks = connection.sql(sql.breaks).to_arrow_table().cast(BREAK_SCHEMA)
    totals = connection.sql(sql.totals).to_arrow_table().cast(TOTAL_SCHEMA)
    connection.execute("DROP TABLE judged")
    return RuleResult(breaks, totals)


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
