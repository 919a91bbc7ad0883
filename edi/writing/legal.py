"""Which service characters may be used: what our own reader, and others, tell apart from data without doubt."""

from __future__ import annotations

from collections import Counter

from edi.octets import PADDING
from edi.scanning.tokens import UNDECLARED
from edi.segments import Delimiters, Interchange
from edi.x12.delimiters import FIRST_WITH_REPETITION

_NAMES = ("element", "segment", "component", "repetition", "release")
_NEWLINES = b"\r\n"
_LONGEST_NEWLINE = 8


def objection(one: Interchange, marks: Delimiters) -> str | None:
    """Return what speaks against writing an interchange with these service characters, and what to do; None where nothing does."""
    given = {name: mark for name in _NAMES if (mark := getattr(marks, name)) is not None}
    for name, mark in given.items():
        wrong = _wrong(name, mark, one)
        if wrong:
            return f"the {name} delimiter {wrong}"
    twice = [mark for mark, count in Counter(given.values()).items() if count > 1]
    if twice:
        return f"the {' and '.join(name for name, mark in given.items() if mark == twice[0])} delimiters are equal; choose different ones"
    decimal = [name for name, mark in given.items() if mark == marks.decimal]
    if one.standard == "edifact" and decimal:
        return f"the {decimal[0]} delimiter is the decimal mark; choose another"
    if one.standard == "x12" and marks.release is not None:
        return "X12 has no release character; leave it out"
    if one.standard == "x12" and marks.repetition is not None and one.version < FIRST_WITH_REPETITION:
        return f"ISA12 states a version before {FIRST_WITH_REPETITION}, which has no repetition separator; leave it out"
    return None


def _wrong(name: str, mark: bytes, one: Interchange) -> str | None:
    if not mark:
        return "is missing; name one"
    if len(mark) > 1 and not (name == "segment" and one.standard == "x12" and _is_one_character(mark)):
        return "is longer than one byte; choose another"
    if mark.isalnum():
        return "is a letter or digit; choose another"
    if mark in PADDING and not (name == "segment" and mark in _NEWLINES):
        return "is a space, newline or control character that may stand between segments; choose another"
    if not mark.isascii() and (one.charset in ("utf-8", UNDECLARED)) != (len(mark) > 1):
        return f"would cut characters of {one.charset} in two; choose one of ASCII"
    return None


def _is_one_character(mark: bytes) -> bool:
    try:
        return len(mark.decode()) == 1
    except UnicodeDecodeError:
        return False


def newline_objection(newline: bytes, marks: Delimiters) -> str | None:
    """Return what speaks against bytes behind each segment terminator, and what to do."""
    if newline.strip(_NEWLINES) or len(newline) > _LONGEST_NEWLINE:
        return f"consists of other bytes than CR and LF, or of more than {_LONGEST_NEWLINE}; only those may follow a segment terminator"
    if marks.segment in newline:
        return "holds the segment terminator; leave it empty"
    return None

