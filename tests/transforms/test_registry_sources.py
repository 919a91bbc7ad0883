"""What a mapping's hash covers, and records of both standards counted without any mapping."""

from __future__ import annotations

import inspect
import sys
from hashlib import sha256

import pytest

from edi.segments import Ints
from tests.transforms import edifact_case, x12_case
from transforms.mappings import registry
from transforms.mappings.documents import Documents
from transforms.mappings.registry import REGISTRY, _sources, count_records
from transforms.model import TABLES

TOOLKIT = {"transforms.typed", "transforms.mappings.rows", "transforms.mappings.levels", "transforms.mappings.documents"}


@pytest.mark.parametrize("key", REGISTRY, ids="-".join)
def test_the_sources_are_the_mapping_and_the_toolkit_sorted(key):
    module = REGISTRY[key].map.__module__
    found = _sources(module)
    assert {module, *TOOLKIT} <= set(found)
    assert found == sorted(set(found))
    assert all(name.startswith("transforms.") for name in found)


def test_sources_are_followed_through_helpers():
    found = _sources("transforms.mappings.x12_850")
    assert "transforms.mappings.x12_common" in found  # used by the mapping itself
    assert "transforms.mappings.items" in found
    assert "transforms.model.types" in found  # used by rows only
    assert "transforms.mappings.edifact_contrl" not in found  # a neighbour has no part in it


def fresh(key: tuple[str, str]) -> registry.DocumentMap:
    row = REGISTRY[key]
    return registry.DocumentMap(row.standard, row.type_code, row.map, row.record_tags, row.record_table, row.record_columns)


@pytest.mark.parametrize(("helper", "changed"), [
    ("transforms.typed", {"850", "856", "820", "ORDERS", "INVOIC", "CONTRL"}),
    ("transforms.mappings.x12_common", {"850", "856", "820"}),
    ("transforms.mappings.edifact_common", {"ORDERS", "INVOIC"}),
    ("transforms.mappings.x12_820", {"820"}),
])
def test_a_change_in_a_helper_changes_the_hash_of_those_that_use_it(monkeypatch, helper, changed):
    keys = [("x12", "850"), ("x12", "856"), ("x12", "820"), ("edifact", "ORDERS"), ("edifact", "INVOIC"), ("edifact", "CONTRL")]
    before = {key: fresh(key).hash for key in keys}
    real = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda module: real(module) + ("# changed\n" if module is sys.modules[helper] else ""))
    assert {key[1] for key in keys if fresh(key).hash != before[key]} == changed


def test_the_hash_is_the_sha256_of_the_text():
    made = fresh(("x12", "850"))
    assert made.hash == sha256(made.text.encode()).hexdigest()


@pytest.mark.parametrize("key", REGISTRY, ids="-".join)
def test_records_are_told_apart_by_key_columns(key):
    mapping = REGISTRY[key]
    table = TABLES[mapping.record_table]
    assert {"document_id", *mapping.record_columns} <= {made.name for made in table.primary_key.columns}


def test_x12_records_by_document():
    sets = ["BEG*00*NE*P1\nPO1*1\nSCH*1\nPO1*2\nCTT*2", "BEG*00*NE*P2\nCTT*0", "BEG*00*NE*P3\nPO1*1"]
    assert counted(x12_case.case("850", *sets), "x12", "850").tolist() == [2, 0, 1]


def test_remittances_and_acknowledgments():
    assert counted(x12_case.case("820", "BPR*I*5\nENT*1\nRMR*IV*1**2\nENT*2\nRMR*IV*2**3"), "x12", "820").tolist() == [2]
    group = "AK1*PO*1\nAK2*850*0001\nAK5*A\nAK2*850*0002\nAK5*R\nAK9*P*2*2*1"
    assert counted(x12_case.case("997", group), "x12", "997").tolist() == [3]


def test_edifact_records_by_document():
    messages = ["BGM+220'\nLIN+1'\nPIA+1'\nLIN+2'\nUNS+S'", "BGM+220'\nUNS+S'"]
    documents = edifact_case.documents(edifact_case.interchange("ORDERS", *messages))
    assert counted(documents, "edifact", "ORDERS").tolist() == [2, 0]
    answer = "UCI+1+US:14+THEM:14+7'\nUCM+1+ORDERS:D:96A:UN+7'\nUCM+2+ORDERS:D:96A:UN+4'"
    assert counted(edifact_case.documents(edifact_case.interchange("CONTRL", answer)), "edifact", "CONTRL").tolist() == [3]


@pytest.mark.parametrize("key", REGISTRY, ids="-".join)
def test_a_batch_of_no_documents_counts_nothing(key):
    assert counted(x12_case.case("850"), *key).tolist() == []


def counted(documents: Documents, standard: str, type_code: str) -> Ints:
    return count_records(documents, REGISTRY[standard, type_code])
