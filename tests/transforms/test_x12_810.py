"""810s: two implied decimals, charges, taxes, price bases, and credits that turn every sign."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transforms.edifact_case import rows
from tests.transforms.x12_case import case, interchange, mapped
from transforms.mappings.x12_810 import map_810
from transforms.mappings.x12_money import x12_invoice_total

# 10 x 25 + 3 x 120/100 = 253.60; line allowance 3.60: 250.00; freight 12.00: 262.00; tax 20.63 (8.25 % of 250): 282.63.
INVOICE = """
BIG*20260305*INV-7*20260302*PO-1***{kind}
CUR*SE*USD
N1*SE*Northfield*92*NFS
N1*BT*Crossfoot Trading
ITD*01*3*2**10**30
IT1*1*10*EA*25*PE*UP*036000291452*IN*B-1
PID*F****Bolts
IT1*2*3*EA*120*HP*VN*S-2
REF*PO*PO-2
SAC*A*C310***360
TDS*28263*27063
TXI*ST*20.63*8.25****A*250
SAC*C*D240***1200
CTT*2
"""


@pytest.mark.parametrize("version", ["004010", "005010"])
@pytest.mark.parametrize(("kind", "code", "sign"), [("", "invoice", ""), ("DI", "invoice", ""), ("CR", "credit_note", "-"),
                                                    ("CN", "credit_note", "-")])
def test_an_invoice_and_the_same_as_a_credit(kind, code, sign, version):
    result = mapped(map_810, "810", INVOICE.format(kind=kind), version=version)
    other = "" if sign else "-"
    assert not result.findings
    assert rows(result, "invoices", "invoice_number", "invoice_code", "invoice_date", "order_number", "invoice_currency", "invoice_amount",
                "stated_tax_amount") == [("INV-7", code, "2026-03-05", "PO-1", "USD", f"{sign}282.63", f"{sign}20.63")]
    assert rows(result, "invoice_lines", "line_ordinal", "invoice_number", "order_number", "line_number", "invoiced_quantity", "unit_code",
                "unit_price", "price_basis_quantity", "line_amount", "invoice_currency") == [
        (1, "INV-7", "PO-1", "1", f"{sign}10", "EA", "25", "1", f"{sign}250", "USD"),
        (2, "INV-7", "PO-2", "2", f"{sign}3", "EA", "120", "100", f"{sign}3.6", "USD"),
    ]
    assert rows(result, "invoice_charges", "charge_ordinal", "line_ordinal", "charge_code", "reason_code", "charge_amount") == [
        (1, 2, "allowance", "C310", f"{other}3.6"), (2, None, "charge", "D240", f"{sign}12")]
    assert rows(result, "invoice_taxes", "tax_ordinal", "line_ordinal", "tax_code", "tax_percent", "taxable_amount", "tax_amount") == [
        (1, None, "ST", "8.25", f"{sign}250", f"{sign}20.63")]


def test_items_and_parties():
    result = mapped(map_810, "810", INVOICE.format(kind=""))
    assert rows(result, "invoice_lines", "buyer_item_number", "supplier_item_number", "gtin") == [
        ("B-1", None, "00036000291452"), (None, "S-2", None)]
    assert rows(result, "parties", "role_code", "party_number") == [("supplier", "NFS"), ("invoicee", None)]


@pytest.mark.parametrize(("sent", "amount"), [
    ("28263", "282.63"), ("5", "0.05"), ("50", "0.5"), ("-1200", "-12"), ("0", "0"), ("100000000000", "1000000000"), ("282.63", None),
])
def test_the_total_has_two_implied_decimals(sent, amount):
    invoice = f"BIG*20260305*1\nTDS*{sent}"
    result = mapped(map_810, "810", invoice)
    assert rows(result, "invoices", "invoice_amount") == [(amount,)]
    assert x12_invoice_total(case("810", invoice)).to_pylist() == [amount and Decimal(amount)]
    assert [finding.code for finding in result.findings] == ([] if amount else ["value.unreadable_number"])


def test_money_beside_the_mapping_is_signed_and_by_document():
    every = case("810", INVOICE.format(kind=""), INVOICE.format(kind="CR"), "BIG*20260305*3")
    assert x12_invoice_total(every).to_pylist() == [Decimal("282.63"), Decimal("-282.63"), None]


def test_a_credit_that_is_negative_already_is_not_turned_again():
    credit = "BIG*20260305*1*****CR\nIT1*1*-2*EA*5*PE*VN*A\nTDS*-1000"
    result = mapped(map_810, "810", credit)
    assert rows(result, "invoices", "invoice_code", "invoice_amount") == [("credit_note", "-10")]
    assert rows(result, "invoice_lines", "invoiced_quantity", "line_amount") == [("-2", "-10")]
    assert x12_invoice_total(case("810", credit)).to_pylist() == [Decimal(-10)]


def test_amounts_of_lines_are_rounded_half_up_at_the_fourth_place():
    # 3 x 0.00015 = 0.00045; 1 x 2 / 1000 = 0.002; 7 x 0.3333 / 100 = 0.023331; 1 x 0.005 / 100 = 0.00005
    result = mapped(map_810, "810", """
        BIG*20260305*1
        IT1*1*3*EA*0.00015*PE*VN*A
        IT1*2*1*EA*2*TP*VN*A
        IT1*3*7*EA*.3333*HP*VN*A
        IT1*4*1*EA*0.005*HP*VN*A
        TDS*1
    """)
    assert rows(result, "invoice_lines", "line_amount") == [("0.0005",), ("0.002",), ("0.0233",), ("0.0001",)]


def test_the_purchasers_own_line_number_before_the_assigned_one():
    result = mapped(map_810, "810", "BIG*20260305*1\nIT1*1*3*EA*1*PE*VN*A*PL*040\nIT1*2*1*EA*2*PE*VN*B\nTDS*500")
    assert rows(result, "invoice_lines", "line_number") == [("040",), ("2",)]


def test_allowances_without_an_amount_and_no_allowances_are_no_rows():
    result = mapped(map_810, "810", "BIG*20260305*1\nTDS*500\nSAC*A*C310**02****5\nSAC*N*D240***100\nSAC*C*D240***100")
    assert rows(result, "invoice_charges", "charge_ordinal", "charge_code", "charge_amount") == [(1, "charge", "1")]


def test_taxes_of_lines_count_where_no_total_of_them_is_stated():
    lines = "BIG*20260305*1\nIT1*1*1*EA*10*PE*VN*A\nTXI*ST*.70*7\nIT1*2*1*EA*10*PE*VN*B\nTXI*ST*1.9*19\nTDS*2260"
    by_line = mapped(map_810, "810", lines)
    assert rows(by_line, "invoice_taxes", "tax_ordinal", "line_ordinal", "tax_percent", "tax_amount") == [
        (1, 1, "7", "0.7"), (2, 2, "19", "1.9")]
    assert rows(by_line, "invoices", "stated_tax_amount") == [(None,)]
    summed = mapped(map_810, "810", f"{lines}\nTXI*TX*2.60")
    assert rows(summed, "invoice_taxes", "tax_ordinal", "line_ordinal", "tax_amount") == [(1, None, "2.6")]
    assert rows(summed, "invoices", "stated_tax_amount") == [("2.6",)]


def test_terms_and_discounts_are_no_part_of_the_invoice():
    with_terms, without = INVOICE.format(kind=""), INVOICE.format(kind="").replace("ITD*01*3*2**10**30\n", "")
    one, other = mapped(map_810, "810", with_terms), mapped(map_810, "810", without)
    for table, columns in {"invoices": ("invoice_amount",), "invoice_charges": ("charge_amount", "reason_code")}.items():
        assert rows(one, table, *columns) == rows(other, table, *columns)


def test_unreadable_values_by_place():
    data = interchange("810", "BIG*20260305*1\nIT1*1*two*EA*1,5*PE*VN*A\nTDS*500")
    result = mapped(map_810, "810", "BIG*20260305*1\nIT1*1*two*EA*1,5*PE*VN*A\nTDS*500")
    assert rows(result, "invoice_lines", "invoiced_quantity", "unit_price", "line_amount") == [(None, None, None)]
    assert {(one.place.offset, one.place.element) for one in result.findings} == {(data.index(b"IT1*1"), 2), (data.index(b"IT1*1"), 4)}
