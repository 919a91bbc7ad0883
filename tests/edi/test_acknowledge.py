"""Acknowledgments: expected bytes are written by hand from the standards' rules, and read again by our own reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edi import SourceFile, read_files
from edi.acknowledgments import AckPolicy, Form, is_acknowledgment
from edi.answering import answer, due
from edi.edifact.contrl import acknowledge_edifact
from edi.findings import Finding, Place, Severity
from edi.guides import check
from edi.x12.acknowledge import acknowledge_x12
from edi.x12.guide import ta1_guide
from edi.x12.ta1 import ta1 as write_ta1
from tests.edi.ackcase import AT, DEFAULT, GOOD, ORDERS, body, edifact, faults, isa, only, read, replies, ta1, x12

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
HEAD = "ISA*00*          *00*          *ZZ*MOCKEDI        *01*ACME           *260925*0230*U*00401*000000007*0*P*>~"
WARNED = ("BEG*00*NE*45**20260924", "PO1*1*x*EA", "CTT*1")
TELL_WARNINGS = AckPolicy(accept_with_errors=True)


def test_an_accepted_order() -> None:
    assert only(x12(GOOD), "997").decode() == (
        HEAD + "GS*FA*MOCKAPP*ACMEAPP*20260925*0230*7*X*004010~ST*997*0001~AK1*PO*101~AK2*850*0001~AK5*A~AK9*A*1*1*1~"
        "SE*6*0001~GE*1*7~IEA*1*000000007~"
    )


def test_the_test_indicator_and_version_are_theirs() -> None:
    answer = only(x12(GOOD, usage="T", version="005010"), "997").decode()
    assert "*260925*0230*^*00501*000000007*0*T*>~" in answer
    assert "*X*005010~" in answer and "AK1*PO*101*005010~" in answer


def test_what_is_for_information_is_answered_for_information() -> None:
    found = x12(GOOD, usage="I", requested=1)
    assert b"*0*I*>~" in only(found, "997") and ta1(found, TELL_WARNINGS) == "TA1*000000101*260924*1030*A*000"


def test_a_wrong_se01_rejects_its_set_and_the_neighbours_go_on() -> None:
    assert body(x12(GOOD, GOOD, count={1: 9})) == ["AK1*PO*101", "AK2*850*0001", "AK5*R*4", "AK2*850*0002", "AK5*A", "AK9*P*2*2*1"]


def test_a_missing_beg() -> None:
    assert body(x12(GOOD[1:])) == ["AK1*PO*101", "AK2*850*0001", "AK3*BEG*2**3", "AK5*R*5", "AK9*R*1*1*0"]


def test_a_bad_date() -> None:
    assert body(x12(("BEG*00*NE*45**20260231", *GOOD[1:]))) == [
        "AK1*PO*101", "AK2*850*0001", "AK3*BEG*2**8", "AK4*5*373*8", "AK5*R*5", "AK9*R*1*1*0"]


def test_every_fault_of_a_rejected_set_is_told_in_order_of_place() -> None:
    segments = ("BEG*00*NE***20260924", "N1*BY*A>B", "PO1*1*x*EA", "BSN*1", "QQQ*1", "CTT*1")
    assert body(x12(segments))[2:-1] == [
        "AK3*BEG*2**8", "AK4*3*324*1", "AK3*N1*3**8", "AK4*2>2*93*3", "AK3*PO1*4**8", "AK4*2*330*6",
        "AK3*BSN*5**6", "AK3*QQQ*6**1", "AK5*R*5"]


def test_warnings_alone_accept_and_are_told_only_where_the_partner_wants_that() -> None:
    assert body(x12(WARNED))[1:] == ["AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]
    assert body(x12(WARNED), TELL_WARNINGS)[1:] == ["AK2*850*0001", "AK3*PO1*3**8", "AK4*2*330*6", "AK5*E*5", "AK9*E*1*1*1"]


def test_a_number_used_twice_and_a_set_cut_short() -> None:
    text = (f"{isa()}~GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~"
            f"ST*850*0001~{'~'.join(GOOD)}~ST*850*0002~{'~'.join(GOOD)}~SE*5*0003~ST*850*0002~{'~'.join(GOOD)}~SE*5*0002~"
            "GE*3*101~IEA*1*000000101~")
    assert body(read(text)) == [
        "AK1*PO*101", "AK2*850*0001", "AK5*R*2", "AK2*850*0002", "AK5*R*3", "AK2*850*0002", "AK5*R*23", "AK9*R*3*3*0"]


def test_a_wrong_group_number_rejects_the_group_whole() -> None:
    text = (f"{isa()}~GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~"
            f"ST*850*0001~{'~'.join(GOOD)}~SE*5*0001~GE*1*102~IEA*1*000000101~")
    assert body(read(text)) == ["AK1*PO*101", "AK9*R*1*1*0*4"]


def group(number: int, version: str = "004010", segments: tuple[str, ...] = GOOD) -> str:
    return (f"GS*PO*ACMEAPP*MOCKAPP*20260924*1030*{number}*X*{version}~ST*850*0001~" + "~".join(segments)
            + f"~SE*{len(segments) + 2}*0001~GE*1*{number}~")


def test_two_groups_get_two_sets_of_one_answer() -> None:
    answer = only(read(f"{isa()}~{group(101)}{group(102)}IEA*2*000000101~"), "997").decode()
    assert answer.count("ST*997*") == 2 and "AK1*PO*101~" in answer and "AK1*PO*102~" in answer and "GE*2*7~" in answer


def test_groups_of_two_versions_are_answered_apart() -> None:
    made = replies(read(f"{isa('005010')}~{group(101)}{group(102, '005010')}{group(103)}IEA*3*000000101~"))
    assert list(made) == [Form("997", "004010"), Form("997", "005010")]
    assert made[Form("997", "004010")].count(b"AK1*") == 2 and b"AK1*PO*102*005010~" in made[Form("997", "005010")]


def test_a_group_that_cannot_be_named_is_not_answered() -> None:
    found = read(f"{isa()}~GS*PO*A*B*20260924*1030**X*004010~ST*850*0001~{'~'.join(GOOD)}~SE*5*0001~GE*1*~IEA*1*000000101~")
    assert replies(found) == {}
    assert due(*found[:1], 0, found[1], DEFAULT).reason.startswith("GS01 or GS06 is empty")


def test_an_interchange_with_another_number_at_its_end_gets_a_ta1_and_no_997() -> None:
    found = x12(GOOD, iea="000000102")
    assert list(replies(found)) == [Form("TA1", "00401")]
    assert only(found, "TA1").decode() == HEAD + "TA1*000000101*260924*1030*R*001~IEA*0*000000007~"


def test_ta1_is_sent_for_an_accepted_interchange_only_where_asked() -> None:
    assert ta1(x12(GOOD)) == ""
    assert ta1(x12(GOOD, requested=1)) == "TA1*000000101*260924*1030*A*000"


@pytest.mark.parametrize(("policy", "good", "asked", "bad"), [
    ("requested", False, True, True), ("always", True, True, True), ("on_error", False, False, True), ("never", False, False, False)])
def test_when_a_ta1_is_sent_is_agreed(policy: str, good: bool, asked: bool, bad: bool) -> None:
    agreed = AckPolicy(ta1=policy)
    assert [bool(ta1(found, agreed)) for found in (x12(GOOD), x12(GOOD, requested=1), x12(GOOD, iea="000000102"))] == [good, asked, bad]


def test_a_set_outside_of_all_groups_is_told_by_ta1() -> None:
    stray = f"ST*850*0009~{'~'.join(GOOD)}~SE*5*0009~"
    assert ta1(read(f"{isa()}~{stray}IEA*0*000000101~")) == "TA1*000000101*260924*1030*R*024"
    with_group = read(f"{isa()}~{stray}{group(101)}IEA*1*000000101~")
    assert ta1(with_group) == "TA1*000000101*260924*1030*E*024"
    assert body(with_group) == ["AK1*PO*101", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]


def test_warnings_about_the_envelope_are_told_by_e_where_the_partner_wants_that() -> None:
    found = read(f"{isa(requested=1)}~{group(101)}IEA*7*000000101~")
    assert ta1(found) == "TA1*000000101*260924*1030*A*000"
    assert ta1(found, TELL_WARNINGS) == "TA1*000000101*260924*1030*E*021"


def test_ta1_repeats_the_date_as_it_was_written_and_says_which_interchange_it_is_though_its_number_is_short() -> None:
    text = f"{isa(requested=1, prepared='      *0815')}~{group(101)}IEA*1*101~".replace("*000000101*1", "*101*1")
    assert ta1(read(text)) == "TA1*000000101**0815*A*000"


@pytest.mark.parametrize("found", [
    x12(GOOD, requested=1), x12(GOOD, iea="000000102"), read(f"{isa(requested=1)}~{group(101)}IEA*7*000000101~"),
])
def test_a_ta1_is_as_the_guide_wants_it(found: tuple) -> None:
    _, *values = ta1(found, TELL_WARNINGS).split("*")
    described = ta1_guide().segments["TA1"].elements
    assert len(values) == len(described)
    for value, element in zip(values, described, strict=True):
        (part,) = element.parts
        assert part.shortest <= len(value) <= part.longest and (value in part.codes or not part.codes)


def test_an_approved_duplicate_is_told_as_025() -> None:
    batch, findings = x12(GOOD)
    assert b"*R*025~" in write_ta1(batch, 0, findings, control_number=7, at=AT, note="025").data


def test_our_own_limits_and_the_business_never_reject() -> None:
    batch, findings = x12(GOOD)
    place = Place(file=batch.table.files[0], interchange=1, group=1, transaction=1)
    ours = [Finding(code, Severity.ERROR, place, "", "") for code in ("limits.elements", "mapping.absent", "expectation.failed")]
    assert body((batch, [*findings, *ours])) == ["AK1*PO*101", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]


@pytest.mark.parametrize("found", [
    x12(("AK1*PO*1", "AK9*A*1*1*1"), kind="997"), x12(("AK1*PO*1", "AK9*A*1*1*1"), kind="999", version="005010X231A1"),
    read(f"{isa(requested=1)}~TA1*000000001*260924*1030*A*000~IEA*0*000000101~"), edifact(("UCI+1+A:14+B:14+7",), kind="CONTRL:D:3:UN"),
], ids=["997", "999", "TA1", "CONTRL"])
def test_acknowledgments_are_not_acknowledged(found: tuple) -> None:
    assert due(found[0], 0, found[1], AckPolicy(ta1="always")).forms == ()
    assert due(found[0], 0, found[1], AckPolicy(ta1="always")).reason == "an acknowledgment is never acknowledged"
    assert is_acknowledgment("x12", "999") and is_acknowledgment("edifact", "CONTRL") and not is_acknowledgment("x12", "850")


EMPTY_X12, EMPTY_EDIFACT = f"{isa()}~IEA*0*{{}}~", "UNB+UNOC:3+A:14+B:14+260924:1030+55'UNZ+0+{}'"


@pytest.mark.parametrize(("text", "told"), [
    (EMPTY_X12.format("000000102"), "TA1*000000101*260924*1030*R*001~"), (EMPTY_EDIFACT.format("56"), "UCI+55+A:14+B:14+4+28+UNZ+3'"),
], ids=["x12", "edifact"])
def test_an_interchange_that_is_rejected_whole_is_told_though_nothing_is_in_it(text: str, told: str) -> None:
    (data,) = replies(read(text)).values()
    assert told in data.decode()


@pytest.mark.parametrize("text", [EMPTY_X12.format("000000101"), EMPTY_EDIFACT.format("55")], ids=["x12", "edifact"])
def test_an_interchange_with_nothing_in_it_is_not_answered_where_it_is_right(text: str) -> None:
    batch, findings = read(text)
    assert due(batch, 0, findings, AckPolicy(ta1="always")).reason == "it holds no transaction"


@pytest.mark.parametrize("text", [
    f"{isa()}~TA1*000000001*260924*1030*A*000~IEA*0*000000102~", "UNB+UNOC:3+A:14+B:14+260924:1030+55'UCI+1+B:14+A:14+7'UNZ+1+56'",
], ids=["TA1", "UCI"])
def test_a_broken_envelope_around_an_acknowledgment_starts_no_correspondence(text: str) -> None:
    batch, findings = read(text)
    assert due(batch, 0, findings, DEFAULT).forms == ()


def test_values_of_theirs_cannot_break_our_envelope() -> None:
    text = ("ISA|00|          |00|          |01|AC*ME~         |ZZ|MOCKEDI        |260924|1030|U|00401|000000101|0|P|>'"
            "GS|PO|A*B|C~D|20260924|1030|101|X|004010'ST|850|0001'"
            f"{chr(39).join(GOOD).replace('*', '|')}'SE|5|0001'GE|1|101'IEA|1|000000101'")
    again, _ = read(only(read(text), "997"))
    assert again.interchanges[0].receiver_id == "AC ME" and again.groups[0].sender_id == "C D"


def test_our_header_is_as_wide_as_it_must_be_in_bytes() -> None:
    text = ORDER.replace("ACME           ", "ÄCME-ABCDEFGHIJ")  # 15 characters, 16 bytes
    again, findings = read(only(read(text), "997"))
    assert (again.table.element(np.array([0]), 8).to_pylist(), findings) == (["ÄCME-ABCDEFGHI"], [])


@pytest.mark.parametrize("codec", ["latin-1", "utf-8"])
def test_a_partner_is_named_in_the_character_set_that_it_writes(codec: str) -> None:
    text = ORDER.replace("ACME           ", "ACMÉ           " if codec == "latin-1" else "ACMÉ          ")
    assert "*01*ACMÉ ".encode(codec) in only(read(text.encode(codec)), "997")[:106]


def test_what_latin_1_lacks_is_cited_in_utf_8_though_another_value_was_in_latin_1() -> None:
    text = ORDER.replace("ACMEAPP", "\0").replace("ACME           ", "ACMÉ           ").encode("latin-1").replace(b"\0", "ΑΒΓ".encode())
    again, _ = read(only(read(text), "997"))
    header = np.array([0])
    assert (again.table.element(header, 8)[0].as_py().rstrip(), again.table.element(header + 1, 3)[0].as_py()) == ("ACMÉ", "ΑΒΓ")


def test_a_997_is_only_written_in_a_form_that_is_due() -> None:
    batch, findings = x12(GOOD)
    with pytest.raises(ValueError, match="999"):
        acknowledge_x12(batch, 0, findings, form=Form("999", "005010X231A1"), control_number=7, group_control_number=7, at=AT)


def test_contrl_for_an_accepted_message() -> None:
    assert only(edifact(ORDERS), "CONTRL").decode().split("'") == [
        "UNB+UNOC:3+MOCK?+EDI:ZZ+EURODIS:14+260925:0230+00000007", "UNH+1+CONTRL:D:3:UN", "UCI+55+EURODIS:14+MOCK?+EDI:ZZ+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7", "UNT+4+1", "UNZ+1+00000007", ""]


def test_contrl_for_messages_with_faults() -> None:
    bad_date = (ORDERS[0], "DTM+137:20260231:102", ORDERS[2])
    assert body(edifact(bad_date, ORDERS, ORDERS[:2], ORDERS, count={2: 6}), kind="CONTRL") == [
        "UCI+55+EURODIS:14+MOCK?+EDI:ZZ+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+3", "UCD+12+2:2",  # segment 3; the first element is position 2, its second component
        "UCM+2+ORDERS:D:96A:UN:EAN008+4+29+UNT+2",  # a count that does not match
        "UCM+3+ORDERS:D:96A:UN:EAN008+4", "UCS+3+13",  # UNS is missing after segment 3
        "UCM+4+ORDERS:D:96A:UN:EAN008+7"]


def test_contrl_for_a_rejected_interchange() -> None:
    assert body(edifact(ORDERS, unz="56"), kind="CONTRL") == ["UCI+55+EURODIS:14+MOCK?+EDI:ZZ+4+28+UNZ+3"]  # 0020 is UNZ's second element


@pytest.mark.parametrize(("syntax", "agreed", "unb", "unh"), [
    ("UNOC:4", "by_syntax", "UNB+UNOC:4+MOCK?+EDI:ZZ+EURODIS:14+20260925:0230+00000007", "UNH+1+CONTRL:4:1:UN"),
    ("UNOC:3", "2:2", "UNB+UNOC:3+MOCK?+EDI:ZZ+EURODIS:14+260925:0230+00000007", "UNH+1+CONTRL:2:2:UN"),
    ("UNOB:2", "by_syntax", "UNB+UNOB:2+MOCK?+EDI:ZZ+EURODIS:14+260925:0230+00000007", "UNH+1+CONTRL:D:3:UN"),
    ("UNOC:4", "D:3", "UNB+UNOC:3+MOCK?+EDI:ZZ+EURODIS:14+260925:0230+00000007", "UNH+1+CONTRL:D:3:UN"),
])
def test_the_version_of_a_contrl_follows_the_syntax_unless_another_is_agreed(syntax: str, agreed: str, unb: str, unh: str) -> None:
    made = only(edifact(ORDERS, syntax=syntax), "CONTRL", AckPolicy(contrl_version=agreed)).decode().split("'")
    assert made[:2] == [unb, unh]


@pytest.mark.parametrize(("syntax", "sender", "identifier"), [
    ("UNOA:3", "ACME", "UNOA"), ("UNOA:3", "Acme", "UNOB"), ("UNOB:3", "ACME#1", "UNOC"), ("UNOC:3", "MÜLLER", "UNOC"),
    ("UNOA:3", "MÜLLER", "UNOC"), ("UNOF:3", "ΑΒΓ", "UNOF"),
])
def test_a_contrl_is_in_a_character_set_that_can_hold_what_it_cites(syntax: str, sender: str, identifier: str) -> None:
    text = f"UNB+{syntax}+{sender}:14+MOCK:ZZ+260924:1030+55'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'"
    made = only(read(text.encode("iso8859-7" if syntax == "UNOF:3" else "latin-1")), "CONTRL")
    assert made.startswith(f"UNB+{identifier}:3".encode())
    assert read(made)[0].table.element(np.array([0]), 3).to_pylist() == [sender]


def test_routing_behind_the_addresses_is_turned_round_and_cited() -> None:
    text = f"UNB+UNOC:3+A:14:DEPT1+B:14:DEPT2+260924:1030+55'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'"
    made = only(read(text), "CONTRL").decode().split("'")
    assert made[0].startswith("UNB+UNOC:3+B:14:DEPT2+A:14:DEPT1+") and made[2] == "UCI+55+A:14:DEPT1+B:14:DEPT2+7"


def test_a_test_is_answered_as_a_test() -> None:
    text = f"UNB+UNOC:3+A:14+B:14+260924:1030+55++++++1'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'"
    assert only(read(text), "CONTRL").startswith(b"UNB+UNOC:3+B:14+A:14+260925:0230+00000007++++++1'")


def test_contrl_with_functional_groups() -> None:
    text = ("UNB+UNOC:3+A:14+B:14+260924:1030+55'UNG+ORDERS+APP1+APP2+260924:1030+G1+UN+D:96A'"
            "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'DTM+137:20260924:102'UNS+S'UNT+5+1'UNE+1+{0}'UNZ+1+55'")
    assert body(read(text.format("G1")), kind="CONTRL") == ["UCI+55+A:14+B:14+7", "UCF+G1+APP1+APP2+7", "UCM+1+ORDERS:D:96A:UN+7"]
    assert body(read(text.format("G2")), kind="CONTRL") == ["UCI+55+A:14+B:14+7", "UCF+G1+APP1+APP2+4+28+UNE+3"]


@pytest.mark.parametrize(("policy", "good", "bad"), [("always", True, True), ("requested", False, True), ("on_error", False, True)])
def test_when_a_contrl_is_sent_is_agreed(policy: str, good: bool, bad: bool) -> None:
    agreed = AckPolicy(contrl=policy)
    assert [bool(only(found, "CONTRL", agreed)) for found in (edifact(ORDERS), edifact(ORDERS[1:]))] == [good, bad]
    asked = read(f"UNB+UNOC:3+A:14+B:14+260924:1030+55++++1'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'")
    assert bool(only(asked, "CONTRL", agreed)) == (policy != "on_error")


def test_an_interchange_that_cannot_be_cited_gets_no_contrl() -> None:
    batch, findings = read(f"UNB+UNOC:3+A:14+:14+260924:1030+55'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'")
    assert due(batch, 0, findings, DEFAULT).reason.startswith("UNB lacks")


def test_a_message_whose_header_is_incomplete_is_rejected_with_what_it_has() -> None:
    found = read(f"UNB+UNOC:3+A:14+B:14+260924:1030+55'UNH+1+ORDERS'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'")
    assert body(found, kind="CONTRL") == ["UCI+55+A:14+B:14+7", "UCM+1+ORDERS+4+13+UNH+3:2"]


def test_same_findings_same_bytes() -> None:
    batch, findings = x12(GOOD[1:], GOOD, count={2: 9})
    assert only((batch, findings), "997") == only((batch, findings[::-1]), "997")
    approved = acknowledge_edifact(*edifact(ORDERS)[:1], 0, [], reference="9", at=AT, note="26").data
    assert b"+4+26'" in approved


ORDER = f"{isa()}~GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~ST*850*0001~{'~'.join(GOOD)}~SE*5*0001~GE*1*101~IEA*1*000000101~"
MESSAGE = f"UNB+UNOC:3+A:14+B:14+260924:1030+55'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'"


@pytest.mark.parametrize("whole", [ORDER, MESSAGE], ids=["x12", "edifact"])
def test_a_file_cut_anywhere_is_checked_and_answered_in_good_form(whole: str) -> None:
    for stop in range(len(whole)):
        for batch in read_files([SourceFile("cut", whole[:stop].encode())]):
            findings = [*batch.findings, *check(batch)]
            for index in range(len(batch.interchanges)):
                assert faults(replies((batch, findings), TELL_WARNINGS, interchange=index).values()) == []


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
@pytest.mark.parametrize("policy", [TELL_WARNINGS, AckPolicy(acknowledgment="999", echo_bad_values=True, ta1="always")], ids=["997", "999"])
def test_real_files_are_answered_in_good_form(policy: AckPolicy) -> None:
    files = [SourceFile(path.name, path.read_bytes()) for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.suffix != ".tsv"]
    for batch in read_files(files):
        # An error of each finding, so that everything is told.
        findings = [replace(finding, severity=Severity.ERROR) if policy.echo_bad_values and finding.code.startswith("guide.") and
                    finding.severity is Severity.WARNING else finding for finding in (*batch.findings, *check(batch))]
        for index, interchange in enumerate(batch.interchanges):
            for form in due(batch, index, findings, policy).forms:
                data = answer(batch, index, findings, form, number=7, at=AT, policy=policy).data
                assert (faults([data]), interchange.ordinal, batch.table.files[interchange.file]) == (
                    [], interchange.ordinal, batch.table.files[interchange.file])


def in_other_delimiters(segments: tuple[str, ...]) -> tuple:
    """Read an interchange whose delimiters are none of ours, so that ours may stand in its values."""
    text = "'".join((isa().replace("*", "|"), "GS|PO|ACMEAPP|MOCKAPP|20260924|1030|101|X|004010", "ST|850|0001",
                     *segments, f"SE|{len(segments) + 2}|0001", "GE|1|101", "IEA|1|000000101", ""))
    return read(text)


def test_a_tag_that_our_delimiters_are_in_is_not_named() -> None:
    found = in_other_delimiters(("BEG|00|NE|45||20260924", "**|1", "A*|1", "PO1|1|100|EA|12.50||VP|W"))
    assert body(found)[2:] == ["AK5*R*5", "AK9*R*1*1*0"]


@pytest.mark.parametrize(("loop", "told"), [("LDT", "AK3*LDT*5*LDT*8"), ("TOOLONG", "AK3*LDT*5**8")])
def test_a_loop_is_named_where_its_name_has_room(loop: str, told: str) -> None:
    found = x12((*GOOD[:2], f"LS*{loop}", "LDT*AF*1A*DA", f"LE*{loop}"))
    assert told in body(found, TELL_WARNINGS)
    assert faults([only(found, "997", TELL_WARNINGS)]) == []


def test_a_ta1_has_no_blanks_in_the_number_that_it_cites() -> None:
    found = read(f"{isa(requested=1)}~{group(101)}IEA*1*      101~".replace("*000000101*1", "*      101*1"))
    assert ta1(found) == "TA1*000000101*260924*1030*A*000"


@pytest.mark.parametrize("text", [
    f"{isa(requested=1)}~GS*FA*ACMEAPP*MOCKAPP*20260924*1030*101*X*0040", "UNB+UNOC:3+A:14+B:14+260924:1030+55'UNG+CONTRL+APP1+APP2+2609",
], ids=["x12", "edifact"])
def test_an_acknowledgment_that_was_cut_before_its_first_set_starts_no_correspondence(text: str) -> None:
    batch, findings = read(text)
    assert due(batch, 0, findings, DEFAULT).reason == "an acknowledgment is never acknowledged"


@pytest.mark.parametrize(("repeated", "told"), [("EA^CA", "AK4*3>>2*355*12*CA"), ("EA^CA^BX", "AK4*3>>2*355*12*CA")])
def test_the_first_repetition_too_many_is_the_one_that_is_quoted(repeated: str, told: str) -> None:
    found = x12((GOOD[0], f"PO1*1*100*{repeated}*12.50**VP*W", GOOD[2]), version="005010")
    assert told in body(found, AckPolicy(echo_bad_values=True))


def test_a_contrl_of_syntax_4_says_which_repetition_is_too_many() -> None:
    found = edifact(("BGM+220+PO9001*PO9002+9", *ORDERS[1:]), syntax="UNOC:4")
    assert body(found, kind="CONTRL")[2:] == ["UCS+2", "UCD+35+3::2"]
    assert body(found, AckPolicy(contrl_version="D:3"), kind="CONTRL")[2:] == ["UCS+2", "UCD+35+3"]


def test_a_group_is_cited_with_the_qualifiers_of_its_addresses() -> None:
    text = ("UNB+UNOC:3+A:14+B:14+260924:1030+55'UNG+ORDERS+APP1:14+APP2:ZZ+260924:1030+G1+UN+D:96A'"
            "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'DTM+137:20260924:102'UNS+S'UNT+5+1'UNE+1+G1'UNZ+1+55'")
    assert body(read(text), kind="CONTRL")[1] == "UCF+G1+APP1:14+APP2:ZZ+7"
    assert faults([only(read(text), "CONTRL")]) == []
