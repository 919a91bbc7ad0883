"""997s and 999s that partners send us, and what they say of ours."""

from __future__ import annotations

import pytest

from tests.transforms.edifact_case import rows
from tests.transforms.x12_case import mapped
from transforms.mappings.x12_997 import map_997

PARTLY = """
AK1*PO*12
AK2*850*0001
AK5*A
AK2*850*0002
AK3*PO1*8**8
AK4*6*235*7*UX
AK5*R*5*3
AK9*P*2*2*1*7
"""
COLUMNS = ("statement_ordinal", "level_code", "acknowledged_interchange_number", "acknowledged_group_number",
           "acknowledged_transaction_number", "acknowledged_type_code", "status_code", "reason_code")


def test_a_group_and_its_sets():
    result = mapped(map_997, "997", PARTLY)
    assert not result.findings
    assert rows(result, "partner_acknowledgments", *COLUMNS) == [
        (1, "group", None, "12", None, "PO", "partly_accepted", "7"),
        (2, "transaction", None, "12", "0001", "850", "accepted", None),
        (3, "transaction", None, "12", "0002", "850", "rejected", "5"),
    ]


def test_a_999_says_the_same_in_other_segments():
    body = PARTLY.replace("AK5", "IK5").replace("AK3", "IK3").replace("AK4", "IK4")
    assert mapped(map_997, "999", body, version="005010").tables["partner_acknowledgments"].select(COLUMNS) == mapped(
        map_997, "997", PARTLY).tables["partner_acknowledgments"].select(COLUMNS)


@pytest.mark.parametrize(("sent", "status"), [
    ("A", "accepted"), ("E", "accepted_with_errors"), ("P", "partly_accepted"), ("R", "rejected"), ("M", "rejected"), ("?", None),
])
def test_what_is_said_of_a_group(sent, status):
    assert rows(mapped(map_997, "997", f"AK1*IN*7\nAK9*{sent}*1*1*0"), "partner_acknowledgments", "level_code", "status_code") == [
        ("group", status)]


def test_two_acknowledgments_speak_of_their_own_groups():
    result = mapped(map_997, "997", "AK1*PO*12\nAK9*A*1*1*1", "AK1*SH*13\nAK2*856*0009\nAK5*A\nAK9*R*1*1*0")
    assert rows(result, "partner_acknowledgments", "document_id", "acknowledged_group_number", "acknowledged_type_code", "status_code") == [
        ("doc0", "12", "PO", "accepted"), ("doc1", "13", "SH", "rejected"), ("doc1", "13", "856", "accepted")]
