"""Bytes to segment tables: many small files in one pass, a big one by itself.

Files of one dialect are tokenised together, since a lone small file costs more in calls than in bytes. What is
found in a file never depends on the files that it was read with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.balance import EMPTY_SEGMENT, check_envelopes, place_of
from edi.dialect import Dialect
from edi.envelopes import Found, assemble
from edi.findings import Finding, Place, Severity, find
from edi.limits import FILE_BYTES, Limits, capped, exceeded
from edi.scouting import Fault
from edi.segments import Batch, Delimiters, Ints, SegmentTable
from edi.sources import Source, SourceFile, prepare, terminated
from edi.tokens import Tokens, join, levels, tokenise, transcode

__all__ = ["Limits", "SourceFile", "read", "read_files"]
_MOST_FILES = 4096
_DEFAULT = Limits()


def read_files(
    files: Sequence[SourceFile], *, limits: Limits = _DEFAULT, severities: Mapping[str, Severity] | None = None,
) -> Iterator[Batch]:
    """Read files into batches; every file is in exactly one of them, whole."""
    waiting: dict[Dialect | None, list[Source]] = {}
    held: dict[Dialect | None, int] = {}
    for file in files:
        source = _refused(file, limits) if len(file.data) > limits.max_file_bytes else prepare(file)
        dialects = set(source.dialects)
        if len(dialects) > 1 or len(source.data) >= limits.batch_bytes:
            yield _batch([source], limits, severities)
            continue
        key = next(iter(dialects), None)
        waiting.setdefault(key, []).append(source)
        held[key] = held.get(key, 0) + len(source.data)
        if held[key] >= limits.batch_bytes or len(waiting[key]) >= _MOST_FILES:
            held[key] = 0
            yield _batch(waiting.pop(key), limits, severities)
    for sources in waiting.values():
        yield _batch(sources, limits, severities)


def read(source: Path | str | bytes, *, limits: Limits = _DEFAULT, severities: Mapping[str, Severity] | None = None) -> Batch:
    """Read one file, or bytes in memory."""
    file = SourceFile("", source) if isinstance(source, bytes) else SourceFile(Path(source).name, Path(source).read_bytes())
    return next(read_files([file], limits=limits, severities=severities))


def _refused(file: SourceFile, limits: Limits) -> Source:
    return Source(file.name, b"", 0, None, faults=(Fault(FILE_BYTES, 0, count=len(file.data)),))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A range of a file that lies in a buffer."""

    buffer_at: int
    file: int
    first: int
    last: int
    found: int


@dataclass(slots=True)
class _Buffer:
    """Pieces of one dialect, put behind one another."""

    dialect: Dialect
    parts: list[bytes] = field(default_factory=list)
    pieces: list[_Piece] = field(default_factory=list)
    protected: list[tuple[int, int]] = field(default_factory=list)
    size: int = 0

    def add(self, source: Source, file: int, found: int, first: int, last: int, protected: tuple[tuple[int, int], ...]) -> None:
        stop, tail = terminated(source.data, first, max(last, first), self.dialect.delimiters)
        raw = max((end for _, end in protected if first < end <= last), default=-1)
        if raw >= stop:  # binary data reaches to the end: nothing in it is padding or a terminator
            stop, tail = raw, self.dialect.delimiters.segment
        self.protected += [(a - first + self.size, b - first + self.size) for a, b in protected if first <= a < last]
        self.pieces.append(_Piece(self.size, file, first, last, found))
        whole = first == 0 and stop == len(source.data)
        self.parts += [source.data if whole else source.data[first:stop], tail]
        self.size += stop - first + len(tail)


def _batch(sources: Sequence[Source], limits: Limits, severities: Mapping[str, Severity] | None) -> Batch:
    """Tokenise files together and give them their envelopes and findings."""
    buffers, founds = _buffers(sources)
    parts = [tokenise(b"".join(one.parts), one.dialect.delimiters, one.protected) for one in buffers]
    spots = [_spots(one, part.start, part.end) for one, part in zip(buffers, parts, strict=True)]
    empties = [
        _spots(one, part.empty, part.empty) for one, part in zip(buffers, parts, strict=True)
        if one.dialect.delimiters.segment not in b"\r\n"]
    tokens = join([transcode(part, one.dialect.charset) for one, part in zip(buffers, parts, strict=True)] or [tokenise(b"", _NOTHING)])
    place = _Spots.join(spots).at_origin(sources)
    batch = assemble(_table(sources, tokens, place), tokens, place.found, founds)
    findings = [_finding(sources[file], fault, limits, severities) for file, fault in _faults(sources)]
    findings += _empties(sources, founds, _Spots.join(empties).at_origin(sources), severities)
    findings += check_envelopes(batch, severities=severities)
    findings += [find(what, place_of(batch, at), severities, limit=limit, count=0) for what, at, limit in exceeded(batch, limits)]
    return replace(batch, findings=tuple(capped(_sorted(findings, sources), limits.max_findings_per_file)))


_NOTHING = Delimiters(element=b"*", segment=b"~", component=b":")


def _buffers(sources: Sequence[Source]) -> tuple[list[_Buffer], list[Found]]:
    """Put all interchanges into as few buffers as their order and dialects allow."""
    buffers: list[_Buffer] = []
    founds: list[Found] = []
    for file, source in enumerate(sources):
        offsets = source.origin(np.array([span.start for span in source.spans], dtype=np.int64)).tolist()
        for ordinal, (span, dialect, offset) in enumerate(zip(source.spans, source.dialects, offsets, strict=True), 1):
            if not buffers or buffers[-1].dialect != dialect:
                buffers.append(_Buffer(dialect))
            for first, last in span.pieces:
                buffers[-1].add(source, file, len(founds), first, last, span.protected)
            founds.append(Found(file, ordinal, span, offset))
    return buffers, founds


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """Where segments lie: file, interchange, first byte and end."""

    file: Ints
    found: Ints
    start: Ints
    end: Ints

    @staticmethod
    def join(parts: Sequence[_Spots]) -> _Spots:
        none = [np.zeros(0, dtype=np.int64)]
        return _Spots(*(np.concatenate(none + [getattr(part, name) for part in parts]) for name in ("file", "found", "start", "end")))

    def at_origin(self, sources: Sequence[Source]) -> _Spots:
        """Return the same with offsets in the files as they arrived."""
        shift = np.array([source.shift for source in sources], dtype=np.int64)[self.file]
        start, end = self.start + shift, self.end + shift
        for file, source in enumerate(sources):
            if source.removed is not None:
                mine = self.file == file
                start[mine], end[mine] = source.origin(self.start[mine]), source.origin(self.end[mine], ends=True)
        return replace(self, start=start, end=end)


def _spots(buffer: _Buffer, start: Ints, end: Ints) -> _Spots:
    columns = np.array([(one.buffer_at, one.file, one.first, one.last, one.found) for one in buffer.pieces], dtype=np.int64)
    at = np.searchsorted(columns[:, 0], start, "right") - 1
    moved = (columns[:, 2] - columns[:, 0])[at]
    return _Spots(columns[at, 1], columns[at, 4], start + moved, np.minimum(end + moved, columns[at, 3]))


def _table(sources: Sequence[Source], tokens: Tokens, place: _Spots) -> SegmentTable:
    values = pa.StringArray.from_buffers(len(tokens.kinds), pa.py_buffer(tokens.offsets), pa.py_buffer(tokens.data))
    repeat_first, element_first, segment_first = levels(tokens.kinds)
    tags = values.take(pa.array(repeat_first[element_first[segment_first[:-1]]])).dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(tags.dictionary)
    if not trimmed.equals(tags.dictionary):
        tags = trimmed.take(tags.indices).dictionary_encode()
    none = np.full(len(place.start), -1, dtype=np.int64)
    return SegmentTable(
        files=tuple(source.name for source in sources), values=values, repeat_first=repeat_first, element_first=element_first,
        segment_first=segment_first, tags=tags, offset=place.start, end=place.end, file=place.file,
        interchange=none, transaction=none, ordinal=np.zeros(len(none), dtype=np.int64),
    )


def _faults(sources: Sequence[Source]) -> Iterator[tuple[int, Fault]]:
    return ((file, fault) for file, source in enumerate(sources) for fault in source.faults)


def _finding(source: Source, fault: Fault, limits: Limits, severities: Mapping[str, Severity] | None) -> Finding:
    offset = 0 if fault.at == 0 and not fault.tag else int(source.origin(np.array([fault.at]))[0])
    place = Place(file=source.name, offset=offset, interchange=fault.interchange, tag=fault.tag)
    return find(fault.kind, place, severities, count=fault.count, reasons=fault.reasons, limit=limits.max_file_bytes)


def _empties(
    sources: Sequence[Source], founds: Sequence[Found], spots: _Spots, severities: Mapping[str, Severity] | None,
) -> list[Finding]:
    return [
        find(EMPTY_SEGMENT, Place(file=sources[file].name, offset=at, interchange=founds[found].ordinal), severities)
        for file, found, at in zip(spots.file.tolist(), spots.found.tolist(), spots.start.tolist(), strict=True)
    ]


def _sorted(findings: list[Finding], sources: Sequence[Source]) -> list[Finding]:
    """Put findings in the order of their places, files as they were read."""
    order: dict[str | None, int] = {}
    for source in sources:
        order.setdefault(source.name, len(order))
    return sorted(findings, key=lambda one: (order.get(one.place.file, -1), one.place.offset or 0, one.code))
