"""820s as partners write them, and the rows that follow by hand from X12 004010."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transforms.edifact_case import rows
from tests.transforms.x12_case import case, interchange, mapped
from transforms.mappings.x12_820 import map_820
from transforms.mappings.x12_money import x12_payment_total

# 980 for invoice A-1 of 1000, 20 being discount; 450 for A-2 of 500, of which two claims hold 30 and 20 back.
PAYMENT = """
BPR*C*1430*C*ACH*CTX*01*021000021*DA*1*1234567890**01*021000089*DA*2*20260305
TRN*1*PAY-9
CUR*PR*CAD
DTM*097*20260303
N1*PR*Bluewater*UL*4000000000006
N1*PE*Crossfoot
ENT*1
ADX*-5*01
RMR*IV*A-1**980*1000*20
DTM*003*20260201
RMR*IV*A-2**450*500
ADX*-30*01
ADX*-20*04
"""


@pytest.mark.parametrize("version", ["004010", "005010"])
def test_a_payment_and_what_it_pays(version):
    result = mapped(map_820, "820", PAYMENT, version=version)
    assert not result.findings
    assert rows(result, "payments", "payment_number", "payment_date", "payment_currency", "payment_amount") == [
        ("PAY-9", "2026-03-05", "CAD", "1430")]
    assert rows(result, "remittance_lines", "line_ordinal", "payment_number", "invoice_number", "paid_amount", "gross_amount",
                "discount_amount", "adjustment_amount", "payment_currency") == [
        (1, "PAY-9", "A-1", "980", "1000", "20", "0", "CAD"), (2, "PAY-9", "A-2", "450", "500", "0", "-50", "CAD")]
    assert rows(result, "parties", "role_code", "party_name") == [("payer", "Bluewater"), ("payee", "Crossfoot")]


def test_the_points_of_amounts_are_explicit():
    result = mapped(map_820, "820", "BPR*I*1500*C*ACH************20260305\nTRN*1*P\nRMR*IV*A**15.5")
    assert rows(result, "payments", "payment_amount", "payment_currency") == [("1500", "USD")]
    assert rows(result, "remittance_lines", "paid_amount", "gross_amount") == [("15.5", None)]


def test_the_date_stands_in_dtm_where_the_order_to_pay_has_none():
    assert rows(mapped(map_820, "820", "BPR*I*1*C*ACH\nTRN*1*P\nDTM*097*20260303"), "payments", "payment_date") == [("2026-03-03",)]


def test_an_adjustment_that_cannot_be_read_leaves_the_sum_unknown():
    body = "BPR*I*x*C*ACH************20260305\nTRN*1*P\nRMR*IV*A**5\nADX*1,5*01\nADX*2*01\nRMR*IV*B**6\nADX*2*01"
    result, data = mapped(map_820, "820", body), interchange("820", body)
    assert rows(result, "remittance_lines", "invoice_number", "adjustment_amount") == [("A", None), ("B", "2")]
    assert [(found.code, found.place.tag, found.place.element, found.place.offset) for found in result.findings] == [
        ("value.unreadable_number", "BPR", 2, data.index(b"BPR")), ("value.unreadable_number", "ADX", 1, data.index(b"ADX"))]


def test_money_beside_the_mapping():
    assert x12_payment_total(case("820", PAYMENT, "BPR*I*x", "TRN*1*P")).to_pylist() == [Decimal(1430), None, None]
