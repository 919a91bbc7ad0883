"""Counts, control numbers and completeness: what is wrong, how badly, and where."""

from __future__ import annotations

import pytest

from edi import read
from edi.findings import Severity
from edi.segments import Batch

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *241123*0130*U*00401*000000001*0*P*>~"
X12 = ISA + (
    "GS*PO*S*R*20241123*0130*1*X*004010~ST*850*0001~BEG*1~SE*3*0001~ST*850*0002~BEG*2~SE*3*0002~GE*2*1~"
    "GS*IN*S*R*20241123*0130*2*X*004010~ST*810*0001~BIG*1~SE*3*0001~GE*1*2~IEA*2*000000001~")
EDIFACT = (
    "UNB+UNOA:3+S+R+241123:0130+REF'UNH+1+ORDERS:D:96A:UN'BGM+220'UNT+3+1'UNH+2+INVOIC:D:96A:UN'BGM+380'UNT+3+2'UNZ+2+REF'")


def faults(wire: str) -> list[tuple[str, str, int | None, int | None, str | None]]:
    """Code, severity, group, transaction and tag of each finding."""
    return [(one.code, one.severity.value, one.place.group, one.place.transaction, one.place.tag) for one in read(wire.encode()).findings]


def test_the_examples_are_in_order() -> None:
    assert faults(X12) == faults(EDIFACT) == []


@pytest.mark.parametrize(("right", "wrong", "finding"), [
    ("SE*3*0002", "SE*4*0002", ("x12.se01_count", "error", 1, 2, "SE")),
    ("SE*3*0002", "SE*three*0002", ("x12.se01_count", "error", 1, 2, "SE")),
    ("SE*3*0002", "SE**0002", ("x12.se01_count", "error", 1, 2, "SE")),
    ("SE*3*0002", "SE*99999999999999999999*0002", ("x12.se01_count", "error", 1, 2, "SE")),
    ("SE*3*0002", "SE*3*0003", ("x12.se02_control", "error", 1, 2, "SE")),
    ("SE*3*0002", "SE*3", ("x12.se02_control", "error", 1, 2, "SE")),
    ("SE*3*0002", "SE*3*2", ("x12.se02_control", "error", 1, 2, "SE")),
    ("GE*2*1", "GE*3*1", ("x12.ge01_count", "warning", 1, None, "GE")),
    ("GE*2*1", "GE*two*1", ("x12.ge01_count", "warning", 1, None, "GE")),
    ("GE*2*1", "GE*2*9", ("x12.ge02_control", "error", 1, None, "GE")),
    ("IEA*2", "IEA*1", ("x12.iea01_count", "warning", None, None, "IEA")),
    ("IEA*2*000000001", "IEA*2*000000002", ("x12.iea02_control", "error", None, None, "IEA")),
    ("~SE*3*0002", "", ("envelope.missing_trailer", "error", 1, 2, "SE")),
    ("GE*2*1~", "", ("envelope.missing_trailer", "error", 1, None, "GE")),
    ("IEA*2*000000001~", "", ("envelope.missing_trailer", "error", None, None, "IEA")),
    ("SE*3*0002", "SE*03*0002", None),
    ("GE*2*1", "GE*2*0001", None),
    ("IEA*2*000000001", "IEA*2*1", None),
])
def test_x12_trailers(right: str, wrong: str, finding: object) -> None:
    assert X12.count(right) == 1
    assert faults(X12.replace(right, wrong)) == ([finding] if finding else [])


@pytest.mark.parametrize(("right", "wrong", "finding"), [
    ("UNT+3+2", "UNT+4+2", ("edifact.unt_count", "error", None, 2, "UNT")),
    ("UNT+3+2", "UNT+3+3", ("edifact.unt_reference", "error", None, 2, "UNT")),
    ("UNZ+2", "UNZ+1", ("edifact.unz_count", "warning", None, None, "UNZ")),
    ("UNZ+2+REF", "UNZ+2+FER", ("edifact.unz_reference", "error", None, None, "UNZ")),
    ("UNT+3+2'", "", ("envelope.missing_trailer", "error", None, 2, "UNT")),
    ("UNZ+2+REF'", "", ("envelope.missing_trailer", "error", None, None, "UNZ")),
])
def test_edifact_trailers(right: str, wrong: str, finding: object) -> None:
    assert EDIFACT.count(right) == 1
    assert faults(EDIFACT.replace(right, wrong)) == [finding]


def test_edifact_references_are_text_whose_zeros_count() -> None:
    wire = EDIFACT.replace("0130+REF", "0130+0007")
    assert faults(wire.replace("UNZ+2+REF", "UNZ+2+0007")) == []
    assert faults(wire.replace("UNZ+2+REF", "UNZ+2+7")) == [("edifact.unz_reference", "error", None, None, "UNZ")]


def test_edifact_group_trailers() -> None:
    wire = EDIFACT.replace("UNH+1", "UNG+ORDERS+S+R+241123:0130+7+UN+D:96A'UNH+1").replace("UNZ+2", "UNE+2+7'UNZ+1")
    assert faults(wire) == []
    assert faults(wire.replace("UNE+2+7", "UNE+1+7")) == [("edifact.une_count", "warning", 1, None, "UNE")]
    assert faults(wire.replace("UNE+2+7", "UNE+2+8")) == [("edifact.une_reference", "error", 1, None, "UNE")]
    assert faults(wire.replace("UNE+2+7'", "")) == [("envelope.missing_trailer", "error", 1, None, "UNE")]


def test_control_numbers_repeat_within_a_group_only() -> None:
    wire = X12.replace("0002", "0001")
    assert faults(wire) == [("x12.st02_duplicate", "error", 1, 2, "ST")]
    twice = EDIFACT.replace("UNH+2", "UNH+1").replace("UNT+3+2", "UNT+3+1")
    assert faults(twice) == [("edifact.unh_duplicate", "error", None, 2, "UNH")]


@pytest.mark.parametrize(("numbers", "repeated"), [
    ("1 2 3", []), ("3 2 1", []), ("1 3 2 3", [4]), ("10 9 10", [3]), ("1 1 2 2", [2, 4])])
def test_in_whatever_order_control_numbers_come(numbers: str, repeated: list[int]) -> None:
    sets = "".join(f"ST*850*000{number}~SE*2*000{number}~" for number in numbers.split())
    wire = ISA + f"GS*PO*S*R*20241123*0130*1*X*004010~{sets}GE*{len(numbers.split())}*1~IEA*1*000000001~"
    assert faults(wire) == [("x12.st02_duplicate", "error", 1, at, "ST") for at in repeated]


def test_sets_on_both_sides_of_a_group_are_numbered_together() -> None:
    one = "ST*850*0005~SE*2*0005~"
    found = faults(ISA + one + "GS*PO*S*R*20241123*0130*1*X*004010~ST*850*0001~SE*2*0001~GE*1*1~" + one + "IEA*1*000000001~")
    assert [(code, transaction) for code, _, _, transaction, _ in found if code == "x12.st02_duplicate"] == [("x12.st02_duplicate", 3)]


@pytest.mark.parametrize("number", ["1", "0001", " 1"])
def test_groups_of_one_interchange_have_different_numbers(number: str) -> None:
    wrong = X12.replace("*0130*2*X", f"*0130*{number}*X").replace("GE*1*2", f"GE*1*{number}")
    assert faults(wrong) == [("x12.gs06_duplicate", "warning", 2, None, "GS")]
    assert faults(X12 + X12) == []  # of one interchange


def test_references_of_edifact_groups_are_text() -> None:
    group = "UNG+ORDERS+S+R+241123:0130+{0}+UN+D:96A'UNE+0+{0}'"
    wire = "UNB+UNOA:3+S+R+241123:0130+REF'" + "".join(map(group.format, ("7", "07", "7"))) + "UNZ+3+REF'"
    assert faults(wire) == [("edifact.ung_duplicate", "warning", 3, None, "UNG")]


def test_a_transaction_set_outside_of_a_group() -> None:
    wire = ISA + "ST*850*0001~SE*2*0001~IEA*0*000000001~"
    assert faults(wire) == [("envelope.no_group", "error", None, 1, "ST")]
    assert read(wire.encode()).transactions.ordinal_in_group.tolist() == [1]


def test_a_missing_trailer_leaves_the_neighbours_alone() -> None:
    batch = read(X12.replace("SE*3*0001~ST*850*0002", "ST*850*0002").encode())
    assert [(one.code, one.place.transaction) for one in batch.findings] == [("envelope.missing_trailer", 1)]
    assert batch.transactions.first_segment.tolist() == [2, 4, 9]
    assert batch.transactions.stop_segment.tolist() == [4, 7, 12]


def test_ordinals() -> None:
    those = read(X12.encode()).transactions
    assert those.ordinal.tolist() == [1, 2, 3]
    assert those.ordinal_in_group.tolist() == [1, 2, 1]
    assert those.group.tolist() == [0, 0, 1]


def test_a_place_is_whole() -> None:
    wire = X12.replace("SE*3*0002", "SE*4*0002")
    place = read(wire.encode()).findings[0].place
    assert (place.offset, place.interchange, place.group, place.transaction, place.segment, place.tag, place.element) == (
        wire.index("SE*4"), 1, 1, 2, 3, "SE", 1)


def test_severities_follow_the_policy() -> None:
    batch = read(X12.replace("SE*3*0002", "SE*4*0002").encode(), severities={"x12.se01_count": Severity.NOTE})
    assert [one.severity for one in batch.findings] == [Severity.NOTE]


def test_a_second_header_ends_an_interchange_without_trailer() -> None:
    batch: Batch = read((X12.replace("IEA*2*000000001~", "") + X12).encode())
    assert [one.has_trailer for one in batch.interchanges] == [False, True]
    assert [one.stop_segment - one.first_segment for one in batch.interchanges] == [14, 15]
    assert [(one.code, one.place.interchange) for one in batch.findings] == [("envelope.missing_trailer", 1)]


def test_an_interchange_cut_without_a_terminator_ends_at_the_next_header() -> None:
    batch = read((X12[:-1] + X12[:-20] + "\n" + X12).encode())
    assert [one.has_trailer for one in batch.interchanges] == [True, False, True]


@pytest.mark.parametrize(("header", "trailer"), [("        1", "        1"), ("        1", "000000001"), ("1        ", "1")])
def test_blanks_around_a_control_number_are_no_difference(header: str, trailer: str) -> None:
    wire = X12.replace("*000000001*0", f"*{header}*0").replace("IEA*2*000000001", f"IEA*2*{trailer}")
    assert "x12.iea02_control" not in {code for code, *_ in faults(wire)}
