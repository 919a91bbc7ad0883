"""Acknowledgments: expected bytes are written by hand from the standards' rules, and read again by our own reader."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from edi import SourceFile, read_files
from edi.acknowledgments import is_acknowledgment
from edi.edifact.contrl import acknowledge_edifact
from edi.findings import Finding, Place, Severity
from edi.guides import check
from edi.segments import Batch
from edi.x12.acknowledge import acknowledge_x12, ta1

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
AT = datetime(2026, 9, 25, 2, 30)
GOOD = ("BEG*00*NE*45**20260924", "PO1*1*100*EA*12.50**VP*W", "CTT*1")
HEAD = "ISA*00*          *00*          *ZZ*MOCKEDI        *01*ACME           *260925*0230*U*00401*000000007*0*P*>~"
ORDERS = ("BGM+220+PO9001+9", "DTM+137:20260924:102", "UNS+S")


def x12(*sets: tuple[str, ...], iea: str = "000000101", count: dict[int, int] | None = None, requested: int = 0, usage: str = "P",
        version: str = "004010", kind: str = "850", code: str = "PO") -> tuple[Batch, list[Finding]]:
    repetition, control = ("^", "00501") if version >= "005" else ("U", "00401")
    segments = ["ISA*00*          *00*          *01*ACME           *ZZ*MOCKEDI        *260924*1030*"
                f"{repetition}*{control}*000000101*{requested}*{usage}*>",
                f"GS*{code}*ACMEAPP*MOCKAPP*20260924*1030*101*X*{version}"]
    for n, body in enumerate(sets, 1):
        segments += [f"ST*{kind}*{n:04d}", *body, f"SE*{(count or {}).get(n, len(body) + 2)}*{n:04d}"]
    return read("~".join((*segments, f"GE*{len(sets)}*101", f"IEA*1*{iea}", "")))


def edifact(*messages: tuple[str, ...], unz: str = "55", count: dict[int, int] | None = None, syntax: str = "UNOC:3",
            kind: str = "ORDERS:D:96A:UN:EAN008") -> tuple[Batch, list[Finding]]:
    segments = [f"UNB+{syntax}+EURODIS:14+MOCK?+EDI:ZZ+260924:1030+55"]
    for n, body in enumerate(messages, 1):
        segments += [f"UNH+{n}+{kind}", *body, f"UNT+{(count or {}).get(n, len(body) + 2)}+{n}"]
    return read("'".join((*segments, f"UNZ+{len(messages)}+{unz}", "")))


def read(text: str) -> tuple[Batch, list[Finding]]:
    (batch,) = read_files([SourceFile("file", text.encode())])
    return batch, [*batch.findings, *check(batch)]


def body_997(answer: bytes) -> list[str]:
    """Return the segments between ST and SE."""
    segments = answer.decode().split("~")
    return segments[segments.index("ST*997*0001") + 1:-4]


def answer_x12(read: tuple[Batch, list[Finding]], *, accept_with_errors: bool = False) -> bytes:
    return acknowledge_x12(read[0], 0, read[1], control_number=7, group_control_number=3, at=AT, accept_with_errors=accept_with_errors)


def answer_edifact(read: tuple[Batch, list[Finding]]) -> list[str]:
    return acknowledge_edifact(read[0], 0, read[1], reference="9", at=AT).decode().split("'")


def test_an_accepted_order() -> None:
    assert answer_x12(x12(GOOD)).decode() == (
        HEAD + "GS*FA*MOCKAPP*ACMEAPP*20260925*0230*3*X*004010~ST*997*0001~AK1*PO*101~AK2*850*0001~AK5*A~AK9*A*1*1*1~"
        "SE*6*0001~GE*1*3~IEA*1*000000007~"
    )


def test_the_test_indicator_and_version_are_theirs() -> None:
    answer = answer_x12(x12(GOOD, usage="T", version="005010")).decode()
    assert "*260925*0230*^*00501*000000007*0*T*>~" in answer
    assert "*X*005010~" in answer and "AK1*PO*101*005010~" in answer


def test_a_wrong_se01_rejects_its_set_and_the_neighbours_go_on() -> None:
    assert body_997(answer_x12(x12(GOOD, GOOD, count={1: 9}))) == [
        "AK1*PO*101", "AK2*850*0001", "AK5*R*4", "AK2*850*0002", "AK5*A", "AK9*P*2*2*1"]


def test_a_missing_beg() -> None:
    assert body_997(answer_x12(x12(GOOD[1:]))) == ["AK1*PO*101", "AK2*850*0001", "AK3*BEG*2**3", "AK5*R*5", "AK9*R*1*1*0"]


def test_a_bad_date() -> None:
    assert body_997(answer_x12(x12(("BEG*00*NE*45**20260231", *GOOD[1:])))) == [
        "AK1*PO*101", "AK2*850*0001", "AK3*BEG*2**8", "AK4*5*373*8", "AK5*R*5", "AK9*R*1*1*0"]


def test_every_fault_of_a_rejected_set_is_told_in_order_of_place() -> None:
    body = ("BEG*00*NE***20260924", "N1*BY*A>B", "PO1*1*x*EA", "BSN*1", "QQQ*1", "CTT*1")
    assert body_997(answer_x12(x12(body)))[2:-1] == [
        "AK3*BEG*2**8", "AK4*3*324*1", "AK3*N1*3**8", "AK4*2>2*93*3", "AK3*PO1*4**8", "AK4*2*330*6",
        "AK3*BSN*5**6", "AK3*QQQ*6**1", "AK5*R*5"]


def test_warnings_alone_accept_and_are_told_only_where_the_partner_wants_that() -> None:
    warned = x12(("BEG*00*NE*45**20260924", "PO1*1*x*EA", "CTT*1"))
    assert body_997(answer_x12(warned))[1:] == ["AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]
    assert body_997(answer_x12(warned, accept_with_errors=True))[1:] == [
        "AK2*850*0001", "AK3*PO1*3**8", "AK4*2*330*6", "AK5*E*5", "AK9*E*1*1*1"]


def test_a_number_used_twice_and_a_set_cut_short() -> None:
    text = ("ISA*00*          *00*          *01*ACME           *ZZ*MOCKEDI        *260924*1030*U*00401*000000101*0*P*>~"
            "GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~"
            f"ST*850*0001~{'~'.join(GOOD)}~ST*850*0002~{'~'.join(GOOD)}~SE*5*0003~ST*850*0002~{'~'.join(GOOD)}~SE*5*0002~"
            "GE*3*101~IEA*1*000000101~")
    assert body_997(answer_x12(read(text))) == [
        "AK1*PO*101", "AK2*850*0001", "AK5*R*2", "AK2*850*0002", "AK5*R*3", "AK2*850*0002", "AK5*R*23", "AK9*R*3*3*0"]


def test_a_wrong_group_number_rejects_the_group_whole() -> None:
    text = ("ISA*00*          *00*          *01*ACME           *ZZ*MOCKEDI        *260924*1030*U*00401*000000101*0*P*>~"
            f"GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~"
            f"ST*850*0001~{'~'.join(GOOD)}~SE*5*0001~GE*1*102~IEA*1*000000101~")
    assert body_997(answer_x12(read(text))) == ["AK1*PO*101", "AK9*R*1*1*0*4"]


def test_two_groups_get_two_sets_of_one_answer() -> None:
    one = "GS*PO*ACMEAPP*MOCKAPP*20260924*1030*{0}*X*004010~ST*850*0001~" + "~".join(GOOD) + "~SE*5*0001~GE*1*{0}~"
    answer = answer_x12(read("ISA*00*          *00*          *01*ACME           *ZZ*MOCKEDI        *260924*1030*U*00401*000000101*0*P*>~"
                             + one.format(101) + one.format(102) + "IEA*2*000000101~")).decode()
    assert answer.count("ST*997*") == 2 and "AK1*PO*101~" in answer and "AK1*PO*102~" in answer and "GE*2*3~" in answer


def test_an_interchange_with_another_number_at_its_end_gets_a_ta1_and_no_997() -> None:
    batch, findings = x12(GOOD, iea="000000102")
    assert answer_x12((batch, findings)) == b""
    assert ta1(batch, 0, findings, control_number=7, at=AT).decode() == HEAD + "TA1*000000101*260924*1030*R*001~IEA*0*000000007~"


def test_ta1_is_sent_for_an_accepted_interchange_only_where_asked() -> None:
    batch, findings = x12(GOOD)
    assert ta1(batch, 0, findings, control_number=7, at=AT) == b""
    batch, findings = x12(GOOD, requested=1)
    assert b"TA1*000000101*260924*1030*A*000~" in ta1(batch, 0, findings, control_number=7, at=AT)


def test_an_approved_duplicate_is_told_as_025() -> None:
    batch, findings = x12(GOOD)
    assert b"*R*025~" in ta1(batch, 0, findings, control_number=7, at=AT, note="025")


def test_our_own_limits_and_the_business_never_reject() -> None:
    batch, findings = x12(GOOD)
    place = Place(file=batch.table.files[0], interchange=1, group=1, transaction=1)
    ours = [Finding(code, Severity.ERROR, place, "", "") for code in ("limits.elements", "mapping.absent", "expectation.failed")]
    assert body_997(answer_x12((batch, [*findings, *ours]))) == ["AK1*PO*101", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]


def test_acknowledgments_are_not_acknowledged() -> None:
    assert answer_x12(x12(("AK1*PO*1", "AK9*A*1*1*1"), kind="997", code="FA")) == b""
    contrl = edifact(("UCI+1+A:14+B:14+7",), kind="CONTRL:D:3:UN")
    assert acknowledge_edifact(*contrl[:1], 0, contrl[1], reference="9", at=AT) == b""
    assert is_acknowledgment("x12", "999") and is_acknowledgment("edifact", "CONTRL") and not is_acknowledgment("x12", "850")


def test_values_of_theirs_cannot_break_our_envelope() -> None:
    text = ("ISA|00|          |00|          |01|AC*ME~         |ZZ|MOCKEDI        |260924|1030|U|00401|000000101|0|P|>'"
            "GS|PO|A*B|C~D|20260924|1030|101|X|004010'ST|850|0001'"
            f"{chr(39).join(GOOD).replace('*', '|')}'SE|5|0001'GE|1|101'IEA|1|000000101'")
    again = reread(answer_x12(read(text)))
    assert again.interchanges[0].receiver_id == "AC ME" and again.groups[0].sender_id == "C D"


def test_contrl_for_an_accepted_message() -> None:
    assert answer_edifact(edifact(ORDERS)) == [
        "UNB+UNOC:3+MOCK?+EDI:ZZ+EURODIS:14+260925:0230+9", "UNH+1+CONTRL:D:3:UN", "UCI+55+EURODIS:14+MOCK?+EDI:ZZ+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7", "UNT+4+1", "UNZ+1+9", ""]


def test_contrl_for_messages_with_faults() -> None:
    bad_date = (ORDERS[0], "DTM+137:20260231:102", ORDERS[2])
    assert answer_edifact(edifact(bad_date, ORDERS, ORDERS[:2], ORDERS, count={2: 6}))[2:-3] == [
        "UCI+55+EURODIS:14+MOCK?+EDI:ZZ+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+3", "UCD+12+2:2",  # segment 3; the first element is position 2, its second component
        "UCM+2+ORDERS:D:96A:UN:EAN008+4+29+UNT+2",  # a count that does not match
        "UCM+3+ORDERS:D:96A:UN:EAN008+4", "UCS+3+13",  # UNS is missing after segment 3
        "UCM+4+ORDERS:D:96A:UN:EAN008+7"]


def test_contrl_for_a_rejected_interchange() -> None:
    assert answer_edifact(edifact(ORDERS, unz="56"))[2:-3] == ["UCI+55+EURODIS:14+MOCK?+EDI:ZZ+4+28+UNZ"]


def test_contrl_of_syntax_four() -> None:
    answer = answer_edifact(edifact(ORDERS, syntax="UNOC:4"))
    assert answer[:2] == ["UNB+UNOC:4+MOCK?+EDI:ZZ+EURODIS:14+20260925:0230+9", "UNH+1+CONTRL:4:1:UN"]


def test_contrl_with_functional_groups() -> None:
    text = ("UNB+UNOC:3+A:14+B:14+260924:1030+55'UNG+ORDERS+APP1+APP2+260924:1030+G1+UN+D:96A'"
            "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'DTM+137:20260924:102'UNS+S'UNT+5+1'UNE+1+G1'UNZ+1+55'")
    assert answer_edifact(read(text))[2:-3] == ["UCI+55+A:14+B:14+7", "UCF+G1+APP1+APP2+7", "UCM+1+ORDERS:D:96A:UN+7"]


@pytest.mark.parametrize("answer", [
    answer_x12(x12(GOOD)),
    answer_x12(x12(GOOD, GOOD[1:], ("BEG*00*NE*45**20260231", "PO1*1*x", "QQQ*1", "CTT*1"), count={1: 9})),
    answer_x12(x12(GOOD[1:], version="005010")),
    "'".join(answer_edifact(edifact(ORDERS))).encode(),
    "'".join(answer_edifact(edifact(ORDERS[:1], ORDERS, count={2: 9}))).encode(),
    "'".join(answer_edifact(edifact(ORDERS, syntax="UNOC:4"))).encode(),
])
def test_what_we_send_is_read_without_a_finding_and_passes_our_own_guides(answer: bytes) -> None:
    batch = reread(answer)
    assert [*batch.findings, *check(batch)] == []
    assert len(batch.transactions) == 1


def test_same_findings_same_bytes() -> None:
    batch, findings = x12(GOOD[1:], GOOD, count={2: 9})
    assert answer_x12((batch, findings)) == answer_x12((batch, findings[::-1]))


def answers(batch: Batch, findings: list[Finding]) -> list[bytes]:
    """Answer every interchange of a batch, whatever it is."""
    made = []
    for index, interchange in enumerate(batch.interchanges):
        if interchange.standard == "x12":
            made.append(acknowledge_x12(batch, index, findings, control_number=7, group_control_number=3, at=AT, accept_with_errors=True))
            made.append(ta1(batch, index, findings, control_number=8, at=AT))
        else:
            made.append(acknowledge_edifact(batch, index, findings, reference="9", at=AT))
    return [answer for answer in made if answer]


@pytest.mark.parametrize("whole", [
    "ISA*00*          *00*          *01*ACME           *ZZ*MOCKEDI        *260924*1030*U*00401*000000101*0*P*>~"
    f"GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~ST*850*0001~{'~'.join(GOOD)}~SE*5*0001~GE*1*101~IEA*1*000000101~",
    f"UNB+UNOC:3+A:14+B:14+260924:1030+55'UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'UNZ+1+55'",
])
def test_a_file_cut_anywhere_is_checked_and_answered_in_good_form(whole: str) -> None:
    for stop in range(len(whole)):
        for batch in read_files([SourceFile("cut", whole[:stop].encode())]):
            for answer in answers(batch, [*batch.findings, *check(batch)]):
                assert [finding.code for finding in (*reread(answer).findings, *check(reread(answer)))] == []


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
def test_real_files_are_answered_in_good_form() -> None:
    files = [SourceFile(path.name, path.read_bytes()) for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.suffix != ".tsv"]
    for batch in read_files(files):
        for answer in answers(batch, [*batch.findings, *check(batch)]):
            assert [(finding.code, finding.place) for finding in (*reread(answer).findings, *check(reread(answer)))] == []


def reread(answer: bytes) -> Batch:
    (batch,) = read_files([SourceFile("answer", answer)])
    return batch
