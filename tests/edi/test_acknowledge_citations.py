"""What an acknowledgment cites has the length and type of its element; what cannot be cited is told one level up."""

from __future__ import annotations

import pytest

from edi.acknowledgments import AckPolicy
from edi.answering import due
from tests.edi.ackcase import DEFAULT, GOOD, ORDERS, Read, body, faults, isa, read, replies, ta1

BAD = GOOD[1:]  # BEG is missing
TELL_WARNINGS = AckPolicy(accept_with_errors=True)


def order(number: str = "0001", *, type_code: str = "850", segments: tuple[str, ...] = GOOD, convention: str = "") -> str:
    header = f"ST*{type_code}*{number}*{convention}".rstrip("*")
    return "~".join((header, *segments, f"SE*{len(segments) + 2}*{number}", ""))


def group(*sets: str, gs01: str = "PO", gs06: str = "101", gs08: str = "004010") -> str:
    return f"GS*{gs01}*ACMEAPP*MOCKAPP*20260924*1030*{gs06}*X*{gs08}~{''.join(sets)}GE*{len(sets)}*{gs06}~"


def x12(*groups: str, isa13: str = "000000101", requested: int = 0, version: str = "004010") -> Read:
    header = isa(version, requested=requested).replace("*000000101*", f"*{isa13}*")
    return read(f"{header}~{''.join(groups)}IEA*{len(groups)}*{isa13}~")


@pytest.mark.parametrize("damage", [{"number": "12345678901234"}, {"type_code": "850ABC"}], ids=["ST02", "ST01"])
def test_a_set_that_ak2_has_no_room_for_is_accepted_by_ak9_alone(damage: dict[str, str]) -> None:
    found = x12(group(order(**damage), order("0002")))
    assert body(found) == ["AK1*PO*101", "AK2*850*0002", "AK5*A", "AK9*A*2*2*2"]
    assert body(found, TELL_WARNINGS) == ["AK1*PO*101", "AK2*850*0002", "AK5*A", "AK9*E*2*2*2*5"]


@pytest.mark.parametrize("number", ["12345678901234", ""], ids=["too long", "empty"])
def test_a_set_that_cannot_be_cited_and_is_rejected_is_told_by_its_group(number: str) -> None:
    found = x12(group(order(number, segments=BAD), order("0002")))
    assert body(found) == ["AK1*PO*101", "AK2*850*0002", "AK5*A", "AK9*P*2*2*1*5"]
    assert body(x12(group(order(number, segments=BAD))))[1:] == ["AK9*R*1*1*0*5"]


def test_a_number_of_a_set_that_is_too_short_is_cited_as_it_came() -> None:
    """A partner finds its set by this text: 0001 would be another one."""
    assert body(x12(group(order("1")))) == ["AK1*PO*101", "AK2*850*1", "AK5*A", "AK9*A*1*1*1"]


@pytest.mark.parametrize("damage", [{"gs01": "POX"}, {"gs06": "1234567890123"}, {"gs06": "AB1"}, {"gs06": ""}])
def test_a_group_that_ak1_has_no_room_for_is_told_by_the_ta1_where_one_is_due(damage: dict[str, str]) -> None:
    named, unnamed = group(order(), gs06="102"), group(order(), **damage)
    assert replies(x12(unnamed)) == {}
    assert due(*x12(unnamed)[:1], 0, x12(unnamed)[1], DEFAULT).reason.startswith("GS01 or GS06 is empty")
    assert ta1(x12(unnamed, requested=1)) == "TA1*000000101*260924*1030*E*024"
    assert ta1(x12(unnamed), TELL_WARNINGS) == "TA1*000000101*260924*1030*E*024"
    assert body(x12(unnamed, named))[0] == "AK1*PO*102" and ta1(x12(unnamed, named)) == ""


def test_a_group_that_cannot_be_cited_and_has_what_is_rejected_makes_a_ta1_due() -> None:
    named, unnamed = group(order(), gs06="102"), group(order(segments=BAD), gs06="AB1")
    assert ta1(x12(unnamed)) == "TA1*000000101*260924*1030*R*024"
    assert ta1(x12(unnamed, named)) == "TA1*000000101*260924*1030*E*024"
    assert ta1(x12(group(order(), order("0002", segments=BAD), gs06="AB1"))) == "TA1*000000101*260924*1030*E*024"


def test_a_version_or_convention_that_is_too_long_is_left_out() -> None:
    """No partner finds a group by it; and it names no implementation guide, so that a 997 answers."""
    made = x12(group(order(convention="C" * 36), gs08="005010X222A1FOOBAR"), version="005010")
    assert body(made) == ["AK1*PO*101", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]
    assert body(made, AckPolicy(acknowledgment="999"), kind="999")[0] == "AK1*PO*101"


@pytest.mark.parametrize(("isa13", "told"), [
    ("00000000101", "000000101*260924*1030*A*000"),  # a number: zeros in front do not count
    ("000000000", "000000000*260924*1030*A*000"),
    ("12345678901", "000000000*260924*1030*E*018"), ("AB0000101", "000000000*260924*1030*E*018"), (" " * 9, "000000000*260924*1030*E*018"),
])
def test_a_ta1_cites_a_number_of_nine_digits_or_says_that_there_is_none(isa13: str, told: str) -> None:
    assert ta1(x12(group(order()), isa13=isa13, requested=1)) == f"TA1*{told}"


UNNAMED = [
    *(x12(group(order(*number, segments=segments, **kind)), requested=1) for segments in (GOOD, BAD)
      for number, kind in ((["12345678901234"], {}), ([""], {}), ([], {"type_code": "850ABC"}), ([], {"type_code": "85"}))),
    *(x12(group(order(segments=segments), **damage), requested=1, version=damage.get("gs08", "004010")[:6]) for segments in (GOOD, BAD)
      for damage in ({"gs01": "POX"}, {"gs01": "P"}, {"gs06": "1234567890123"}, {"gs06": "AB1"}, {"gs06": ""},
                     {"gs08": "005010ABCDEFGHIJK"}, {"gs08": "005010X222A1FOOBAR"})),
    *(x12(group(order()), isa13=isa13, requested=1) for isa13 in ("12345678901", "00000000101", "AB0000101", " " * 9)),
]


def message(number: str = "1", *, segments: tuple[str, ...] = ORDERS) -> str:
    return "'".join((f"UNH+{number}+ORDERS:D:96A:UN", *segments, f"UNT+{len(segments) + 2}+{number}", ""))


def edifact(*messages: str, unb: str = "55", sender: str = "A:14", ung: str | None = None, app: str = "APP1") -> Read:
    inside = "".join(messages)
    if ung is not None:
        inside = f"UNG+ORDERS+{app}+APP2+260924:1030+{ung}+UN+D:96A'{inside}UNE+{len(messages)}+{ung}'"
    return read(f"UNB+UNOC:3+{sender}+B:14+260924:1030+{unb}'{inside}UNZ+{1 if ung is not None else len(messages)}+{unb}'")


LONG = "123456789012345"
CUT = ORDERS[:2]  # UNS is missing


def test_a_message_that_ucm_has_no_room_for_is_accepted_by_the_level_above() -> None:
    assert body(edifact(message(LONG), message("2")), kind="CONTRL") == ["UCI+55+A:14+B:14+7", "UCM+2+ORDERS:D:96A:UN+7"]


@pytest.mark.parametrize(("number", "code"), [("", "13"), (LONG, "39")])
def test_a_message_that_cannot_be_cited_and_is_rejected_is_told_by_the_level_above(number: str, code: str) -> None:
    bad, good = message(number, segments=CUT), message("2")
    assert body(edifact(bad), kind="CONTRL") == [f"UCI+55+A:14+B:14+4+{code}+UNH+2"]
    assert body(edifact(bad, good), kind="CONTRL") == [f"UCI+55+A:14+B:14+7+{code}+UNH+2", "UCM+2+ORDERS:D:96A:UN+7"]
    assert body(edifact(bad, good, ung="G1"), kind="CONTRL") == [
        "UCI+55+A:14+B:14+7", f"UCF+G1+APP1+APP2+7+{code}+UNH+2", "UCM+2+ORDERS:D:96A:UN+7"]
    assert body(edifact(bad, ung="G1"), kind="CONTRL") == ["UCI+55+A:14+B:14+7", f"UCF+G1+APP1+APP2+4+{code}+UNH+2"]


@pytest.mark.parametrize(("number", "code"), [("", "13"), (LONG, "39")])
def test_a_group_that_ucf_cannot_cite_is_told_by_uci(number: str, code: str) -> None:
    assert body(edifact(message(), ung=number), kind="CONTRL") == ["UCI+55+A:14+B:14+7"]
    assert body(edifact(message(segments=CUT), ung=number), kind="CONTRL") == [f"UCI+55+A:14+B:14+4+{code}+UNG+6"]
    assert body(edifact(message(segments=CUT), message("2"), ung=number), kind="CONTRL") == [f"UCI+55+A:14+B:14+7+{code}+UNG+6"]


def test_an_address_of_a_group_that_has_no_room_is_left_out() -> None:
    assert body(edifact(message(), ung="G1", app="S" * 36), kind="CONTRL")[1] == "UCF+G1++APP2+7"


@pytest.mark.parametrize("damage", [{"unb": LONG}, {"unb": ""}, {"sender": "S" * 36}, {"sender": "A:ZZZZZ"}])
def test_an_interchange_that_uci_has_no_room_for_gets_no_contrl(damage: dict[str, str]) -> None:
    batch, findings = edifact(message(segments=CUT), **damage)
    for note in ("", "26"):
        assert due(batch, 0, findings, DEFAULT, note=note).reason.startswith("UNB lacks the sender, the recipient or the reference")


def in_other_delimiters(*, st02: str = "0001", gs01: str = "PO", gs06: str = "101", gs08: str = "005010",
                        segments: tuple[str, ...] = GOOD) -> Read:
    """Read an interchange whose delimiters are none of ours, so that ours may stand in its values."""
    text = "'".join((isa("005010", requested=1).replace("*", "|").replace("^", "!").replace(">", "<"),
                     f"GS|{gs01}|ACMEAPP|MOCKAPP|20260924|1030|{gs06}|X|{gs08}",
                     f"ST|850|{st02}", *(each.replace("*", "|") for each in segments), f"SE|{len(segments) + 2}|{st02}",
                     "ST|850|0002", *(each.replace("*", "|") for each in GOOD), "SE|5|0002", f"GE|2|{gs06}", "IEA|1|000000101", ""))
    return read(text)


@pytest.mark.parametrize("mark", ["*", "~", ">", "^", "\t"])
def test_a_number_that_our_delimiters_are_in_is_not_cited_as_another_one(mark: str) -> None:
    assert body(in_other_delimiters(st02=f"00{mark}1")) == ["AK1*PO*101*005010", "AK2*850*0002", "AK5*A", "AK9*A*2*2*2"]
    assert body(in_other_delimiters(st02=f"00{mark}1", segments=BAD))[-1] == "AK9*P*2*2*1*5"
    assert body(in_other_delimiters(gs08=f"005010{mark}A")) == body(in_other_delimiters(gs08="005010ABCDEFGHIJK"))
    for damage in ({"gs06": f"1{mark}1"}, {"gs01": f"P{mark}"}):
        made = replies(in_other_delimiters(**damage))
        assert [form.kind for form in made] == ["TA1"] and ta1(in_other_delimiters(**damage)).endswith("*E*024")


def test_a_reference_with_a_control_character_is_not_cited_with_a_blank() -> None:
    assert body(edifact(message("1\x1f2"), message("2")), kind="CONTRL") == ["UCI+55+A:14+B:14+7", "UCM+2+ORDERS:D:96A:UN+7"]
    assert replies(edifact(message(), unb="5\x1f5")) == {}


def test_a_reference_with_delimiters_is_cited_whole_in_edifact() -> None:
    """It has a release character, and X12 has none."""
    assert body(edifact(message("1?+2")), kind="CONTRL")[1] == "UCM+1?+2+ORDERS:D:96A:UN+7"


UNNAMED += [
    *(edifact(message(number, segments=segments), ung=ung) for number in ("", LONG, "1") for segments in (ORDERS, CUT)
      for ung in (None, "", LONG, "G1")),
    edifact(message(), ung="G1", app="S" * 36),
]


@pytest.mark.parametrize("policy", [
    DEFAULT, TELL_WARNINGS, AckPolicy(accept_with_errors=True, acknowledgment="999", ta1="always"), AckPolicy(contrl_version="4:1")])
def test_whatever_cannot_be_cited_the_answer_is_in_good_form(policy: AckPolicy) -> None:
    for found in UNNAMED:
        assert faults(replies(found, policy).values()) == []
