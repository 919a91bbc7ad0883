"""What a TA1, a 997 and a 999 can cite: control numbers and types as they were sent, or nothing. See ``edi.citing``."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from edi.acknowledgments import Answer, GroupAnswer
from edi.citing import fits, part_of
from edi.guidemodel import Part
from edi.x12.ackenvelope import clean
from edi.x12.dictionary import segment_of

NO_NUMBER = "000000000"  # TA101 of an interchange whose ISA13 is none: partners begin with 1
_RELEASE = "005010"  # what is cited is as long in 004010


def can_cite(answer: GroupAnswer) -> bool:
    """Tell whether a group can be named in AK1, which has room for a good GS01 and GS06 alone."""
    group = answer.group
    return group is not None and _fits(_part("AK1", 1), group.functional_code) and _fits(_part("AK1", 2), group.control_number)


def can_cite_set(answer: Answer) -> bool:
    """Tell whether a set can be named in AK2 by ST01 and ST02.

    A number that is too short is cited all the same: many send 1 for 0001, and find their set by this very text.
    """
    return _fits(_part("AK2", 1), answer.type_code) and _fits(replace(_part("AK2", 2), shortest=1), answer.control_number)


def optional(tag: str, element: int, value: str) -> str:
    """Return a value that may be left out of one of our segments, and is where it cannot be cited: nobody finds anything by it."""
    return value if _fits(_part(tag, element), value) else ""


def interchange_number(control_number: str) -> str:
    """Return an ISA13 as TA101 has it, a number of nine digits; "" where it is none."""
    stated = control_number.strip()
    number = stated.lstrip("0").rjust(9, "0")
    return number if stated and _fits(_part("TA1", 1), number) else ""


def _fits(part: Part, value: str) -> bool:
    """Tell whether a value can stand in an element as it is: with blanks for our delimiters it would be another one."""
    return fits(part, value) and clean(value) == value


@cache
def _part(tag: str, element: int) -> Part:
    return part_of(segment_of(tag, _RELEASE), element)
