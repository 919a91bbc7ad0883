"""The compiled kernel, where it was built: kernel.c, loaded with ctypes.

Neither Python's headers nor anything beyond a C compiler are needed to build it, and nothing to run it. Each of its
functions has an equal in numpy or Arrow beside its caller, which does the work where there is no kernel.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Place = tuple[int, int, int]  # element, repetition and component, each from 0
_VERSION = 5  # of kernel.c
_POINTER, _INTEGER, _TEXT = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p
_NEWLINE = 8  # octets at most that are usual between segments
_USUAL_LENGTH = 16  # of a value: room is made for so much, and more asked for if it does not do
_SEVERAL_BATCHES = 1 << 23  # octets
_COLUMN, _WHAT, _WHERE = 10, slice(0, 4), slice(4, 10)  # struct column: what is gathered, and where it is put
_FUNCTIONS: dict[str, tuple[list[type], type | None]] = {
    "crossfoot_find": ([_TEXT, _INTEGER, _INTEGER, _TEXT, _INTEGER], _INTEGER),
    "crossfoot_marks": ([_TEXT, _INTEGER, _TEXT, _POINTER], None),
    "crossfoot_scan": ([_TEXT, _INTEGER, _TEXT, _POINTER, _INTEGER, *[_POINTER] * 11], None),
    "crossfoot_count": ([_POINTER, _INTEGER, _POINTER], None),
    "crossfoot_levels": ([_POINTER, _INTEGER, *[_POINTER] * 3], None),
    "crossfoot_shapes": ([_POINTER, _POINTER, _INTEGER, _INTEGER, _POINTER, _POINTER], _INTEGER),
    "crossfoot_number": ([_POINTER, _INTEGER, _INTEGER, _INTEGER, _POINTER, _POINTER], None),
    "crossfoot_places": ([_POINTER, _INTEGER, *[_POINTER] * 2, _INTEGER, *[_POINTER] * 4], None),
    "crossfoot_gaps": ([_TEXT, *[_POINTER] * 3, _INTEGER, _INTEGER, *[_POINTER] * 2], _INTEGER),
    "crossfoot_gather": ([_POINTER, _INTEGER, _POINTER, _INTEGER, *[_POINTER] * 5, _INTEGER], None),
    "crossfoot_counts": ([*[_POINTER] * 2, *[_INTEGER] * 2, _POINTER], _INTEGER),
    "crossfoot_ranks": ([_POINTER, _INTEGER, _POINTER, *[_INTEGER] * 2, _POINTER], None),
    "crossfoot_decimals": ([*[_POINTER] * 3, *[_INTEGER] * 4, *[_POINTER] * 2], None),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value of a segment: at a place, or at the first of some places whose qualifier is a code."""

    places: tuple[Place, ...]
    qualifiers: tuple[Place, ...] = ()  # of each place
    code: str = ""


def load(path: Path) -> ctypes.CDLL | None:
    """Load a kernel, None where there is none or where it is for another machine or left over from another version."""
    try:
        library = ctypes.CDLL(str(path))
        if library.crossfoot_version() != _VERSION:
            return None
        for name, (arguments, result) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.argtypes, function.restype = arguments, result
    except (OSError, AttributeError):
        return None
    return library


LIBRARY = load(Path(__file__).with_name("kernel.shared"))


@cache
def keep_what_is_freed() -> None:
    """Let the C library keep the memory that a batch leaves to the next one.

    glibc gives the top of its heap back whenever more than twice the largest block lies free there that it has had to map so far.
    Of a batch about as much is freed as that, so the kernel would make and clear the same thousand pages anew for each. A block
    of several batches, which is never written to, teaches it to keep more. Elsewhere it does nothing.
    """
    bytes(_SEVERAL_BATCHES)


def empty(count: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array of anything, from Arrow's pool: what that is given back it keeps, so that pages are not made anew for each part."""
    kind = np.dtype(dtype)
    made: npt.NDArray[Any] = np.frombuffer(pa.allocate_buffer(kind.itemsize * (count + 1)), dtype=kind)[:count]
    return made


def address(array: npt.NDArray[Any]) -> int:
    """Return where an array begins; it must be contiguous."""
    place: int = pa.py_buffer(array).address  # seven times as fast as what numpy offers
    return place


def find_tag(library: ctypes.CDLL, text: bytes, at: int, tags: bytes) -> int:
    """Return the first position from ``at`` on of any of some tags of three bytes, put behind one another; -1 where there is none."""
    found: int = library.crossfoot_find(text, len(text), at, tags, len(tags) // 3)
    return found


def usual_gaps(
    library: ctypes.CDLL, text: bytes, start: Ints, end: Ints, interchange: Ints, known: Sequence[bytes | None], *, goes_on: bool,
) -> list[bytes | None] | None:
    """Learn what stands between the segments of each interchange.

    Args:
        library: the kernel.
        text: what the positions are in.
        start: where each segment begins.
        end: just past the terminator of each.
        interchange: of each segment, -1 outside.
        known: what is usual in each interchange, None where it is not known yet.
        goes_on: whether a segment came before the first one.

    Returns:
        what is usual in each interchange; None where something else occurs.
    """
    style = np.frombuffer(bytearray(b"".join((mark or b"").ljust(_NEWLINE, b"\0") for mark in known)), dtype=np.uint8)
    width = np.array([-1 if mark is None else len(mark) for mark in known], dtype=np.int64)
    start, end, interchange = (np.ascontiguousarray(array, dtype=np.int64) for array in (start, end, interchange))
    if library.crossfoot_gaps(
            text, address(start), address(end), address(interchange), len(start), goes_on, address(style), address(width)) >= 0:
        return None
    found, sizes = style.tobytes(), width.tolist()
    return [None if size < 0 else found[_NEWLINE * at:_NEWLINE * at + size] for at, size in enumerate(sizes)]


def places(library: ctypes.CDLL, pieces: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Tell where segments of pieces that were put behind one another lie in their files.

    Args:
        library: the kernel.
        pieces: five rows with a column for each piece: where it begins here, its file, its first octet and its end there, and its
            interchange; ascending.
        start: where each segment begins here; the first one not before the first piece.
        end: just past each.

    Returns:
        file, interchange, first octet and end of each segment; an end is never behind that of its piece.
    """
    pieces, start, end = (np.ascontiguousarray(array, dtype=np.int64) for array in (pieces, start, end))
    file, found, first, stop = (empty(len(start), np.int64) for _ in range(4))
    library.crossfoot_places(
        address(pieces), pieces.shape[1], address(start), address(end), len(start), *map(address, (file, found, first, stop)))
    return file, found, first, stop


def number(library: ctypes.CDLL, bounds: Ints, before: int, count: int) -> tuple[Ints, Ints]:
    """Number segments.

    Args:
        library: the kernel.
        bounds: first segment and stop of each stretch, one after another; ascending, none overlapping another.
        before: how many segments of the first stretch came earlier.
        count: how many segments there are.

    Returns:
        the stretch of each segment, -1 where it lies in none; and its place in that from 1, 0 where it lies in none.
    """
    bounds = np.ascontiguousarray(bounds, dtype=np.int64)
    stretch, ordinal = empty(count, np.int64), empty(count, np.int64)
    library.crossfoot_number(address(bounds), len(bounds) // 2, before, count, address(stretch), address(ordinal))
    return stretch, ordinal


def gather(library: ctypes.CDLL, values: pa.Array, levels: Sequence[Ints], segments: Ints, wanted: Sequence[Wanted]) -> list[pa.Array]:
    """Gather columns of values of the same segments, in one pass over them.

    Args:
        library: the kernel.
        values: all values of the table.
        levels: where the elements of each segment begin, the repetitions of each element, the values of each repetition.
        segments: below 0: no such segment.
        wanted: the columns.

    Returns:
        strings, an array for each column; null where absent or empty.
    """
    count = len(segments)
    segments, *levels = (np.ascontiguousarray(array, dtype=np.int64) for array in (segments, *levels))
    if count and int(segments.max()) >= len(levels[0]) - 1:  # C would look behind the end
        raise IndexError(f"there is no segment {int(segments.max())}; the table has {len(levels[0]) - 1}")
    _, edges, text = values.buffers()
    members = (len(levels[1]) - 1, len(levels[2]) - 1, len(values))  # of one level each: as many as above where each has one
    where = (
        address(levels[0]), address(levels[1]) if members[0] < members[1] else None,
        address(levels[2]) if members[1] < members[2] else None, edges.address + 4 * values.offset,
        text.address if text else None, text.size if text else 0)
    columns = np.empty((len(wanted), _COLUMN), dtype=np.int64)
    columns[:, _WHAT], _kept = _places(tuple(wanted))
    rooms = [_USUAL_LENGTH * (count + 1)] * len(wanted)
    while True:
        offsets = [pa.allocate_buffer(4 * (count + 1)) for _ in wanted]
        valid = np.zeros((len(wanted), (count + 7) // 8), dtype=np.uint8)
        texts = [pa.allocate_buffer(room, resizable=True) for room in rooms]
        first_bitmap = address(valid) if count else 0
        columns[:, _WHERE] = [
            (into.address, room, edge.address, first_bitmap + at * valid.shape[1], 0, 0)
            for at, (into, room, edge) in enumerate(zip(texts, rooms, offsets, strict=True))]
        library.crossfoot_gather(address(segments), count, address(columns), len(wanted), *where)
        nulls, sizes = columns[:, -2].tolist(), columns[:, -1].tolist()
        if all(size <= room for size, room in zip(sizes, rooms, strict=True)):
            break
        rooms = [max(size, room) for size, room in zip(sizes, rooms, strict=True)]
    for into, size in zip(texts, sizes, strict=True):
        into.resize(size, shrink_to_fit=True)
    return [pa.StringArray.from_buffers(count, edge, into, pa.py_buffer(valid[at]) if absent else None, absent)
            for at, (edge, into, absent) in enumerate(zip(offsets, texts, nulls, strict=True))]


@lru_cache(maxsize=256)
def _places(wanted: tuple[Wanted, ...]) -> tuple[Ints, list[Any]]:
    """Return what the kernel is to know of each column: its places, how many, its code and that one's length; and what holds them."""
    rows, kept = [], list[Any]()
    for each in wanted:
        places = np.array([(*value, *qualifier) for value, qualifier in zip(each.places, each.qualifiers or each.places, strict=True)],
                          dtype=np.int64)
        code = pa.py_buffer(each.code.encode())
        kept += [places, code]
        rows.append((address(places), len(places), code.address, code.size if each.qualifiers else -1))
    return np.array(rows, dtype=np.int64), kept


def counts(library: ctypes.CDLL, text: pa.Array, most_digits: int) -> Ints | None:
    """Read text as counts: digits, with white space around them.

    Args:
        library: the kernel.
        text: strings.
        most_digits: of a count; more are none.

    Returns:
        the counts, -1 where the text is none or null; None where something beyond ASCII stands in the text.
    """
    _, edges, octets = text.buffers()
    made = np.empty(len(text), dtype=np.int64)
    if len(text) and octets is not None and not library.crossfoot_counts(
            octets.address, edges.address + 4 * text.offset, len(text), most_digits, address(made)):
        return None
    return made if octets is not None else np.full(len(text), -1, dtype=np.int64)


def ranks(library: ctypes.CDLL, among: Ints, keys: Ints, *, with_equals: bool) -> Ints:
    """Tell how many of some ascending numbers are less than each key, or at most as large; faster where keys ascend, too."""
    among, keys = (np.ascontiguousarray(array, dtype=np.int64) for array in (among, keys))
    made = np.empty(len(keys), dtype=np.int64)
    library.crossfoot_ranks(address(among), len(among), address(keys), len(keys), with_equals, address(made))
    return made


def decimals(library: ctypes.CDLL, text: pa.Array, precision: int, scale: int) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Read text as decimals: digits with a minus in front and a point among them where they are needed.

    Args:
        library: the kernel.
        text: strings; null stays null.
        precision: digits in all, at most 38.
        scale: digits behind the point; more must be zeros.

    Returns:
        decimal128(precision, scale), null where the text is no such number; and where that is so.
    """
    count = len(text)
    there, edges, octets = text.buffers()
    made, bad = np.empty(2 * count, dtype=np.int64), np.empty(count, dtype=bool)
    library.crossfoot_decimals(
        octets.address if octets else None, edges.address + 4 * text.offset if count else None, there.address if there else None,
        text.offset, count, precision, scale, address(made), address(bad))
    kind, whole = pa.decimal128(precision, scale), not bad.any()
    if whole and not text.null_count:
        return pa.Array.from_buffers(kind, count, [None, pa.py_buffer(made)], 0), bad
    valid = np.asarray(text.is_valid()) & ~bad
    bitmap = pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, count, [bitmap, pa.py_buffer(made)], count - int(valid.sum())), bad
