"""The one hot loop in one compiled pass: delimited bytes to values and index arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from edi.scanning.tokens import Tokens, marks_of
from edi.segments import Delimiters

_RELEASE, _BLANK = 5, 6


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
    text, kinds = np.empty(size, dtype=np.uint8), np.empty(size, dtype=np.uint8)
    offsets = np.empty(size + 1, dtype=np.int32)
    start, end = np.empty(size // 2 + 1, dtype=np.int64), np.empty(size // 2 + 1, dtype=np.int64)
    empty, needless = np.empty(size, dtype=np.int64), np.empty(size if marks.release else 0, dtype=np.int64)
    count = np.empty(5, dtype=np.int64)
    library.crossfoot_scan(
        marks.buffer, size, bytes(roles), guard.ctypes.data, len(protected),
        *(array.ctypes.data for array in (text, offsets, kinds, start, end, empty, needless, count)))
    values, segments, empties, idle, written = count.tolist()
    longer = len(delimiters.segment) - 1
    return Tokens(
        text[:written].tobytes(), offsets[:values + 1], kinds[:values], start[:segments], end[:segments] + longer,
        empty[:empties].copy(), needless[:idle].copy())
