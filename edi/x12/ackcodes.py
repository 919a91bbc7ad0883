"""Which codes of X12's lists tell a finding: rows of data, and the few questions that choose between two rows.

AK304 has the codes of data element 720 and IK304 those of 620, AK403 those of 723 and IK403 of 621, AK502 those of 718 and
IK502 of 618, AK905 those of 716, TA105 those of I18. The codes that begin with I speak of an implementation guide, and only
the 999 has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from edi.acknowledgments import Form, rejects
from edi.findings import Finding
from edi.x12.ackevidence import Evidence
from edi.x12.guide import segment_names


@dataclass(frozen=True, slots=True)
class Code:
    """How a finding is told, by what tells it."""

    early: str  # a 997 before 005010
    late: str  # a 997 from 005010 on
    implementation: str  # a 999


Table: TypeAlias = Mapping[tuple[str, str], Code]  # (finding code, case)

CASES = {  # the words of each case, for people
    "": "",
    "known": "the segment is in the dictionary",
    "in_standard": "the standard's transaction set has the segment, the implementation guide does not",
    "present": "the element is there and should not be",
    "off_standard": "the value is none of the standard's either",
    "guide": "the guide is an implementation guide",
}


def _same(code: str) -> Code:
    return Code(code, code, code)


SEGMENT: Table = {
    ("guide.segment_unknown", ""): _same("1"),
    ("guide.segment_unknown", "known"): _same("6"),
    ("guide.segment_unknown", "in_standard"): Code("2", "2", "I4"),
    ("guide.segment_forbidden", ""): Code("2", "2", "I4"),
    ("guide.segment_missing", ""): _same("3"),
    ("guide.loop_repeats", ""): _same("4"),
    ("guide.segment_repeats", ""): _same("5"),
    ("guide.segment_misplaced", ""): _same("7"),
}
ELEMENT: Table = {
    ("guide.element_missing", ""): _same("1"),
    ("guide.condition", ""): _same("2"),
    ("guide.condition", "present"): _same("10"),
    ("guide.element_forbidden", ""): Code("10", "10", "I10"),
    ("guide.element_surplus", ""): _same("3"),
    ("guide.component_surplus", ""): Code("3", "13", "13"),
    ("guide.repetition_surplus", ""): Code("3", "12", "12"),
    ("guide.too_short", ""): _same("4"),
    ("guide.too_long", ""): _same("5"),
    ("guide.bad_character", ""): _same("6"),
    ("guide.control_character", ""): _same("6"),
    ("guide.bad_code", ""): _same("7"),
    ("guide.bad_code", "guide"): Code("7", "7", "I6"),
    ("guide.bad_code", "off_standard"): _same("7"),
    ("guide.bad_date", ""): _same("8"),
    ("guide.bad_time", ""): _same("9"),
}
SET: Table = {  # anything else that rejects is 5, one or more segments in error, or I5 where only the implementation guide is broken
    ("envelope.missing_trailer", ""): _same("2"),
    ("x12.se02_control", ""): _same("3"),
    ("x12.se01_count", ""): _same("4"),
    ("x12.st02_duplicate", ""): _same("23"),
    ("x12.gs01_type", ""): _same("6"),
}
GROUP: Table = {
    ("envelope.missing_trailer", ""): _same("3"),
    ("x12.ge02_control", ""): _same("4"),
    ("x12.ge01_count", ""): _same("5"),
    ("envelope.missing_header", ""): _same("5"),
    ("x12.gs06_duplicate", ""): Code("6", "19", "19"),
}
GROUP_ELEMENTS: Mapping[tuple[str, int], str] = {  # where the fault lies, for findings without a row; 716 has no word for the others
    ("GS", 1): "1", ("GS", 6): "6", ("GS", 7): "2", ("GS", 8): "2", ("GE", 1): "5", ("GE", 2): "4",
}
INTERCHANGE: Mapping[str, str] = {
    "x12.iea02_control": "001",
    "x12.isa15_code": "020",
    "x12.iea01_count": "021",
    "x12.isa16_separator": "027",
    "x12.isa_length": "022",
    "envelope.outside": "022",
    "envelope.empty_segment": "022",
    "envelope.missing_trailer": "023",
    "envelope.no_group": "024",
}
INTERCHANGE_ELEMENTS: Mapping[tuple[str, int], str] = {  # where the fault lies, for findings without a row
    ("ISA", 1): "010", ("ISA", 2): "011", ("ISA", 3): "012", ("ISA", 4): "013", ("ISA", 5): "005", ("ISA", 6): "006", ("ISA", 7): "007",
    ("ISA", 8): "008", ("ISA", 9): "014", ("ISA", 10): "015", ("ISA", 11): "016", ("ISA", 12): "017", ("ISA", 13): "018",
    ("ISA", 14): "019", ("ISA", 15): "020", ("ISA", 16): "027", ("IEA", 1): "021", ("IEA", 2): "001",
}
IN_THE_HEADERS = {("ST", 1): "6", ("ST", 2): "7", ("SE", 1): "4", ("SE", 2): "7"}  # of elements of ST and SE: told by AK5 and IK5, not AK3

_ANY_SEGMENT, _ANY_ELEMENT = _same("1"), _same("6")
_ANY_SET, _ANY_GROUP, _ANY_INTERCHANGE = "5", "1", "024"
_UNTOLD_SET, _UNTOLD_GROUP, _UNKNOWN_INTERCHANGE = "5", "024", "018"  # of what cannot be cited, told one level up
_MOST_NOTES = 5


def segment_code(fault: Finding, evidence: Evidence, form: Form) -> str:
    """Return AK304 or IK304."""
    return _of(form, SEGMENT.get((fault.code, _segment_case(fault, evidence)), _ANY_SEGMENT))


def _segment_case(fault: Finding, evidence: Evidence) -> str:
    if fault.code != "guide.segment_unknown":
        return ""
    tag = fault.place.tag or ""
    if evidence.is_implementation and evidence.standard_has(tag):
        return "in_standard"
    return "known" if tag in segment_names() else ""


def element_code(fault: Finding, evidence: Evidence, form: Form) -> str:
    """Return AK403 or IK403."""
    return _of(form, ELEMENT.get((fault.code, _element_case(fault, evidence)), _ANY_ELEMENT))


def _element_case(fault: Finding, evidence: Evidence) -> str:
    if fault.code == "guide.condition":
        return "present" if evidence.value(fault) else ""
    if fault.code == "guide.bad_code" and evidence.is_implementation:
        return "guide" if evidence.may_be_standard(fault) else "off_standard"
    return ""


def is_of_element(fault: Finding) -> bool:
    """Tell whether a finding is about an element (AK4, IK4) rather than a whole segment."""
    return (fault.code, "") in ELEMENT or ((fault.code, "") not in SEGMENT and fault.place.element is not None)


def is_of_headers(fault: Finding) -> bool:
    """Tell whether a finding is about an element of ST or SE that AK5 and IK5 have a code for."""
    return _element_of(fault) in IN_THE_HEADERS


def set_codes(findings: tuple[Finding, ...], told: Mapping[Finding, str], form: Form) -> list[str]:
    """Return AK502 to AK506, or IK502 to IK506; ``told`` has the AK304, AK403, IK304 or IK403 of each finding told before."""
    return _first({_set_code(finding, told.get(finding, ""), form) for finding in findings})


def _set_code(finding: Finding, told: str, form: Form) -> str:
    code = SET.get((finding.code, ""))
    if code is not None:
        return _of(form, code)
    if is_of_headers(finding):
        return IN_THE_HEADERS[_element_of(finding)]
    return "I5" if told.startswith("I") else _ANY_SET


def group_codes(findings: tuple[Finding, ...], form: Form, *, untold: bool = False) -> list[str]:
    """Return AK905 to AK909; warnings that the list has no code for are left out. ``untold``: of sets that AK2 cannot cite."""
    codes = {_group_code(finding, form) for finding in findings} | ({_UNTOLD_SET} if untold else set())
    return _first(codes - {""})


def _group_code(finding: Finding, form: Form) -> str:
    code = GROUP.get((finding.code, ""))
    if code is not None:
        return _of(form, code)
    return GROUP_ELEMENTS.get(_element_of(finding), _ANY_GROUP if rejects((finding,)) else "")


def _element_of(finding: Finding) -> tuple[str, int]:
    return finding.place.tag or "", finding.place.element or 0


def interchange_code(findings: tuple[Finding, ...], *, untold: bool = False, unknown: bool = False) -> str:
    """Return TA105: there is room for one code, the lowest; 000 where nothing was found.

    Args:
        findings: of the interchange's envelope.
        untold: whether there is a group that AK1 cannot cite, or a set in none.
        unknown: whether TA101 cannot cite the interchange.
    """
    codes = {_interchange_code(finding) for finding in findings}
    return min(codes | ({_UNTOLD_GROUP} if untold else set()) | ({_UNKNOWN_INTERCHANGE} if unknown else set()), default="000")


def _interchange_code(finding: Finding) -> str:
    return INTERCHANGE.get(finding.code) or INTERCHANGE_ELEMENTS.get(_element_of(finding), _ANY_INTERCHANGE)


def _of(form: Form, code: Code) -> str:
    if form.kind == "999":
        return code.implementation
    return code.late if form.version >= "005" else code.early


def _first(codes: set[str]) -> list[str]:
    return sorted(codes, key=lambda code: (code.startswith("I"), int(code.lstrip("I"))))[:_MOST_NOTES]
