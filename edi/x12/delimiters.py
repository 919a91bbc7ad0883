"""ISA: the only X12 segment whose layout must be known before its delimiters are (X12.5).

Real senders pad it wrongly, put any character into ISA11 and end it with anything, so its elements are counted
and its width is only a finding.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from edi.dialect import Header
from edi.findings import Kind, Severity, kind
from edi.octets import Octets
from edi.segments import Delimiters

WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)  # ISA01 to ISA15; ISA16 is the component separator
LENGTH_OF_ISA = 106  # octets, where every element has its width
_LONGEST = tuple(width + (25 if width >= 10 else 2) for width in WIDTHS)
FIRST_WITH_REPETITION = "00402"
_NO_PRODUCTION = ("T", "I")  # ISA15: for a test, or for information only, which is loaded as little
_HEAD = 400  # octets that hold any ISA
_TAIL = 5  # octets: ISA16 and a terminator, which may be a character of four

LENGTH = kind("x12.isa_length", Severity.WARNING, "ISA is not 106 characters long; its elements were counted instead",
              "Ask the partner to pad the elements of ISA to their fixed widths.")
SEPARATOR = kind("x12.isa16_separator", Severity.WARNING,
                 "ISA16 separates nothing: it is a letter, a digit or the same as another delimiter, so that no composite is split",
                 "Ask the partner to state a component separator of its own in ISA16.")
USAGE = kind("x12.isa15_code", Severity.WARNING, "ISA15 is none of P, T and I; the interchange is taken as production",
             "Ask the partner to mark interchanges as production (P) or test (T).")


class _Layout(NamedTuple):
    """What the marks and widths of an ISA come to."""

    delimiters: Delimiters
    fixed: bool
    faults: tuple[Kind, ...]
    literals: tuple[int, ...]  # from the tag on


def read_isa(data: Octets, at: int) -> Header | None:
    """Read the ISA at a position, or return None where its delimiters cannot be known."""
    head = data[at:at + _HEAD]
    if head[:3] != b"ISA" or len(head) == 3:
        return None
    text = head.decode("latin-1")
    fields = text.split(text[3], 16)
    if len(fields) < 17:
        return None
    layout = _layout(head[3:4], fields[11], fields[12], fields[15], fields[16][:_TAIL], tuple(map(len, fields[1:16])))
    if layout is None:
        return None
    delimiters, fixed, faults, literals = layout
    return Header(
        "x12", at, delimiters, fixed, fields[5].rstrip(), fields[6].rstrip(), fields[7].rstrip(), fields[8].rstrip(),
        fields[13].rstrip(), "test" if fields[15].rstrip() in _NO_PRODUCTION else "production", fields[12].rstrip(),
        fields[14].rstrip() == "1", f"{fields[9].rstrip()} {fields[10]}".strip(), None, faults, b"",
        literals if not at else tuple([at + place for place in literals]))


@lru_cache(maxsize=256)
def _layout(mark: bytes, isa11: str, version: str, isa15: str, tail: str, widths: tuple[int, ...]) -> _Layout | None:
    """Return what these mean together; partners send the same ones in every file."""
    if not _may_delimit(mark) or mark in b"\r\n":
        return None
    padded = widths == WIDTHS
    if not padded and any(width > most for width, most in zip(widths, _LONGEST, strict=True)):
        return None
    delimiters = _delimiters(mark, isa11, version, tail)
    if delimiters is None:
        return None
    separates = delimiters.component != b""
    clashes = not separates and _ends_as_it_separates(tail, delimiters)
    faults = (
        *(() if padded and (separates or clashes) else (LENGTH,)), *((SEPARATOR,) if clashes else ()),
        *(() if isa15.rstrip() in ("P", *_NO_PRODUCTION) else (USAGE,)))
    return _Layout(delimiters, padded and separates, faults, _literals(widths, delimiters))


def _may_delimit(mark: bytes) -> bool:
    return len(mark) == 1 and not mark.isalnum() and mark not in (b" ", b"\t")


def _delimiters(mark: bytes, isa11: str, version: str, text: str) -> Delimiters | None:
    """Return the service characters."""
    repetition, tail = isa11.encode("latin-1"), text.encode("latin-1")
    component, segment = tail[:1], _terminator(tail[1:])
    if component in (b"\r", b"\n"):  # ISA16 was left out, and a newline ends the segment
        component, segment = b"", component
    elif component in (mark, segment) or component.isalnum():
        component = b""
    elif not _may_delimit(segment[:1]):  # ISA16 was left out: what stands in its place ends the segment
        component, segment = b"", component
    if not _may_delimit(segment[:1]) or segment == mark:
        return None
    repeats = (
        _may_delimit(repetition) and repetition not in (mark, component, segment, b"\r", b"\n")
        and version.isascii() and version.isdigit() and version >= FIRST_WITH_REPETITION
    )
    return Delimiters(element=mark, segment=segment, component=component, repetition=repetition if repeats else None)


def _terminator(after: bytes) -> bytes:
    """Return the character that ``after`` begins with, whole where it is several bytes of UTF-8."""
    if after and after[0] >= 0xC2:
        for length in (2, 3, 4):
            try:
                return after[:length].decode("utf-8").encode("utf-8") if len(after) >= length else after[:1]
            except UnicodeDecodeError:
                continue
    return after[:1]


def _ends_as_it_separates(tail: str, delimiters: Delimiters) -> bool:
    terminator = delimiters.segment.decode("latin-1")
    return tail[1:1 + len(terminator)] == terminator


def _literals(widths: tuple[int, ...], delimiters: Delimiters) -> tuple[int, ...]:
    """Return where ISA11 and ISA16 stand, as far as they state a separator."""
    stated = ((11, delimiters.repetition), (16, delimiters.component))
    return tuple(3 + element + sum(widths[:element - 1]) for element, mark in stated if mark)
