"""The values of a table, each with its slot in the guides' descriptions: what all checks of elements look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

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
        if not len(self.several):
            alone: Bools = self.length[elements] > 0
            return alone
        first = self.first[elements]
        found: Bools = self.length[first] > 0
        empty = np.flatnonzero(~found)
        longer = empty[self.first[elements[empty] + 1] - first[empty] > 1]
        if len(longer):
            found[longer] = self._any(first[longer], self.first[elements[longer] + 1] - first[longer])
        return found

    def used(self, repetitions: Ints) -> Bools:
        """Return which of these repetitions have a value that is not empty."""
        first = self.table.repeat_first[repetitions]
        return self._any(first, self.table.repeat_first[repetitions + 1] - first)

    def _any(self, first: Ints, counts: Ints) -> Bools:
        if not len(first):
            return np.zeros(0, dtype=bool)
        found: Bools = np.logical_or.reduceat(self.length[ranges(first, counts)] > 0, np.cumsum(counts) - counts)
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
    element = np.repeat(specs.start[described] - table.segment_first[:-1], sizes)
    element += counting(len(element))
    long = np.flatnonzero(sizes - 1 > specs.count[described])
    if len(long):
        over = sizes[long] - 1 - specs.count[described[long]]
        element[ranges(table.segment_first[long + 1] - over, over)] = 0
    lengths = _lengths(table.values)
    if len(table.values) == len(element):
        return Cells(table, specs, described, table.repeat_first, _NONE, element, element, lengths)
    no_repeats = len(table.element_first) == len(table.repeat_first)
    first = table.repeat_first if no_repeats else table.repeat_first[table.element_first]
    several = np.flatnonzero(first[1:] - first[:-1] > 1)
    slot = np.zeros(len(table.values), dtype=np.int64)
    slot[first[:-1]] = element
    _further(table, specs, element, several, slot)
    return Cells(table, specs, described, first, several, element, slot, lengths)


_NONE, _ZERO = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
_COLUMNS = ("offset", "end", "file", "interchange", "transaction", "ordinal")


def slice_of(table: SegmentTable, first: int, stop: int) -> SegmentTable:
    """Return the segments from first to stop as a table of their own."""
    elements = table.segment_first[first:stop + 1]
    repeats = table.element_first[elements[0]:elements[-1] + 1]
    values = table.repeat_first[repeats[0]:repeats[-1] + 1]
    plain = values[-1] - values[0] == elements[-1] - elements[0]  # then there is one value in each repetition of each element
    return replace(
        table, values=table.values.slice(int(values[0]), int(values[-1] - values[0])), segment_first=elements - elements[0],
        element_first=counting(len(values)) if plain else repeats - repeats[0],
        repeat_first=counting(len(values)) if plain else values - values[0], tags=table.tags.slice(first, stop - first),
        **{name: getattr(table, name)[first:stop] for name in _COLUMNS})


def picked(table: SegmentTable, segments: Ints) -> SegmentTable:
    """Return some segments, ascending, as a table of their own."""
    sizes = table.segment_first[segments + 1] - table.segment_first[segments]
    elements = ranges(table.segment_first[segments], sizes)
    repeats = table.element_first[elements + 1] - table.element_first[elements]
    repetitions = ranges(table.element_first[elements], repeats)
    counts = table.repeat_first[repetitions + 1] - table.repeat_first[repetitions]
    return replace(
        table, values=table.values.take(pa.array(ranges(table.repeat_first[repetitions], counts))), segment_first=_edges(sizes),
        element_first=_edges(repeats), repeat_first=_edges(counts), tags=table.tags.take(pa.array(segments)),
        **{name: getattr(table, name)[segments] for name in _COLUMNS})


def _edges(sizes: Ints) -> Ints:
    return np.concatenate((_ZERO, np.cumsum(sizes)))


def counting(count: int) -> Ints:
    """Return 0, 1, 2 ... below count. They are kept, since fetching fresh memory costs more than counting does."""
    return _counting(1 << max(16, (count - 1).bit_length()))[:count]


@lru_cache(maxsize=1)
def _counting(count: int) -> Ints:
    numbers = np.arange(count, dtype=np.int64)
    numbers.flags.writeable = False
    return numbers


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
    data = text_of(values)
    plain = not len(data) or data.max() < 0x80
    counted = pc.binary_length(values) if plain else pc.utf8_length(values)
    lengths: Lengths = counted.to_numpy(zero_copy_only=False)
    return lengths


def text_of(values: pa.Array) -> npt.NDArray[np.uint8]:
    """Return the bytes of all values behind one another."""
    offsets = offsets_of(values)
    data: npt.NDArray[np.uint8] = np.frombuffer(values.buffers()[2] or b"", dtype=np.uint8)[offsets[0]:offsets[-1]]
    return data


def offsets_of(values: pa.Array) -> Lengths:
    """Return where each value begins in the buffer that holds their bytes, and where the last ends."""
    buffer = values.buffers()[1]
    if buffer is None:
        return np.zeros(1, dtype=np.int32)
    offsets: Lengths = np.frombuffer(buffer, dtype=np.int32)[values.offset:values.offset + len(values) + 1]
    return offsets
