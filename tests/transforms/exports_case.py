"""Contracts and readings of hand-written CSV exports, as a night would do them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from transforms.exports import Export, ExportContext, KnownDocument, read_export
from transforms.policy import ContractColumn, ControlTotal, SourceContract

Column = ContractColumn

ORDERS = SourceContract(
    source_id="erp_orders", system_code="erp", file_pattern="orders_*.csv", kind="snapshot", header_table="orders",
    line_table="order_lines", document_key=("partner", "order"), partner_column="partner", partner_aliases={"ACME LTD": "acme"},
    amount_column="amount", currency_column="currency", constants={"orders.purpose_code": "original"},
    columns=(
        Column("order", "orders.order_number", required=True), Column("date", "orders.order_date", kind="date"),
        Column("currency", "orders.order_currency"), Column("line", "order_lines.line_number"),
        Column("item", "order_lines.buyer_item_number"),
        Column("quantity", "order_lines.ordered_quantity", kind="decimal", required=True),
        Column("unit", "order_lines.unit_code", values={"PCS": "EA"}), Column("amount", "order_lines.line_amount", kind="decimal"),
    ),
)
ORDERS_HEADER = "partner,order,date,currency,line,item,quantity,unit,amount"

INVOICES = SourceContract(
    source_id="erp_invoices", system_code="erp", file_pattern="invoices_*.csv", kind="delta", header_table="invoices", line_table=None,
    document_key=("partner", "number"), partner_column="partner", partner_aliases={"ACME LTD": "acme"}, delimiter=";", decimal_mark=",",
    date_format="DD.MM.YYYY", amount_column="amount", currency_column="currency",
    control_total=ControlTotal(marker="SUM", count_field=2, sum_field=3, sum_column="amount"),
    columns=(
        Column("number", "invoices.invoice_number", required=True),
        Column("type", "invoices.invoice_code", values={"RE": "invoice", "GS": "credit_note"}, required=True),
        Column("date", "invoices.invoice_date", kind="date", required=True), Column("currency", "invoices.invoice_currency"),
        Column("amount", "invoices.invoice_amount", kind="decimal", required=True),
    ),
)
INVOICES_HEADER = "partner;number;type;date;currency;amount"

CONTEXT = ExportContext(
    file_hash="f" * 64, known_at=7, business_date=date(2026, 3, 2), settings_hash="settings", map_hash="map", units={"KG": "KGM"},
)


def text(*lines: str, newline: str = "\n") -> str:
    """Join the records of a file."""
    return "".join(line + newline for line in lines)


def read(contract: SourceContract, *lines: str, known: Mapping[str, KnownDocument] | None = None, encoding: str = "utf-8") -> Export:
    """Read an export whose records are given, the header first."""
    return read_export(contract, text(*lines).encode(encoding), CONTEXT, known or {})


def orders(*rows: str, known: Mapping[str, KnownDocument] | None = None, **changes: Any) -> Export:
    """Read an export of orders."""
    return read(replace(ORDERS, **changes), ORDERS_HEADER, *rows, known=known)


def invoices(*rows: str, **changes: Any) -> Export:
    """Read an export of invoices."""
    return read(replace(INVOICES, **changes), INVOICES_HEADER, *rows)


def codes(export: Export) -> list[tuple[str, int | None, int | None, str | None]]:
    """Return code, document, record and column of each finding."""
    return [(found.code, found.place.transaction, found.place.segment, found.place.tag) for found in export.findings]


def rows(export: Export, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of a table as tuples; decimals without trailing zeros, dates as ISO text."""
    return [tuple(_plain(row[name]) for name in columns) for row in export.tables[table].to_pylist()]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return value.isoformat() if isinstance(value, date) else value
