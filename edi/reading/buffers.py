"""Pieces of files put behind one another, so that they are tokenised together, and the way back to where each lay."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from edi import native
from edi.dialect import Dialect
from edi.octets import PADDING, Octets
from edi.reading.origins import Shifted
from edi.reading.scouting import Span, is_released
from edi.reading.sources import Source
from edi.segments import Delimiters, Ints

ISO_2022 = re.compile(rb"\x1b\$[^\x1b]*")  # two bytes a character until the next escape sequence: no service characters in it


class Found(NamedTuple):
    """An interchange of a batch: its place in its file, and whether this batch has its beginning and its end."""

    file: int  # index into the batch's files
    ordinal: int  # in the file, from 1
    span: Span
    dialect: Dialect
    begins: bool = True
    ends: bool = True


class Piece(NamedTuple):
    """A range of a file that is tokenised as one: whole segments of one interchange.

    ``shown`` is how much of it is read: less than the range where a segment is larger than any limit.
    """

    found: int  # index into the batch's interchanges
    first: int
    last: int
    shown: int


@dataclass(slots=True)
class Buffer:
    """Pieces of one dialect, put behind one another."""

    dialect: Dialect
    parts: list[bytes] = field(default_factory=list)
    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)  # position here, file, first, last, found
    protected: list[tuple[int, int]] = field(default_factory=list)
    size: int = 0

    @property
    def text(self) -> bytes:
        """All pieces as one; kept, since it is asked for more than once."""
        if len(self.parts) != 1:
            self.parts = [b"".join(self.parts)]
        return self.parts[0]

    def add(self, data: Octets, found: Found, piece: Piece) -> None:
        """Put a piece at the end."""
        marks, first, last = self.dialect.delimiters, piece.first, piece.shown
        moved, known, raw = self.size - first, found.span.protected, -1
        stop, tail = _terminated(data, first, max(last, first), marks)
        for at in found.span.header.literals:
            if first <= at < last:  # a part may begin within an ISA that is cut in two
                self.protected.append((at + moved, at + moved + 1))
        if known:
            for begin, end in known[bisect_left(known, (first, 0)):bisect_left(known, (last, 0))]:
                raw = min(end, last)
                self.protected.append((begin + moved, raw + moved))
        if raw >= stop:  # binary data reaches to the end: nothing in it is padding or a terminator
            stop, tail = raw, marks.segment
        text = data if first == 0 and stop == len(data) and isinstance(data, bytes) else data[first:stop]
        if self.dialect.charset == "iso2022_jp_2":
            self.protected += [(self.size + run.start(), self.size + run.end()) for run in ISO_2022.finditer(text)]
        ends = piece.last if last < piece.last or not tail else stop  # a terminator that is added here is not there
        self.rows.append((self.size, found.file, first, ends, piece.found))
        self.parts.append(text)
        if tail:
            self.parts.append(tail)
        self.size += stop - first + len(tail)


def _terminated(data: Octets, first: int, last: int, delimiters: Delimiters) -> tuple[int, bytes]:
    """Return where a piece's segments stop, padding left out, and what must be added to terminate the last one."""
    segment, release = delimiters.segment, delimiters.release
    while last > first and data[last - 1] in PADDING and data[last - 1:last] != segment:
        last -= 1
    if release and is_released(data, last, release):
        last -= 1  # a release character with nothing to release
    before = last - len(segment)
    whole = before >= first and data[before:last] == segment and not (release and is_released(data, before, release))
    return last, b"" if whole or last == first else segment


def buffers(sources: Sequence[Source], founds: Sequence[Found], pieces: Iterable[Piece]) -> list[Buffer]:
    """Put pieces into as few buffers as their order and dialects allow."""
    made: list[Buffer] = []
    for piece in pieces:
        found = founds[piece.found]
        if not made or (made[-1].dialect is not found.dialect and made[-1].dialect != found.dialect):
            made.append(Buffer(found.dialect))
        made[-1].add(sources[found.file].data, found, piece)
    return made


def places_with_numpy(pieces: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Do what ``edi.native.places`` does, where nothing is compiled."""
    here, file, first, last, found = pieces
    held = np.diff(np.append(np.searchsorted(start, here), len(start)))  # segments of each piece
    moved = np.repeat(first - here, held)
    return np.repeat(file, held), np.repeat(found, held), start + moved, np.minimum(end + moved, np.repeat(last, held))


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Where segments lie in what was scouted: file, interchange, first byte and end."""

    file: Ints
    found: Ints
    start: Ints
    end: Ints

    @staticmethod
    def of(buffer: Buffer, start: Ints, end: Ints) -> Spots:
        """Return the places of segments that were found in a buffer."""
        pieces = np.array(buffer.rows, dtype=np.int64).reshape(-1, 5).T
        if native.LIBRARY is not None:
            return Spots(*native.places(native.LIBRARY, pieces, start, end))
        return Spots(*places_with_numpy(pieces, start, end))

    @staticmethod
    def join(parts: Sequence[Spots]) -> Spots:
        """Put several behind one another."""
        if len(parts) == 1:
            return parts[0]
        none = [np.zeros(0, dtype=np.int64)]
        return Spots(*(np.concatenate(none + [getattr(part, name) for part in parts]) for name in ("file", "found", "start", "end")))

    def at_origin(self, sources: Sequence[Source]) -> Spots:
        """Return the same with offsets in the files as they arrived."""
        if len(sources) == 1:
            origin = sources[0].origin
            return replace(self, start=origin(self.start), end=origin(self.end, ends=True))
        shifts = [one.origin.shift if isinstance(one.origin, Shifted) else None for one in sources]
        if not any(shift != 0 for shift in shifts):
            return self
        shift = np.array([each or 0 for each in shifts], dtype=np.int64)[self.file]
        start, end = self.start + shift, self.end + shift
        for file, source in enumerate(sources):
            if shifts[file] is None:
                mine = self.file == file
                start[mine], end[mine] = source.origin(self.start[mine]), source.origin(self.end[mine], ends=True)
        return replace(self, start=start, end=end)
