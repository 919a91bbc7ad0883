"""UNA and UNB: delimiters, release character and identity of an EDIFACT interchange (ISO 9735-1 clauses 7 and 8)."""

from __future__ import annotations

import re
from dataclasses import replace

from edi.dialect import Header
from edi.edifact.charsets import codec
from edi.octets import Octets
from edi.segments import Delimiters

# Without UNA: level A characters, or the information separators of level B, told apart by what follows UNB.
_DEFAULTS = {
    b"+": Delimiters(element=b"+", segment=b"'", component=b":", release=b"?"),
    b"\x1d": Delimiters(element=b"\x1d", segment=b"\x1c", component=b"\x1f"),
}
_UNA = re.compile(rb"UNA(.)(.)(.)(.)(.)(.)[\r\n\t ]*(?=UNB)", re.DOTALL)
_FIXED = re.compile(rb"UNB[^0-9A-Za-z]UNO[A-Z][^0-9A-Za-z][0-9]")
_LONGEST = 1024


def read_unb(data: Octets, at: int) -> Header | None:
    """Read the UNA and UNB at a position, or return None where there is no UNB that can be read."""
    text = data[at:at + _LONGEST]
    una = _UNA.match(text)
    body = una.end() if una else 0
    delimiters = _from_una(una.groups()) if una else _DEFAULTS.get(text[3:4])
    if delimiters is None or text[body:body + 3] != b"UNB" or text[body + 3:body + 4] != delimiters.element:
        return None
    elements = split_segment(text[body:], delimiters)
    delimiters = _with_repetition(delimiters, una is not None, _at(elements, 1, 2))
    header = _header(at + body, elements, delimiters, fixed=_FIXED.match(text, body) is not None)
    return header._replace(una=text[:body])


def implied(element: bytes, syntax_version: str) -> Delimiters | None:
    """Return the service characters of an interchange without UNA whose elements are separated so."""
    found = _DEFAULTS.get(element)
    return found and _with_repetition(found, False, syntax_version)


def _from_una(service: tuple[bytes, ...]) -> Delimiters | None:
    component, element, decimal, release, repetition, segment = service
    used = [mark for mark in (component, element, release, segment) if mark != b" "]
    if b" " in (component, element, segment) or len(set(used)) != len(used) or any(mark.isalnum() for mark in used):
        return None
    if any(mark in b"\r\n" for mark in (element, component, release)):
        return None
    repeats = repetition not in (b" ", b"\r", b"\n") and not repetition.isalnum() and repetition not in used
    return Delimiters(element=element, segment=segment, component=component, decimal=decimal,
                      repetition=repetition if repeats else None, release=None if release == b" " else release)


def _with_repetition(delimiters: Delimiters, una: bool, syntax_version: str) -> Delimiters:
    """Give syntax 4 its default repetition separator; with UNA, UNA decides."""
    return delimiters if una or syntax_version != "4" else replace(delimiters, repetition=b"*")


def split_segment(data: bytes, delimiters: Delimiters) -> list[list[str]]:
    """Split the one segment that ``data`` begins with into elements of components; for headers only."""
    elements: list[list[bytearray]] = [[bytearray()]]
    escaped = False
    for code in data:
        mark = bytes((code,))
        if escaped or mark not in (delimiters.release, delimiters.segment, delimiters.element, delimiters.component):
            elements[-1][-1] += mark
            escaped = False
        elif mark == delimiters.release:
            escaped = True
        elif mark == delimiters.segment:
            break
        elif mark == delimiters.element:
            elements.append([bytearray()])
        else:
            elements[-1].append(bytearray())
    return [[part.decode("latin-1").strip() for part in element] for element in elements]


def _at(elements: list[list[str]], element: int, component: int = 1) -> str:
    inside = elements[element] if element < len(elements) else []
    return inside[component - 1] if component <= len(inside) else ""


def _header(body: int, elements: list[list[str]], delimiters: Delimiters, *, fixed: bool) -> Header:
    syntax = _at(elements, 1)
    return Header(
        standard="edifact", body=body, delimiters=delimiters, fixed=fixed,
        sender_qualifier=_at(elements, 2, 2), sender_id=_at(elements, 2),
        receiver_qualifier=_at(elements, 3, 2), receiver_id=_at(elements, 3),
        control_number=_at(elements, 5), usage_code="test" if _at(elements, 11) == "1" else "production",
        version=f"{syntax}:{_at(elements, 1, 2)}", acknowledgment_requested=_at(elements, 9) in ("1", "2"),
        prepared=f"{_at(elements, 4)} {_at(elements, 4, 2)}".strip(), charset=codec(syntax),
    )
