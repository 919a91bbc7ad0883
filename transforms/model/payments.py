"""Payments and what they pay (X12 820, EDIFACT REMADV, the ERP's payment run)."""

from __future__ import annotations

from transforms.model.columns import amount, code, date, document_key, ordinal, table, text

PAYMENTS = table(
    "payments", "One row a payment",
    document_key(),
    text("payment_number", "Trace number of the payment (TRN02)", required=True),
    date("payment_date", "Value date (BPR16)", required=True),
    code("payment_currency", "ISO 4217", required=True),
    amount("payment_amount", "Amount paid (BPR02)", required=True),
)

REMITTANCE_LINES = table(
    "remittance_lines", "One row an invoice that a payment pays, in whole or in part",
    document_key(),
    ordinal("line_ordinal", "Position in the document, from 1", key=True),
    text("payment_number", "Repeated from the payment", required=True),
    text("invoice_number", "Invoice paid (RMR02)", required=True),
    amount("gross_amount", "Amount of the invoice as the payer sees it (RMR05); null where not stated"),
    amount("discount_amount", "Discount taken (RMR06), positive; 0 where none", required=True),
    amount("adjustment_amount", "Adjustments (ADX01), signed; 0 where none", required=True),
    amount("paid_amount", "Amount paid (RMR04)", required=True),
    code("payment_currency", "Repeated from the payment", required=True),
)
