"""What EDIFACT messages state as money, read without their mappings, is what the mappings load."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from tests.transforms.edifact_case import documents, interchange, rows
from transforms.mappings.edifact_invoic import map_invoic
from transforms.mappings.edifact_money import line_amounts, ordered_total, stated_currency
from transforms.mappings.edifact_orders import map_orders


def test_the_value_of_an_order_is_the_sum_of_its_priced_lines():
    read = documents(interchange(
        "ORDERS",
        "BGM+220+1'\nLIN+1++A:SA'\nQTY+21:3'\nPRI+AAB:9'\nPRI+AAA:2,5'\nLIN+2++B:SA'\nQTY+21:10'\nPRI+CAL:1:::100:PCE'\nUNS+S'",
        "BGM+220+2'\nLIN+1++A:SA'\nQTY+21:3'\nUNS+S'",
        "BGM+220+3'",
        "BGM+220+4'\nLIN+1++A:SA'\nQTY+21:2'\nPRI+AAA:1'\nLOC+7+X'\nQTY+21:1'\nLOC+7+Y'\nQTY+21:1'\nLIN+2++B:SA'\nQTY+21:5'\nUNS+S'",
        "BGM+220+5'\nLIN+1++A:SA'\nQTY+21:2'\nPRI+AAA:one'\nUNS+S'",
    ))
    assert ordered_total(read).to_pylist() == [Decimal("7.6000"), Decimal(0), Decimal(0), Decimal("2.0000"), None]
    assert rows(map_orders(read), "order_lines", "document_id", "line_amount") == [
        ("doc0", "7.5"), ("doc0", "0.1"), ("doc1", None), ("doc3", "2"), ("doc3", None), ("doc4", None)]


@pytest.mark.parametrize(("named", "currency"), [
    ("CUX+2:SEK:4'", "SEK"), ("CUX+3:CHF+2:SEK'", "SEK"), ("CUX+3:CHF'\nCUX+2:SEK'", "SEK"), ("CUX+1:USD'", "USD"), ("CUX+3'", "GBP"),
    ("", "GBP"), ("LIN+1++A:SA'\nCUX+2:SEK:4'", "GBP"),
])
def test_the_currency_of_the_money_is_the_currency_of_the_rows(named, currency):
    read = documents(interchange("INVOIC", f"BGM+380+1'\n{named}\nLIN+1++A:SA'\nQTY+47:1'\nUNS+S'\nMOA+9:1'\nMOA+77:1:GBP'"))
    assert stated_currency(read).to_pylist() == [currency]
    assert rows(map_invoic(read), "invoices", "invoice_currency") == rows(map_orders(read), "orders", "order_currency") == [(currency,)]


@pytest.mark.parametrize(("quantity", "price", "basis", "amount"), [
    ("1", "0.00005", "1", "0.0001"), ("1", "0.00004999", "1", "0"), ("-1", "0.00005", "1", "-0.0001"), ("1", "1", "3", "0.3333"),
    ("1", "2", "3", "0.6667"), ("1", "0.005", "100", "0.0001"), ("1000000", "10000", "1", "10000000000"), ("1", "1", "0", None),
    ("99999999999999", "10", "1", None), (None, "1", "1", None), ("1", None, "1", None),
])
def test_amounts_of_lines_are_exact_and_half_up(quantity, price, basis, amount):
    made = line_amounts(pa.array([quantity]).cast(pa.decimal128(18, 4)), pa.array([price]).cast(pa.decimal128(28, 10)),
                        pa.array([basis]).cast(pa.decimal128(18, 4)))
    assert made.to_pylist() == [None if amount is None else Decimal(amount)]
