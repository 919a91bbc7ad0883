"""Invoices and credit notes (X12 810, EDIFACT INVOIC, the ERP's invoice register). Credits are negative throughout."""

from __future__ import annotations

from transforms.model.columns import amount, code, date, document_key, items, ordinal, percent, price, quantity, table, text

INVOICES = table(
    "invoices", "One row an invoice or credit note",
    document_key(),
    text("invoice_number", "Invoice number (BIG02, BGM 1004)", required=True),
    code("invoice_code", "Invoice or credit note (BIG07 CR/CN, BGM 1001 381)", "invoice", "credit_note", required=True),
    date("invoice_date", "Date of the invoice (BIG01, DTM 137)", required=True),
    text("order_number", "Order of the whole invoice (BIG04, RFF ON)"),
    code("invoice_currency", "ISO 4217 (CUR02, CUX 6345); the agreement's where the document names none", required=True),
    amount("invoice_amount", "Total payable (TDS01 with two implied decimals, MOA 77 or 9)", required=True),
    amount("stated_line_amount", "Total of lines as stated (TDS02, MOA 79); null where not stated"),
    amount("stated_tax_amount", "Total tax as stated (TXI02 at the summary, MOA 124/176); null where not stated"),
)

INVOICE_LINES = table(
    "invoice_lines", "One row an invoiced line",
    document_key(),
    ordinal("line_ordinal", "Position of the line in the document, from 1", key=True),
    text("invoice_number", "Repeated from the invoice", required=True),
    text("order_number", "Order of the line, else of the invoice"),
    text("line_number", "Line number of the order (IT101, RFF LI, LIN 1082)"),
    *items(),
    quantity("invoiced_quantity", "Quantity invoiced (IT102, QTY 47); negative on a credit note", required=True),
    code("unit_code", "Our unit code", required=True),
    quantity("pack_quantity", "Base units in one unit_code, where the document says (PO4); null: see the item master"),
    price("unit_price", "Price for price_basis_quantity units (IT104, PRI AAA)"),
    quantity("price_basis_quantity", "Units that the price is for", required=True),
    amount("line_amount", "Net of the line as stated (MOA 203), else quantity x price / basis rounded half up to 4 places"),
    code("invoice_currency", "Repeated from the invoice", required=True),
)

INVOICE_CHARGES = table(
    "invoice_charges", "One row an allowance or charge (SAC, ALC), of a line or of the whole invoice",
    document_key(),
    ordinal("charge_ordinal", "Position in the document, from 1", key=True),
    ordinal("line_ordinal", "The line; null for the whole invoice"),
    code("charge_code", "Allowance or charge", "allowance", "charge", required=True),
    code("reason_code", "What for, as sent (SAC02 D240 is freight, ALC 7161 FC)"),
    amount("charge_amount", "Amount: a charge adds, an allowance is negative; all turned round on a credit note", required=True),
)

INVOICE_TAXES = table(
    "invoice_taxes", "One row a tax (TXI, TAX), of a line or of the whole invoice",
    document_key(),
    ordinal("tax_ordinal", "Position in the document, from 1", key=True),
    ordinal("line_ordinal", "The line; null for the whole invoice"),
    code("tax_code", "Kind of tax as sent (ST, VAT, ...)"),
    percent("tax_percent", "Rate (TXI03, TAX 5278)"),
    amount("taxable_amount", "Base (MOA 125); null where not stated"),
    amount("tax_amount", "Tax (TXI02, MOA 124); null where only the rate is stated"),
)
