"""What may stand on a person's screen: values without tricks, places in the words of the trade, verdicts on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from edi.findings import Finding, Place, Severity

SEVERITIES = tuple(Severity)  # from the least to the gravest
VERDICTS = ("syntax", "guide")


class Outcome(StrEnum):
    """What became of a file, or of one of its two verdicts."""

    OK = "ok"  # nothing, or notes
    WARNINGS = "warnings"  # would be accepted, with a mark
    ERRORS = "errors"  # one transaction at least would be stopped
    UNREADABLE = "unreadable"  # of the syntax: nothing in the file, or not all of it, can be split reliably
    UNCHECKED = "unchecked"  # of the guide: no transaction has one, or nobody asked


_OF_SEVERITY = {
    None: Outcome.OK, Severity.NOTE: Outcome.OK, Severity.WARNING: Outcome.WARNINGS, Severity.ERROR: Outcome.ERRORS,
    Severity.FATAL: Outcome.UNREADABLE,
}


def outcome(worst: Severity | None) -> Outcome:
    """Return the word for the gravest finding."""
    return _OF_SEVERITY[worst]


def gravest(severities: Iterable[Severity | None]) -> Severity | None:
    """Return the gravest of some severities, None where there is none."""
    return max((each for each in severities if each is not None), key=SEVERITIES.index, default=None)


def reaches(severity: Severity, floor: Severity) -> bool:
    """Tell whether a severity is at least another."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(floor)


def verdict_of(finding: Finding) -> str:
    """Tell which of the two verdicts a finding belongs to: what the document may say is the guide's, all else is syntax."""
    return "guide" if finding.code.startswith("guide.") else "syntax"


def printable(text: str) -> str:
    """Return text in which nothing can move a cursor, change a colour or hide: what is not printable is written out."""
    return text if text.isprintable() else "".join(each if each.isprintable() else _written_out(each) for each in text)


def _written_out(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def where(place: Place) -> str:
    """Return a place as people in the trade say it: ``BEG03, segment 2 of transaction 1, interchange 1, byte 178, line 4``."""
    element = f"{place.element:02d}" if place.element is not None else ""
    component = f"-{place.component}" if place.component is not None else ""
    parts = [f"{printable(place.tag or '')}{element}{component}"]
    parts += [f"repetition {place.repetition}"] * (place.repetition is not None)
    segment = f"segment {place.segment} of " if place.segment is not None else ""
    parts += [f"{segment}transaction {place.transaction}" if place.transaction is not None else segment.removesuffix(" of ")]
    parts += [f"{name} {value}" for name, value in (
        ("group", place.group if place.transaction is None else None), ("interchange", place.interchange),
        ("line", place.line), ("byte", place.offset)) if value is not None]
    return ", ".join(part for part in parts if part) or "the whole file"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, in the plural where there are not exactly one."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def counted_by_severity(counts: Mapping[Severity, int]) -> str:
    """Return how many findings there are of each severity, the gravest first: ``1 fatal, 2 errors``."""
    nouns = ((each, "fatal" if each is Severity.FATAL else f"{each}{'' if counts[each] == 1 else 's'}")
             for each in reversed(SEVERITIES) if counts.get(each))
    return ", ".join(f"{counts[each]} {noun}" for each, noun in nouns) or "none"
