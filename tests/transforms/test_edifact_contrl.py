"""CONTRL: what partners say of what we sent."""

from __future__ import annotations

import pytest

from tests.transforms.edifact_case import mapped, rows
from transforms.mappings.edifact_contrl import map_contrl

COLUMNS = ("statement_ordinal", "level_code", "acknowledged_interchange_number", "acknowledged_group_number",
           "acknowledged_transaction_number", "acknowledged_type_code", "status_code", "reason_code")


@pytest.mark.parametrize("version", ["D:3", "4:1", "2:2"])
def test_an_interchange_and_its_messages(version):
    result = mapped(map_contrl, "CONTRL", """
        UCI+00042+US:14+THEM:14+7'
        UCM+1+INVOIC:D:96A:UN+7'
        UCM+2+DESADV:D:96A:UN+4+13'
        UCS+5+12'
    """, version=version)
    assert rows(result, "partner_acknowledgments", *COLUMNS) == [
        (1, "interchange", "00042", None, None, None, "partly_accepted", None),
        (2, "transaction", "00042", None, "1", "INVOIC", "accepted", None),
        (3, "transaction", "00042", None, "2", "DESADV", "rejected", "13"),
    ]


@pytest.mark.parametrize(("action", "status"), [("7", "accepted"), ("8", "accepted"), ("4", "rejected"), ("99", None)])
def test_the_interchange_alone(action, status):
    result = mapped(map_contrl, "CONTRL", f"UCI+A1+US:14+THEM:14+{action}+26'", "UCI+A2+US:14+THEM:14+7'")
    assert rows(result, "partner_acknowledgments", *COLUMNS) == [
        (1, "interchange", "A1", None, None, None, status, "26"), (1, "interchange", "A2", None, None, None, "accepted", None)]


def test_a_group():
    result = mapped(map_contrl, "CONTRL", "UCI+A1+US:14+THEM:14+7'\nUCF+G1+US+THEM+4+12'")
    assert rows(result, "partner_acknowledgments", *COLUMNS)[1] == (2, "group", "A1", "G1", None, None, "rejected", "12")
