"""The one hot loop, compiled: delimited bytes to values and index arrays."""

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


def tokenise(library: ctypes.CDLL, buffer: bytes, delimiters: Delimiters, protected: Sequence[tuple[int, int]]) -> Tokens:
    """Do what ``edi.scanning.tokenising.tokenise`` does, in one pass after another that counts: room is made for what is there."""
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
    library.crossfoot_marks(marks.buffer, size, bytes(roles), address(count))
    most_values, most_segments, most_needless = (int(each) + 1 for each in count[:3])
    kinds, offsets = native.empty(most_values, np.uint8), native.empty(most_values, np.int32)
    codes, before = native.empty(most_segments, np.int32), native.empty(most_segments, np.int64)
    start, end, empty = (native.empty(most_segments, np.int64) for _ in range(3))
    needless = native.empty(most_needless, np.int64)
    results: list[npt.NDArray[Any]] = [offsets, kinds, start, end, empty, needless, codes, firsts, before, count]
    library.crossfoot_scan(marks.buffer, size, bytes(roles), address(guard), len(protected), text.address, *map(address, results))
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
