"""Segment tables back to bytes: what was read without findings comes out byte for byte.

Nothing is written that our reader would refuse: each part is read back before it is handed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise, zip_longest

import numpy as np

from edi.edifact.charsets import codec
from edi.errors import UnwritableError
from edi.findings import Place, Severity
from edi.limits import SEGMENT_BYTES, Limits
from edi.scanning.tokens import COMPONENT, REPETITION
from edi.segments import Batch, Delimiters, Interchange, Ints
from edi.writing.proofreading import Part, proofread, whereabouts
from edi.writing.rendering import Stretch, UnencodableError, owners, raw_values, render, special, stretch_of
from edi.writing.restyling import restyled, stating_segments

_SEGMENTS = 4096  # that are rendered at a time: what is held beside the table stays small
_DEFAULT = Limits()


def write(
    batch: Batch, interchange: int | None = None, *, delimiters: Delimiters | None = None, newline: bytes | None = None,
    limits: Limits = _DEFAULT,
) -> bytes:
    """Write a batch of whole files, or one of its interchanges.

    Args:
        batch: as ``read`` or ``read_files`` gave it.
        interchange: index into ``batch.interchanges``; all of them if left out.
        delimiters: other service characters than those that it was read with. The decimal mark is not changed.
        newline: what shall follow each segment terminator instead of what did.
        limits: within which the result must be readable.

    Raises:
        ConfigurationError: delimiters or newline cannot be used.
        UnwritableError: the result could not be read again.
    """
    lost = [finding for finding in batch.findings if finding.severity is Severity.FATAL]
    if lost and interchange is None:
        raise UnwritableError("not all of it could be read; write its interchanges one by one", lost[0].place, tuple(lost))
    if not batch.interchanges:
        raise UnwritableError("there is no interchange to write", Place())
    every = range(len(batch.interchanges))
    chosen = every if interchange is None else range(every[interchange], every[interchange] + 1)
    batch = restyled(batch, chosen, delimiters, newline)
    part, _ = _written(batch, chosen, b"")
    if not part.is_whole:
        raise UnwritableError("this is a part of a stream only; use write_parts", whereabouts(batch, part.segments[0]))
    proofread(part, limits)
    return part.text


def write_parts(
    batches: Iterable[Batch], *, delimiters: Delimiters | None = None, newline: bytes | None = None, limits: Limits = _DEFAULT,
) -> Iterator[bytes]:
    """Write the batches of a stream one after another; what is held does not grow with the file.

    What is wrong in a later part is raised when that part is reached: hand the result on only when all of it is there.

    Raises:
        ConfigurationError, UnwritableError: as ``write``.
    """
    head = b""
    for batch in batches:
        lost = [one for one in batch.findings if one.severity is Severity.FATAL or one.code == SEGMENT_BYTES.code]
        if lost:
            raise UnwritableError("not all of it could be read; raise the limits, or ask for the file again", lost[0].place, tuple(lost))
        if batch.interchanges:
            every = range(len(batch.interchanges))
            part, head = _written(restyled(batch, every, delimiters, newline), every, head)
            proofread(part, limits)
            yield part.text


def _written(batch: Batch, chosen: range, head: bytes) -> tuple[Part, bytes]:
    """Write consecutive interchanges of a batch; ``head`` is the header of the one that goes on, returned for the part behind."""
    batch = replace(batch, interchanges=tuple(map(_as_declared, batch.interchanges)))
    edges = np.array([*(one.first_segment for one in batch.interchanges), len(batch.table)])
    raw, packages = _raw(batch), batch.table.select("UNO")
    pieces: list[bytes] = []
    behind = head
    for at in chosen:
        one = batch.interchanges[at]
        first, stop = edges[at:at + 2].tolist()
        if one.begins:
            behind = one.una + _rendered(batch, one, first, first + 1, raw)
            pieces += [one.before, behind]
            first += 1
        mine = packages[slice(*np.searchsorted(packages, (first, stop)))]
        pieces += _body(batch, one, (first, stop), raw, mine if one.standard == "edifact" else mine[:0])
        if one.has_trailer:
            pieces.append(one.after)
    going_on = b"" if batch.interchanges[chosen[0]].begins else head
    return Part(batch, chosen, (int(edges[chosen.start]), int(edges[chosen.stop])), going_on, b"".join(pieces)), behind


def _as_declared(one: Interchange) -> Interchange:
    """Return an interchange in the character set that it declares; one of ASCII alone was read without it."""
    declared = codec(one.version.partition(":")[0]) if one.standard == "edifact" and one.charset == "utf-8" else None
    return one._replace(charset=declared) if declared else one


def _body(batch: Batch, one: Interchange, segments: tuple[int, int], raw: Ints, packages: Ints) -> Iterator[bytes]:
    """Yield the segments behind a header, with the newline before each, and the objects between UNO and UNP."""
    first, stop = segments
    objects = dict(zip_longest((packages + 1).tolist(), one.objects[:len(packages)]))
    edges = sorted({first, *range(first, stop, _SEGMENTS), *objects, stop})
    for a, b in pairwise(edges):
        text = one.newline + _rendered(batch, one, a, b, raw)
        yield text[:-len(one.delimiters.segment)] if one.unterminated and b == one.stop_segment == stop else text
        if b in objects:
            held = objects[b]
            if held is None:
                raise UnwritableError("the object behind this UNO was not kept; read it with a larger max_segment_bytes, and unwrapped",
                                      whereabouts(batch, b - 1))
            yield held


def _raw(batch: Batch) -> Ints:
    """Return the values of X12 that hold delimiters by right: ISA11, ISA16, and binary ones."""
    table = batch.table
    isa = stating_segments(batch)
    stating = [table.repeat_first[table.element_first[table.segment_first[isa] + element]] for element in (11, 16)]
    binary = raw_values(table, [one.charset if one.standard == "x12" else None for one in batch.interchanges])
    return np.sort(np.concatenate((*stating, binary)))


def _rendered(batch: Batch, one: Interchange, first: int, stop: int, raw: Ints) -> bytes:
    """Render segments of one interchange, or refuse what its service characters cannot say."""
    try:
        stretch = stretch_of(batch.table, first, stop, one.charset, raw)
    except UnencodableError as lacking:
        raise UnwritableError(f"the value has characters that {one.charset} lacks; change the value",
                              _spot(batch, lacking.value)) from lacking
    marks = one.delimiters
    for kind, mark, name in ((COMPONENT, marks.component, "component"), (REPETITION, marks.repetition, "repetition")):
        if not mark and (several := np.flatnonzero(stretch.kinds == kind)).size:
            raise UnwritableError(f"there is no {name} separator for what is here; name one", _spot(batch, stretch.first + int(several[0])))
    at = special(stretch, marks)
    if len(at) and marks.release is None:
        raise UnwritableError("the value holds a delimiter, and there is no release character; choose other delimiters",
                              _spot(batch, stretch.first + int(owners(stretch, at[:1])[0])))
    _refuse_terminators(batch, stretch, marks)
    return render(stretch, marks, at, one.newline)


def _refuse_terminators(batch: Batch, stretch: Stretch, marks: Delimiters) -> None:
    """Refuse values that hold a terminator of several bytes; those of one byte are among the special ones."""
    text, mark = stretch.text.tobytes() if len(marks.segment) > 1 else b"", marks.segment
    at = text.find(mark)
    while at >= 0:
        first, last = owners(stretch, np.array([at, at + len(mark) - 1])).tolist()
        if first == last:
            raise UnwritableError("the value holds the segment terminator; choose another", _spot(batch, stretch.first + first))
        at = text.find(mark, at + 1)


def _spot(batch: Batch, value: int) -> Place:
    """Return the place of a value."""
    table = batch.table
    repeat = int(np.searchsorted(table.repeat_first, value, "right")) - 1
    element = int(np.searchsorted(table.element_first, repeat, "right")) - 1
    segment = int(np.searchsorted(table.segment_first, element, "right")) - 1
    return replace(
        whereabouts(batch, segment), tag=table.tags[segment].as_py(), element=element - int(table.segment_first[segment]) or None,
        repetition=repeat - int(table.element_first[element]) + 1, component=value - int(table.repeat_first[repeat]) + 1)
