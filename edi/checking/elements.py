"""Check elements against guides a column at a time: presence, surplus, what is forbidden, lengths and relations.

Every value of a table is looked up once in the flat arrays of edi.checking.specs; the tests are then a few passes of numpy
over all values together. Only what is wrong is looked at more closely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from edi.checking.cells import Cells, cells_of, counting, picked, slice_of
from edi.checking.faults import Faults
from edi.checking.grouping import grouped
from edi.checking.places import Places
from edi.checking.ranges import ranges
from edi.checking.relations import check_relations
from edi.checking.specs import FORBIDDEN, FORBIDDEN_WHOLE, MANDATORY, MANDATORY_WHOLE, NUMERIC, Flags, Specs, specs_of
from edi.checking.structure import NO_PLACE
from edi.checking.values import check_values
from edi.checking.valuetypes import digits_of
from edi.findings import Severity, kind
from edi.guidemodel import UNBOUNDED, Usage
from edi.segments import Batch, Ints, SegmentTable

ELEMENT_MISSING = kind("guide.element_missing", Severity.ERROR, "a mandatory element of {tag} is empty",
                       "the partner must send the document again with it")
ELEMENT_SURPLUS = kind("guide.element_surplus", Severity.WARNING, "{tag} has more elements than the guide describes",
                       "nothing is lost; ask the partner, or widen the guide")
COMPONENT_SURPLUS = kind("guide.component_surplus", Severity.WARNING, "an element of {tag} has more components than the guide describes",
                         "look whether a separator stands inside data")
REPETITION_SURPLUS = kind("guide.repetition_surplus", Severity.ERROR, "an element of {tag} repeats more often than the guide allows",
                          "look whether a separator stands inside data")
ELEMENT_FORBIDDEN = kind("guide.element_forbidden", Severity.ERROR, "an element of {tag} is sent that the guide forbids in this place",
                         "the partner must leave it out, or the guide be widened")
TOO_SHORT = kind("guide.too_short", Severity.WARNING, "a value of {tag} is shorter than the guide allows",
                 "ask the partner, or widen the guide")
TOO_LONG = kind("guide.too_long", Severity.WARNING, "a value of {tag} is longer than the guide allows",
                "ask the partner, or widen the guide")


_FEW = 4  # less than one in so many is worth a table of its own


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Segments, ascending, of which a guide says what they must look like."""

    places: Places
    segments: Ints  # index into the table
    nodes: Ints  # place of each segment, NO_PLACE where it has none


def check_elements(batch: Batch, described: Sequence[Described]) -> list[Faults]:
    """Return what is wrong inside segments that guides describe."""
    described = [one for one in described if len(one.segments)]
    if not described:
        return []
    specs = specs_of(tuple(one.places for one in described))
    rows = _rows(described)
    dense = len(rows) == rows[-1] + 1 - rows[0]
    table = slice_of(batch.table, int(rows[0]), int(rows[-1]) + 1) if dense else picked(batch.table, rows)
    cells = cells_of(table, specs, _descriptions(table, described, specs, rows))
    flags = specs.flags[cells.slot]
    found = (_absent(cells), _empty(cells, flags), _forbidden(cells, flags), _surplus(cells), _lengths(cells, flags),
             check_relations(cells), check_values(batch, cells, flags))
    return [replace(fault, segments=rows[fault.segments]) for faults in found for fault in faults if len(fault.segments)]


def _rows(described: Sequence[Described]) -> Ints:
    """Return the segments to look at: all between the first and the last, which is cheaper, unless only a few are described."""
    first, last = min(int(one.segments[0]) for one in described), max(int(one.segments[-1]) for one in described)
    if sum(len(one.segments) for one in described) * _FEW > last + 1 - first:
        return np.arange(first, last + 1)
    return np.unique(np.concatenate([one.segments for one in described]))


def _descriptions(table: SegmentTable, described: Sequence[Described], specs: Specs, rows: Ints) -> Ints:
    """Return the description of each segment of a table that holds these rows: that of its place, else of its tag."""
    position = np.zeros(int(rows[-1] + 1 - rows[0]), dtype=np.int64)
    position[rows - rows[0]] = counting(len(rows))
    tags = [str(tag) for tag in table.tags.dictionary.to_pylist()]
    found = np.zeros(len(table), dtype=np.int64)
    for one, of_place, of_tag in zip(described, specs.of_place, specs.of_tag, strict=True):
        segments = position[one.segments - rows[0]]
        found[segments] = of_place[one.nodes]
        lost = segments[one.nodes == NO_PLACE]
        if len(lost):
            known = np.array([of_tag.get(tag, 0) for tag in tags], dtype=np.int64)
            found[lost] = known[table.tags.indices.to_numpy(zero_copy_only=False)[lost]]
    return found


def _absent(cells: Cells) -> Iterator[Faults]:
    """Tell of mandatory elements behind the last one that was sent, and of mandatory components behind the last of theirs."""
    table, specs = cells.table, cells.specs
    sent = np.diff(table.segment_first) - 1
    short = np.flatnonzero(sent < specs.last_mandatory[cells.described])
    for number, where in grouped(cells.described[short]):
        segment = specs.segments[number]
        for position, element in enumerate(segment.elements if segment else (), start=1):
            if element.usage is Usage.MANDATORY:
                lacking = short[where[sent[short[where]] < position]]
                yield Faults.of_segments(ELEMENT_MISSING, lacking, element=position)
    composites = np.flatnonzero(specs.last_part[cells.element] > 0) if specs.last_part.any() else np.zeros(0, dtype=np.int64)
    repeats = table.element_first[composites + 1] - table.element_first[composites]
    repetitions, owner = ranges(table.element_first[composites], repeats), np.repeat(cells.element[composites], repeats)
    have = table.repeat_first[repetitions + 1] - table.repeat_first[repetitions]
    few = np.flatnonzero(have < specs.last_part[owner])
    few = few[cells.used(repetitions[few])]
    for slot, where in grouped(owner[few]):
        for position in range(2, int(specs.last_part[slot]) + 1):
            if specs.flags[specs.more[slot] + position - 2] & MANDATORY:
                lacking = few[where[have[few[where]] < position]]
                yield cells.at_components(ELEMENT_MISSING, repetitions[lacking], np.full(len(lacking), position))


def _empty(cells: Cells, flags: Flags) -> Iterator[Faults]:
    """Tell of mandatory elements that are there and empty, and of empty mandatory components of what is not empty."""
    empty = np.flatnonzero(((flags & (MANDATORY | MANDATORY_WHOLE)) > 0) & (cells.length == 0))
    if not len(empty):
        return
    elements = cells.elements(empty)
    composite = cells.specs.parts[cells.element[elements]] > 1
    whole = np.unique(elements[~composite | ((flags[empty] & MANDATORY_WHOLE) > 0)])
    yield cells.at_elements(ELEMENT_MISSING, whole[~cells.filled(whole)])
    inner = empty[composite & ((flags[empty] & MANDATORY) > 0)]
    yield cells.at_values(ELEMENT_MISSING, inner[cells.used(cells.repetitions(inner))])


def _forbidden(cells: Cells, flags: Flags) -> Iterator[Faults]:
    sent = np.flatnonzero(((flags & (FORBIDDEN | FORBIDDEN_WHOLE)) > 0) & (cells.length > 0))
    if len(sent):
        whole = (flags[sent] & FORBIDDEN_WHOLE) > 0
        yield cells.at_elements(ELEMENT_FORBIDDEN, np.unique(cells.elements(sent[whole])))
        yield cells.at_values(ELEMENT_FORBIDDEN, sent[~whole])


def _surplus(cells: Cells) -> Iterator[Faults]:
    table, specs = cells.table, cells.specs
    known = specs.count[cells.described]
    long = np.flatnonzero((np.diff(table.segment_first) - 1 > known) & (cells.described > 0))
    first, stop = table.segment_first[long] + 1 + known[long], table.segment_first[long + 1]
    elements = ranges(first, stop - first)
    filled = elements[cells.filled(elements)]
    _, earliest = np.unique(np.searchsorted(table.segment_first, filled, "right"), return_index=True)
    yield cells.at_elements(ELEMENT_SURPLUS, filled[earliest])
    several = cells.several[cells.element[cells.several] > 0]
    repeats = table.element_first[several + 1] - table.element_first[several]
    allowed = specs.repeat[cells.element[several]]
    surplus = cells.at_elements(REPETITION_SURPLUS, several[repeats > allowed])
    yield replace(surplus, repetition=allowed[repeats > allowed] + 1)
    described = several[specs.parts[cells.element[several]] < UNBOUNDED]
    values = ranges(cells.first[described], cells.first[described + 1] - cells.first[described])
    yield cells.at_values(COMPONENT_SURPLUS, values[(cells.slot[values] == 0) & (cells.length[values] > 0)])


def _lengths(cells: Cells, flags: Flags) -> Iterator[Faults]:
    limit = np.take(cells.specs.longest, cells.slot)
    long = np.flatnonzero(cells.length > limit)
    if len(long):
        length = cells.length[long].astype(np.int64)
        number = np.flatnonzero(flags[long] & NUMERIC)
        length[number] = digits_of(cells.text(long[number]))
        yield cells.at_values(TOO_LONG, long[length > limit[long]])
    short = np.flatnonzero(cells.length < np.take(cells.specs.shortest, cells.slot, out=limit, mode="clip"))
    yield cells.at_values(TOO_SHORT, short[cells.length[short] > 0])
