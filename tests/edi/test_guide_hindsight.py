"""One fault is told as one: what follows shows whether a segment comes late in its loop, or behind a segment that is missing."""

from __future__ import annotations

import cProfile
import pstats

import pytest

from edi.guides import check
from tests.edi.guide_case import edifact, told, x12

ITEM = ("IT1*1*10*EA*7.25", "PID*F****WIDGET")  # an item has its TXI before its PID; the invoice has TXI behind TDS
TAX, TOTAL = "TXI*ST*5.98*8.25", "TDS*7848"


def invoice(*body: str) -> list[tuple[str, int | None, str | None, int | None]]:
    return told(check(x12("BIG*20260302*INV401", *body, kind="810")))


def test_a_tax_of_the_invoice_follows_a_missing_total() -> None:
    assert invoice(*ITEM, TAX, "CTT*1") == [("segment_missing", 5, "TDS", None)]


def test_a_tax_of_the_item_is_late_where_the_total_is_there() -> None:
    assert invoice(*ITEM, TAX, TOTAL, "CTT*1") == [("segment_misplaced", 5, "TXI", None)]


def test_a_tax_of_the_item_is_late_where_another_item_follows() -> None:
    assert invoice(*ITEM, TAX, *ITEM, TOTAL) == [("segment_misplaced", 5, "TXI", None)]


def test_what_stands_in_both_places_decides_nothing_by_itself() -> None:
    charges = ["SAC*C*D240***500"] * 20
    assert invoice(*ITEM, TAX, *charges, "CTT*1") == [("segment_missing", 5, "TDS", None)]
    assert invoice(*ITEM, TAX, *charges, *ITEM, TOTAL) == [("segment_misplaced", 5, "TXI", None)]


def test_where_both_readings_have_as_many_faults_the_segment_is_late() -> None:
    assert invoice(*ITEM, TAX, *ITEM) == [("segment_misplaced", 5, "TXI", None), ("segment_missing", 8, "TDS", None)]


def test_each_document_is_read_by_what_follows_in_it() -> None:
    batch = x12("BIG*20260302*INV401", *ITEM, TAX, kind="810", times=3)
    assert told(check(batch)) == [("segment_missing", 5, "TDS", None)] * 3


def test_an_amount_of_the_order_follows_a_missing_section_control() -> None:
    """In ORDERS MOA stands before PRI in a line, and behind UNS in the summary."""
    body = ("BGM+220+PO1+9", "DTM+137:20260302:102", "NAD+BY+EURODIS::9", "LIN+1++W:VP", "QTY+21:4", "PRI+AAA:2", "MOA+79:8")
    assert told(check(edifact(*body, "CNT+2:1"))) == [("segment_missing", 8, "UNS", None)]
    assert told(check(edifact(*body, "UNS+S", "CNT+2:1"))) == [("segment_misplaced", 8, "MOA", None)]


@pytest.mark.parametrize("doubts", [("TXI*ST*5", "PID*F****X"), ("TXI*ST*5", "SAC*C*D240"), ("TXI*ST*5", *ITEM)])
def test_many_doubts_are_weighed_in_linear_time(doubts: tuple[str, ...]) -> None:
    once, twice = (x12("BIG*20260302*INV401", *ITEM, *doubts * times, "CTT*1", kind="810") for times in (1_000, 2_000))
    check(once)  # so that moves are learned
    calls = []
    for batch in (once, twice):
        profile = cProfile.Profile()
        profile.runcall(check, batch)
        calls.append(int(pstats.Stats(profile).total_calls))  # type: ignore[attr-defined]  # it is there
    assert calls[1] < 2.2 * calls[0]
