"""What EDIFACT's control segments must hold, as a guide of their own: the rows of ISO 9735, with dates, times and codes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from edi.edifact.guide import service_segment
from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Usage

_TAGS = ("UNB", "UNG", "UNH", "UNE", "UNZ")
_FREE = {"UNE": (1, 2), "UNZ": (1, 2)}  # compared with what was counted, and with the header
_KINDS = {"0017": "DT", "0019": "TM"}  # date and time of preparation
_CODES = {"0031": "1 2", "0035": "1 2 3 4"}  # acknowledgment wanted, test: those of syntax 4, which has more
_ANYTHING = Part("", "B", Usage.OPTIONAL, 0, UNBOUNDED)


@cache
def control_guide() -> Guide:
    """Return the guide; its places say nothing about order, which is the envelope's."""
    segments = {tag: _milder(segment) for tag in _TAGS if (segment := service_segment(tag))}
    items = tuple(Item(tag, Usage.OPTIONAL, UNBOUNDED) for tag in segments)
    return Guide("edifact", "", "", True, items, segments, text="", hash="")


def _milder(segment: Segment) -> Segment:
    elements = (_element(segment.tag, at, element) for at, element in enumerate(segment.elements, start=1))
    return replace(segment, elements=tuple(elements))


def _element(tag: str, at: int, element: Element) -> Element:
    if at in _FREE.get(tag, ()):
        return replace(element, usage=Usage.OPTIONAL, parts=(_ANYTHING,))
    return replace(element, parts=tuple(map(_part, element.parts)))


def _part(part: Part) -> Part:
    codes = frozenset(_CODES.get(part.reference, "").split()) or part.codes
    return replace(part, kind=_KINDS.get(part.reference, part.kind), codes=codes)
