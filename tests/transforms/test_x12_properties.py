"""Whatever segments a transaction set is made of, its mapping raises nothing, loses no record, and does not depend on its neighbours."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.x12_case import case
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.registry import REGISTRY, count_records, currencies, find

TYPES = [type_code for standard, type_code in REGISTRY if standard == "x12"]
SEGMENTS = [
    "BEG*00*NE*P1**20260302", "BEG*ZZ", "BIG*20260302*I1**P1***CR", "BIG*20260302*I2", "BAK*00*RJ*P1*20260302",
    "BSN*00*S1*20260302*1200",
    "BPR*I*100*C*ACH************20260305", "TRN*1*T1", "CUR*BY*CAD", "CUR*SE", "DTM*002*20260302", "DTM*011*20260231", "DTM*002****RD8*x",
    "N1*ST*X*92*7", "N1*BY", "N4*Y", "REF*PO*P9", "PO1*1*10*EA*2.5*HP*VN*A*UI*07612340000", "PO1", "PO1*2*x*CA*1e3*TP*PL*4",
    "PO4*12", "PO4*x",
    "CTP**NET*3******TP", "CTP**NET*250********100", "CTP**RES*9", "SDQ*EA*92*0001*1*0002", "SDQ", "SCH*3*EA**S9*002*20260401", "SCH",
    "ACK*IA", "ACK*IC*4*EA*068*20260301", "ACK*IR", "ACK", "SLN*1**I", "IT1*1*10*EA*2.55*PE*VN*A", "IT1", "TDS*12345", "TDS*-500",
    "TDS*1.5", "TXI*ST*8.25*8.25", "TXI*ST*x", "TXI*VA*1*****O", "SAC*C*D240***1500", "SAC*A*C310***x", "SAC*N*C310***9", "CTT*1",
    "HL*1**S", "HL*2*1*O", "HL*3*2*P", "HL*4*3*I", "HL*5*4*P", "HL*6*6*I", "HL*7*9*T", "HL", "PRF*P1", "LIN*1*VN*A*PL*3", "LIN",
    "SN1**5*EA",
    "SN1**x*CA", "MAN*GM*00340123450000000017", "MAN", "TD5*B*2*UPSN", "ENT*1", "RMR*IV*I1**10.5*12*1", "RMR", "ADX*-1*01", "ADX*x*01",
    "AK1*PO*1", "AK2*850*0001", "AK5*R*5", "IK5*A", "AK9*P*1*1*0", "AK1",
]
SETS = st.lists(st.lists(st.sampled_from(SEGMENTS), max_size=25).map("\n".join), min_size=1, max_size=4)


def one(every: Documents, row: int) -> Documents:
    at = slice(row, row + 1)
    return replace(every, first=every.first[at], stop=every.stop[at], interchange_ordinal=every.interchange_ordinal[at],
                   heads=every.heads.slice(row, 1), currency=every.currency.slice(row, 1))


@pytest.mark.parametrize("type_code", TYPES)
@given(sets=SETS)
@settings(max_examples=25, deadline=None)
def test_any_segments_in_any_order(type_code, sets):
    mapping = find("x12", type_code)
    assert mapping is not None
    every = case(type_code, *sets)
    result = mapping.map(every)
    keys = result.tables[mapping.record_table].select(["document_id", *mapping.record_columns])
    distinct = keys.group_by(keys.column_names).aggregate([]).num_rows
    assert distinct == int(count_records(every, mapping).sum())
    alone = [mapping.map(one(every, row)) for row in range(len(every))]
    for name, table in result.tables.items():
        assert table.equals(pa.concat_tables([each.tables[name] for each in alone]))
    assert sorted(map(str, result.findings)) == sorted(str(finding) for each in alone for finding in each.findings)


@pytest.mark.parametrize("type_code", [each for each in TYPES if REGISTRY["x12", each].money])
@given(sets=SETS)
@settings(max_examples=40, deadline=None)
def test_money_beside_the_mapping_is_the_money_of_the_mapping(type_code, sets):
    mapping = REGISTRY["x12", type_code]
    every = case(type_code, *sets)
    result = mapping.map(every)
    held = {f"doc{finding.place.transaction - 1}" for finding in result.findings}
    assert mapping.money is not None
    for row, total in enumerate(mapping.money(every).to_pylist()):
        document = f"doc{row}"
        if document not in held:
            assert (total or 0) == sum(amount for owner, amount in money_of(result, mapping.money_table, mapping.money_column)
                                       if owner == document)
    named = dict(zip(every.heads.column("document_id").to_pylist(), currencies(every).to_pylist(), strict=True))
    for row in result.tables[mapping.money_table].to_pylist():
        assert next(value for name, value in row.items() if name.endswith("_currency")) == named[row["document_id"]]


def money_of(result: Mapped, table: str, column: str) -> list[tuple[str, object]]:
    return [(row["document_id"], row[column]) for row in result.tables[table].to_pylist() if row[column] is not None]
