"""What the business expects: for every check a row that passes and rows that fail, and what a failure does to its document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from edi.findings import Severity
from expectations.business import CHECKS
from expectations.run import validate
from tests.expectations.rows import frame, good_row

Rows = list[dict[str, Any]]

NAMELESS = {"line_number": None, "buyer_item_number": None, "supplier_item_number": None, "gtin": None}
IDENTIFIED: tuple[Rows, Rows] = (
    [NAMELESS | {"line_number": "1"}, NAMELESS | {"buyer_item_number": "B"}, NAMELESS | {"supplier_item_number": "S"},
     NAMELESS | {"gtin": "00012345678905"}],
    [NAMELESS])
LINES = ("order_lines", "order_response_lines", "shipment_lines", "receipt_lines", "invoice_lines")


def column(name: str, passing: list[Any], failing: list[Any]) -> tuple[Rows, Rows]:
    return [{name: value} for value in passing], [{name: value} for value in failing]


def iso(name: str) -> tuple[Rows, Rows]:
    return column(name, ["EUR", "USD"], ["eur", "EU", "EURO", "E R", "", "EUR\n"])


def plausible(name: str) -> tuple[Rows, Rows]:
    return column(name, [date(2000, 1, 1), date(2099, 12, 31)], [date(1999, 12, 31), date(2100, 1, 1), date(26, 3, 2)])


def not_negative(name: str) -> tuple[Rows, Rows]:
    return column(name, [Decimal(0), Decimal("0.0001"), Decimal("99999999999999")], [Decimal("-0.0001"), Decimal(-5)])


GTIN = column("gtin", [None, "00012345678905", "00000000000000"], ["0001234567890X", "12345678905", "000123456789050", "00012345678905\n"])
BASIS = column("price_basis_quantity", [Decimal(1), Decimal(100)], [Decimal(0), Decimal("0.9999"), Decimal(-1)])

EXAMPLES: dict[tuple[str, str], tuple[Rows, Rows]] = {
    **{(table, "line_identified"): IDENTIFIED for table in LINES},
    ("orders", "order_currency_iso"): iso("order_currency"),
    ("invoices", "invoice_currency_iso"): iso("invoice_currency"),
    ("payments", "payment_currency_iso"): iso("payment_currency"),
    ("orders", "order_date_plausible"): plausible("order_date"),
    ("order_responses", "response_date_plausible"): plausible("response_date"),
    ("shipments", "shipment_date_plausible"): plausible("shipment_date"),
    ("receipts", "receipt_date_plausible"): plausible("receipt_date"),
    ("invoices", "invoice_date_plausible"): plausible("invoice_date"),
    ("payments", "payment_date_plausible"): plausible("payment_date"),
    ("order_lines", "ordered_quantity_not_negative"): not_negative("ordered_quantity"),
    ("order_lines", "unit_price_not_negative"): not_negative("unit_price"),
    ("order_destinations", "ordered_quantity_not_negative"): not_negative("ordered_quantity"),
    ("order_response_lines", "confirmed_quantity_not_negative"): not_negative("confirmed_quantity"),
    ("shipment_lines", "shipped_quantity_not_negative"): not_negative("shipped_quantity"),
    ("receipt_lines", "received_quantity_not_negative"): not_negative("received_quantity"),
    ("invoice_lines", "unit_price_not_negative"): not_negative("unit_price"),
    ("remittance_lines", "discount_amount_not_negative"): not_negative("discount_amount"),
    **{(table, "gtin_digits"): GTIN for table in LINES},
    ("order_lines", "price_basis_positive"): BASIS,
    ("order_response_lines", "price_basis_positive"): BASIS,
    ("invoice_lines", "price_basis_positive"): BASIS,
    ("packages", "sscc_digits"): column(
        "sscc", [None, "340123450000000013"], ["340123450000000013\n", "34012345000000001", "3401234500000000130", "34012345000000001X"]),
    ("invoices", "amount_sign"): (
        [{"invoice_code": "invoice", "invoice_amount": Decimal("0.01")}, {"invoice_code": "invoice", "invoice_amount": Decimal(0)},
         {"invoice_code": "credit_note", "invoice_amount": Decimal("-0.01")},
         {"invoice_code": "credit_note", "invoice_amount": Decimal(0)}],
        [{"invoice_code": "invoice", "invoice_amount": Decimal("-0.01")},
         {"invoice_code": "credit_note", "invoice_amount": Decimal("0.01")}]),
    ("invoice_taxes", "tax_percent_plausible"): column(
        "tax_percent", [None, Decimal(0), Decimal(19), Decimal(100)], [Decimal("-0.0001"), Decimal("100.0001"), Decimal(1900)]),
}


def test_every_check_has_its_examples() -> None:
    assert sorted(EXAMPLES) == sorted((check.table, check.name) for check in CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.kind.code))
def test_a_check_by_its_examples(check: Any) -> None:
    passing, failing = EXAMPLES[check.table, check.name]
    rows = [good_row(check.table, **spoilt) for spoilt in (*passing, *failing)]
    for number, row in enumerate(rows):  # keys of their own, so that only the check in question speaks
        row["document_id"] = f"d{number}-000001"
    outcome = validate(check.table, frame(check.table, *rows))
    told = [found for found in outcome.rows if found.finding.code == check.kind.code]
    assert [found.row for found in told] == list(range(len(passing), len(rows)))
    assert {found.finding.code for found in outcome.rows} == {check.kind.code}
    assert {found.finding.severity for found in told} == {Severity.ERROR if check.blocking else Severity.WARNING}


def test_which_failures_hold_a_document() -> None:
    """DESIGN.md: keys and unreadable values hold; what the business should look at is loaded and reported."""
    blocking = {check.name for check in CHECKS if check.blocking}
    assert blocking == {"line_identified", "order_currency_iso", "invoice_currency_iso", "payment_currency_iso"}
