"""Which damage gets which code at which position: a table worked out by hand from X12's lists (004010, 005010) and ISO 9735."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edi.acknowledgments import AckPolicy, GuideOf
from edi.edifact.ackcodes import ERRORS
from edi.findings import CATALOGUE, Finding, Severity
from edi.reading.balance import place_of
from edi.x12.ackcodes import ELEMENT, SEGMENT
from edi.x12.guide import guide
from tests.edi.ackcase import ORDERS, Read, body, edifact, faults, isa, read, replies, ta1, x12

TELL = AckPolicy(accept_with_errors=True, ta1="always", acknowledgment="997")
AS_999 = replace(TELL, acknowledgment="999")
TELL_999 = replace(TELL, acknowledgment="by_guide")

BEG, PO1, CTT = "BEG*00*NE*45**20260924", "PO1*1*100*EA*12.50**VP*W", "CTT*1"

# name, segments between ST and SE, what is told between AK2 and AK9 at 004010; at 005010 where that differs. IK* is AK* with other letters.
SETS: list[tuple[str, tuple[str, ...], str, str]] = [
    ("nothing", (BEG, PO1, CTT), "AK5*A", ""),
    ("mandatory segment left out", (PO1, CTT), "AK3*BEG*2**3 AK5*R*5", ""),
    ("two mandatory segments left out", (CTT,), "AK3*BEG*2**3 AK3*PO1*2**3 AK5*R*5", ""),
    ("segment that X12 does not have", (BEG, "QQQ*1", PO1, CTT), "AK3*QQQ*3**1 AK5*R*5", ""),
    ("segment that this set does not have", (BEG, PO1, "BSN*00*1*20260924*1030", CTT), "AK3*BSN*4**6 AK5*R*5", ""),
    ("segment once too often", (BEG, BEG, PO1, CTT), "AK3*BEG*3**5 AK5*E*5", ""),
    ("segment out of its place", (BEG, PO1, CTT, "CUR*BY*USD"), "AK3*CUR*5**7 AK5*E*5", ""),
    ("mandatory element left out", ("BEG*00*NE***20260924", PO1, CTT), "AK3*BEG*2**8 AK4*3*324*1 AK5*R*5", ""),
    ("last mandatory element left out", ("BEG*00*NE*45", PO1, CTT), "AK3*BEG*2**8 AK4*5*373*1 AK5*R*5", ""),
    ("pair of which one is missing", (BEG, "N1*BY*A*92", PO1, CTT), "AK3*N1*3**8 AK4*4*67*2 AK5*E*5", ""),
    ("none of two of which one is required", (BEG, "N1*BY", PO1, CTT), "AK3*N1*3**8 AK4*2*93*2 AK5*E*5", ""),
    ("element too many", (BEG + "*******" + "*A", PO1, CTT), "AK3*BEG*2**8 AK4*13**3 AK5*E*5", ""),
    ("component too many", (BEG, "N1*BY*A>B", PO1, CTT), "AK3*N1*3**8 AK4*2>2*93*3 AK5*E*5", "AK3*N1*3**8 AK4*2>2*93*13 AK5*E*5"),
    ("repetition too many", (BEG, "N1*BY*A^B", PO1, CTT), "AK5*A", "AK3*N1*3**8 AK4*2>>2*93*12 AK5*R*5"),  # ^ was text
    ("value too short", (BEG, "CUR*BY*US", PO1, CTT), "AK3*CUR*3**8 AK4*2*100*4 AK5*E*5", ""),
    ("value too long", ("BEG*00*NE*12345678901234567890123**20260924", PO1, CTT), "AK3*BEG*2**8 AK4*3*324*5 AK5*E*5", ""),
    ("letters in a number", (BEG, "PO1*1*x*EA*12.50**VP*W", CTT), "AK3*PO1*3**8 AK4*2*330*6 AK5*E*5",
     "AK3*PO1*3**8 AK4*2*380*6 AK5*E*5"),  # 005010 has another data element there
    ("code that is not on the list", ("BEG*88*NE*45**20260924", PO1, CTT), "AK3*BEG*2**8 AK4*1*353*7 AK5*E*5", ""),
    ("date that does not exist", ("BEG*00*NE*45**20260231", PO1, CTT), "AK3*BEG*2**8 AK4*5*373*8 AK5*R*5", ""),
    ("time that does not exist", (BEG, "DTM*002*20261001*2561", PO1, CTT), "AK3*DTM*3**8 AK4*3*337*9 AK5*E*5", ""),
    ("two faults of a segment", ("BEG*88*NE*45**20260231", PO1, CTT), "AK3*BEG*2**8 AK4*1*353*7 AK4*5*373*8 AK5*R*5", ""),
    ("faults of two segments", (BEG.replace("0924", "0231"), "PO1*1*x*EA*12.50**VP*W", CTT),
     "AK3*BEG*2**8 AK4*5*373*8 AK3*PO1*3**8 AK4*2*330*6 AK5*R*5",
     "AK3*BEG*2**8 AK4*5*373*8 AK3*PO1*3**8 AK4*2*380*6 AK5*R*5"),
    ("segment repeated and wrong inside", (BEG, BEG.replace("0924", "0231"), PO1, CTT),
     "AK3*BEG*3**5 AK3*BEG*3**8 AK4*5*373*8 AK5*R*5", ""),
]


@pytest.mark.parametrize("version", ["004010", "005010"])
@pytest.mark.parametrize(("segments", "early", "late"), [row[1:] for row in SETS], ids=[row[0] for row in SETS])
def test_what_is_wrong_in_a_set(segments: tuple[str, ...], early: str, late: str, version: str) -> None:
    told = body(x12(segments, version=version), TELL)
    assert told[2:-1] == (late if late and version == "005010" else early).split(" ")


@pytest.mark.parametrize(("segments", "early", "late"), [row[1:] for row in SETS], ids=[row[0] for row in SETS])
def test_a_999_says_the_same_with_other_letters(segments: tuple[str, ...], early: str, late: str) -> None:
    told = [line for line in body(x12(segments, version="005010"), AS_999, kind="999") if not line.startswith("CTX")]
    assert told[2:-1] == (late or early).replace("AK3", "IK3").replace("AK4", "IK4").replace("AK5", "IK5").split(" ")


def one_set(*, header: str = "ST*850*0001", trailer: str = "~SE*5*0001", group: str = "~GE*1*101", end: str = "~IEA*1*000000101",
            start: str = "", before: str = "", version: str = "004010") -> Read:
    """Read one good order whose envelope was damaged."""
    return read(f"{start or isa(version)}~{before}GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*{version}~{header}~{BEG}~{PO1}~{CTT}"
                f"{trailer}{group}{end}~")


ENVELOPES: list[tuple[str, dict[str, str], str, str]] = [  # name, damage, what the 997 tells, TA104 and TA105
    ("nothing", {}, "AK5*A AK9*A*1*1*1", "A*000"),
    ("SE01 counts wrong", {"trailer": "~SE*6*0001"}, "AK5*R*4 AK9*R*1*1*0", "A*000"),
    ("SE01 is no number", {"trailer": "~SE*x*0001"}, "AK5*R*4 AK9*R*1*1*0", "A*000"),
    ("SE02 differs", {"trailer": "~SE*5*0002"}, "AK5*R*3 AK9*R*1*1*0", "A*000"),
    ("SE01 and SE02 are wrong", {"trailer": "~SE*6*0002"}, "AK5*R*3*4 AK9*R*1*1*0", "A*000"),
    ("SE is missing", {"trailer": ""}, "AK5*R*2 AK9*R*1*1*0", "A*000"),
    ("ST02 is too short", {"header": "ST*850*1", "trailer": "~SE*5*1"}, "AK5*E*7 AK9*E*1*1*1", "A*000"),
    ("GE01 counts wrong", {"group": "~GE*2*101"}, "AK5*A AK9*E*2*1*1*5", "A*000"),
    ("GE02 differs", {"group": "~GE*1*102"}, "AK9*R*1*1*0*4", "A*000"),
    ("GE is missing", {"group": ""}, "AK9*R*1*1*0*3", "A*000"),
    ("IEA02 differs", {"end": "~IEA*1*000000102"}, "", "R*001"),
    ("IEA01 counts wrong", {"end": "~IEA*2*000000101"}, "AK5*A AK9*A*1*1*1", "E*021"),
    ("IEA is missing", {"end": ""}, "", "R*023"),
    ("ISA15 is none", {"start": isa().replace("*P*>", "*X*>")}, "AK5*A AK9*A*1*1*1", "E*020"),
    ("ISA is not padded", {"start": isa().replace("ACME           ", "ACME")}, "AK5*A AK9*A*1*1*1", "E*022"),
    ("a segment before GS", {"before": "REF*ZZ*1~"}, "AK5*A AK9*A*1*1*1", "E*022"),
]


@pytest.mark.parametrize(("damage", "told", "verdict"), [row[1:] for row in ENVELOPES], ids=[row[0] for row in ENVELOPES])
def test_what_is_wrong_with_an_x12_envelope(damage: dict[str, str], told: str, verdict: str) -> None:
    found = one_set(**damage)
    assert ta1(found, TELL) == f"TA1*000000101*260924*1030*{verdict}"
    assert [line for line in (body(found, TELL) if told else []) if line[:3] in ("AK5", "AK9")] == told.split()


def test_one_bad_set_of_three_rejects_a_part_of_the_group() -> None:
    assert body(x12((BEG, PO1, CTT), (PO1, CTT), (BEG, PO1, CTT)))[-1] == "AK9*P*3*3*2"


# name, segments between UNH and UNT (every finding an error), what follows UCM in a CONTRL D:3; in a 4:1 where that differs
MESSAGES: list[tuple[str, tuple[str, ...], str, str]] = [
    ("nothing", ORDERS, "UCM+1+ORDERS:D:96A:UN:EAN008+7", ""),
    ("mandatory segment left out", ORDERS[1:], "UCS+1+13", ""),  # BGM belongs after segment 1
    ("last mandatory segment left out", ORDERS[:2], "UCS+3+13", ""),
    ("segment that the message does not have", (*ORDERS[:2], "QQQ+1", ORDERS[2]), "UCS+4+15", ""),
    ("segment out of its place", (*ORDERS, "DTM+2:20260924:102"), "UCS+5+15", ""),
    ("segment once too often", (ORDERS[0], *ORDERS), "UCS+3+35", ""),
    ("mandatory element left out", (ORDERS[0], "DTM", ORDERS[2]), "UCS+3 UCD+13+2", ""),
    ("mandatory component left out", (ORDERS[0], "DTM+:20260924:102", ORDERS[2]), "UCS+3 UCD+13+2:1", ""),
    ("element too many", (ORDERS[0] + "++X", *ORDERS[1:]), "UCS+2 UCD+16+6", ""),
    ("component too many", (ORDERS[0], ORDERS[1] + ":X", ORDERS[2]), "UCS+3 UCD+16+2:4", ""),
    ("value too long", ("BGM+220+123456789012345678901234567890123456+9", *ORDERS[1:]), "UCS+2 UCD+39+3", ""),
    ("letters in a number", (*ORDERS, "CNT+2:x"), "UCS+5 UCD+37+2:2", ""),
    ("date that does not exist", (ORDERS[0], "DTM+137:20260231:102", ORDERS[2]), "UCS+3 UCD+12+2:2", ""),
]


def strict(found: Read) -> Read:
    """Return the same with every finding of a guide as an error: CONTRL tells only what rejects."""
    return found[0], [replace(one, severity=Severity.ERROR) if one.code.startswith("guide.") and one.severity is Severity.WARNING else one
                      for one in found[1]]


@pytest.mark.parametrize("syntax", ["UNOC:3", "UNOC:4"])
@pytest.mark.parametrize(("segments", "third", "fourth"), [row[1:] for row in MESSAGES], ids=[row[0] for row in MESSAGES])
def test_what_is_wrong_in_a_message(segments: tuple[str, ...], third: str, fourth: str, syntax: str) -> None:
    told = body(strict(edifact(segments, syntax=syntax)), kind="CONTRL")
    assert (told[2:] or told[1:]) == (fourth if fourth and syntax == "UNOC:4" else third).split(" ")
    assert told[1] == f"UCM+1+ORDERS:D:96A:UN:EAN008+{'7' if segments == ORDERS else '4'}"


def one_message(*, unh: str = "UNH+1+ORDERS:D:96A:UN'", unt: str = "UNT+5+1'", unz: str = "UNZ+1+55'", before: str = "", after: str = "",
                ung: str = "", une: str = "") -> Read:
    """Read one good order whose envelope was damaged."""
    return read(f"UNB+UNOC:3+A:14+B:14+260924:1030+55'{before}{ung}{unh}{chr(39).join(ORDERS)}'{unt}{after}{une}{unz}")


UNG = "UNG+ORDERS+APP1+APP2+260924:1030+G1+UN+D:96A'"
EDIFACT_ENVELOPES: list[tuple[str, dict[str, str], str]] = [  # name, damage, the CONTRL after UCI's addresses
    ("nothing", {}, "7 UCM+1+ORDERS:D:96A:UN+7"),
    ("UNT 0074 counts wrong", {"unt": "UNT+6+1'"}, "7 UCM+1+ORDERS:D:96A:UN+4+29+UNT+2"),
    ("UNT 0062 differs", {"unt": "UNT+5+2'"}, "7 UCM+1+ORDERS:D:96A:UN+4+28+UNT+3"),
    ("UNT is missing", {"unt": ""}, "7 UCM+1+ORDERS:D:96A:UN+4+13+UNT"),
    ("UNH 0062 used twice", {"after": f"UNH+1+ORDERS:D:96A:UN'{chr(39).join(ORDERS)}'UNT+5+1'", "unz": "UNZ+2+55'"},
     "7 UCM+1+ORDERS:D:96A:UN+7 UCM+1+ORDERS:D:96A:UN+4+26+UNH+2"),
    ("UNZ 0020 differs", {"unz": "UNZ+1+56'"}, "4+28+UNZ+3"),
    ("UNZ 0036 counts wrong", {"unz": "UNZ+2+55'"}, "7 UCM+1+ORDERS:D:96A:UN+7"),  # a warning: CONTRL accepts or rejects
    ("UNZ is missing", {"unz": ""}, "4+13+UNZ"),
    ("a good group", {"ung": UNG, "une": "UNE+1+G1'"}, "7 UCF+G1+APP1+APP2+7 UCM+1+ORDERS:D:96A:UN+7"),
    ("UNE 0048 differs", {"ung": UNG, "une": "UNE+1+G2'"}, "7 UCF+G1+APP1+APP2+4+28+UNE+3"),
    ("UNE is missing", {"ung": UNG}, "7 UCF+G1+APP1+APP2+4+13+UNE"),
    ("a wrong message in a good group", {"ung": UNG, "une": "UNE+1+G1'", "unt": "UNT+6+1'"},
     "7 UCF+G1+APP1+APP2+7 UCM+1+ORDERS:D:96A:UN+4+29+UNT+2"),
]


@pytest.mark.parametrize(("damage", "told"), [row[1:] for row in EDIFACT_ENVELOPES], ids=[row[0] for row in EDIFACT_ENVELOPES])
def test_what_is_wrong_with_an_edifact_envelope(damage: dict[str, str], told: str) -> None:
    assert body(one_message(**damage), kind="CONTRL") == f"UCI+55+A:14+B:14+{told}".split(" ")


# Finding, whether about an element, what a 997 says at 004010 and 005010, a 999 by the standard's guide and by an implementation guide,
# CONTRL D:3 and 4:1. The sets are checked against no guide here: findings are made by hand.
KINDS: list[tuple[str, bool, str, str, str, str, str, str]] = [
    ("guide.segment_unknown", False, "6", "6", "6", "I4", "15", "15"),  # REF, which X12's 850 has
    ("guide.segment_forbidden", False, "2", "2", "I4", "I4", "15", "15"),
    ("guide.segment_missing", False, "3", "3", "3", "3", "13", "13"),
    ("guide.loop_repeats", False, "4", "4", "4", "4", "36", "36"),
    ("guide.segment_repeats", False, "5", "5", "5", "5", "35", "35"),
    ("guide.segment_misplaced", False, "7", "7", "7", "7", "15", "15"),
    ("guide.element_missing", True, "1", "1", "1", "1", "13", "13"),
    ("guide.condition", True, "10", "10", "10", "10", "18", "48"),  # the element is there
    ("guide.element_forbidden", True, "10", "10", "I10", "I10", "15", "15"),
    ("guide.element_surplus", True, "3", "3", "3", "3", "16", "16"),
    ("guide.component_surplus", True, "3", "13", "13", "13", "16", "16"),
    ("guide.repetition_surplus", True, "3", "12", "12", "12", "35", "35"),
    ("guide.too_short", True, "4", "4", "4", "4", "40", "40"),
    ("guide.too_long", True, "5", "5", "5", "5", "39", "39"),
    ("guide.bad_character", True, "6", "6", "6", "6", "37", "37"),
    ("guide.control_character", True, "6", "6", "6", "6", "21", "21"),
    ("guide.bad_code", True, "7", "7", "7", "I6", "12", "12"),
    ("guide.bad_date", True, "8", "8", "8", "8", "12", "12"),
    ("guide.bad_time", True, "9", "9", "9", "9", "12", "12"),
]
REFERENCE = ("REF*ZZ*VALUE", PO1, CTT)


def one_fault(found: Read, code: str, *, tag: str, element: int | None = None) -> Read:
    """Return the same with one error of a kind in the second segment of its set or message, and nothing else."""
    (first, *_) = [index for index, name in enumerate(found[0].table.tags.to_pylist()) if name in ("ST", "UNH")]
    place = replace(place_of(found[0], first + 1), tag=tag, element=element)
    return found[0], [Finding(code, Severity.ERROR, place, "", "")]


def standard_guide(*, is_implementation: bool) -> GuideOf:
    made = guide("850", "005010")
    assert made is not None
    return lambda _: replace(made, is_implementation=is_implementation)


@pytest.mark.parametrize("row", KINDS, ids=[row[0] for row in KINDS])
def test_every_kind_of_finding_has_its_code_everywhere(row: tuple[str, bool, str, str, str, str, str, str]) -> None:
    code, inside, early, late, implementation, narrower, third, fourth = row
    element = 2 if inside else None
    for version, policy, narrow, expected in (
            ("004010", TELL, False, early), ("005010", TELL, False, late), ("005010", AS_999, False, implementation),
            ("005010", AS_999, True, narrower)):
        found = one_fault(x12(REFERENCE, version=version), code, tag="REF", element=element)
        told = body(found, policy, kind=policy.acknowledgment, guide_of=standard_guide(is_implementation=narrow))
        segment, data, verdict = ("IK3", "IK4", "IK5") if policy is AS_999 else ("AK3", "AK4", "AK5")
        errors = [f"{segment}*REF*2**8", f"{data}*2*127*{expected}"] if inside else [f"{segment}*REF*2**{expected}"]
        assert told[2:-1] == [*errors, f"{verdict}*R*{'I5' if expected.startswith('I') else '5'}"]
    for syntax, expected in (("UNOC:3", third), ("UNOC:4", fourth)):
        told = body(one_fault(edifact(ORDERS, syntax=syntax), code, tag="BGM", element=element), kind="CONTRL")
        at = "1" if code == "guide.segment_missing" else "2"
        assert told[2:] == (["UCS+2", f"UCD+{expected}+3"] if inside else [f"UCS+{at}+{expected}"])


def test_no_kind_of_finding_is_forgotten() -> None:
    """A new kind of finding that can reject a document needs a row in edi/x12/ackcodes.py, in edi/edifact/ackcodes.py and here."""
    told = {code for code, made in CATALOGUE.items() if code.startswith("guide.") and made.severity is not Severity.NOTE}
    assert told - {row[0] for row in KINDS} == set()
    assert {code for code, _ in (*SEGMENT, *ELEMENT)} == {row[0] for row in KINDS} == {code for code in ERRORS if code.startswith("guide.")}


def test_a_set_that_breaks_standard_and_implementation_guide_says_both() -> None:
    found = x12(REFERENCE, version="005010X999")
    both = [one_fault(found, code, tag="REF", element=2)[1][0] for code in ("guide.element_forbidden", "guide.too_long")]
    assert body((found[0], both), TELL_999, kind="999")[-2] == "IK5*R*5*I5"


EVERYTHING = [
    *(x12(row[1], version=version) for row in SETS for version in ("004010", "005010")),
    *(one_set(**row[1]) for row in ENVELOPES if row[0] != "ST02 is too short"),  # it is cited as it came: too short
    *(strict(edifact(row[1], syntax=syntax)) for row in MESSAGES for syntax in ("UNOC:3", "UNOC:4")),
    *(one_message(**row[1]) for row in EDIFACT_ENVELOPES),
]
POLICIES = [AckPolicy(), TELL, replace(TELL, echo_bad_values=True, acknowledgment="by_guide"), replace(AS_999, echo_bad_values=True),
            AckPolicy(contrl_version="2:2"), AckPolicy(contrl_version="4:1")]


@pytest.mark.parametrize("policy", POLICIES, ids=range(len(POLICIES)))
def test_whatever_is_answered_the_answer_is_flawless(policy: AckPolicy) -> None:
    for found in EVERYTHING:
        assert faults(replies(found, policy).values()) == []
