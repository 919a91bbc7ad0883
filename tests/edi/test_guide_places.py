"""Places of their own: segments of one tag that values tell apart, and what a guide forbids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edi.findings import Severity
from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Selector, Usage
from edi.guides import Resolver, check, guide_for, located
from tests.edi.guide_case import told, x12

M, O, X = Usage.MANDATORY, Usage.OPTIONAL, Usage.FORBIDDEN


def part(reference: str, *codes: str, usage: Usage = O, kind: str = "AN", longest: int = 30) -> Part:
    return Part(reference, kind, usage, 1, longest, frozenset(codes))


def element(reference: str, *codes: str, usage: Usage = O, kind: str = "AN", longest: int = 30) -> Element:
    return Element(reference, usage, 1, (part(reference, *codes, usage=usage, kind=kind, longest=longest),))


def name(*codes: str, number: Usage = O) -> Segment:
    """NM1 as one place has it: who it is, and whether the identifier must be there."""
    return Segment("NM1", "Name", (element("98", *codes, usage=M), element("1065"), element("1035"), element("67", usage=number)))


def only(position: int, *codes: str) -> tuple[Selector, ...]:
    return (Selector(position, 1, frozenset(codes)),)


def plain(tag: str, usage: Usage = O, repeat: int = 1, *codes: str) -> Item:
    return Item(tag, usage, repeat, selectors=only(1, *codes) if codes else ())


def loop(title: str, usage: Usage, repeat: int, *items: Item) -> Item:
    return Item(items[0].tag, usage, repeat, items, title, selectors=items[0].selectors)


def party(title: str, usage: Usage, code: str, number: Usage = O) -> Item:
    trigger = Item("NM1", M, 1, segment=name(code, number=number), selectors=only(1, code))
    return loop(title, usage, 1, trigger, plain("N3"), plain("REF", O, 5, "EI", "SY"))


PATIENT = loop("2000C", O, UNBOUNDED, Item("HL", M, 1, selectors=only(3, "23")), plain("PAT", M))
SUBSCRIBER = loop("2000B", O, UNBOUNDED, Item("HL", M, 1, selectors=only(3, "22")), plain("SBR", M),
                  party("2010BA", M, "IL", number=M), party("2010BB", M, "PR"), PATIENT)
PROVIDER = loop("2000A", M, UNBOUNDED, Item("HL", M, 1, selectors=only(3, "20")), party("2010AA", M, "85"), SUBSCRIBER)
CLAIM = Guide(
    "x12", "837", "005010X222A1", True,
    (plain("ST", M), plain("BHT", M), party("1000A", M, "41"), party("1000B", M, "40"), PROVIDER, plain("SE", M)),
    {tag: Segment(tag, tag, ()) for tag in ("ST", "BHT", "NM1", "N3", "REF", "HL", "SBR", "PAT", "SE")}, "", "", True)

HEAD = ("BHT*0019", "NM1*41*2*SENDER", "NM1*40*2*RECEIVER", "HL*1**20*1", "NM1*85*2*CLINIC", "N3*STREET", "REF*EI*1")
BODY = ("HL*2*1*22*0", "SBR*P", "NM1*IL*1*DOE*ID", "NM1*PR*2*PAYER")


def by(guide: Guide) -> Resolver:
    return lambda subject: guide


def claims(*body: str) -> list[tuple[str, int | None, str | None, int | None]]:
    return told(check(x12(*body, kind="837"), by(CLAIM)))


def test_a_document_in_order_is_told_nothing() -> None:
    assert claims(*HEAD, *BODY, *BODY, "HL*4*2*23*0", "PAT*19", "HL*5**20*1", "NM1*85*2*OTHER") == []


def test_places_of_one_tag_and_position_come_in_any_order_and_each_may_be_missing() -> None:
    assert claims("BHT*0019", HEAD[2], HEAD[1], *HEAD[3:]) == []
    assert claims(*HEAD, *BODY[:2], BODY[3], BODY[2]) == []
    assert claims(*HEAD, *BODY[:2], BODY[3], "HL*3*1*22*0", *BODY[1:]) == [("segment_missing", 12, "NM1", None)]
    assert claims(*HEAD, *BODY[:3]) == [("segment_missing", 12, "NM1", None)]


def test_what_a_place_wants_is_checked_there_and_not_elsewhere() -> None:
    assert claims(*HEAD, *BODY[:2], "NM1*IL*1*DOE", BODY[3]) == [("element_missing", 11, "NM1", 4)]


def test_a_missing_loop_has_its_name_in_the_message() -> None:
    (missing,) = check(x12(*HEAD, *BODY[:3], kind="837"), by(CLAIM))
    assert "NM1 (2010BB)" in missing.message


@pytest.mark.parametrize(("wrong", "at"), [
    ((*HEAD[:1], "NM1*ZZ*2*SENDER", *HEAD[2:], *BODY), ("bad_code", 3, "NM1", 1)),
    ((*HEAD, "HL*2*1*99*0", *BODY[1:]), ("bad_code", 9, "HL", 3)),
    ((*HEAD, *BODY[:2], "NM1*IL*1*DOE*ID", "NM1*ZZ*2*PAYER", "N3*STREET", "REF*SY*1"), ("bad_code", 12, "NM1", 1)),
    ((*HEAD[:-1], "REF*QQ*1", *BODY), ("bad_code", 8, "REF", 1)),
    ((*HEAD, "REF*QQ*1", "REF*SY*1", *BODY), ("bad_code", 9, "REF", 1)),
])
def test_a_value_that_no_place_knows_is_a_bad_code_and_nothing_follows_from_it(wrong: tuple[str, ...], at: tuple[object, ...]) -> None:
    assert claims(*wrong) == [at]


def test_one_name_too_many_that_nobody_knows_does_not_take_the_place_of_the_next() -> None:
    assert claims(*HEAD, *BODY[:3], "NM1*ZZ*2*WHO*X", BODY[3]) == [("bad_code", 12, "NM1", 1)]


def test_a_segment_that_fits_nowhere_near_is_misplaced_or_unknown() -> None:
    assert claims(*HEAD, *BODY, "PAT*19") == [("segment_misplaced", 13, "PAT", None)]
    assert claims(*HEAD, *BODY[:2], "REF*QQ*1", *BODY[2:]) == [("segment_unknown", 11, "REF", None)]


def test_a_loop_over_its_maximum_counts_by_value() -> None:
    assert claims(*HEAD, *BODY[:3], "NM1*PR*2*A", "NM1*PR*2*B") == [("loop_repeats", 13, "NM1", None)]


def test_selectors_agree_only_together() -> None:
    both = (Selector(1, 1, frozenset({"A"})), Selector(2, 2, frozenset({"B"})))
    guide = replace(CLAIM, items=(plain("ST", M), plain("BHT", M), Item("SV1", O, 9, selectors=both), Item("SV1", O, 1), plain("SE", M)))
    assert told(check(x12("BHT*0019", "SV1*A*1>B", "SV1*A*1>B", kind="837"), by(guide))) == []
    assert told(check(x12("BHT*0019", "SV1*A*1>C", "SV1*C*1>B", kind="837"), by(guide))) == [("segment_repeats", 4, "SV1", None)]


ORDER = guide_for("x12", "850", "004010")


def order_with(tag: str, **changes: object) -> Guide:
    assert ORDER
    items = tuple(replace(item, **changes) if item.tag == tag else item for item in ORDER.items)  # type: ignore[arg-type]  # names are the item's own
    return replace(ORDER, items=items)


def test_a_forbidden_segment_is_told_once_and_a_forbidden_loop_with_all_in_it_too() -> None:
    line = "PO1*1*100*EA*12.50**VP*WIDGET-001"
    segment = order_with("CUR", usage=X)
    (forbidden,) = check(x12("BEG*00*NE*1**20260924", "CUR*BY*USD", line, "CTT*1"), by(segment))
    assert (forbidden.code, forbidden.severity, forbidden.place.segment) == ("guide.segment_forbidden", Severity.ERROR, 3)
    whole = order_with("N1", usage=X)
    assert told(check(x12("BEG*00*NE*1**20260924", "N1*BY*ACME", "N3*STREET", line), by(whole))) == [("segment_forbidden", 3, "N1", None)]
    assert check(x12("BEG*00*NE*1**20260924", line), by(whole)) == []


def test_a_forbidden_element_and_a_forbidden_component() -> None:
    inner = (part("1", usage=M), part("2", usage=X))
    segment = Segment("SV1", "", (Element("C1", O, 1, inner), element("3", usage=X), Element("C2", X, 1, inner)))
    guide = replace(CLAIM, items=(plain("ST", M), plain("BHT", M), Item("SV1", O, 9, segment=segment), plain("SE", M)))
    found = check(x12("BHT*0019", "SV1*1>2*3*4>5", "SV1*1", kind="837"), by(guide))
    assert [(one.code, one.place.element, one.place.component) for one in found] == [
        ("guide.element_forbidden", 1, 2), ("guide.element_forbidden", 2, None), ("guide.element_forbidden", 3, None)]


def test_where_every_segment_stands() -> None:
    (found,) = located(x12(*HEAD, *BODY, "QQQ*1", kind="837"), by(CLAIM))
    assert found.guide is CLAIM
    assert [spot.loops for spot in found.spots] == [
        (), (), ("1000A",), ("1000B",), ("2000A",), *[("2000A", "2010AA")] * 3, ("2000A", "2000B"), ("2000A", "2000B"),
        ("2000A", "2000B", "2010BA"), *[("2000A", "2000B", "2010BB")] * 2, ()]
    assert [spot.fits for spot in found.spots] == [True] * 12 + [False, True]
    assert found.spots[7].segment == CLAIM.segments["REF"] and found.spots[10].segment == name("IL", number=M)
    assert found.levels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]
