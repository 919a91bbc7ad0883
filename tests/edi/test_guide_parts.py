"""A transaction in parts: cut anywhere between its segments it is told exactly what it is told in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.findings import Finding
from edi.guides import Checker, Locator, check, guide_for, located, shipped
from edi.segments import Batch, SegmentTable
from tests.edi.guide_case import edifact, x12
from tests.edi.test_guide_places import BODY, CLAIM, HEAD, by

LINE = ("PO1*1*100*EA*12.50**VP*WIDGET-001", "CUR*BY*USD", "PID*F****WIDGET")
ORDER = ("BEG*00*NE*4500000042**20260924", "REF*DP*1", "N1*BY*ACME CORP*92*ACME", *LINE, "CTT*1")
BROKEN = (*ORDER[1:3], "QQQ*1", "CUR*BY*USD", "CUR*BY*USD", *LINE, *LINE, "BEG*00*NE*1**20261301", "PO1*1*x*EA*1,5", "N1*BY*TWICE", *LINE,
          "CUR*BY*USD", "CTT*one", "CTT*2", "CTT*3")
NOTICE = ("BSN*00*S1*20260924*1030*0001", "HL*1**S", "HL*2*1*O", "PRF*PO1", "HL*3*2*I", "SN1**10*EA", "HL*4*3*I",
          "HL*5*3*I", "HL*6*9*I", "CTT*6")


def cut(batch: Batch, *places: int) -> Iterator[Batch]:
    """Cut a batch of one transaction before these of its segments (0 is ST or UNH)."""
    begin = int(batch.transactions.first_segment[0])
    stop = int(batch.transactions.stop_segment[0])
    edges = [0, *(begin + at for at in places), len(batch.table)]
    for first, last in pairwise(edges):
        table = part(batch.table, first, last)
        before = max(first - begin, 0)
        transactions = replace(batch.transactions, first_segment=batch.transactions.first_segment * 0 + max(begin - first, 0),
                               stop_segment=batch.transactions.stop_segment * 0 + min(stop, last) - first,
                               segments_before=batch.transactions.segments_before * 0 + before)
        yield replace(batch, table=table, transactions=transactions, goes_on=last < stop)


def part(table: SegmentTable, first: int, stop: int) -> SegmentTable:
    """Return some segments as a table of their own."""
    elements = table.segment_first[first:stop + 1]
    repeats = table.element_first[elements[0]:elements[-1] + 1]
    values = table.repeat_first[repeats[0]:repeats[-1] + 1]
    columns = {name: getattr(table, name)[first:stop] for name in ("offset", "end", "file", "interchange", "transaction", "ordinal")}
    return SegmentTable(
        files=table.files, values=table.values[int(values[0]):int(values[-1])], repeat_first=values - values[0],
        element_first=repeats - repeats[0], segment_first=elements - elements[0], tags=table.tags[first:stop], **columns)


def in_parts(batch: Batch, *places: int, **options: object) -> list[Finding]:
    checker = Checker(**options)  # type: ignore[arg-type]  # names are the checker's own
    return [finding for each in cut(batch, *places) for finding in checker.check(each)]


@pytest.mark.parametrize("batch", [x12(*ORDER), x12(*BROKEN), x12(*ORDER[1:]), x12(*NOTICE, kind="856")],
                         ids=("good", "broken", "late", "856"))
def test_a_cut_before_any_segment_changes_nothing(batch: Batch) -> None:
    whole = check(batch)
    count = int(batch.transactions.stop_segment[0] - batch.transactions.first_segment[0])
    assert {finding.code for finding in whole} != {"guide.absent"}
    for at in range(1, count):
        assert in_parts(batch, at) == whole
    assert in_parts(batch, *range(1, count)) == whole


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*ORDER, *BROKEN]), min_size=1, max_size=40), st.data())
def test_documents_of_any_segments_in_any_parts(body: list[str], data: st.DataObject) -> None:
    batch = x12(*body)
    places = data.draw(st.lists(st.integers(1, len(body) + 1), unique=True).map(sorted))
    assert in_parts(batch, *places) == check(batch)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*HEAD, *BODY, "NM1*ZZ*2*WHO", "REF*QQ*1", "HL*3*2*23", "HL*9*8*77", "PAT*1"]), max_size=40), st.data())
def test_claims_of_any_segments_in_any_parts(body: list[str], data: st.DataObject) -> None:
    batch = x12(*HEAD, *body, kind="837")
    places = data.draw(st.lists(st.integers(1, len(HEAD) + len(body) + 1), unique=True).map(sorted))
    assert in_parts(batch, *places, guides=by(CLAIM), max_depth=2) == check(batch, by(CLAIM), max_depth=2)


def test_an_edifact_message_in_parts() -> None:
    groups = ["CUX+2:EUR:9"] * 6 + ["CUX+3:USD:4"]  # ORDERS D.96A: segment group 7 at most 5 times
    batch = edifact("BGM+220+PO9001+9", "DTM+137:20260931:102", "NAD+BY+EURODIS::9", *groups, "LIN+1++W:VP", "QTY+21:4X", "UNS+S", "CNT+2")
    assert len(check(batch)) == 4
    for at in range(1, 16):
        assert in_parts(batch, at) == check(batch)


def test_a_flood_is_cut_once_for_all_parts() -> None:
    batch = x12(ORDER[0], *["PO1*1*x*EA*1"] * 450, "CTT*1", "QQQ*1")
    whole = check(batch)
    assert len(whole) == 202
    assert in_parts(batch, 100, 230, 300) == whole == in_parts(batch, 452)


def test_a_document_without_a_guide_is_noted_once() -> None:
    batch = x12("BGN*00", "QQQ*1", "QQQ*1", kind="109")
    assert [finding.code for finding in in_parts(batch, 2, 3)] == ["guide.absent"]


def test_a_transaction_of_its_own_follows_one_in_parts() -> None:
    checker = Checker()
    first, second = cut(x12(*ORDER), 4)
    assert [*checker.check(first), *checker.check(second), *checker.check(x12(*ORDER))] == []


def test_places_in_parts_are_those_of_the_whole() -> None:
    batch = x12(*NOTICE, kind="856")
    (whole,) = located(batch)
    assert whole.guide is guide_for("x12", "856", "004010")
    assert whole.levels.tolist() == [0, 0, 1, 2, 2, 3, 3, 4, 4, 1, 1, 1]
    for at in range(1, len(NOTICE) + 2):
        locator = Locator(shipped)
        found = [one for each in cut(batch, at) for one in locator.locate(each)]
        assert [spot for one in found for spot in one.spots] == list(whole.spots)
        assert [level for one in found for level in one.levels.tolist()] == whole.levels.tolist()
