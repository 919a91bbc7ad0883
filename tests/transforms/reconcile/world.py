"""A small trading world for the reconciliation tests: documents are stated in a line each, the rest is what a model row must have."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from transforms.model import TABLES, arrow_schema
from transforms.policy import Agreement, DocumentAgreement, Item, Tolerances
from transforms.reconcile import Rule, RuleResult, check_totals, parse_rule, prepare, run_rule

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 3, day) for day in range(2, 7))
RULES = Path(__file__).parents[3] / "data" / "rules"

SCREW = Item("04012345678901", "B-1", "S-1", "EA", {"CA": Decimal(12)})


def rule(rule_id: str) -> Rule:
    return parse_rule(rule_id, tomllib.loads((RULES / f"{rule_id}.toml").read_text(encoding="utf-8")))


def all_rules() -> list[Rule]:
    return [rule(path.stem) for path in sorted(RULES.glob("*.toml"))]


def agreement(partner_id: str, our_role: str = "buyer", standard: str = "x12", **terms: Any) -> Agreement:
    types = ("850", "855", "856", "810") if standard == "x12" else ("ORDERS", "ORDRSP", "DESADV", "INVOIC")
    ours = types[:1] if our_role == "buyer" else types[1:]
    documents = tuple(DocumentAgreement(made, "outbound" if made in ours else "inbound", 1 if made in ours else None) for made in types)
    currency = "USD" if standard == "x12" else "EUR"
    return Agreement(partner_id, partner_id.title(), our_role, standard, currency, "UTC", (), documents, **terms)


AGREEMENTS = (
    agreement("acme", tolerances=Tolerances(quantity_over_percent=Decimal(2)), tax_percents=(Decimal("7.5"),), agreed_charges=("C310",)),
    agreement("shop", "supplier"),
    agreement("handel", "supplier", "edifact", tax_percents=(Decimal(19),)),
)


@dataclass
class World:
    """Rows by table. Every method states one document; a line is a dict of what differs from one EA of the screw at 2.50."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    documents: int = 0

    def order(self, number: str, *lines: dict[str, Any], partner: str = "acme", system: str = "edi", on: date = MONDAY,
              currency: str = "USD", purpose: str = "original", **head: Any) -> str:
        key = self._document("850" if system == "edi" else "erp_orders", number, partner, system, on, **head)
        self._row("orders", key, order_number=number, purpose_code=purpose, order_date=on, order_currency=currency)
        for at, line in enumerate(lines, start=1):
            made = {"line_number": str(at), "ordered_quantity": 100, "unit_price": "2.50", "price_basis_quantity": 1, **line}
            made["line_amount"] = made["line_amount"] if "line_amount" in made else _net(made, "ordered_quantity")
            self._row("order_lines", key, line_ordinal=at, order_number=number, order_currency=currency,
                      unit_code=made.pop("unit", "EA"), **made)
        return key

    def response(self, order: str, *lines: dict[str, Any], code: str = "accepted_with_changes", partner: str = "acme", on: date = MONDAY,
                 **head: Any) -> str:
        key = self._document("855", order, partner, "edi", on, **head)
        self._row("order_responses", key, order_number=order, response_code=code, response_date=on)
        for at, line in enumerate(lines, start=1):
            made = {"line_number": "1", "response_code": "accepted", "confirmed_quantity": 100, "price_basis_quantity": 1, **line}
            self._row("order_response_lines", key, line_ordinal=at, response_ordinal=1, order_number=order,
                      unit_code=made.pop("unit", "EA"), **made)
        return key

    def shipment(self, number: str, order: str, *lines: dict[str, Any], partner: str = "acme", system: str = "edi", on: date = MONDAY,
                 **head: Any) -> str:
        key = self._document("856" if system == "edi" else "warehouse_shipments", number, partner, system, on, **head)
        self._row("shipments", key, shipment_number=number, shipment_date=on)
        for at, line in enumerate(lines, start=1):
            made = {"line_number": "1", "shipped_quantity": 100, **line}
            self._row("shipment_lines", key, line_ordinal=at, shipment_number=number, order_number=order,
                      unit_code=made.pop("unit", "EA"), **made)
        return key

    def receipt(self, number: str, order: str, *lines: dict[str, Any], partner: str = "acme", on: date = MONDAY,
                shipment: str | None = None, **head: Any) -> str:
        key = self._document("erp_receipts", number, partner, "erp", on, **head)
        self._row("receipts", key, receipt_number=number, receipt_date=on, shipment_number=shipment)
        for at, line in enumerate(lines, start=1):
            made = {"line_number": "1", "received_quantity": 100, **line}
            self._row("receipt_lines", key, line_ordinal=at, receipt_number=number, shipment_number=shipment, order_number=order,
                      unit_code=made.pop("unit", "EA"), **made)
        return key

    def invoice(self, number: str, order: str | None, *lines: dict[str, Any], partner: str = "acme", system: str = "edi", on: date = MONDAY,
                currency: str = "USD", code: str = "invoice", total: Any = None, type_code: str = "810", **head: Any) -> str:
        """State an invoice; its total is that of its lines unless given."""
        key = self._document(type_code if system == "edi" else "erp_invoices", number, partner, system, on, **head)
        made = [{"line_number": "1", "invoiced_quantity": 100, "unit_price": "2.50", "price_basis_quantity": 1, **line} for line in lines]
        for line in made:
            line.setdefault("line_amount", _net(line, "invoiced_quantity"))
        amount = sum((Decimal(line["line_amount"]) for line in made), Decimal(0)) if total is None else total
        self._row("invoices", key, invoice_number=number, invoice_code=code, invoice_date=on, order_number=order, invoice_currency=currency,
                  invoice_amount=amount)
        for at, line in enumerate(made, start=1):
            self._row("invoice_lines", key, line_ordinal=at, invoice_number=number, invoice_currency=currency,
                      unit_code=line.pop("unit", "EA"), **{"order_number": order, **line})
        return key

    def charge(self, invoice: str, amount: Any, reason: str, line: int | None = None) -> None:
        at = 1 + sum(row["document_id"] == invoice for row in self.rows.get("invoice_charges", []))
        code = "charge" if Decimal(amount) > 0 else "allowance"
        self._row("invoice_charges", invoice, charge_ordinal=at, line_ordinal=line, charge_code=code, reason_code=reason,
                  charge_amount=amount)

    def tax(self, invoice: str, percent: Any, amount: Any, line: int | None = None) -> None:
        at = 1 + sum(row["document_id"] == invoice for row in self.rows.get("invoice_taxes", []))
        self._row("invoice_taxes", invoice, tax_ordinal=at, line_ordinal=line, tax_code="ST", tax_percent=percent, tax_amount=amount)

    def payment(self, number: str, *lines: dict[str, Any], partner: str = "acme", on: date = MONDAY,
                currency: str = "USD", **head: Any) -> str:
        key = self._document("erp_payments", number, partner, "erp", on, **head)
        self._row("payments", key, payment_number=number, payment_date=on, payment_currency=currency,
                  payment_amount=sum((Decimal(line["paid_amount"]) for line in lines), Decimal(0)))
        for at, line in enumerate(lines, start=1):
            self._row("remittance_lines", key, line_ordinal=at, payment_number=number, payment_currency=currency,
                      **{"discount_amount": 0, "adjustment_amount": 0, **line})
        return key

    def acknowledgment(self, *, partner: str = "acme", on: date = MONDAY, type_code: str = "997", **statement: Any) -> str:
        key = self._document(type_code, "", partner, "edi", on, direction_code="inbound")
        self._row("partner_acknowledgments", key, statement_ordinal=1, **{"level_code": "group", "status_code": "accepted", **statement})
        return key

    def _document(self, type_code: str, number: str, partner: str, system: str, on: date, **head: Any) -> str:
        self.documents += 1
        key = head.pop("document_id", f"d{self.documents:04d}")
        known_at = head.pop("known_at", on.day - 1)
        self._heads = getattr(self, "_heads", {})
        self._heads[key] = {
            "system_code": system, "partner_id": partner, "direction_code": head.pop("direction_code", "inbound"), "type_code": type_code,
            "file_hash": f"hash of {key}", "interchange_number": head.pop("interchange_number", None), "transaction_ordinal": 1,
            "map_hash": "m", "settings_hash": "s", "known_at": known_at, "business_date": on,
        }
        self._row("documents", key, standard_code="csv" if system != "edi" else "x12", usage_code="production", business_number=number,
                  content_hash="c", record_count=1, **{"transaction_number": f"{partner}|{number}", **head})
        return key

    def _row(self, table: str, key: str, **values: Any) -> None:
        rows = self.rows.setdefault(table, [])
        place = len([row for row in rows if row["document_id"] == key])
        rows.append({"document_id": key, **self._heads[key], "segment_ordinal": place + 1, "byte_offset": 100 * (place + 1), **values})


def _net(line: dict[str, Any], quantity: str) -> Decimal:
    return (Decimal(line[quantity]) * Decimal(line["unit_price"]) / Decimal(line["price_basis_quantity"])).quantize(Decimal("0.0001"))


def connect(world: World, night: date, *, seed: int | None = None, items: tuple[Item, ...] = (SCREW,),
            rules: Sequence[Rule] = ()) -> duckdb.DuckDBPyConnection:
    """Return a connection with all tables of the model, prepared for some rules, or for all; a seed shuffles the rows of each table."""
    connection = duckdb.connect(config={"threads": 1})
    for name, table in TABLES.items():
        rows = list(world.rows.get(name, []))
        if seed is not None:
            random.Random(seed).shuffle(rows)
        schema = arrow_schema(table)
        columns = [pa.array([_typed(row.get(made.name), made.type) for row in rows], made.type) for made in schema]
        connection.register("given", pa.Table.from_arrays(columns, schema=schema))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")
    prepare(connection, agreements=AGREEMENTS, items=items, business_date=night, rules=rules or all_rules())
    return connection


def _typed(value: Any, kind: pa.DataType) -> Any:
    return Decimal(value).quantize(Decimal(1).scaleb(-kind.scale)) if value is not None and pa.types.is_decimal(kind) else value


def reconcile(world: World, rule_id: str, night: date = MONDAY, **options: Any) -> RuleResult:
    """Run one rule on a world and make sure that its totals tie."""
    result = run_rule(connect(world, night, rules=[rule(rule_id)], **options), rule(rule_id))
    check_totals(result.totals)
    return result


def found(world: World, rule_id: str, night: date = MONDAY, **options: Any) -> list[tuple[str, str]]:
    """Return the (class, subject) of each break of a rule."""
    return [(row["class_code"], row["subject"]) for row in reconcile(world, rule_id, night, **options).breaks.to_pylist()]


def only(world: World, rule_id: str, night: date = MONDAY, **options: Any) -> dict[str, Any]:
    """Return the one break that a rule finds."""
    (row,) = reconcile(world, rule_id, night, **options).breaks.to_pylist()
    return row


def counted(world: World, rule_id: str, side: str, night: date = MONDAY, **options: Any) -> tuple[int, int, int]:
    """Return how many rows of a side are matched, in a break, excluded."""
    rows = [row for row in reconcile(world, rule_id, night, **options).totals.to_pylist() if row["side"] == side]
    return tuple(sum(row[f"{part}_count"] for row in rows) for part in ("matched", "break", "excluded"))  # type: ignore[return-value]  # three
