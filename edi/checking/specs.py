"""What guides say about elements, as flat arrays, so that whole columns can be looked up in them at once.

A description is what one segment must look like in its places. Its slots stand side by side: the tag's, then one for each
element, which is also that of its first component. Slots of further components stand behind those of all elements.
Description and slot 0 say nothing: they are of what no guide describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from edi.checking.places import Places
from edi.guidemodel import UNBOUNDED, Element, Part, Segment, Usage
from edi.segments import Bools, Ints

# What is true of a slot. Whole is of elements with components: they must, or must not, have anything in any of them.
MANDATORY, MANDATORY_WHOLE, FORBIDDEN, FORBIDDEN_WHOLE, INTEGER, DECIMAL, DATE, TIME, LETTERS, CODED, PERIOD, BINARY = (
    1 << bit for bit in range(12))
NUMERIC = INTEGER | DECIMAL

_KINDS = {"R": DECIMAL, "DT": DATE, "TM": TIME, "A": LETTERS, "B": BINARY, **{f"N{places}": INTEGER for places in range(10)}}
_N = {"x12": INTEGER, "edifact": DECIMAL}  # X12's N has implied decimals, EDIFACT's n a decimal mark
_PERIODS = {"2380": ("2379", 1), "1251": ("1250", -1)}  # the period, what says how it is written, and on which side of it that stands
_ANYTHING = Part("", "AN", Usage.OPTIONAL, 0, UNBOUNDED)

Flags = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Specs:
    """The descriptions of some guides: ``d`` of them, with ``e`` slots of tags and elements, and ``s`` slots in all."""

    of_place: tuple[Ints, ...]  # for each guide: place -> description; the last is for segments in no place
    of_tag: tuple[dict[str, int], ...]  # for each guide: for segments that stand in no place
    start: Ints  # d: slot of the tag
    count: Ints  # d: elements
    last_mandatory: Ints  # d: position of the last mandatory element, 0 where there is none
    segments: tuple[Segment | None, ...]  # d
    repeat: Ints  # e
    parts: Ints  # e: components that are described, UNBOUNDED where anything goes
    more: Ints  # e: slot of the second component
    last_part: Ints  # e: position of the last mandatory component beyond the first, 0 where there is none
    inner_rules: tuple[tuple[int, str], ...]  # slot of a composite, and a relation between its components
    shortest: npt.NDArray[np.int32]  # s
    longest: npt.NDArray[np.int32]  # s
    flags: Flags  # s
    partner: Ints  # s: slot of what says how a period is written; beside it in the direction of ``side``
    side: Ints  # s
    code_list: Ints  # s: number of its list of codes
    codes: pa.Array  # c: every code of every list
    allowed: Bools  # lists x (c + 1): whether a list has a code; the last column is for any other value


@dataclass(slots=True)
class _Slots:
    """Slots as they are made."""

    shortest: list[int] = field(default_factory=list)
    longest: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    reference: list[str] = field(default_factory=list)
    codes: list[frozenset[str]] = field(default_factory=list)

    def add(self, part: Part, standard: str, flags: int = 0) -> None:
        if flags & (FORBIDDEN | FORBIDDEN_WHOLE):  # that it is sent is all that there is to tell
            part, flags = _ANYTHING, flags & ~MANDATORY
        kind = _N[standard] if part.kind == "N" else _KINDS.get(part.kind, 0)
        self.shortest.append(part.shortest)
        self.longest.append(min(part.longest, UNBOUNDED))
        self.flags.append(kind | flags | CODED * bool(part.codes))
        self.reference.append(part.reference)
        self.codes.append(part.codes)


@lru_cache(maxsize=16)
def specs_of(guides: tuple[Places, ...]) -> Specs:
    """Lay out the descriptions of all segments of some guides."""
    numbers: dict[int, int] = {}
    described: list[Segment | None] = [None]
    standards = ["x12"]
    of_place, of_tag = [], []
    for places in guides:
        own = [places.segment(index) for index in range(len(places.nodes))]
        for segment in (*own, *places.guide.segments.values()):
            if segment is not None and segment.elements and id(segment) not in numbers:
                numbers[id(segment)] = len(described)
                described.append(segment)
                standards.append(places.guide.standard)
        of_place.append(np.array([*(numbers.get(id(segment), 0) for segment in own), 0], dtype=np.int64))
        of_tag.append({tag: numbers.get(id(segment), 0) for tag, segment in places.guide.segments.items()})
    return _laid_out(tuple(of_place), tuple(of_tag), described, standards)


def _laid_out(
    of_place: tuple[Ints, ...], of_tag: tuple[dict[str, int], ...], described: list[Segment | None], standards: list[str],
) -> Specs:
    tag = Element("", Usage.OPTIONAL, UNBOUNDED, ())
    rows = [(element, standard) for segment, standard in zip(described, standards, strict=True)
            for element in (tag, *(segment.elements if segment else ()))]
    slots = _Slots()
    for element, standard in rows:
        _first(slots, element, standard)
    more = _further(slots, rows)
    counts = _ints(len(segment.elements) if segment else 0 for segment in described)
    lists = list(dict.fromkeys([frozenset[str](), *slots.codes]))
    numbers = {codes: number for number, codes in enumerate(lists)}
    codes, allowed = _code_lists(lists)
    partner, side = _partners(rows, more, slots.reference)
    return Specs(
        of_place=of_place, of_tag=of_tag, start=np.cumsum(counts + 1) - counts - 1, count=counts,
        last_mandatory=_ints(_last(segment.elements if segment else ()) for segment in described), segments=tuple(described),
        repeat=_ints(element.repeat for element, _ in rows), parts=_ints(len(element.parts) or UNBOUNDED for element, _ in rows),
        more=more, last_part=_ints(_last(element.parts) if len(element.parts) > 1 else 0 for element, _ in rows),
        inner_rules=tuple((slot, rule) for slot, (element, _) in enumerate(rows) for rule in element.conditions),
        shortest=np.array(slots.shortest, dtype=np.int32), longest=np.array(slots.longest, dtype=np.int32),
        flags=np.array(slots.flags, dtype=np.uint16) | np.where(partner > 0, PERIOD, 0).astype(np.uint16),
        partner=partner, side=side, code_list=_ints(numbers[each] for each in slots.codes), codes=codes, allowed=allowed,
    )


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


def _last(each: Sequence[Element | Part]) -> int:
    return max((at for at, one in enumerate(each, start=1) if one.usage is Usage.MANDATORY), default=0)


def _first(slots: _Slots, element: Element, standard: str) -> None:
    """Add the slot of an element, which is also that of its first component."""
    if len(element.parts) > 1:
        whole = MANDATORY_WHOLE * (element.usage is Usage.MANDATORY) | FORBIDDEN_WHOLE * (element.usage is Usage.FORBIDDEN)
        slots.add(element.parts[0], standard, whole | _usage(element.parts[0].usage))
    else:
        slots.add(element.parts[0] if element.parts else _ANYTHING, standard, _usage(element.usage))


def _further(slots: _Slots, rows: list[tuple[Element, str]]) -> Ints:
    """Add the slots of further components; return where those of each element begin."""
    more = np.zeros(len(rows), dtype=np.int64)
    for at, (element, standard) in enumerate(rows):
        more[at] = len(slots.flags)
        for part in element.parts[1:]:
            slots.add(part, standard, FORBIDDEN_WHOLE * (element.usage is Usage.FORBIDDEN) | _usage(part.usage))
    return more


def _usage(usage: Usage) -> int:
    return MANDATORY * (usage is Usage.MANDATORY) | FORBIDDEN * (usage is Usage.FORBIDDEN)


def _code_lists(lists: list[frozenset[str]]) -> tuple[pa.Array, Bools]:
    codes = sorted(frozenset[str]().union(*lists))
    at = {code: number for number, code in enumerate(codes)}
    allowed = np.zeros((len(lists), len(codes) + 1), dtype=bool)
    for number, each in enumerate(lists):
        allowed[number, [at[code] for code in each]] = True
    return pa.array(codes, pa.string()), allowed


def _partners(rows: list[tuple[Element, str]], more: Ints, references: list[str]) -> tuple[Ints, Ints]:
    """Find the slot that says how a period is written: a neighbour in the same composite, or the element beside it."""
    partner, side = np.zeros(len(references), dtype=np.int64), np.zeros(len(references), dtype=np.int64)
    for at, (element, _) in enumerate(rows):
        if len(element.parts) > 1:
            own = [at, *range(int(more[at]), int(more[at]) + len(element.parts) - 1)]
        else:
            own = [at - 1, at, at + 1]  # beside a segment's elements stand tags, which have no reference
        for here, slot in enumerate(own):
            form, step = _PERIODS.get(references[slot] if slot < len(references) else "", ("", 0))
            there = here + step
            if step and 0 <= there < len(own) and references[own[there]] == form:
                partner[slot], side[slot] = own[there], step
    return partner, side
