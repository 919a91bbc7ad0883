"""What a guide says, as values: the order of segments and loops, and what each segment's elements must look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Part:
    """A simple data element in its place. Kind is an X12 type (AN, ID, N0, N2, R, DT, TM) or EDIFACT's A, AN, N."""

    reference: str  # the standard's number of the data element, "" where we do not know it
    kind: str
    required: bool
    shortest: int
    longest: int
    codes: frozenset[str] = frozenset()  # empty: any


@dataclass(frozen=True, slots=True)
class Element:
    """One position of a segment: a simple element has one part, a composite several."""

    reference: str
    required: bool
    repeat: int
    parts: tuple[Part, ...]  # empty: anything goes


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the dictionary. Conditions are X12's relational notation: P0607, R0203, C0302, E0203, L030405."""

    tag: str
    name: str
    elements: tuple[Element, ...]  # empty: elements are not described, and not checked
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A segment, or a loop where it has items: then the first item is the trigger and bears the loop's tag."""

    tag: str
    required: bool
    repeat: int
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """The guide that one transaction set or message of one version is checked against."""

    standard: str
    type_code: str
    version: str  # as the document states it
    edition: str  # the version that the guide describes: 004010, D:96A
    exact: bool  # whether the two are the same base version; a near guide only warns about structure
    items: tuple[Item, ...]
    segments: Mapping[str, Segment]
    text: str  # canonical text, all that was used: archive it under the hash
    hash: str  # sha256 of the text
