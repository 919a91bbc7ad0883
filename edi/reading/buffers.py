"""Pieces of files put behind one another, so that they are tokenised together, and the way back to where each lay."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edi.dialect import Dialect
from edi.octets import PADDING, Octets, matches
from edi.reading.origins import Shifted
from edi.reading.scouting import Span, is_released
from edi.reading.sources import Source
from edi.segments import Delimiters, Ints

ISO_2022 = re.compile(rb"\x1b\$[^\x1b]*")  # two bytes a character until the next escape sequence: no service characters in it


@dataclass(frozen=True, slots=True)
class Found:
    """An interchange of a batch: its place in its file, and whether this batch has its beginning and its end."""

    file: int  # index into the batch's files
    ordinal: int  # in the file, from 1
    span: Span
    dialect: Dialect
    begins: bool = True
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
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
        known, protected = found.span.protected, list[tuple[int, int]]()
        if known:
            protected = [(a, min(b, last)) for a, b in known[bisect_left(known, (first, 0)):bisect_left(known, (last, 0))]]
        stop, tail = _terminated(data, first, max(last, first), marks)
        raw = protected[-1][1] if protected else -1
        if raw >= stop:  # binary data reaches to the end: nothing in it is padding or a terminator
            stop, tail = raw, marks.segment
        text = data if first == 0 and stop == len(data) and isinstance(data, bytes) else data[first:stop]
        literals = found.span.header.literals
        if literals and first <= literals[-1]:  # a part may begin within an ISA that is cut in two
            protected = [*((at, at + 1) for at in literals if first <= at < last), *protected]
        if self.dialect.charset == "iso2022_jp_2":
            protected += [(first + run.start(), first + run.end()) for run in ISO_2022.finditer(text)]
        self.protected += [(a - first + self.size, b - first + self.size) for a, b in protected]
        self.rows.append((self.size, found.file, first, piece.last, piece.found))
        self.parts += [text, tail] if tail else [text]
        self.size += stop - first + len(tail)


def _terminated(data: Octets, first: int, last: int, delimiters: Delimiters) -> tuple[int, bytes]:
    """Return where a piece's segments stop, padding left out, and what must be added to terminate the last one."""
    while last > first and data[last - 1] in PADDING and data[last - 1:last] != delimiters.segment:
        last -= 1
    if is_released(data, last, delimiters.release):
        last -= 1  # a release character with nothing to release
    before = last - len(delimiters.segment)
    whole = before >= first and matches(data, before, delimiters.segment) and not is_released(data, before, delimiters.release)
    return last, b"" if whole or last == first else delimiters.segment


def buffers(sources: Sequence[Source], founds: Sequence[Found], pieces: Iterable[Piece]) -> list[Buffer]:
    """Put pieces into as few buffers as their order and dialects allow."""
    made: list[Buffer] = []
    for piece in pieces:
        found = founds[piece.found]
        if not made or (made[-1].dialect is not found.dialect and made[-1].dialect != found.dialect):
            made.append(Buffer(found.dialect))
        made[-1].add(sources[found.file].data, found, piece)
    return made


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
        if len(buffer.rows) == 1:
            here, file, first, last, found = buffer.rows[0]
            return Spots(
                np.full(len(start), file, dtype=np.int64), np.full(len(start), found, dtype=np.int64),
                start + (first - here), np.minimum(end + (first - here), last))
        columns = np.array(buffer.rows, dtype=np.int64)
        at = np.searchsorted(columns[:, 0], start, "right") - 1
        moved = (columns[:, 2] - columns[:, 0])[at]
        return Spots(columns[at, 1], columns[at, 4], start + moved, np.minimum(end + moved, columns[at, 3]))

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
        shift = np.array([one.origin.shift if isinstance(one.origin, Shifted) else 0 for one in sources], dtype=np.int64)[self.file]
        start, end = self.start + shift, self.end + shift
        for file, source in enumerate(sources):
            if not isinstance(source.origin, Shifted):
                mine = self.file == file
                start[mine], end[mine] = source.origin(self.start[mine]), source.origin(self.end[mine], ends=True)
        return replace(self, start=start, end=end)
