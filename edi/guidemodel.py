"""What a guide says, as values: the order of segments and loops, and what each segment's elements must look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

UNBOUNDED = 10**9


class Usage(StrEnum):
    """Whether something must be sent, may be sent, or must not be sent. What is conditional may be sent."""

    MANDATORY = "M"
    OPTIONAL = "O"
    FORBIDDEN = "X"


@dataclass(frozen=True, slots=True)
class Part:
    """A simple data element in its place. Kind is an X12 type (AN, ID, N0, N2, R, DT, TM, B) or EDIFACT's A, AN, N."""

    reference: str  # the standard's number of the data element, "" where we do not know it
    kind: str
    usage: Usage
    shortest: int
    longest: int
    codes: frozenset[str] = frozenset()  # empty: any
    name: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One position of a segment: a simple element has one part, a composite several."""

    reference: str
    usage: Usage
    repeat: int
    parts: tuple[Part, ...]  # empty: anything goes
    name: str = ""
    conditions: tuple[str, ...] = ()  # between the components of a composite, in the notation of Segment.conditions


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the dictionary.

    Conditions are a letter and two digits a position. X12's: P0607 all or none, R0203 at least one, E0203 at most one,
    C0302 if the first then all others, L030405 if the first then one of the others. EDIFACT has two more: O0203 exactly
    one, N0203 if the first then none of the others.
    """

    tag: str
    name: str
    elements: tuple[Element, ...]  # empty: elements are not described, and not checked
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """What tells segments of one tag apart: an item takes only those whose value here is one of the codes."""

    element: int
    component: int
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Item:
    """A segment, or a loop where it has items: then the first item is the trigger and bears the loop's tag."""

    tag: str
    usage: Usage
    repeat: int
    items: tuple[Item, ...] = ()
    name: str = ""  # of a loop or group: what people call it, such as N1, SG25 or 2010AA
    segment: Segment | None = None  # what the segment must look like in this place; None: as the guide's dictionary says
    selectors: tuple[Selector, ...] = ()  # all must agree; of a loop: those of its trigger


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """What transaction sets or messages of one edition are checked against; one for all the versions that are near to it."""

    standard: str
    type_code: str
    edition: str  # the version that the guide describes: 004010, D:96A, 005010X222A1
    exact: bool  # whether it is for documents of that base version; a near guide only warns about structure
    items: tuple[Item, ...]
    segments: Mapping[str, Segment]
    text: str  # canonical text, all that was used: archive it under the hash
    hash: str  # sha256 of the text
    is_implementation: bool = False  # an implementation guide (HIPAA) or a partner's, narrower than the standard
