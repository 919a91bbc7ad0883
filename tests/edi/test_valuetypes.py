"""Types of values: what a number, a date, a period and a text may look like, and what does not count as length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from edi.checking.relations import broken_relation
from edi.checking.valuetypes import ANY_MARK, bad_dates, bad_numbers, bad_periods, bad_times, digits_of
from edi.findings import Severity
from edi.guidemodel import Element, Guide, Item, Part, Segment, Usage
from edi.guides import check
from tests.edi.guide_case import batch, told, x12
from tests.edi.test_guide_places import M, O, by, plain


def numbers(mark: str, *texts: str, integer: bool = False) -> list[bool]:
    column = pa.array(texts, pa.string())
    return bad_numbers(column, np.full(len(texts), integer), np.array([ord(mark) if mark else ANY_MARK])).tolist()


def test_a_number_has_digits_a_leading_minus_and_one_decimal_mark() -> None:
    assert numbers(".", "0", "12", "-12", "12.5", "-.5", "12.", "007") == [False] * 7
    assert numbers(".", "1-", "+1", "1.2.3", "1,5", "-", ".", "-.", "--1", "1 000", "ten", "١") == [True] * 11


def test_only_the_decimal_mark_of_the_interchange_is_one() -> None:
    assert numbers(",", "1,5", "1.5") == [False, True]
    assert numbers("", "1,5", "1.5", "1.5,0") == [False, False, True]


def test_implied_decimals_leave_no_room_for_a_mark() -> None:
    assert numbers(".", "1250", "-1250", "12.50", "1E3", integer=True) == [False, False, True, True]


def test_a_decimal_of_x12_may_have_an_exponent() -> None:
    assert numbers(".", "1.5E10", "1E-3", "1e3", "E3", "1E3.5") == [False, False, True, True, True]


def test_sign_mark_and_exponent_do_not_count() -> None:
    assert digits_of(pa.array(["-12.50", "12,5", "1E-10"])).tolist() == [4, 3, 3]


def test_days_and_times_of_the_calendar() -> None:
    assert bad_dates(pa.array(["20240229", "20230229", "240229", "20261301", "2026", "2026-1-1"])).tolist() == [
        False, True, False, True, True, True]
    assert bad_times(pa.array(["0000", "2359", "235959", "23595999", "2400", "2360", "12"])).tolist() == [False] * 4 + [True] * 3


@pytest.mark.parametrize(("form", "good", "bad"), [
    ("D8", "20260105", "20260231"), ("RD8", "20260101-20260131", "2026010120260131"), ("RD8", "20260101-20260131", "20260101-20260231"),
    ("D6", "260105", "20260105"), ("TM", "1200", "2500"), ("DT", "202601051200", "20260105"), ("RTS", "20260105120059", "20260105120060"),
    ("RDT", "202601051200-202601051300", "202601051200"), ("102", "20260105", "260105"), ("203", "202601051200", "202601052400"),
    ("718", "2026010120260131", "20260101"), ("718", "20260101-20260131", "20260101-20260132"), ("101", "260105", "261305"),
])
def test_a_period_is_what_its_form_says(form: str, good: str, bad: str) -> None:
    assert bad_periods(pa.array([good, bad, bad]), pa.array([form, form, "ZZZ"])).tolist() == [False, True, False]


@pytest.mark.parametrize(("relation", "good", "bad", "blamed"), [
    ("P", ["000", "111"], "101", 1), ("R", ["010", "111"], "000", 0), ("E", ["000", "010"], "011", 2), ("O", ["100", "001"], "110", 1),
    ("O", ["010"], "000", 0), ("C", ["000", "111", "010"], "110", 2), ("L", ["000", "101", "011"], "100", 1),
    ("N", ["000", "100", "011"], "101", 2),
])
def test_relations(relation: str, good: list[str], bad: str, blamed: int) -> None:
    has = np.array([[digit == "1" for digit in each] for each in (*good, bad)]).T
    broken, blame = broken_relation(relation, has)
    assert (broken.tolist(), blame.tolist()) == ([len(good)], [blamed])


def part(reference: str, kind: str, longest: int = 10, usage: Usage = O) -> Part:
    return Part(reference, kind, usage, 1, longest)


def element(*parts: Part, conditions: tuple[str, ...] = (), repeat: int = 1) -> Element:
    return Element("", O, repeat, parts, conditions=conditions)


def guide(*elements: Element, standard: str = "x12", **changes: object) -> Guide:
    """Make a guide with one segment of interest, SV1 or ARD."""
    tag, ends = ("SV1", ("ST", "SE")) if standard == "x12" else ("ARD", ("UNH", "UNT"))
    made = Guide(standard, "837", "005010", True,
                 (plain(ends[0], M), Item(tag, O, 99, segment=Segment(tag, "", elements)), plain(ends[1], M)), {}, "", "")
    return replace(made, **changes)  # type: ignore[arg-type]


def edifact(una: str, *body: str, syntax: str = "UNOC:3") -> list[tuple[str, int | None, str | None, int | None]]:
    message = ("UNH+1+QUOTES:D:96A:UN", *body, f"UNT+{len(body) + 2}+1")
    text = una + "'".join((f"UNB+{syntax}+A:14+B:14+260924:1030+55", *message, "UNZ+1+55", ""))
    return told(check(batch(text), by(guide(element(part("", "N", 4)), element(part("", "A")), standard="edifact"))))


@pytest.mark.parametrize(("una", "syntax"), [("UNA:+,? '", "UNOC:3"), ("UNA:+.? '", "UNOC:3"), ("", "UNOC:3"), ("", "UNOC:4")])
def test_edifact_numbers_have_comma_or_point_whatever_una_says(una: str, syntax: str) -> None:
    assert edifact(una, "ARD+1,5", "ARD+1.5", "ARD+1.5,0", syntax=syntax) == [("bad_character", 4, "ARD", 1)]  # ISO 9735 10.1


def test_edifact_types_a_and_n() -> None:
    assert edifact("", "ARD+-123.4+TEN", "ARD+12345+T3N") == [("too_long", 3, "ARD", 1), ("bad_character", 3, "ARD", 2)]


def test_x12_implied_decimals_and_decimals() -> None:
    types = guide(element(part("", "N2")), element(part("", "R")), element(part("", "B")))
    assert told(check(x12("SV1*12.50*12.50", "SV1*-1250*1E3*\x01\x02", kind="837"), by(types))) == [("bad_character", 2, "SV1", 1)]


def test_control_characters_are_none_of_a_text_and_blanks_are() -> None:
    text = guide(element(part("", "AN")))
    assert told(check(x12("SV1* A B ", "SV1*Ä\x07Ö", kind="837"), by(text))) == [("control_character", 3, "SV1", 1)]


def test_a_number_with_a_control_character_is_told_once() -> None:
    numbers = guide(element(part("", "R")))
    assert told(check(x12("SV1*1\n2", "SV1*1x2", kind="837"), by(numbers))) == [
        ("control_character", 2, "SV1", 1), ("bad_character", 3, "SV1", 1)]


def test_a_period_beside_its_form_in_elements_and_in_composites() -> None:
    pair = (part("1250", "ID", 3), part("1251", "AN", 35))
    beside = guide(element(pair[0]), element(pair[1]))
    within = guide(element(part("1270", "ID", 3), *pair, conditions=("P0203",), repeat=9))
    assert told(check(x12("SV1*D8*20260131", "SV1*RD8*20260131-20260231", "SV1**X", kind="837"), by(beside))) == [("bad_date", 3, "SV1", 2)]
    text = x12("SV1*A>D8>20260131^B>RD8>20260101^^C>D8", kind="837", version="005010", repetition="^")
    found = [(one.code, one.place.element, one.place.repetition, one.place.component) for one in check(text, by(within))]
    assert found == [("guide.bad_date", 1, 2, 3), ("guide.condition", 1, 4, 3)]


def test_lengths_count_characters_whatever_their_bytes() -> None:
    short = guide(Element("", O, 1, (Part("", "AN", O, 3, 4),)))
    assert told(check(x12("SV1*ÄÖ", "SV1*ÄÖÜ", "SV1*ÄÖÜß", "SV1*ÄÖÜßé", kind="837"), by(short))) == [
        ("too_short", 2, "SV1", 1), ("too_long", 5, "SV1", 1)]


def test_an_element_that_is_not_described_takes_anything() -> None:
    anything = guide(Element("", O, 1, ()), element(part("", "AN")))
    assert told(check(x12("SV1*A>B>C*D>E", kind="837"), by(anything))) == [("component_surplus", 2, "SV1", 2)]


def test_an_absent_and_an_empty_mandatory_component() -> None:
    inner = (part("", "AN", usage=M), part("", "AN"), part("", "AN", usage=M), part("", "AN"))
    found = check(x12("SV1*A>B", "SV1*>B>C", "SV1*>>>", "SV1*A>>>D", kind="837"), by(guide(element(*inner))))
    assert [(one.code, one.place.segment, one.place.component) for one in found] == [
        ("guide.element_missing", 2, 3), ("guide.element_missing", 3, 1), ("guide.element_missing", 5, 3)]
    assert {one.severity for one in found} == {Severity.ERROR}


def test_a_mandatory_composite_is_missing_as_a_whole() -> None:
    whole = Element("", M, 1, (part("", "AN"), part("", "AN", usage=M)))
    found = check(x12("SV1**X", "SV1*>", "SV1*>B", "SV1", kind="837"), by(guide(whole, element(part("", "AN")))))
    assert [(one.place.segment, one.place.element, one.place.component) for one in found] == [(2, 1, None), (3, 1, None), (5, 1, None)]
