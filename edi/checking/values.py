"""Check what values look like: numbers, dates, times, codes and characters, each type a column at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from edi.checking.cells import Cells, offsets_of, text_of
from edi.checking.faults import Faults
from edi.checking.moves import BAD_CODE
from edi.checking.specs import BINARY, CODED, DATE, INTEGER, LETTERS, NUMERIC, PERIOD, TIME, Flags
from edi.checking.valuetypes import ANY_MARK, bad_dates, bad_letters, bad_numbers, bad_periods, bad_times
from edi.findings import Severity, kind
from edi.segments import Batch, Bools, Ints

BAD_CHARACTER = kind("guide.bad_character", Severity.WARNING, "a value of {tag} has characters that its type does not allow",
                     "look at the value at this place; the partner should correct it")
CONTROL_CHARACTER = kind("guide.control_character", Severity.WARNING, "a value of {tag} has a control character",
                         "look whether a segment terminator is missing or escaped here; the partner should correct it")
BAD_DATE = kind("guide.bad_date", Severity.ERROR, "a date of {tag} does not exist or is badly written",
                "the partner must correct the date")
BAD_TIME = kind("guide.bad_time", Severity.WARNING, "a time of {tag} does not exist or is badly written",
                "the partner should correct the time")


def check_values(batch: Batch, cells: Cells, flags: Flags) -> Iterator[Faults]:
    """Return which values are not of their type; ``flags`` are those of each value's slot."""
    controls = _controls(cells, flags)
    yield cells.at_values(CONTROL_CHARACTER, controls)
    numbers = _typed(cells, flags, NUMERIC)
    numbers = numbers[~np.isin(numbers, controls)] if len(controls) else numbers  # told already
    if len(numbers):
        integer = (flags[numbers] & INTEGER) > 0
        yield cells.at_values(BAD_CHARACTER, numbers[bad_numbers(cells.text(numbers), integer, _marks(batch, cells, numbers))])
    for flag, what, bad in ((DATE, BAD_DATE, bad_dates), (TIME, BAD_TIME, bad_times), (LETTERS, BAD_CHARACTER, bad_letters)):
        if len(values := _typed(cells, flags, flag)):
            yield cells.at_values(what, values[bad(cells.text(values))])
    if len(coded := _typed(cells, flags, CODED)):
        yield cells.at_values(BAD_CODE, coded[~_on_list(cells, coded)])
    yield from _periods(cells, _typed(cells, flags, PERIOD))


def _typed(cells: Cells, flags: Flags, wanted: int) -> Ints:
    return np.flatnonzero(((flags & wanted) > 0) & (cells.length > 0))


def _marks(batch: Batch, cells: Cells, values: Ints) -> Ints:
    """Return the decimal mark that each number may have: in EDIFACT point or comma, whatever UNA says (ISO 9735 10.1)."""
    marks = np.array([ord(".") if one.standard == "x12" else ANY_MARK for one in batch.interchanges], dtype=np.int64)
    if (marks == marks[0]).all():
        return marks[:1]
    segments = np.searchsorted(cells.table.segment_first, cells.elements(values), "right") - 1
    of_each: Ints = marks[cells.table.interchange[segments]]
    return of_each


def _on_list(cells: Cells, values: Ints) -> Bools:
    code = pc.fill_null(pc.index_in(cells.text(values), cells.specs.codes), len(cells.specs.codes)).to_numpy(zero_copy_only=False)
    found: Bools = cells.specs.allowed[cells.specs.code_list[cells.slot[values]], code]
    return found


def _controls(cells: Cells, flags: Flags) -> Ints:
    """Return values with control characters, which no type but binary allows."""
    data = text_of(cells.table.values)
    if not len(data) or (data.min() >= 0x20 and data.max() < 0x7F):
        return np.zeros(0, dtype=np.int64)
    offsets = offsets_of(cells.table.values)
    at = np.flatnonzero((data < 0x20) | (data == 0x7F)) + offsets[0]
    owner = np.unique(np.searchsorted(offsets, at, "right") - 1)
    found: Ints = owner[(cells.slot[owner] > 0) & ((flags[owner] & BINARY) == 0)]
    return found


def _periods(cells: Cells, values: Ints) -> Iterator[Faults]:
    """Check dates and periods whose form is told by the component or element beside them (EDIFACT 2379, X12 1250)."""
    forms = values + cells.specs.side[cells.slot[values]]
    there = (forms >= 0) & (forms < len(cells.slot))
    values, forms = values[there], forms[there]
    paired = cells.slot[forms] == cells.specs.partner[cells.slot[values]]
    values, forms = values[paired], forms[paired]
    if len(values):
        yield cells.at_values(BAD_DATE, values[bad_periods(cells.text(values), cells.text(forms))])
