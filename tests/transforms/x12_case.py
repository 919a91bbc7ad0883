"""Wraps hand-written X12 transaction sets in interchanges and gives them to a mapping, as a night would."""

from __future__ import annotations

from collections.abc import Callable

from tests.transforms.edifact_case import documents
from transforms.mappings.documents import Documents, Mapped

UNITS = {"EA": "EA", "CA": "CA", "CT": "CA", "KG": "KGM", "LB": "LBR"}
FUNCTIONAL = {"850": "PO", "855": "PR", "856": "SH", "810": "IN", "820": "RA", "997": "FA", "999": "FA"}


def interchange(type_code: str, *sets: str, version: str = "004010") -> bytes:
    """Wrap the segments of transaction sets (ST and SE left out, one a line, terminators left out) in an interchange."""
    body = []
    for at, one in enumerate(sets, 1):
        segments = [line.strip() for line in one.strip().splitlines() if line.strip()]
        body += [f"ST*{type_code}*{at:04d}", *segments, f"SE*{len(segments) + 2}*{at:04d}"]
    repetition = "^" if version == "005010" else "U"
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'THEM':15}*ZZ*{'US':15}*260302*0800*{repetition}*{version[:5]}*000000001*0*P*>"
    group = f"GS*{FUNCTIONAL[type_code]}*THEM*US*20260302*0800*1*X*{version}"
    return "".join(segment + "~" for segment in (isa, group, *body, f"GE*{len(sets)}*1", "IEA*1*000000001")).encode()


def case(type_code: str, *sets: str, version: str = "004010") -> Documents:
    """Read hand-written sets as documents of a partner whose agreement says USD."""
    return documents(interchange(type_code, *sets, version=version), currency="USD", units=UNITS)


def mapped(mapping: Callable[[Documents], Mapped], type_code: str, *sets: str, version: str = "004010") -> Mapped:
    """Map hand-written sets."""
    return mapping(case(type_code, *sets, version=version))
