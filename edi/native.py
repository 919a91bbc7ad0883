"""The compiled kernel, where it was built: kernel.c, loaded with ctypes.

Neither Python's headers nor anything beyond a C compiler are needed to build it, and nothing to run it. Each of its
functions has an equal in numpy beside its caller, which does the work where there is no kernel.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
_VERSION = 1  # of kernel.c
_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64


def load(path: Path) -> ctypes.CDLL | None:
    """Load a kernel, None where there is none or where it is for another machine or left over from another version."""
    try:
        library = ctypes.CDLL(str(path))
        if library.crossfoot_version() != _VERSION:
            return None
    except (OSError, AttributeError):
        return None
    library.crossfoot_scan.argtypes = [ctypes.c_char_p, _INTEGER, ctypes.c_char_p, _POINTER, _INTEGER, *[_POINTER] * 8]
    library.crossfoot_scan.restype = None
    library.crossfoot_find.argtypes = [ctypes.c_char_p, _INTEGER, _INTEGER, ctypes.c_char_p, _INTEGER]
    library.crossfoot_find.restype = _INTEGER
    library.crossfoot_locate.argtypes = [_POINTER, *[_INTEGER] * 4, *[_POINTER] * 8]
    library.crossfoot_locate.restype = _INTEGER
    library.crossfoot_gather.argtypes = [_POINTER, _INTEGER, *[_POINTER] * 3]
    library.crossfoot_gather.restype = None
    return library


LIBRARY = load(Path(__file__).with_name("kernel.shared"))


def find_tag(library: ctypes.CDLL, text: bytes, at: int, tags: Sequence[bytes]) -> int:
    """Return the first position from ``at`` on of any of some tags of three bytes, -1 where there is none."""
    found: int = library.crossfoot_find(text, len(text), at, b"".join(tags), len(tags))
    return found


def gather(library: ctypes.CDLL, values: pa.Array, levels: Sequence[Ints], segments: Ints, place: tuple[int, int, int]) -> pa.Array:
    """Gather one value of many segments.

    Args:
        library: the kernel.
        values: all values of the table.
        levels: where the elements of each segment begin, the repetitions of each element, the values of each repetition.
        segments: below 0: no such segment.
        place: element, repetition and component, each from 0.

    Returns:
        strings; null where absent or empty.
    """
    count = len(segments)
    segments, *levels = (np.ascontiguousarray(array, dtype=np.int64) for array in (segments, *levels))
    if count and int(segments.max()) >= len(levels[0]) - 1:  # C would look behind the end
        raise IndexError(f"there is no segment {int(segments.max())}; the table has {len(levels[0]) - 1}")
    begins, offsets = np.empty(count, dtype=np.int32), np.empty(count + 1, dtype=np.int32)
    valid, nulls = np.zeros((count + 7) // 8, dtype=np.uint8), ctypes.c_int64()
    _, edges, text = values.buffers()
    size = library.crossfoot_locate(
        segments.ctypes.data, count, *place, *(level.ctypes.data for level in levels), edges.address + 4 * values.offset,
        begins.ctypes.data, offsets.ctypes.data, valid.ctypes.data, ctypes.addressof(nulls))
    gathered = np.empty(size, dtype=np.uint8)
    if size:
        library.crossfoot_gather(text.address, count, begins.ctypes.data, offsets.ctypes.data, gathered.ctypes.data)
    bitmap = pa.py_buffer(valid) if nulls.value else None
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(gathered), bitmap, nulls.value)
