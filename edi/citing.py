"""What an acknowledgment can cite: a value that has the length and type of the element that it is to stand in.

Another value would break the acknowledgment, and one that is cut or mended names something else.
"""

from __future__ import annotations

from edi.guidemodel import Part, Segment


def part_of(segment: Segment | None, element: int, component: int = 1) -> Part:
    """Return what an element of one of our own segments must look like."""
    assert segment is not None  # the dictionaries have the segments that we write
    return segment.elements[element - 1].parts[component - 1]


def fits(part: Part, value: str) -> bool:
    """Tell whether a value can stand in an element; blanks alone are no value."""
    if part.kind == "N0":
        digits = value.removeprefix("-")
        return digits.isascii() and digits.isdigit() and part.shortest <= len(digits) <= part.longest
    return bool(value.strip()) and part.shortest <= len(value) <= part.longest
