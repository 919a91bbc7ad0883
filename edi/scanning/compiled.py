"""The one hot loop in one compiled pass: delimited bytes to values and index arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from edi import native
from edi.native import address
from edi.scanning.tokens import Bytes, Tokens, marks_of
from edi.segments import Delimiters, Ints

_RELEASE, _BLANK = 5, 6
_SLACK = 16  # octets behind the text that the kernel may write to
_MOST_TAGS = 512


def _usual(size: int) -> tuple[int, int, int, int]:
    """Return room for the values, segments, empty segments and needless releases of nearly every buffer."""
    return size // 3 + 64, size // 8 + 64, 64, 64


def tokenise(library: ctypes.CDLL, buffer: bytes, delimiters: Delimiters, protected: Sequence[tuple[int, int]]) -> Tokens:
    """Do what ``edi.scanning.tokenising.tokenise`` does, in one pass."""
    marks = marks_of(buffer, delimiters)
    size = len(marks.buffer)
    roles = bytearray(256)
    for octet, role in (*((blank, _BLANK) for blank in marks.blanks), *marks.service.items()):
        roles[octet] = role
    if marks.release:
        roles[marks.release[0]] = _RELEASE
    guard = np.array(protected, dtype=np.int64).reshape(-1)
    text = pa.allocate_buffer(size + _SLACK, resizable=True)
    firsts, count = np.empty(_MOST_TAGS, dtype=np.int64), np.empty(7, dtype=np.int64)
    for rooms in (_usual(size), (size, size // 2 + 1, size, size)):
        kinds, offsets = native.empty(rooms[0], np.uint8), native.empty(rooms[0] + 1, np.int32)
        codes, before = native.empty(rooms[1], np.int32), native.empty(rooms[1] + 1, np.int64)
        start, end, empty, needless = (native.empty(room, np.int64) for room in (rooms[1], *rooms[1:]))
        results: list[npt.NDArray[Any]] = [
            offsets, kinds, start, end, empty, needless, codes, firsts, before, np.array(rooms), count]
        fits = library.crossfoot_scan(
            marks.buffer, size, bytes(roles), address(guard), len(protected), text.address, *map(address, results))
        if fits:
            break
    values, segments, empties, idle, written, tags, parts = count.tolist()
    text.resize(written)
    return Tokens(
        text, offsets[:values + 1], kinds[:values], start[:segments], end[:segments] + (len(delimiters.segment) - 1),
        empty[:empties], needless[:idle], (codes[:segments], firsts[:tags]) if tags >= 0 else None,
        before[:segments + 1] if parts == 0 else None)


def levels(library: ctypes.CDLL, kinds: Bytes) -> tuple[Ints, Ints, Ints]:
    """Do what ``edi.scanning.tokens.levels`` does, in one pass."""
    counts = np.empty(3, dtype=np.int64)
    library.crossfoot_count(address(kinds), len(kinds), address(counts))
    repeats, elements, segments = (native.empty(count + 2, np.int64) for count in counts.tolist())
    library.crossfoot_levels(address(kinds), len(kinds), address(repeats), address(elements), address(segments))
    return repeats[:-1], elements[:-1], segments[:-1]


def shapes_of(library: ctypes.CDLL, tokens: Tokens, longest: int) -> tuple[Bytes, Ints]:
    """Do what ``edi.scanning.tokenising.shapes_of`` does, in one pass."""
    shapes, long = native.empty(len(tokens.kinds), np.uint8), native.empty(len(tokens.data) // longest + 1, np.int64)
    offsets, kinds = np.ascontiguousarray(tokens.offsets), np.ascontiguousarray(tokens.kinds)
    found = library.crossfoot_shapes(address(offsets), address(kinds), len(shapes), longest, address(shapes), address(long))
    return shapes, long[:found]
