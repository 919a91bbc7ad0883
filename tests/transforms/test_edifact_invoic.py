"""INVOIC: amounts as stated and as computed, charges and taxes counted once, credit notes turned round."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transforms.edifact_case import documents, interchange, mapped, rows
from transforms.mappings.edifact_invoic import map_invoic
from transforms.mappings.edifact_money import stated_total

# 10 x 25.00 + 3 x 120.00/100 = 253.60; freight 12.00, allowance 5.00: 260.60; 19 % of it 49.51.
INVOICE = """
BGM+{name}+INV-7+9'
DTM+137:20260305:102'
RFF+ON:PO-1'
NAD+SU+4012345000009::9'
NAD+BY+4000000000006::9'
NAD+IV+4000000000006::9'
TAX+7+VAT+++:::19+S'
CUX+2:EUR:4'
ALC+C++6++FC'
MOA+23:12.00'
TAX+7+VAT+++:::19+S'
MOA+124:2.28'
LIN+1++4006381333931:SRV'
PIA+1+B-1:IN'
QTY+47:10:PCE'
MOA+203:250.00'
PRI+AAA:25'
RFF+ON:PO-2:30'
LIN+2++S-2:SA'
QTY+47:3'
PRI+AAA:120:::100:PCE'
ALC+A+++1+DI'
MOA+204:5'
UNS+S'
CNT+2:2'
MOA+79:253.60'
MOA+77:310.11'
MOA+176:49.51'
TAX+7+VAT+++:::19+S'
MOA+125:260.60'
MOA+124:49.51'
ALC+C++++FC'
MOA+131:12.00'
MOA+8:12.00'
"""


@pytest.mark.parametrize("version", ["D:96A", "D:01B"])
@pytest.mark.parametrize(("name", "code", "sign"), [("380", "invoice", ""), ("381", "credit_note", "-")])
def test_an_invoice_and_the_same_as_a_credit_note(name, code, sign, version):
    result = mapped(map_invoic, "INVOIC", INVOICE.format(name=name), version=version)
    assert not result.findings
    assert rows(result, "invoices", "invoice_number", "invoice_code", "invoice_date", "order_number", "invoice_currency", "invoice_amount",
                "stated_line_amount", "stated_tax_amount") == [
        ("INV-7", code, "2026-03-05", "PO-1", "EUR", f"{sign}310.11", f"{sign}253.6", f"{sign}49.51")]
    assert rows(result, "invoice_lines", "line_ordinal", "invoice_number", "order_number", "line_number", "invoiced_quantity", "unit_code",
                "unit_price", "price_basis_quantity", "line_amount", "invoice_currency") == [
        (1, "INV-7", "PO-2", "30", f"{sign}10", "EA", "25", "1", f"{sign}250", "EUR"),
        (2, "INV-7", "PO-1", "2", f"{sign}3", "EA", "120", "100", f"{sign}3.6", "EUR"),
    ]
    other = "" if sign else "-"
    assert rows(result, "invoice_charges", "charge_ordinal", "line_ordinal", "charge_code", "reason_code", "charge_amount") == [
        (1, None, "charge", "FC", f"{sign}12"), (2, 2, "allowance", "DI", f"{other}5")]
    assert rows(result, "invoice_taxes", "tax_ordinal", "line_ordinal", "tax_code", "tax_percent", "taxable_amount", "tax_amount") == [
        (1, None, "VAT", "19", f"{sign}260.6", f"{sign}49.51")]


def test_items_and_parties():
    result = mapped(map_invoic, "INVOIC", INVOICE.format(name="380"))
    assert rows(result, "invoice_lines", "buyer_item_number", "supplier_item_number", "gtin") == [
        ("B-1", None, "04006381333931"), (None, "S-2", None)]
    assert rows(result, "parties", "role_code") == [("supplier",), ("buyer",), ("invoicee",)]


@pytest.mark.parametrize(("totals", "amount"), [
    ("MOA+9:90'\nMOA+77:100'", "100"), ("MOA+9:90'", "90"), ("MOA+139:80'\nMOA+86:70'", "80"), ("MOA+125:60'", None),
])
def test_the_total_is_the_surest_amount_of_the_summary(totals, amount):
    message = f"BGM+380+1'\nLIN+1++A:SA'\nMOA+77:1'\nUNS+S'\n{totals}"
    result = mapped(map_invoic, "INVOIC", message)
    assert rows(result, "invoices", "invoice_amount") == [(amount,)]
    assert stated_total(documents(interchange("INVOIC", message))).to_pylist() == [amount and Decimal(amount)]


def test_stated_totals_are_signed_and_by_document():
    data = interchange("INVOIC", INVOICE.format(name="380"), INVOICE.format(name="381"), "BGM+380+X'", "BGM+380+Y'\nUNS+S'\nMOA+77:1,50'")
    assert stated_total(documents(data)).to_pylist() == [Decimal("310.1100"), Decimal("-310.1100"), None, Decimal("1.5000")]


def test_tax_of_the_whole_invoice_before_the_rates():
    result = mapped(map_invoic, "INVOIC", "BGM+380+1'\nLIN+1++A:SA'\nQTY+47:1'\nUNS+S'\nMOA+79:10'\nMOA+124:1.9'\nMOA+139:11.9'")
    assert rows(result, "invoices", "stated_tax_amount") == [("1.9",)]
    assert rows(result, "invoice_taxes", "tax_amount") == []


def test_taxes_of_lines_and_by_rate():
    result = mapped(map_invoic, "INVOIC", """
        BGM+380+1'
        LIN+1++A:SA'
        QTY+47:1'
        TAX+7+VAT+++:::7+S'
        MOA+124:0.70'
        LIN+2++B:SA'
        QTY+47:1'
        UNS+S'
        MOA+77:22.60'
        TAX+7+VAT+++:::7+S'
        MOA+125:10'
        MOA+124:0.70'
        TAX+7+VAT+++:::19+S'
        MOA+125:10'
        MOA+124:1.90'
    """)
    assert rows(result, "invoice_taxes", "tax_ordinal", "line_ordinal", "tax_percent", "taxable_amount", "tax_amount") == [
        (1, 1, "7", None, "0.7"), (2, None, "7", "10", "0.7"), (3, None, "19", "10", "1.9")]
    assert rows(result, "invoices", "stated_tax_amount") == [(None,)]


def test_charges_that_stand_only_in_the_summary():
    result = mapped(map_invoic, "INVOIC", "BGM+380+1'\nLIN+1++A:SA'\nQTY+47:1'\nUNS+S'\nMOA+77:10'\nALC+C++++FC'\nMOA+8:5'")
    assert rows(result, "invoice_charges", "charge_ordinal", "line_ordinal", "charge_code", "reason_code", "charge_amount") == [
        (1, None, "charge", "FC", "5")]


def test_an_allowance_without_an_amount_and_no_allowance_at_all_are_no_rows():
    result = mapped(map_invoic, "INVOIC", "BGM+380+1'\nALC+A++++DI'\nPCD+1:5'\nALC+N'\nMOA+8:0'\nLIN+1++A:SA'\nUNS+S'")
    assert rows(result, "invoice_charges", "charge_ordinal") == []


def test_currency_of_the_total_before_the_agreement():
    assert rows(mapped(map_invoic, "INVOIC", "BGM+380+1'\nUNS+S'\nMOA+77:1:GBP'"), "invoices", "invoice_currency") == [("GBP",)]
    assert rows(mapped(map_invoic, "INVOIC", "BGM+380+1'\nUNS+S'\nMOA+77:1'"), "invoices", "invoice_currency") == [("EUR",)]


def test_a_pro_forma_invoice_is_neither():
    assert rows(mapped(map_invoic, "INVOIC", "BGM+325+1'"), "invoices", "invoice_code") == [(None,)]


def test_an_unreadable_line_amount_is_not_replaced_by_a_computed_one():
    data = interchange("INVOIC", "BGM+380+1'\nLIN+1++A:SA'\nQTY+47:2'\nMOA+203:about 4'\nPRI+AAA:2'\nUNS+S'")
    result = map_invoic(documents(data))
    assert rows(result, "invoice_lines", "line_amount") == [(None,)]
    assert [finding.place.offset for finding in result.findings] == [data.index(b"MOA+203")]
