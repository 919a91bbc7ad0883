"""A batch as it would be had it been written with other delimiters or newlines: what states them in ISA and UNA changes too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.edifact.delimiters import implied
from edi.errors import ConfigurationError
from edi.segments import Batch, Delimiters, Interchange, Ints
from edi.writing.legal import newline_objection, objection
from edi.x12.delimiters import FIRST_WITH_REPETITION

_NO_SEPARATOR = "U"  # ISA11 of versions without a repetition separator


def restyled(batch: Batch, chosen: range, delimiters: Delimiters | None, newline: bytes | None) -> Batch:
    """Return a batch with other service characters or newlines in some of its interchanges; None leaves those of each.

    The decimal mark stays: numbers are not written anew.

    Raises:
        ConfigurationError: they cannot be used for one of the interchanges.
    """
    if delimiters is None and newline is None:
        return batch
    interchanges = tuple(
        _restyled(one, delimiters, newline) if at in chosen else one for at, one in enumerate(batch.interchanges))
    batch = replace(batch, interchanges=interchanges)
    return batch if delimiters is None else _with_stated_separators(batch)


def _restyled(one: Interchange, delimiters: Delimiters | None, newline: bytes | None) -> Interchange:
    marks = one.delimiters
    if delimiters is not None:
        marks = replace(delimiters, decimal=marks.decimal)
        wrong = objection(one, marks)
        if wrong:
            raise ConfigurationError(f"delimiters for interchange {one.ordinal}: {wrong}")
    between = one.una[9:] if one.una else one.newline
    if newline is not None:
        wrong = newline_objection(newline, marks)
        if wrong:
            raise ConfigurationError(f"newline for interchange {one.ordinal} {wrong}")
        one = one._replace(newline=newline, after=newline if one.has_trailer else b"")
        between = newline
    has_una = bool(one.una) or (one.standard == "edifact" and implied(marks.element, one.version.rpartition(":")[2]) != marks)
    una = _una(one, marks) + between if has_una else b""
    after = b"" if one.unterminated and newline is None else one.after  # what stands where the terminator was left out
    return one._replace(delimiters=marks, una=una, after=after, unterminated=False)


def _una(one: Interchange, marks: Delimiters) -> bytes:
    """Return UNA; one that was read stays as it is while the delimiters do, whatever stands in the places that mean nothing."""
    if one.una and marks == one.delimiters:
        return one.una[:9]
    return b"".join((
        b"UNA", marks.component, marks.element, marks.decimal, marks.release or b" ", marks.repetition or b" ", marks.segment))


def _with_stated_separators(batch: Batch) -> Batch:
    """State the separators of each interchange in its ISA11 and ISA16."""
    table = batch.table
    stated: dict[int, str] = {}
    for segment in stating_segments(batch).tolist():
        one = batch.interchanges[int(table.interchange[segment])]
        repetition, component = (
            int(table.repeat_first[table.element_first[table.segment_first[segment] + element]]) for element in (11, 16))
        stated[component] = one.delimiters.component.decode("iso8859-1")
        if one.delimiters.repetition is not None:
            stated[repetition] = one.delimiters.repetition.decode("iso8859-1")
        elif one.version >= FIRST_WITH_REPETITION and not table.values[repetition].as_py().isalnum():
            stated[repetition] = _NO_SEPARATOR
    if not stated:
        return batch
    mask = np.zeros(len(table.values), dtype=bool)
    mask[list(stated)] = True
    values = pc.replace_with_mask(table.values, pa.array(mask), pa.array([stated[at] for at in sorted(stated)], pa.string()))
    return replace(batch, table=replace(table, values=values))


def stating_segments(batch: Batch) -> Ints:
    """Return the ISAs that have all 16 elements."""
    isa = np.array([one.first_segment for one in batch.interchanges if one.standard == "x12" and one.begins], dtype=np.int64)
    return isa[batch.table.element_count(isa) >= 16]
