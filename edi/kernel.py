"""The one hot loop, compiled from kernel.c when the package was built, if there was a C compiler then.

Called through ctypes: neither Python's headers nor anything beyond a compiler are needed to build it, and nothing to run it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edi.segments import Delimiters
from edi.tokens import Tokens, marks_of

_RELEASE, _BLANK = 5, 6
_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64


def load(path: Path) -> ctypes.CDLL | None:
    """Load the compiled kernel, None where there is none or where it is for another machine."""
    try:
        library = ctypes.CDLL(str(path))
    except OSError:
        return None
    library.crossfoot_scan.argtypes = [ctypes.c_char_p, _INTEGER, ctypes.c_char_p, _POINTER, _INTEGER, *[_POINTER] * 8]
    library.crossfoot_scan.restype = None
    library.crossfoot_find.argtypes = [ctypes.c_char_p, _INTEGER, _INTEGER, ctypes.c_char_p, _INTEGER]
    library.crossfoot_find.restype = _INTEGER
    return library


LIBRARY = load(Path(__file__).with_name("kernel.shared"))


def find_tag(library: ctypes.CDLL, text: bytes, at: int, tags: Sequence[bytes]) -> int:
    """Return the first position from ``at`` on of any of some tags of three bytes, -1 where there is none."""
    found: int = library.crossfoot_find(text, len(text), at, b"".join(tags), len(tags))
    return found


def tokenise(library: ctypes.CDLL, buffer: bytes, delimiters: Delimiters, protected: Sequence[tuple[int, int]]) -> Tokens:
    """Do what ``edi.tokenising.tokenise`` does, in one pass."""
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
