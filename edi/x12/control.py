"""What X12's control segments must hold, as a guide of their own: the dictionary's rows, milder where real senders are.

The standard's texts: X12.5 (ISA, IEA, TA1) and X12.6 (GS, GE, ST). What is free here is judged elsewhere, or by nobody: real files
have anything in ISA11 and ISA12.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Usage
from edi.x12.dictionary import segment_of

_RELEASE = "005010"
_TAGS = ("ISA", "TA1", "GS", "ST", "GE", "IEA")
_FREE = {
    "ISA": (2, 4, 11, 12, 15, 16),  # blank as a rule; any repetition separator, any version; read before all else
    "GE": (1, 2), "IEA": (1, 2),  # compared with what was counted, and with the header
}
_ANY_LENGTH = ("ISA",)  # its width is x12.isa_length
_LENGTHS = {("GS", 4): (6, 8)}  # before 004010 a year has two digits
_ANYTHING = Part("", "B", Usage.OPTIONAL, 0, UNBOUNDED)


@cache
def control_guide() -> Guide:
    """Return the guide; its places say nothing about order, which is the envelope's."""
    segments = {tag: _milder(segment) for tag in _TAGS if (segment := segment_of(tag, _RELEASE))}
    items = tuple(Item(tag, Usage.OPTIONAL, UNBOUNDED) for tag in segments)
    return Guide("x12", "", _RELEASE, True, items, segments, text="", hash="")


def _milder(segment: Segment) -> Segment:
    elements = (_milder_element(segment.tag, at, element) for at, element in enumerate(segment.elements, start=1))
    return replace(segment, elements=tuple(elements))


def _milder_element(tag: str, at: int, element: Element) -> Element:
    if at in _FREE.get(tag, ()):
        return replace(element, usage=Usage.OPTIONAL, parts=(_ANYTHING,))
    (part,) = element.parts
    shortest, longest = (0, UNBOUNDED) if tag in _ANY_LENGTH else _LENGTHS.get((tag, at), (part.shortest, part.longest))
    return replace(element, parts=(replace(part, shortest=shortest, longest=longest),))
