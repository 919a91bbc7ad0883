"""What the business expects beyond the model, one line each. Arithmetic and price disagreements are not here: they become breaks."""

from __future__ import annotations

from datetime import date

from expectations.checks import AnyOf, Between, Check, Matches, Rule, SignFollows, check

_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_CURRENCY = Matches(r"^[A-Z]{3}\Z")
_POSITIVE = Between(low=0)
_GTIN = Matches(r"^[0-9]{14}\Z")
_SSCC = Matches(r"^[0-9]{18}\Z")
_NUMBERED = ("line_number", "buyer_item_number", "supplier_item_number", "gtin")


def _blocking(table: str, name: str, columns: tuple[str, ...], rule: Rule, what: str, remedy: str) -> Check:
    return check(table, name, columns, rule, blocking=True, template=f"{table}: {what}", remedy=remedy)


def _reported(table: str, name: str, columns: tuple[str, ...], rule: Rule, what: str, remedy: str) -> Check:
    return check(table, name, columns, rule, blocking=False, template=f"{table}: {what}", remedy=remedy)


CHECKS: tuple[Check, ...] = (
    # A line that nobody can tell from another cannot be reconciled.
    *(_blocking(table, "line_identified", _NUMBERED, AnyOf(), "a line has neither a line number nor an item number",
                "Ask the sender to number the line or name its item.")
      for table in ("order_lines", "order_response_lines", "shipment_lines", "receipt_lines", "invoice_lines")),
    *(_blocking(table, f"{column}_iso", (column,), _CURRENCY, f"{column} is not three capital letters of ISO 4217",
                "Correct the currency, or the agreement's default.")
      for table, column in (("orders", "order_currency"), ("invoices", "invoice_currency"), ("payments", "payment_currency"))),
    *(_reported(table, f"{column}_plausible", (column,), Between(_EARLIEST, _LATEST), f"{column} lies outside 2000 to 2099",
                "Ask the sender whether the year is right.")
      for table, column in (("orders", "order_date"), ("order_responses", "response_date"), ("shipments", "shipment_date"),
                            ("receipts", "receipt_date"), ("invoices", "invoice_date"), ("payments", "payment_date"))),
    *(_reported(table, f"{column}_not_negative", (column,), _POSITIVE, f"{column} is negative", "Ask the sender what is meant.")
      for table, column in (("order_lines", "ordered_quantity"), ("order_lines", "unit_price"), ("order_destinations", "ordered_quantity"),
                            ("order_response_lines", "confirmed_quantity"), ("shipment_lines", "shipped_quantity"),
                            ("receipt_lines", "received_quantity"), ("invoice_lines", "unit_price"),
                            ("remittance_lines", "discount_amount"))),
    *(_reported(table, "gtin_digits", ("gtin",), _GTIN, "a GTIN is not all digits", "Ask the sender for the item's GTIN.")
      for table in ("order_lines", "order_response_lines", "shipment_lines", "receipt_lines", "invoice_lines")),
    *(_reported(table, "price_basis_positive", ("price_basis_quantity",), Between(low=1), "the price basis is below one unit",
                "Ask the sender for how many units the price is.")
      for table in ("order_lines", "order_response_lines", "invoice_lines")),
    _reported("packages", "sscc_digits", ("sscc",), _SSCC, "an SSCC does not have 18 digits", "Ask the sender for the label's number."),
    _reported("invoices", "amount_sign", ("invoice_amount", "invoice_code"), SignFollows("invoice", "credit_note"),
              "an invoice is negative or a credit note positive", "Ask the sender which of the two it is."),
    _reported("invoice_taxes", "tax_percent_plausible", ("tax_percent",), Between(0, 100), "a tax rate is not between 0 and 100 %",
              "Ask the sender for the rate."),
)
