"""The guides of X12 set by set and release by release: what ordinary documents are told (nothing), and what faulty ones are."""

from __future__ import annotations

from pathlib import Path

import pytest

from edi import SourceFile, read_files
from edi.errors import ConfigurationError
from edi.findings import Finding
from edi.guidemodel import Guide, Item, Usage
from edi.guides import check
from edi.x12.dictionary import GUIDES
from edi.x12.guide import guide, read_guide, segment_names, segment_of, ta1_guide

RELEASES = ("004010", "005010")
GROUPS = {"850": "PO", "855": "PR", "856": "SH", "860": "PC", "865": "CA", "810": "IN", "820": "RA", "846": "IB", "824": "AG",
          "997": "FA", "999": "FA"}

# Free text: MSG gave way to MTX in the orders of 005010.
TEXT = {"004": "MSG*Deliver to dock 4", "005": "MTX**Deliver to dock 4"}
PARTIES = ("N1*BY*Crossfoot Trading*UL*4000000000006", "N1*ST*Warehouse North*92*WH1", "N3*1 Harbour Street", "N4*Hamburg**20457*DE")

ORDER = ("BEG*00*SA*4500000042**20260924", "CUR*BY*EUR", "REF*DP*042", "SAC*C*D240***1250********06", "ITD*01*3*2**10**30",
         "DTM*002*20261001", "N9*L1*NOTE", "{text}", *PARTIES,
         "PO1*1*100*EA*12.5*PE*BP*4711*VP*WIDGET-001", "PID*F****Widget", "PO4*12", "SDQ*EA*92*WH1*60*WH2*40", "SCH*60*EA***002*20261001",
         "PO1*2*5*CA*99", "CTT*2", "AMT*TT*1745")
RESPONSE = ("BAK*00*AC*4500000042*20260924****SO-1*20260925", "N9*L1*NOTE", "{text}", *PARTIES,
            "PO1*1*100*EA*12.5*PE*VP*WIDGET-001", "ACK*IQ*60*EA*068*20261001", "ACK*IB*40*EA*068*20261015", "CTT*1")
CHANGE = ("BCH*04*SA*4500000042**1*20260924*****20260926", "N9*L1*NOTE", "{text}", *PARTIES,
          "POC*1*QD*80*20*EA*12.5*PE*VP*WIDGET-001", "PID*F****Widget", "POC*3*AI*10*10*EA*4*PE*VP*WIDGET-009", "CTT*2")
ANSWER = ("BCA*00*AT*4500000042**1*20260924****20260927", *PARTIES,
          "POC*1*QD*80*20*EA*12.5*PE*VP*WIDGET-001", "ACK*IA*80*EA*068*20261001", "CTT*1")
INVOICE = ("BIG*20260930*INV-1*20260924*4500000042***DI", "CUR*SE*EUR", "REF*BM*77", *PARTIES, "ITD*01*3*2**10**30", "DTM*011*20260929",
           "IT1*1*100*EA*12.5*PE*VP*WIDGET-001", "TXI*VA*237.5*19", "PID*F****Widget", "SAC*A*C310***500********06",
           "TDS*148750", "TXI*VA*237.5*19", "CAD*M****UPSN", "SAC*C*D240***1250********06", "CTT*1")
PAYMENT = ("BPR*C*1482.5*C*ACH*CTX*01*123456789*DA*55501*1234567890**01*987654321*DA*77702*20261030", "TRN*1*TRACE-1*1234567890",
           "REF*VV*5", "DTM*097*20261030", "N1*PR*Crossfoot Trading", "N1*PE*Widget Works*92*4711", "ENT*1",
           "RMR*IV*INV-1**1482.5*1487.5*5", "REF*PO*4500000042", "DTM*003*20260930", "ADX*-5*01*IV*INV-1")
STOCK = ("BIA*00*DD*IR-1*20260924*0600", "DTM*007*20260924", "REF*IA*4711", "N1*WH*Warehouse North*92*WH1",
         "LIN*1*VP*WIDGET-001*UP*012345678905", "PID*F****Widget", "QTY*33*420*EA", "QTY*29*60*EA",
         "LIN*2*VP*WIDGET-009", "QTY*33*0*EA", "CTT*2")
ADVICE = ("BGN*00*824-1*20260924*1030", "N1*FR*Crossfoot Trading*92*US", "OTI*TR*TN*INV-1*ACME*MOCKEDI*20260924*1030*101*0001*810*004010",
          "REF*IV*INV-1", "TED*007*Unknown order number", "NTE*ERN*Send it again with the order number", "OTI*TA*TN*INV-2")
SHIPMENT = ("BSN*00*SHIP-1*20260930*0715*0001", "DTM*011*20260930", "HL*1**S", "TD1*CTN*10****G*250*LB", "TD5*B*2*UPSN*M", "REF*BM*77",
            *PARTIES)
SOTPI = (*SHIPMENT, "HL*2*1*O", "PRF*4500000042***20260924", "HL*3*2*T", "MAN*GM*00340123450000000017", "HL*4*3*P", "PO4*12",
         "MAN*GM*00340123450000000024", "HL*5*4*I", "LIN*1*VP*WIDGET-001", "SN1*1*90*EA**100*EA", "PID*F****Widget", "CTT*5")
SOPI = ("BSN*00*SHIP-2*20260930*0715*0004", *SHIPMENT[1:], "HL*2*1*O", "PRF*4500000042", "HL*3*2*P", "MAN*GM*00340123450000000031",
        "HL*4*3*I", "LIN**UP*012345678905", "SN1**12*EA", "HL*5*3*I", "LIN**UP*012345678912", "SN1**24*EA", "CTT*5")
FUNCTIONAL = ("AK1*PO*101", "AK2*850*0001", "AK3*PO1*7**8", "AK4*2*380*6", "AK5*R*5", "AK2*850*0002", "AK5*A", "AK9*P*2*2*1")
IMPLEMENTATION = ("AK1*HC*101*005010X222A1", "AK2*837*0001*005010X222A1", "IK3*NM1*8*2010*8", "CTX*SITUATIONAL TRIGGER*CLM*43**5>3",
                  "CTX*CLM01>123456789", "IK4*9>1*67*I10*PX", "CTX*SITUATIONAL TRIGGER*NM1*8**8", "IK5*R*I5", "AK9*R*1*1*0")

GOOD: dict[str, tuple[tuple[str, ...], ...]] = {
    "850": (ORDER, ("BEG*00*NE*1**20260924", "PO1**1*EA")), "855": (RESPONSE, ("BAK*00*AD*1*20260924",)),
    "860": (CHANGE,), "865": (ANSWER,), "810": (INVOICE,), "820": (PAYMENT,), "846": (STOCK,), "824": (ADVICE,), "856": (SOTPI, SOPI),
    "997": (FUNCTIONAL,), "999": (IMPLEMENTATION,),
}


def findings(body: tuple[str, ...], kind: str, release: str, convention: str = "") -> list[Finding]:
    """Check a transaction set; "{text}" in its body becomes the release's segment of free text, and ``convention`` is ST03."""
    header = f"ST*{kind}*0001*{convention}".rstrip("*")
    segments = [TEXT[release[:3]] if segment == "{text}" else segment for segment in body]
    wire = "00401" if release < "005" else "00501"
    separator = "U" if release < "005" else "^"
    isa = f"ISA*00*          *00*          *ZZ*ACME           *ZZ*MOCKEDI        *260924*1030*{separator}*{wire}*000000101*0*P*>"
    text = "~".join((isa, f"GS*{GROUPS[kind]}*ACME*MOCKEDI*20260924*1030*101*X*{release}", header, *segments,
                     f"SE*{len(segments) + 2}*0001", "GE*1*101", "IEA*1*000000101", ""))
    (only,) = read_files([SourceFile("file", text.encode())])
    assert not only.findings
    return check(only)


def told(body: tuple[str, ...], kind: str, release: str, convention: str = "") -> list[str]:
    """Return what is told, in short: "bad_code BEG01"; the number of the segment where there is no element."""
    return [f"{one.code.removeprefix('guide.')} {one.place.tag}"
            + (f"{one.place.element:02}" if one.place.element else f" {one.place.segment}")
            + (f".{one.place.component}" if one.place.component else "") for one in findings(body, kind, release, convention)]


@pytest.mark.parametrize(("kind", "release", "body"), [
    (kind, release, body) for kind, bodies in GOOD.items() for release in RELEASES for body in bodies
    if (kind, release) != ("999", "004010")
])
def test_an_ordinary_document_is_told_nothing(kind: str, release: str, body: tuple[str, ...]) -> None:
    assert told(body, kind, release) == []


def test_versions_of_an_implementation_have_the_guide_of_their_release() -> None:
    assert told(ORDER, "850", "004010VICS") == [] and told(FUNCTIONAL, "997", "005010X230") == []
    assert told(IMPLEMENTATION, "999", "005010X231A1", "005010X231A1") == []


def swapped(body: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """Replace the one segment that begins with the old text by the new ones ("" removes it, "|" parts several)."""
    assert sum(segment.startswith(old) for segment in body) == 1, old
    return tuple(part for segment in body for part in (new.split("|") if segment.startswith(old) else (segment,)) if part)


@pytest.mark.parametrize(("kind", "body", "old", "new", "expected"), [
    ("850", ORDER, "BEG", "", ["segment_missing BEG 2"]),
    ("850", ORDER, "BEG", "BEG*99*SA*1**20260924", ["bad_code BEG01"]),
    ("850", ORDER, "BEG", "BEG*00*QQ*1**20260924", ["bad_code BEG02"]),
    ("850", ORDER, "REF", "REF*DP", ["condition REF02"]),
    ("850", ORDER, "REF", "REF*DP*1**BM>1>PO", ["condition REF04.4"]),
    ("850", ORDER, "REF", "REF*DP*1**BM", ["element_missing REF04.2"]),
    ("850", ORDER, "CTT", "CUR*BY*EUR|CUR*BY*USD|CTT*2", ["segment_repeats CUR 21"]),
    ("850", ORDER, "PID", "PO4*6|PID*F****Widget", ["segment_misplaced PID 16"]),
    ("850", ORDER, "SAC", "SAC*C*D240", []),
    ("850", ORDER, "SAC", "SAC*C****1250", ["condition SAC02"]),
    ("850", ORDER, "PO1*2", "PO1*2*5*CA*99**VP", ["condition PO107"]),
    ("850", ORDER, "PO1*2", "PO1*2*5**99*PE*QQ*1", ["bad_code PO106"]),
    ("850", ORDER, "PO1*2", "PO1*2**CA", ["condition PO102"]),
    ("850", ORDER, "PO1*2", "PO1*2*5*CA**PE", ["condition PO104"]),
    ("855", RESPONSE, "BAK", "BAK*00*QQ*1*20260924", ["bad_code BAK02"]),
    ("855", RESPONSE, "ACK*IQ", "ACK*IQ*60", ["condition ACK03"]),
    ("855", RESPONSE, "ACK*IQ", "ACK*QQ*60*EA", ["bad_code ACK01"]),
    ("855", RESPONSE, "ACK*IQ", "ACK*IQ*60*EA*068", ["condition ACK05"]),
    ("855", RESPONSE, "ACK*IQ", "ACK*IQ*60*EA**20261001", []),
    ("860", CHANGE, "POC*1", "POC*1**80*20*EA", ["element_missing POC02"]),
    ("860", CHANGE, "POC*1", "POC*1*QQ*80*20*EA", ["bad_code POC02"]),
    ("860", CHANGE, "POC*1", "POC*1*QD*80*20", ["condition POC05"]),
    ("860", CHANGE, "BCH", "BCH*04*SA*4500000042**1*20260931", ["bad_date BCH06"]),
    ("865", ANSWER, "BCA", "BCA*00*AT*4500000042", ["element_missing BCA06"]),
    ("810", INVOICE, "TDS", "", ["segment_missing TDS 16"]),  # CAD could be the line's, come too late; what follows shows that it is not
    ("810", INVOICE, "IT1", "IT1*1*100*EA", ["condition IT104"]),
    ("810", INVOICE, "SAC*C", "SAC*Z*D240***1250", ["bad_code SAC01"]),
    ("810", INVOICE, "ITD", "ITD*01*3*2", ["condition ITD04"]),
    ("810", INVOICE, "CAD", "CAD*M", ["condition CAD05"]),
    ("820", PAYMENT, "BPR", "BPR*C*1482.5*C*ACH*CTX*01", ["condition BPR07"]),
    ("820", PAYMENT, "BPR", "BPR*C*1482.5*X*ACH", ["bad_code BPR03"]),
    ("820", PAYMENT, "RMR", "RMR*IV**PO*1482.5", ["condition RMR02"]),
    ("820", PAYMENT, "TRN", "TRN*1", ["element_missing TRN02"]),
    ("846", STOCK, "BIA", "BIA*00*QQ*IR-1*20260924", []),  # report types are too many to list
    ("846", STOCK, "QTY*29", "QTY*29", ["condition QTY02"]),
    ("846", STOCK, "QTY*29", "QTY*29*60*EA*all", ["condition QTY04"]),
    ("824", ADVICE, "OTI*TA", "OTI*QQ*TN*INV-2", ["bad_code OTI01"]),
    ("824", ADVICE, "TED", "TED*ZZZ", []),  # mutually defined
    ("824", ADVICE, "TED", "TED*QQQ", ["bad_code TED01"]),
    ("824", ADVICE, "BGN", "BGN*00*824-1*20260924**ET", ["condition BGN04"]),
    ("856", SOTPI, "DTM", "DTM*011*20260930|N1*SF*Widget Works", ["segment_misplaced N1 4"]),
    ("856", SOTPI, "HL*3", "HL*3*2", ["element_missing HL03"]),
    ("856", SOTPI, "HL*3", "HL*3*2*$$", ["bad_code HL03"]),
    ("856", SOTPI, "SN1", "SN1*1*90*EA**100", ["condition SN106"]),
    ("856", SOTPI, "SN1", "SN1*1*90", ["element_missing SN103"]),
    ("856", SOTPI, "TD1", "TD1*CTN*10****G*250", ["condition TD108"]),
    ("856", SOPI, "BSN", "BSN*00*SHIP-2*20260930", ["element_missing BSN04"]),
    ("997", FUNCTIONAL, "AK5*A", "AK5*Q", ["bad_code AK501"]),
    ("997", FUNCTIONAL, "AK5*A", "", ["segment_missing AK5 8"]),
    ("997", FUNCTIONAL, "AK3", "AK3*PO1*7**9", ["bad_code AK304"]),
    ("997", FUNCTIONAL, "AK9", "AK9*P*2*2", ["element_missing AK904"]),
])
def test_a_faulty_document_is_told_what_and_where_in_either_release(kind: str, body: tuple[str, ...], old: str, new: str,
                                                                    expected: list[str]) -> None:
    assert told(swapped(body, old, new), kind, "004010") == expected
    assert told(swapped(body, old, new), kind, "005010") == expected


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("AK2", "AK2*837*0001*" + "X" * 36, ["too_long AK203"]),
    ("IK3", "IK3*NM1*8**I3", ["bad_code IK304"]),
    ("IK4", "IK4*9>1*67*14", ["bad_code IK403"]),
    ("IK4", "IK4*>1*67*I10", ["element_missing IK401.1"]),
    ("IK5", "IK5*R*I7", ["bad_code IK502"]),
    ("IK5", "AK5*R*5", ["segment_unknown AK5 9", "segment_missing IK5 10"]),
])
def test_a_faulty_999_is_told_what_and_where(old: str, new: str, expected: list[str]) -> None:
    assert told(swapped(IMPLEMENTATION, old, new), "999", "005010X231A1", "005010X231A1") == expected


@pytest.mark.parametrize(("kind", "body", "old", "new", "fourth", "fifth"), [
    ("850", ORDER, "{text}", "MSG*Deliver", [], ["segment_unknown MSG 9"]),
    ("850", ORDER, "DTM", "LDT*AF*5*DA*20260930", [], []),
    ("850", ORDER, "DTM", "LDT*AF*5*DA*20260930|QTY*01*5", ["segment_misplaced QTY 8"], []),
    ("850", ORDER, "N1*BY", "N1*BY*Crossfoot Trading|IN2*05*Crossfoot", ["segment_unknown IN2 11"], []),
    ("850", ORDER, "REF", "REF*DP*" + "1" * 31, ["too_long REF02"], []),
    ("850", ORDER, "N4", "N4*Hamburg***DE*SP*HH*HH", ["element_surplus N407"], []),
    ("850", ORDER, "N4", "N4*Hamburg*NY**US***DE-HH", ["element_surplus N407"], ["condition N407", "too_long N407"]),
    ("860", CHANGE, "POC*1", "POC*1*QD*80**EA", ["condition POC04"], []),
    ("810", INVOICE, "IT1", "IT1*1*12345678901*EA*12.5", ["too_long IT102"], []),
    ("810", INVOICE, "BIG", "BIG*20260930*INV-1*********0001", ["element_surplus BIG11"], []),
    ("810", INVOICE, "CAD", "CAD*****UPSN", [], ["element_missing CAD01"]),
    ("824", ADVICE, "TED", "TED*007|CTX*PO103", ["segment_unknown CTX 7"], []),
    ("856", SOTPI, "TD5", "TD5*B*2*UPSN*M|TD3*TL**1|AT9*5300", ["segment_unknown AT9 8"], []),
    ("997", FUNCTIONAL, "AK1", "AK1*PO*101*005010", ["element_surplus AK103"], []),
])
def test_the_releases_differ_as_the_standard_does(kind: str, body: tuple[str, ...], old: str, new: str, fourth: list[str],
                                                  fifth: list[str]) -> None:
    assert (told(swapped(body, old, new), kind, "004010"), told(swapped(body, old, new), kind, "005010")) == (fourth, fifth)


def test_a_near_release_does_not_judge_codes_that_it_may_have() -> None:
    assert told(swapped(ORDER, "BEG", "BEG*00*QQ*1**20260924"), "850", "004030") == []


def test_a_set_without_a_guide_of_its_release() -> None:
    assert guide("999", "004010") is None and guide("999", "003060") is None
    assert guide("837", "005010") is None and guide("850", "002040") is None and guide("../guides/850", "004010") is None


def found(which: str, release: str) -> Guide:
    only = guide(which, release)
    assert only is not None
    return only


@pytest.mark.parametrize("release", RELEASES)
def test_every_set_begins_with_st_and_describes_every_segment(release: str) -> None:
    for kind in (*GROUPS, "TA1"):
        if (kind, release) != ("999", "004010"):
            one = found(kind, release)
            assert (one.items[0].tag, one.items[-1].tag) == (("TA1", "TA1") if kind == "TA1" else ("ST", "SE"))
            assert all(segment.elements and segment.name for segment in one.segments.values())
            elements = [element for segment in one.segments.values() for element in segment.elements]
            assert all(element.name and part.name for element in elements for part in element.parts)
            assert not one.is_implementation


def test_the_releases_of_one_file_do_not_share_a_hash() -> None:
    fourth, fifth = found("846", "004010"), found("846", "005010")
    assert fourth.items == fifth.items and fourth.hash != fifth.hash  # the structure is the same, elements are not
    assert found("846", "004010VICS").hash == fourth.hash


def test_ta1_is_the_same_in_every_release_and_knows_its_reasons() -> None:
    (item,), segment = ta1_guide().items, ta1_guide().segments["TA1"]
    assert (item.tag, item.usage, item.repeat) == ("TA1", Usage.MANDATORY, 1)
    assert [(part.reference, part.kind, part.shortest, part.longest) for element in segment.elements for part in element.parts] == [
        ("I12", "N0", 9, 9), ("I08", "DT", 6, 6), ("I09", "TM", 4, 4), ("I17", "ID", 1, 1), ("I18", "ID", 3, 3)]
    assert segment.elements[3].parts[0].codes == {"A", "E", "R"}
    assert segment.elements[4].parts[0].codes == {f"{reason:03}" for reason in range(32)}
    for_interchange = guide("TA1", "00401")
    assert for_interchange and for_interchange.exact and for_interchange.segments["TA1"] == segment


def test_envelopes_have_names_and_elements_too() -> None:
    assert segment_names()["ISA"] == "Interchange header"
    old, new = segment_of("ISA", "00401"), segment_of("ISA", "00501")
    assert old and new and len(old.elements) == len(new.elements) == 16
    assert (old.elements[10].name, new.elements[10].name) == ("Standards body", "Repetition separator")
    assert segment_of("QQQ", "00401") is None and segment_of("GS", "1") is None


def test_a_place_of_an_order_in_full() -> None:
    order, line = found("850", "005010"), next(item for item in found("850", "005010").items if item.tag == "PO1")
    assert (line.usage, line.repeat, line.name, line.items[0]) == (Usage.MANDATORY, 100_000, "PO1", Item("PO1", Usage.MANDATORY, 1))
    beg = order.segments["BEG"].elements[4]
    assert (beg.reference, beg.usage, beg.name, beg.parts[0].kind, beg.parts[0].longest) == ("373", Usage.MANDATORY, "Order date", "DT", 8)
    assert order.segments["REF"].elements[3].conditions == ("P0304", "P0506")
    assert order.segments["PO1"].conditions[:3] == ("C0302", "C0504", "P0607")


def broken(tmp_path: Path, name: str, old: str, new: str) -> str:
    """Read the guides from a copy in which one text is changed; return the error."""
    for path in ("850.toml", *(f"dictionary/{part}.toml" for part in ("releases", "segments", "composites", "elements", "codes"))):
        text = (GUIDES / path).read_text("utf-8")
        assert path != name or old in text
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text.replace(old, new, 1) if path == name else text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_guide(tmp_path, "850", "005010")
    return str(caught.value)


@pytest.mark.parametrize(("name", "old", "new", "says"), [
    ("850.toml", "BEG ", "BEG X ", "850.toml: 'BEG X"),
    ("850.toml", "loop SPI ", "SPI ", "must be a loop with lines indented below it"),
    ("850.toml", "\n  QTY ", "\n QTY ", "indented otherwise than the lines beside it"),
    ("850.toml", "structure =", "order =", "850.toml has no 'structure': add it"),
    ("850.toml", 'structure = """', 'structure = "', "850.toml cannot be read"),
    ("dictionary/segments.toml", "[BEG]", "[BGE]", "segments.toml has no [BEG]"),
    ("dictionary/segments.toml", "05  373   M  Order", "05  373   Q  Order", "segments.toml [BEG]: '05  373   Q"),
    ("dictionary/segments.toml", "05  373   M  Order", "06  373   M  Order", "should be at position 05 of 005010"),
    ("dictionary/segments.toml", '"R0203"', '"R0205"', "'R0205' is no condition between its 4 elements"),
    ("dictionary/elements.toml", "\n353 = ", "\n3530 = ", "elements.toml has no 353"),
    ("dictionary/elements.toml", 'number", "AN 1/22"]\n325', 'number", "AN 22"]\n325', "'AN 22' is no form"),
    ("dictionary/composites.toml", "01  355   M  ", "01  355   mandatory  ", "composites.toml [C001]"),
])
def test_a_wrong_table_is_our_error_and_says_which_place_to_correct(tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
    assert says in broken(tmp_path, name, old, new)
