"""The values of a table, each with its slot in the guides' descriptions: what all checks of elements look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from edi.checking.faults import Faults
from edi.checking.ranges import ranges
from edi.checking.specs import Specs
from edi.findings import Kind
from edi.segments import Bools, Ints, SegmentTable

Lengths = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A table beside its descriptions. Columns are over the table's own segments (s), elements (e) and values (v)."""

    table: SegmentTable
    specs: Specs
    described: Ints  # s: description
    first: Ints  # e + 1: first value of each element
    several: Ints  # those elements that have more than one value
    element: Ints  # e: slot
    slot: Ints  # v
    length: Lengths  # v: characters

    def text(self, values: Ints) -> pa.Array:
        """Return the text of some values."""
        return self.table.values.take(pa.array(values))

    def filled(self, elements: Ints) -> Bools:
        """Return which of these elements have a value that is not empty."""
        found: Bools = self.length[self.first[elements]] > 0
        empty = np.flatnonzero(~found & (self.first[elements + 1] - self.first[elements] > 1))
        if len(empty):
            first, counts = self.first[elements[empty]], np.diff(self.first)[elements[empty]]
            found[empty] = np.add.reduceat(self.length[ranges(first, counts)], np.cumsum(counts) - counts) > 0
        return found

    def at_elements(self, what: Kind, elements: Ints) -> Faults:
        """Make faults of whole elements."""
        segments = np.searchsorted(self.table.segment_first, elements, "right") - 1
        nothing = np.zeros(len(elements), dtype=np.int64)
        return Faults(what, segments, elements - self.table.segment_first[segments], nothing, nothing)

    def at_values(self, what: Kind, values: Ints) -> Faults:
        """Make faults of values; components and repetitions are named only where there can be several."""
        return self.at_components(what, self.repetitions(values), self.components(values))

    def at_components(self, what: Kind, repetitions: Ints, components: Ints) -> Faults:
        """Make faults of components of repetitions, which need not be there."""
        elements = np.searchsorted(self.table.element_first, repetitions, "right") - 1
        faults = self.at_elements(what, elements)
        slot, repetition = self.element[elements], repetitions - self.table.element_first[elements] + 1
        composite = ((self.specs.parts[slot] > 1) & (slot > 0)) | (components > 1)
        repeats = ((self.specs.repeat[slot] > 1) & (slot > 0)) | (repetition > 1)
        return Faults(what, faults.segments, faults.element, np.where(composite, components, 0), np.where(repeats, repetition, 0))

    def elements(self, values: Ints) -> Ints:
        """Return the element that each value belongs to."""
        return np.searchsorted(self.first, values, "right") - 1

    def repetitions(self, values: Ints) -> Ints:
        """Return the repetition that each value belongs to."""
        return np.searchsorted(self.table.repeat_first, values, "right") - 1

    def components(self, values: Ints) -> Ints:
        """Return the position of each value in its repetition, from 1."""
        return values - self.table.repeat_first[self.repetitions(values)] + 1


def cells_of(table: SegmentTable, specs: Specs, described: Ints) -> Cells:
    """Lay the values of a table beside their descriptions (one a segment, 0 for none)."""
    sizes = np.diff(table.segment_first)
    element = np.arange(int(table.segment_first[-1]), dtype=np.int64)
    element += np.repeat(specs.start[described] - table.segment_first[:-1], sizes)
    long = np.flatnonzero(sizes - 1 > specs.count[described])
    if len(long):
        over = sizes[long] - 1 - specs.count[described[long]]
        element[ranges(table.segment_first[long + 1] - over, over)] = 0
    first = table.repeat_first[table.element_first]
    counts = np.diff(first)
    several = np.flatnonzero(counts > 1)
    slot = np.zeros(int(table.repeat_first[-1]), dtype=np.int64)
    slot[first[:-1]] = element
    if len(several):
        _further(table, specs, element, several, slot)
    return Cells(table, specs, described, first, several, element, slot, _lengths(table.values))


def _further(table: SegmentTable, specs: Specs, element: Ints, several: Ints, slot: Ints) -> None:
    """Give values of composites and repetitions their slots."""
    repeats = table.element_first[several + 1] - table.element_first[several]
    repetition = ranges(table.element_first[several], repeats)
    own = np.repeat(element[several], repeats)
    first, counts = table.repeat_first[repetition], table.repeat_first[repetition + 1] - table.repeat_first[repetition]
    slot[first] = own
    longer = np.flatnonzero(counts > 1)
    more = counts[longer] - 1
    value = ranges(first[longer] + 1, more)
    position = value - np.repeat(first[longer], more)
    owner = np.repeat(own[longer], more)
    slot[value] = np.where((position < specs.parts[owner]) & (specs.parts[owner] < len(specs.flags)), specs.more[owner] + position - 1, 0)


def _lengths(values: pa.Array) -> Lengths:
    data = values.buffers()[2]
    plain = data is None or np.frombuffer(data, dtype=np.uint8).max(initial=0) < 0x80
    counted = pc.binary_length(values) if plain else pc.utf8_length(values)
    lengths: Lengths = counted.to_numpy(zero_copy_only=False)
    return lengths
