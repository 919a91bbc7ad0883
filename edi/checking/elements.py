"""Check elements against a guide a column at a time: presence, lengths, types, codes and relational conditions.

Every value of the checked transactions is looked up once in flat arrays made from the guide; the tests are then a few
passes of numpy and Arrow over all values together. Only what is wrong becomes a Python object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.checking.faults import Faults
from edi.checking.moves import BAD_CODE
from edi.checking.places import Places
from edi.checking.relations import broken_relation, positions
from edi.checking.structure import Followed, ranges
from edi.checking.valuetypes import DATES, NUMBERS, TIMES, bad_dates, bad_numbers, bad_periods, bad_times, digits_of
from edi.findings import Kind, Severity, kind
from edi.guidemodel import Element, Part, Segment, Usage
from edi.segments import Bools, Ints, SegmentTable

ELEMENT_MISSING = kind("guide.element_missing", Severity.ERROR, "a mandatory element of {tag} is empty",
                       "the partner must send the document again with it")
ELEMENT_SURPLUS = kind("guide.element_surplus", Severity.WARNING, "{tag} has more elements than the guide describes",
                       "nothing is lost; ask the partner, or widen the guide")
COMPONENT_SURPLUS = kind("guide.component_surplus", Severity.WARNING, "an element of {tag} has more components than the guide describes",
                         "look whether a separator stands inside data")
REPETITION_SURPLUS = kind("guide.repetition_surplus", Severity.ERROR, "an element of {tag} repeats more often than the guide allows",
                          "look whether a separator stands inside data")
TOO_SHORT = kind("guide.too_short", Severity.WARNING, "a value of {tag} is shorter than the guide allows",
                 "ask the partner, or widen the guide")
TOO_LONG = kind("guide.too_long", Severity.WARNING, "a value of {tag} is longer than the guide allows",
                "ask the partner, or widen the guide")
BAD_CHARACTER = kind("guide.bad_character", Severity.WARNING, "a value of {tag} has characters that its type does not allow",
                     "look at the value at this place; the partner should correct it")
BAD_DATE = kind("guide.bad_date", Severity.ERROR, "a date of {tag} does not exist or is badly written",
                "the partner must correct the date")
BAD_TIME = kind("guide.bad_time", Severity.WARNING, "a time of {tag} does not exist or is badly written",
                "the partner should correct the time")
ELEMENT_FORBIDDEN = kind("guide.element_forbidden", Severity.ERROR, "an element of {tag} is sent that the guide forbids in this place",
                         "the partner must leave it out, or the guide be widened")
CONDITION = kind("guide.condition", Severity.WARNING, "elements of {tag} that depend on each other do not agree ({rule})",
                 "the partner should send both, or neither, as the guide's condition says")

_CONTROL = r"[\x00-\x1f\x7f]"


@dataclass(frozen=True, slots=True, eq=False)
class _Spec:
    """A guide as flat arrays. Segments it describes count t, their elements e over all, parts p over all elements."""

    of_place: Ints  # place of the guide -> t, -1 where nothing is described
    of_tag: dict[str, int]  # for segments that stand in no place
    element_base: Ints  # t
    element_count: Ints  # t
    mandatory: Ints  # t: how many elements are mandatory
    required: Bools  # e
    repeat: Ints  # e
    part_base: Ints  # e
    part_count: Ints  # e
    mandatory_parts: Ints  # e
    parts: tuple[Part, ...]
    part_required: Bools  # p
    shortest: Ints  # p
    longest: Ints  # p
    part_forbidden: Bools  # p
    forbidden: Bools  # e
    conditions: tuple[tuple[int, str], ...]  # segment's index and rule
    inner_conditions: tuple[tuple[int, str], ...]  # element's index and rule


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Segments, elements, repetitions and values of the checked transactions, each with its owner and its place in the guide."""

    table: SegmentTable
    segments: Ints  # s: into the table
    tag: Ints  # s: into the spec's tags
    element_owner: Ints  # e: into segments
    element_position: Ints  # e: from 1
    element_slot: Ints  # e: into the spec's elements, -1 where there is none
    element_filled: Bools  # e
    repetition_owner: Ints  # r: into elements here
    repetition_position: Ints  # r: from 1
    value: Ints  # v: into the table's values
    value_owner: Ints  # v: into repetitions here
    component: Ints  # v: from 1
    length: Ints  # v: bytes
    slot: Ints  # v: into the spec's parts, -1 where there is none

    def at_elements(self, what: Kind, elements: Ints) -> Faults:
        """Make faults of whole elements."""
        nothing = np.zeros(len(elements), dtype=np.int64)
        return Faults(what, self.segments[self.element_owner[elements]], self.element_position[elements], nothing, nothing)

    def at_values(self, what: Kind, values: Ints, spec: _Spec) -> Faults:
        """Make faults of values; components and repetitions are named only where there can be several."""
        repetition = self.value_owner[values]
        element = self.repetition_owner[repetition]
        slot = self.element_slot[element]
        composite = (spec.part_count[slot] > 1) | (self.component[values] > 1)
        repeats = (spec.repeat[slot] > 1) | (self.repetition_position[repetition] > 1)
        return Faults(what, self.segments[self.element_owner[element]], self.element_position[element],
                      np.where(composite, self.component[values], 0), np.where(repeats, self.repetition_position[repetition], 0))


def check_elements(table: SegmentTable, followed: Followed) -> list[Faults]:
    """Return what is wrong inside segments that were followed through their guide."""
    spec = _spec(followed.machine.places)
    cells = _cells(table, spec, followed)
    faults = [*_presence(cells, spec), *_surplus(cells, spec), *_lengths(cells, spec), *_types(cells, spec), *_codes(cells, spec),
              *_dates_by_format(cells, spec), *_conditions(cells, spec), *_forbidden(cells, spec)]
    return [fault for fault in faults if len(fault.segments)]


@lru_cache(maxsize=256)
def _spec(places: Places) -> _Spec:
    own = [places.segment(index) for index in range(len(places.nodes))]
    numbers: dict[int, int] = {}
    described: list[Segment] = []
    for segment in (*own, *places.guide.segments.values()):
        if segment is not None and segment.elements and id(segment) not in numbers:
            numbers[id(segment)] = len(described)
            described.append(segment)
    elements = [element for segment in described for element in segment.elements]
    counts = np.array([len(segment.elements) for segment in described], dtype=np.int64)
    part_counts = np.array([len(element.parts) for element in elements], dtype=np.int64)
    parts = tuple(part for element in elements for part in element.parts)
    return _Spec(
        of_place=np.array([*(numbers.get(id(segment), -1) for segment in own), -1], dtype=np.int64),
        of_tag={tag: numbers.get(id(segment), -1) for tag, segment in places.guide.segments.items()},
        element_base=np.cumsum(counts) - counts, element_count=counts,
        mandatory=np.array([sum(_is_mandatory(each) for each in segment.elements) for segment in described], dtype=np.int64),
        required=np.array([_is_mandatory(each) for each in elements], dtype=bool),
        repeat=np.array([element.repeat for element in elements], dtype=np.int64),
        part_base=np.cumsum(part_counts) - part_counts, part_count=part_counts,
        mandatory_parts=np.array([sum(_is_mandatory(part) for part in element.parts) for element in elements], dtype=np.int64),
        parts=parts, part_required=np.array([_is_mandatory(part) for part in parts], dtype=bool),
        shortest=np.array([part.shortest for part in parts], dtype=np.int64),
        longest=np.array([part.longest for part in parts], dtype=np.int64),
        part_forbidden=np.array([part.usage is Usage.FORBIDDEN for part in parts], dtype=bool),
        forbidden=np.array([element.usage is Usage.FORBIDDEN for element in elements], dtype=bool),
        conditions=tuple((at, rule) for at, segment in enumerate(described) for rule in segment.conditions),
        inner_conditions=tuple((at, rule) for at, element in enumerate(elements) for rule in element.conditions),
    )


def _is_mandatory(each: Element | Part) -> bool:
    return each.usage is Usage.MANDATORY


def _cells(table: SegmentTable, spec: _Spec, followed: Followed) -> _Cells:
    segments, nodes = followed.segments, followed.nodes
    known = np.array([spec.of_tag.get(str(tag), -1) for tag in table.tags.dictionary.to_pylist()] or [-1], dtype=np.int64)
    tag = np.where(nodes >= 0, spec.of_place[nodes], known[table.tags.indices.to_numpy(zero_copy_only=False)[segments]])
    segments, tag = segments[tag >= 0], tag[tag >= 0]
    counts = table.element_count(segments)
    element_owner = np.repeat(np.arange(len(segments)), counts)
    elements = ranges(table.segment_first[segments] + 1, counts)
    position = elements - np.repeat(table.segment_first[segments], counts)
    slot = np.where(position <= spec.element_count[tag][element_owner], spec.element_base[tag][element_owner] + position - 1, -1)
    counts = table.element_first[elements + 1] - table.element_first[elements]
    repetition_owner = np.repeat(np.arange(len(elements)), counts)
    repetitions = ranges(table.element_first[elements], counts)
    counts = table.repeat_first[repetitions + 1] - table.repeat_first[repetitions]
    value_owner = np.repeat(np.arange(len(repetitions)), counts)
    value = ranges(table.repeat_first[repetitions], counts)
    component = value - table.repeat_first[repetitions][value_owner] + 1
    length = np.asarray(pc.binary_length(table.values), dtype=np.int64)[value]
    at_slot = slot[repetition_owner[value_owner]]
    part = np.where((at_slot >= 0) & (component <= spec.part_count[at_slot]), spec.part_base[at_slot] + component - 1, -1)
    filled = np.bincount(repetition_owner[value_owner][length > 0], minlength=len(elements)) > 0
    return _Cells(table, segments, tag, element_owner, position, slot, filled, repetition_owner,
                  repetitions - table.element_first[elements][repetition_owner] + 1, value, value_owner, component, length, part)


def _presence(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    mandatory = cells.element_filled & (cells.element_slot >= 0) & spec.required[cells.element_slot]
    have = np.bincount(cells.element_owner[mandatory], minlength=len(cells.segments))
    for segment in np.flatnonzero(have < spec.mandatory[cells.tag]).tolist():
        first = int(spec.element_base[cells.tag[segment]])
        wanted = np.flatnonzero(spec.required[first:first + int(spec.element_count[cells.tag[segment]])]) + 1
        own = slice(*np.searchsorted(cells.element_owner, (segment, segment + 1)))
        absent = np.setdiff1d(wanted, cells.element_position[own][cells.element_filled[own]])
        nothing = np.zeros(len(absent), dtype=np.int64)
        yield Faults(ELEMENT_MISSING, np.full(len(absent), cells.segments[segment]), absent, nothing, nothing)
    yield from _missing_parts(cells, spec)


def _missing_parts(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    filled = cells.length > 0
    count = len(cells.repetition_owner)
    any_part = np.bincount(cells.value_owner[filled], minlength=count) > 0
    mandatory = filled & (cells.slot >= 0) & spec.part_required[cells.slot]
    have = np.bincount(cells.value_owner[mandatory], minlength=count)
    slot = cells.element_slot[cells.repetition_owner]
    lacking = any_part & (slot >= 0) & (spec.part_count[slot] > 1) & (have < spec.mandatory_parts[slot])
    for repetition in np.flatnonzero(lacking).tolist():
        first = int(spec.part_base[slot[repetition]])
        wanted = np.flatnonzero(spec.part_required[first:first + int(spec.part_count[slot[repetition]])]) + 1
        own = slice(*np.searchsorted(cells.value_owner, (repetition, repetition + 1)))
        absent = np.setdiff1d(wanted, cells.component[own][filled[own]])
        element = int(cells.repetition_owner[repetition])
        several = int(cells.repetition_position[repetition]) if spec.repeat[slot[repetition]] > 1 else 0
        yield Faults(ELEMENT_MISSING, np.full(len(absent), cells.segments[cells.element_owner[element]]),
                     np.full(len(absent), cells.element_position[element]), absent, np.full(len(absent), several))


def _surplus(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    extra = np.flatnonzero(cells.element_filled & (cells.element_slot < 0))
    _, first = np.unique(cells.element_owner[extra], return_index=True)
    yield cells.at_elements(ELEMENT_SURPLUS, extra[first])
    slot = cells.element_slot[cells.repetition_owner]
    filled = cells.length > 0
    described = slot[cells.value_owner] >= 0
    values = np.flatnonzero(filled & described & (cells.slot < 0))
    yield cells.at_values(COMPONENT_SURPLUS, values, spec)
    over = (slot >= 0) & (cells.repetition_position == spec.repeat[slot] + 1)
    yield cells.at_elements(REPETITION_SURPLUS, cells.repetition_owner[np.flatnonzero(over)])


def _lengths(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    known = (cells.slot >= 0) & (cells.length > 0)
    long = np.flatnonzero(known & (cells.length > spec.longest[cells.slot]))
    if len(long):
        longest = spec.longest[cells.slot[long]]
        numeric = np.array([spec.parts[slot].kind in NUMBERS for slot in cells.slot[long].tolist()], dtype=bool)
        text = cells.table.values.take(pa.array(cells.value[long]))
        length = np.where(numeric, digits_of(text), np.asarray(pc.utf8_length(text), dtype=np.int64))
        yield cells.at_values(TOO_LONG, long[length > longest], spec)
    short = np.flatnonzero(known & (cells.length < spec.shortest[cells.slot]))
    yield cells.at_values(TOO_SHORT, short, spec)


def _types(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    checks: tuple[tuple[Kind, frozenset[str], Callable[[pa.Array], Bools]], ...] = (
        (BAD_CHARACTER, NUMBERS, bad_numbers), (BAD_DATE, DATES, bad_dates), (BAD_TIME, TIMES, bad_times),
    )
    for what, kinds, bad in checks:
        values = _values_where(cells, spec, lambda part, kinds=kinds: part.kind in kinds)  # type: ignore[misc]  # bound per round
        yield cells.at_values(what, values[bad(cells.table.values.take(pa.array(cells.value[values])))], spec)
    if _has_controls(cells.table.values):
        controls = np.asarray(pc.match_substring_regex(cells.table.values, _CONTROL), dtype=bool)
        yield cells.at_values(BAD_CHARACTER, np.flatnonzero(controls[cells.value] & (cells.slot >= 0)), spec)


def _has_controls(values: pa.Array) -> bool:
    data = values.buffers()[2]
    return data is not None and bool((np.frombuffer(data, dtype=np.uint8) - 32 > 94).any())  # below 32 wraps; 127 and above too


def _values_where(cells: _Cells, spec: _Spec, wanted: Callable[[Part], bool]) -> Ints:
    mask = np.array([wanted(part) for part in spec.parts] + [False], dtype=bool)  # -1 looks at the last
    return np.flatnonzero(mask[cells.slot] & (cells.length > 0))


def _codes(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    for codes in dict.fromkeys(part.codes for part in spec.parts if part.codes):
        values = _values_where(cells, spec, lambda part, codes=codes: part.codes == codes)  # type: ignore[misc]  # bound per round
        text = cells.table.values.take(pa.array(cells.value[values]))
        known = np.asarray(pc.is_in(text, value_set=pa.array(sorted(codes))), dtype=bool)
        yield cells.at_values(BAD_CODE, values[~known], spec)


def _dates_by_format(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    """Check EDIFACT dates (2380), whose form is told by the component after them (2379)."""
    dates = _values_where(cells, spec, lambda part: part.reference == "2380")
    dates = dates[dates + 1 < len(cells.value)]
    forms = dates + 1
    paired = np.array([part.reference == "2379" for part in spec.parts] + [False], dtype=bool)[cells.slot[forms]]
    paired &= cells.value_owner[dates] == cells.value_owner[forms]
    dates, forms = dates[paired], forms[paired]
    text = cells.table.values.take(pa.array(cells.value[dates]))
    yield cells.at_values(BAD_DATE, dates[bad_periods(text, cells.table.values.take(pa.array(cells.value[forms])))], spec)


def _forbidden(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    filled = np.flatnonzero(cells.element_filled & (cells.element_slot >= 0))
    yield cells.at_elements(ELEMENT_FORBIDDEN, filled[spec.forbidden[cells.element_slot[filled]]])
    values = np.flatnonzero((cells.slot >= 0) & (cells.length > 0))
    values = values[spec.part_forbidden[cells.slot[values]]]
    values = values[~spec.forbidden[cells.element_slot[cells.repetition_owner[cells.value_owner[values]]]]]
    yield cells.at_values(ELEMENT_FORBIDDEN, values, spec)


def _conditions(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    for number, rule in spec.conditions:
        segments = cells.segments[cells.tag == number]
        if len(segments):
            places = positions(rule)
            has = np.array([np.asarray(cells.table.element(segments, place).is_valid(), dtype=bool) for place in places])
            broken, blamed = broken_relation(rule[0], has)
            nothing = np.zeros(int(broken.sum()), dtype=np.int64)
            yield Faults(CONDITION, segments[broken], np.array(places, dtype=np.int64)[blamed[broken]], nothing, nothing,
                         details={"rule": rule})
    if spec.inner_conditions:
        yield from _inner_conditions(cells, spec)


def _inner_conditions(cells: _Cells, spec: _Spec) -> Iterator[Faults]:
    """Check the relations between components of a composite, in each repetition that is used."""
    filled = cells.length > 0
    used = np.bincount(cells.value_owner[filled], minlength=len(cells.repetition_owner)) > 0
    slot = cells.element_slot[cells.repetition_owner]
    for number, rule in spec.inner_conditions:
        repetitions = np.flatnonzero(used & (slot == number))
        if not len(repetitions):
            continue
        places = positions(rule)
        row = np.full(len(used), -1, dtype=np.int64)
        row[repetitions] = np.arange(len(repetitions))
        mine = np.flatnonzero(filled & (row[cells.value_owner] >= 0))
        has = np.zeros((len(places), len(repetitions)), dtype=bool)
        for at, place in enumerate(places):
            has[at, row[cells.value_owner[mine[cells.component[mine] == place]]]] = True
        broken, blamed = broken_relation(rule[0], has)
        element = cells.repetition_owner[repetitions[broken]]
        several = spec.repeat[number] > 1
        yield Faults(CONDITION, cells.segments[cells.element_owner[element]], cells.element_position[element],
                     np.array(places, dtype=np.int64)[blamed[broken]],
                     cells.repetition_position[repetitions[broken]] * int(several), details={"rule": rule})
