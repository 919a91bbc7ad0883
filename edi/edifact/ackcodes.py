"""Which code of UN/EDIFACT's service code list 0085 tells a finding, and where in its service segment the fault lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edi.findings import Finding

UNSPECIFIED = "18"


@dataclass(frozen=True, slots=True)
class Code:
    """How a finding is told in a CONTRL of syntax 3 and in one of syntax 4."""

    third: str
    fourth: str
    position: int = 0  # in the service segment, its tag being 1; 0: the finding says, or none is given


def _same(code: str, position: int = 0) -> Code:
    return Code(code, code, position)


ERRORS: Mapping[str, Code] = {
    "edifact.unt_count": _same("29", 2), "edifact.une_count": _same("29", 2), "edifact.unz_count": _same("29", 2),
    "edifact.unt_reference": _same("28", 3), "edifact.une_reference": _same("28", 3), "edifact.unz_reference": _same("28", 3),
    "edifact.unp_reference": _same("28"),
    "edifact.unh_duplicate": _same("26", 2), "edifact.ung_duplicate": _same("26", 6),
    "envelope.missing_trailer": _same("13"), "envelope.missing_header": _same("13"), "envelope.outside": _same("33"),
    "envelope.element_missing": _same("13"), "envelope.surplus": _same("16"), "envelope.too_short": _same("40"),
    "envelope.too_long": _same("39"), "envelope.bad_character": _same("37"), "envelope.bad_code": _same("12"),
    "envelope.bad_date": _same("12"), "envelope.bad_time": _same("12"),
    "charset.undecodable": _same("21"),
    "guide.segment_missing": _same("13"), "guide.segment_unknown": _same("15"), "guide.segment_misplaced": _same("15"),
    "guide.segment_forbidden": _same("15"), "guide.segment_repeats": _same("35"), "guide.loop_repeats": _same("36"),
    "guide.element_missing": _same("13"), "guide.element_forbidden": _same("15"),
    "guide.element_surplus": _same("16"), "guide.component_surplus": _same("16"), "guide.repetition_surplus": _same("35"),
    "guide.too_short": _same("40"), "guide.too_long": _same("39"), "guide.bad_character": _same("37"),
    "guide.control_character": _same("21"),
    "guide.bad_code": _same("12"), "guide.bad_date": _same("12"), "guide.bad_time": _same("12"),
    "guide.condition": Code(UNSPECIFIED, "48"),
}


def error_code(fault: Finding, *, fourth: bool) -> str:
    """Return 0085; 18, an unspecified error, for what the list has no code for."""
    code = ERRORS.get(fault.code, _same(UNSPECIFIED))
    return code.fourth if fourth else code.third


def service_position(fault: Finding) -> tuple[str, ...]:
    """Return S011 in a service segment: element and component in error, empty where it is the segment as a whole."""
    code = ERRORS.get(fault.code)
    if code is not None and code.position:
        return (str(code.position),)
    return (str(fault.place.element + 1), str(fault.place.component or "")) if fault.place.element else ()
