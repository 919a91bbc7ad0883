"""The 999, and what of a document's values may be quoted: nothing, unless the partner's policy allows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edi.acknowledgments import AckPolicy, Form, GuideOf
from edi.findings import Finding, Severity
from edi.guidemodel import Element, Guide, Item, Part, Segment, Usage
from edi.reading.balance import place_of
from edi.x12.guide import guide
from tests.edi.ackcase import GOOD, Read, body, isa, only, read, replies, x12

ECHO = AckPolicy(acknowledgment="997", echo_bad_values=True, accept_with_errors=True)
ECHO_999 = replace(ECHO, acknowledgment="999")
SUBSCRIBER = ("BHT*0019*00*1*20260924*1030*CH", "HL*1**20*1", "NM1*85*2*CLINIC", "HL*2*1*22*0", "SBR*P*18", "CLM*26-A*100", "HI*ABK>J45",
              "HL*3*1*22*0", "SBR*P*18")


def unguided(transaction: int) -> None:
    return None


def wrong(found: Read, *places: tuple[int, int | None], code: str = "guide.bad_code") -> Read:
    """Return the same with an error at each place: segment in the set, element."""
    first = int(found[0].transactions.first_segment[0])
    return found[0], [Finding(code, Severity.ERROR, replace(place_of(found[0], first + segment - 1), element=element), "", "")
                      for segment, element in places]


def claim(*places: tuple[int, int | None], code: str = "guide.bad_code") -> Read:
    return wrong(x12(SUBSCRIBER, kind="837", version="005010X222A1", convention="005010X222A1"), *places, code=code)


@pytest.mark.parametrize(("version", "agreed", "form"), [
    ("004010", "by_guide", Form("997", "004010")), ("004010", "999", Form("997", "004010")),  # there is no 999 at 004010
    ("004010X098A1", "by_guide", Form("997", "004010")),
    ("005010", "by_guide", Form("997", "005010")), ("005010", "999", Form("999", "005010")),
    ("005010X222A1", "by_guide", Form("999", "005010X231A1")), ("005010X222A1", "997", Form("997", "005010")),
    ("006020", "999", Form("999", "006020")), ("nonsense", "999", Form("997", "004010")),
])
def test_when_a_group_gets_a_999(version: str, agreed: str, form: Form) -> None:
    assert list(replies(x12(GOOD, version=version), AckPolicy(acknowledgment=agreed))) == [form]


def test_an_accepted_claim() -> None:
    assert only(claim(), "999").decode().split("~")[1:-3] == [
        "GS*FA*MOCKAPP*ACMEAPP*20260925*0230*7*X*005010X231A1", "ST*999*0001*005010X231A1", "AK1*HC*101*005010X222A1",
        "AK2*837*0001*005010X222A1", "IK5*A", "AK9*A*1*1*1", "SE*6*0001"]


def test_no_value_is_quoted_unless_that_is_agreed() -> None:
    found = x12(("BEG*00*NE*45**20260231", *GOOD[1:]))
    assert body(found)[3] == "AK4*5*373*8"
    assert body(found, ECHO)[3] == "AK4*5*373*8*20260231"
    assert body(claim((7, 1)), kind="999", guide_of=unguided)[2:-2] == ["IK3*CLM*7**8", "IK4*1**7"]


def test_a_quoted_value_has_blanks_for_our_delimiters_and_ends_after_99_characters() -> None:
    text = (isa().replace("*", "|") + "\\GS|PO|A|B|20260924|1030|101|X|004010\\ST|850|0001\\BEG|00|NE|"
            + "1*2~3^4>5" + "x" * 120 + "||20260924\\" + "PO1|1|100|EA\\CTT|1\\SE|5|0001\\GE|1|101\\IEA|1|000000101\\")
    found = read(text.replace("|>\\", "|:\\"))
    assert body(found, ECHO)[3] == "AK4*3*324*5*" + "1 2 3 4 5" + "x" * 90
    assert replies(found, ECHO)[Form("997", "004010")].count(b"~") == 12


def test_what_is_not_there_is_not_quoted() -> None:
    assert body(x12(("BEG*00*NE***20260924", *GOOD[1:])), ECHO)[3] == "AK4*3*324*1"


def test_the_right_component_and_repetition_is_quoted() -> None:
    found = x12(("BEG*00*NE*45**20260924", "N1*BY*A>B^C>D", *GOOD[1:]), version="005010")
    place = replace(place_of(found[0], 4), element=2, component=2, repetition=2)
    made = body((found[0], [Finding("guide.bad_code", Severity.ERROR, place, "", "")]), ECHO)
    assert made[3] == "AK4*2>2>2*93*7*D"


def test_the_claim_is_named_where_values_may_be_quoted_and_only_within_it() -> None:
    made = body(claim((6, 1), (7, 1), (8, 2), (10, 1)), ECHO_999, kind="999", guide_of=unguided)
    assert made[2:-2] == [
        "IK3*SBR*6**8", "IK4*1**7*P",  # before the first claim
        "IK3*CLM*7**8", "CTX*CLM01>26-A", "IK4*1**7*26-A",
        "IK3*HI*8**8", "CTX*CLM01>26-A", "IK4*2**7",
        "IK3*SBR*10**8", "IK4*1**7*P"]  # the next subscriber has no claim yet
    assert "CTX" not in str(body(claim((7, 1)), ECHO, kind="997"))


def test_a_member_is_named_by_its_number_among_several_references() -> None:
    member = ("BGN*00*1*20260924", "INS*Y*18", "REF*1L*GROUP", "REF*0F*M-77", "REF*17*X", "NM1*IL*1*DOE", "INS*Y*18", "NM1*IL*1*ROE")
    found = wrong(x12(member, kind="834", version="005010X220A1"), (7, 1), (9, 1))
    assert [line for line in body(found, ECHO_999, kind="999") if line[:3] == "CTX"] == ["CTX*SUBSCRIBER NUMBER REF02>M-77"]


def test_the_loop_is_named_between_ls_and_le() -> None:
    found = wrong(x12(("LS*2710", "LX*1", "LE*2710", "LX*2"), kind="834", version="005010X220A1"), (3, 1), (5, 1))
    assert [line for line in body(found, kind="999") if line[:3] == "IK3"] == ["IK3*LX*3*2710*8", "IK3*LX*5**8"]


def test_a_condition_names_the_element_that_it_hangs_on() -> None:
    found = x12(("BEG*00*NE*45**20260924", "N1*BY*A*92", *GOOD[1:]), version="005010")  # 66 and 67 both, or neither
    assert body(found, replace(ECHO_999, echo_bad_values=False), kind="999")[2:-2] == [
        "IK3*N1*3**8", "IK4*4*67*2", "CTX*SITUATIONAL TRIGGER*N1*3**3"]


def test_nothing_is_named_where_either_of_two_would_do() -> None:
    found = x12(("BEG*00*NE*45**20260924", "N1*BY", *GOOD[1:]), version="005010")
    assert body(found, ECHO_999, kind="999")[2:-2] == ["IK3*N1*3**8", "IK4*2*93*2"]


def narrow(*codes: str) -> GuideOf:
    """Return an implementation guide in which BEG01 has these codes."""
    begin = Segment("BEG", "Start", (Element("353", Usage.MANDATORY, 1, (Part("353", "ID", Usage.MANDATORY, 2, 2, frozenset(codes)),)),))
    items = (Item("ST", Usage.MANDATORY, 1), Item("BEG", Usage.MANDATORY, 1, segment=begin), Item("SE", Usage.MANDATORY, 1))
    made = Guide("x12", "850", "005010X999", exact=True, items=items, segments={}, text="", hash="", is_implementation=True)
    return lambda _: made


def test_a_code_is_said_to_be_unused_here_or_to_be_none_at_all() -> None:
    for code, told in (("06", ["IK4*1*353*I6*06", "IK5*R*I5"]), ("Q9", ["IK4*1*353*7*Q9", "IK5*R*5"])):
        found = wrong(x12((f"BEG*{code}*NE*45**20260924", *GOOD[1:]), version="005010"), (2, 1))
        assert body(found, ECHO_999, kind="999", guide_of=narrow("00"))[3:-1] == told


def test_a_segment_that_the_guide_leaves_out_is_not_used_here() -> None:
    found = wrong(x12(GOOD, version="005010"), (3, None), code="guide.segment_unknown")  # PO1: the standard's 850 has it
    assert guide("850", "005010") is not None
    assert body(found, ECHO_999, kind="999", guide_of=narrow("00"))[2:-1] == ["IK3*PO1*3**I4", "IK5*R*I5"]
