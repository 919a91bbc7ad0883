"""Whatever segments a message is made of, its mapping raises nothing, loses no record, and does not depend on its neighbours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.edifact_case import documents, interchange
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_contrl import map_contrl
from transforms.mappings.edifact_desadv import map_desadv
from transforms.mappings.edifact_invoic import map_invoic
from transforms.mappings.edifact_money import ordered_total, stated_currency, stated_total
from transforms.mappings.edifact_orders import map_orders
from transforms.mappings.edifact_ordrsp import map_ordrsp
from transforms.mappings.registry import REGISTRY, count_records

MAPS = {"ORDERS": map_orders, "ORDRSP": map_ordrsp, "DESADV": map_desadv, "INVOIC": map_invoic, "CONTRL": map_contrl}
SEGMENTS = [
    "BGM+380+N1+9'", "BGM+381+N1+29'", "BGM'", "DTM+137:20260302:102'", "DTM+2:20260231:102'", "DTM+11'", "RFF+ON:P1:3'",
    "RFF+LI:7'", "NAD+DP+40::9'", "NAD+BY'", "CUX+2:SEK:9'", "CUX+3:CHF'", "LIN+1++A:SA'", "LIN+2+7+4006381333931:EN'", "LIN+3+3'",
    "LIN'", "PIA+1+B:IN+C:UP'", "PIA+3+D:SA'", "QTY+21:10'", "QTY+21:5:CT'", "QTY+113:4'", "QTY+83:x'", "QTY+12:6'", "QTY+47:1,5'",
    "QTY+59:12'", "PRI+AAA:2.5'", "PRI+INV:1:::100:KGM'", "PRI+AAA:none'", "MOA+203:9'", "MOA+77:100:GBP'", "MOA+9:1'", "MOA+124:19'",
    "MOA+23:5'", "MOA+204:2'", "TAX+7+VAT+++:::19'", "ALC+C++++FC'", "ALC+A'", "LOC+7+X'", "SCC+1'", "CPS+1'", "CPS+2+1'",
    "CPS+3+2'", "CPS+4+4'", "PAC+1++201'", "PCI+33E'", "PCI+30+340123450000000017'",
    "GIN+BJ+340123450000000024+340123450000000031'", "UNS+S'", "CNT+2:1'", "UCI+A1+US+THEM+7'", "UCM+1+ORDERS:D:96A:UN+4+12'",
    "UCF+G1+US+THEM+7'", "UCI'",
]
MESSAGES = st.lists(st.lists(st.sampled_from(SEGMENTS), max_size=25).map("\n".join), min_size=1, max_size=4)


def one(every: Documents, row: int) -> Documents:
    at = slice(row, row + 1)
    return replace(every, first=every.first[at], stop=every.stop[at], interchange_ordinal=every.interchange_ordinal[at],
                   heads=every.heads.slice(row, 1), currency=every.currency.slice(row, 1))


def records(result: Mapped, type_code: str) -> int:
    mapping = REGISTRY["edifact", type_code]
    keys = result.tables[mapping.record_table].select(["document_id", *mapping.record_columns])
    return keys.group_by(keys.column_names).aggregate([]).num_rows


@pytest.mark.parametrize("type_code", MAPS)
@given(messages=MESSAGES)
@settings(max_examples=25, deadline=None)
def test_any_segments_in_any_order(type_code, messages):
    every = documents(interchange(type_code, *messages))
    result = MAPS[type_code](every)
    assert records(result, type_code) == int(count_records(every, REGISTRY["edifact", type_code]).sum())
    alone = [MAPS[type_code](one(every, row)) for row in range(len(every))]
    for name, table in result.tables.items():
        assert table.equals(pa.concat_tables([each.tables[name] for each in alone]))
    assert sorted(map(str, result.findings)) == sorted(str(finding) for each in alone for finding in each.findings)


@given(messages=MESSAGES)
@settings(max_examples=40, deadline=None)
def test_money_beside_the_mapping_is_the_money_of_the_mapping(messages):
    read = documents(interchange("INVOIC", *messages))
    invoices = map_invoic(read).tables["invoices"]
    named = np.array(invoices.column("invoice_code").is_valid())
    assert stated_total(read).filter(pa.array(named)) == invoices.column("invoice_amount").combine_chunks().filter(pa.array(named))
    orders = map_orders(read)
    held = {f"doc{finding.place.transaction - 1}" for finding in orders.findings}
    for row, total in enumerate(ordered_total(read).to_pylist()):
        lines = [line for line in orders.tables["order_lines"].to_pylist() if line["document_id"] == f"doc{row}"]
        if f"doc{row}" not in held and all(line["ordered_quantity"] is not None for line in lines):
            assert total == sum(line["line_amount"] or 0 for line in lines)
    expected = [currency or "EUR" for currency in stated_currency(read).to_pylist()]
    assert orders.tables["orders"].column("order_currency").to_pylist() == expected
    assert invoices.column("invoice_currency").to_pylist() == expected
