"""The registry of mappings: every row is whole, and what it counts and states needs no mapping."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transforms.x12_case import case
from transforms.mappings.registry import CURRENCIES, REGISTRY, count_records, find, stated_amounts
from transforms.model import TABLES, arrow_schema

ALL = pytest.mark.parametrize("key", REGISTRY, ids="-".join)


@ALL
def test_a_row_names_tables_and_columns_that_there_are(key):
    mapping = REGISTRY[key]
    assert (mapping.standard, mapping.type_code) == key
    for table, column in [(mapping.record_table, one) for one in mapping.record_columns] + [mapping.number] * bool(mapping.number):
        assert column in TABLES[table].columns


@ALL
def test_money_is_stated_with_its_column_and_currency_or_not_at_all(key):
    mapping = REGISTRY[key]
    assert (mapping.money is None) == (mapping.money_table is None) == (mapping.money_column is None)
    if mapping.money_table:
        assert mapping.money_column in TABLES[mapping.money_table].columns
        assert CURRENCIES[mapping.money_table] in TABLES[mapping.money_table].columns


@ALL
def test_the_hash_is_of_the_text_of_the_module(key):
    mapping = REGISTRY[key]
    assert mapping.text.startswith('"""')
    assert len(mapping.hash) == 64


@ALL
def test_a_document_without_details_has_no_records(key):
    mapping = REGISTRY[key]
    bare = case("850", "BEG*00*NE*P1**20260302")
    made = mapping.map(bare).tables[mapping.record_table]
    assert (len(made), made.schema) == (0, arrow_schema(TABLES[mapping.record_table]))
    assert count_records(bare, mapping).tolist() == [0]


def test_what_is_not_mapped_is_not_found():
    assert find("x12", "864") is None
    assert find("edifact", "850") is None


def test_records_money_and_currency_straight_from_segments():
    documents = case("850", "BEG*00*NE*P1**20260302\nCUR*BY*CAD\nPO1*1*10*EA*2.5\nPO1*2*1*EA*5", "BEG*00*NE*P2**20260302\nPO1*1*x*EA*1")
    mapping = find("x12", "850")
    assert mapping is not None
    assert count_records(documents, mapping).tolist() == [2, 1]
    amounts, currencies = stated_amounts(documents, mapping)
    assert amounts.to_pylist() == [Decimal(30), None]
    assert currencies.to_pylist() == ["CAD", "USD"]


def test_a_document_that_states_no_money_has_none():
    mapping = find("x12", "997")
    assert mapping is not None
    amounts, currencies = stated_amounts(case("997", "AK1*PO*1\nAK9*A*1*1*1"), mapping)
    assert (amounts.to_pylist(), currencies.to_pylist()) == ([None], [None])


def test_shipments_are_counted_by_their_items():
    mapping = find("x12", "856")
    assert mapping is not None
    assert count_records(case("856", "BSN*00*S*20260302*1200\nHL*1**S\nHL*2*1*O\nHL*3*2*I\nHL*4*2*I\nHL*5*4*P"), mapping).tolist() == [2]
