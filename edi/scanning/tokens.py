"""The one hot loop: delimited bytes to values and index arrays, with numpy and no Python object per value.

The values' text is the buffer with its delimiters deleted, and the end of the k-th value is the position of the k-th
delimiter less everything deleted before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from edi.segments import Bools, Delimiters, Ints

COMPONENT, REPETITION, ELEMENT, SEGMENT = 1, 2, 3, 4
UNDECLARED = "utf-8, else iso8859-1"  # in the place of a codec: value by value
_CHUNK = 192 * 1024  # stays in the cache of one core
_NEWLINES = b"\r\n"

Bytes = npt.NDArray[np.uint8]
Int32s = npt.NDArray[np.int32]  # inside one buffer, which is smaller than 2 GiB


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Values of a buffer: ``v`` values in ``s`` segments. Empty segments leave no value, only their position."""

    data: pa.Buffer  # of all values, in the order of the buffer
    offsets: npt.NDArray[np.int32]  # v + 1, into data
    kinds: Bytes  # v: what ends each value
    start: Ints  # s: position of each tag in the buffer
    end: Ints  # s: position just past each terminator
    empty: Ints  # positions of terminators that end nothing
    needless: Ints  # positions of release characters before what needs none
    tags: tuple[Int32s, Ints] | None = None  # s: code of each tag; the segment where each code is met first. None: nobody looked
    simple: Ints | None = None  # s + 1: values before each segment, where every value is an element. None: not so, or nobody looked


@dataclass(frozen=True, slots=True)
class Marks:
    """The octets that mean something in a buffer, whose terminator is one octet."""

    buffer: bytes
    service: Mapping[int, int]  # octet -> COMPONENT ... SEGMENT
    blanks: bytes  # skipped behind a terminator
    release: bytes | None


def marks_of(buffer: bytes, delimiters: Delimiters) -> Marks:
    """Tell what the octets of a buffer mean."""
    buffer, terminator, blanks = _single_byte_terminator(buffer, delimiters)
    service = _service(delimiters, terminator)
    return Marks(buffer, service, bytes(mark for mark in blanks if mark not in service), delimiters.release)


def tokenise_with_numpy(buffer: bytes, delimiters: Delimiters, protected: Sequence[tuple[int, int]] = ()) -> Tokens:
    """Do what ``edi.scanning.tokenising.tokenise`` does, where nothing is compiled."""
    marks = marks_of(buffer, delimiters)
    buffer, service, blanks = marks.buffer, marks.service, marks.blanks
    position, kind = _scan(buffer, service)
    array = np.frombuffer(buffer, dtype=np.uint8)
    releases = np.flatnonzero(array == marks.release[0]) if marks.release else np.zeros(0, dtype=np.int64)
    if protected:
        position, kind, releases = _unprotected(protected, position, kind, releases)
    escapes = _escapes(releases)
    position, kind = _unreleased(position, kind, escapes)
    ends = position[kind == SEGMENT].astype(np.int64)
    start = _starts(buffer, array, ends, blanks)
    empty = ends[start == ends]
    if len(empty):
        real = np.ones(len(position), dtype=bool)
        real[np.searchsorted(position, empty)] = False
        position, kind, start, ends = position[real], kind[real], start[start != ends], ends[start != ends]
    gap = start - np.concatenate((np.zeros(1, dtype=np.int64), ends + 1))[:len(start)]
    tail = len(buffer) - (int(ends[-1]) + 1 if len(ends) else 0)  # newlines behind the last terminator
    dropped = int(gap.sum()) - len(empty) + tail
    plain = not len(escapes) and not protected and dropped == sum(map(buffer.count, _each(blanks)))
    data = buffer.translate(None, bytes(service) + blanks) if plain else _without(array, position, escapes, start, gap)
    offsets = _offsets(position, kind, escapes, gap)
    needless = _needless(array, escapes, service, delimiters.release)
    return Tokens(pa.py_buffer(data[:int(offsets[-1])]), offsets, kind, start, ends + len(delimiters.segment), empty, needless)


def _each(marks: bytes) -> list[bytes]:
    return [bytes((mark,)) for mark in marks]


def _single_byte_terminator(buffer: bytes, delimiters: Delimiters) -> tuple[bytes, bytes, bytes]:
    """Return the buffer with a terminator of one byte, that byte, and what is blank after it."""
    terminator = delimiters.segment
    if len(terminator) == 1:
        return buffer, terminator, _NEWLINES.replace(terminator, b"")
    unused = [bytes((code,)) for code in (*range(255, 127, -1), *range(1, 9)) if code not in buffer][:2]
    single, filler = unused if len(unused) == 2 else (b"\xff", b"\xfe")
    return buffer.replace(terminator, single + filler * (len(terminator) - 1)), single, _NEWLINES + filler


def _service(delimiters: Delimiters, terminator: bytes) -> dict[int, int]:
    marks = ((delimiters.component, COMPONENT), (delimiters.repetition, REPETITION), (delimiters.element, ELEMENT), (terminator, SEGMENT))
    return {mark[0]: kind for mark, kind in marks if mark}


def _scan(buffer: bytes, service: Mapping[int, int]) -> tuple[Int32s, Bytes]:
    """Return position and kind of every service character."""
    table = bytes(service.get(code, 0) for code in range(256))
    positions, kinds = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.uint8)]
    for first in range(0, len(buffer), _CHUNK):
        marks = np.frombuffer(buffer[first:first + _CHUNK].translate(table), dtype=np.uint8)
        at = np.flatnonzero(marks != 0)
        kinds.append(marks[at])
        positions.append((at + first).astype(np.int32))
    return np.concatenate(positions), np.concatenate(kinds)


def _unprotected(protected: Sequence[tuple[int, int]], position: Int32s, kind: Bytes, releases: Ints) -> tuple[Int32s, Bytes, Ints]:
    """Leave out everything that lies in a protected range."""
    first, last = np.array(protected, dtype=np.int64).T

    def outside(places: npt.NDArray[np.integer]) -> Bools:
        at = np.searchsorted(first, places, "right") - 1
        free: Bools = (at < 0) | (places >= last[at])
        return free

    real = outside(position)
    return position[real], kind[real], releases[outside(releases)]


def _escapes(at: Ints) -> Ints:
    """Return the release characters that escape something: in a run of them the 1st, 3rd, 5th ..."""
    if not len(at):
        return at
    index = np.arange(len(at))
    begins = np.concatenate(([True], np.diff(at) != 1))
    escapes: Ints = at[(index - np.maximum.accumulate(np.where(begins, index, 0))) % 2 == 0]
    return escapes


def _unreleased(position: Int32s, kind: Bytes, escapes: Ints) -> tuple[Int32s, Bytes]:
    """Take released characters out of the service characters."""
    if not len(escapes) or not len(position):
        return position, kind
    released = escapes + 1
    slot = np.minimum(np.searchsorted(position, released), len(position) - 1)
    real = np.ones(len(position), dtype=bool)
    real[slot[position[slot] == released]] = False
    return position[real], kind[real]


def _needless(array: Bytes, escapes: Ints, service: Mapping[int, int], release: bytes | None) -> Ints:
    """Return the escapes of characters that have no meaning of their own; one at the very end escapes nothing."""
    if not len(escapes) or release is None:
        return escapes
    meaning: Bools = np.zeros(256, dtype=bool)
    meaning[[*service, release[0]]] = True
    inside = escapes[escapes + 1 < len(array)]
    return inside[~meaning[array[inside + 1]]]


def _starts(buffer: bytes, array: Bytes, ends: Ints, blanks: bytes) -> Ints:
    """Return where each segment's tag begins: past the newlines that follow the terminator before it."""
    start = np.concatenate((np.zeros(1, dtype=np.int64), ends + 1))[:len(ends)]
    if not any(mark in buffer for mark in _each(blanks)):
        return start
    blank: Bools = np.zeros(256, dtype=bool)
    blank[list(blanks)] = True
    moving = np.arange(len(start))
    for _ in range(8):
        moving = moving[blank[array[start[moving]]]]
        start[moving] += 1
    run = re.compile(b"[" + re.escape(blanks) + b"]*")
    for segment in moving.tolist():  # longer runs of newlines are rare
        found = run.match(buffer, int(start[segment]))
        start[segment] = found.end() if found else start[segment]
    return start


def _offsets(position: Int32s, kind: Bytes, escapes: Ints, gap: Ints) -> Int32s:
    """Return where each value begins and ends once everything deleted is gone."""
    count = len(position)
    offsets = np.zeros(count + 1, dtype=np.int32)
    ends = offsets[1:]
    np.subtract(position, np.arange(count, dtype=np.int32), out=ends)
    if gap.any():
        last = np.flatnonzero(kind == SEGMENT)
        ends -= np.repeat(np.cumsum(gap, dtype=np.int32), np.diff(last, prepend=-1))
    if len(escapes):
        passed = np.searchsorted(position, escapes)
        ends -= np.repeat(np.arange(len(escapes) + 1, dtype=np.int32), np.diff(passed, prepend=0, append=count))
    return offsets


def _without(array: Bytes, position: Int32s, escapes: Ints, start: Ints, gap: Ints) -> bytes:
    """Return the buffer without service characters, escapes and the gaps between segments."""
    keep = np.ones(len(array), dtype=bool)
    keep[position] = False
    keep[escapes] = False
    within = np.arange(int(gap.sum())) - np.repeat(np.cumsum(gap) - gap, gap)
    keep[np.repeat(start - gap, gap) + within] = False
    return array[keep].tobytes()


def levels_with_numpy(kinds: Bytes) -> tuple[Ints, Ints, Ints]:
    """Do what ``edi.scanning.tokenising.levels`` does, where nothing is compiled or little is to be done."""
    repeat_first, kinds = _level(kinds, REPETITION)
    element_first, kinds = _level(kinds, ELEMENT)
    segment_first, kinds = _level(kinds, SEGMENT)
    return repeat_first, element_first, segment_first


_numbers = np.arange(1 << 16, dtype=np.int64)


def counting(size: int) -> Ints:
    """Return 0, 1, 2 ...: a level in which every group has one member. All tables share the numbers."""
    global _numbers
    if len(_numbers) < size:
        _numbers = np.arange(2 * size, dtype=np.int64)
    shared = _numbers[:size]
    shared.flags.writeable = False
    return shared


def _level(kinds: Bytes, least: int) -> tuple[Ints, Bytes]:
    if not (kinds < least).any():
        return counting(len(kinds) + 1), kinds
    last = np.flatnonzero(kinds >= least)
    first = np.zeros(len(last) + 1, dtype=np.int64)
    np.add(last, 1, out=first[1:])
    return first, kinds[last]


def shapes_with_numpy(tokens: Tokens, longest: int) -> tuple[Bytes, Ints]:
    """Do what ``edi.scanning.tokenising.shapes_of`` does, where nothing is compiled."""
    lengths: Bytes = np.minimum(np.diff(tokens.offsets), longest).astype(np.uint8)
    return np.left_shift(lengths, 3, dtype=np.uint8) | tokens.kinds, np.flatnonzero(lengths == longest)


def transcode(tokens: Tokens, charset: str) -> Tokens:
    """Turn the text of all values into UTF-8."""
    if charset == "utf-8":
        return tokens
    if charset == "iso2022_jp_2":
        return _with_escapes_decoded(tokens, charset)
    if charset == UNDECLARED:
        return _each_as_it_is(tokens)
    grown = np.zeros(len(tokens.data) + 1, dtype=np.int32)
    np.cumsum(_widths(charset)[np.frombuffer(tokens.data, dtype=np.uint8)], out=grown[1:])
    return replace(tokens, data=_buffer(tokens.data.to_pybytes().decode(charset, "replace")), offsets=grown[tokens.offsets])


def _each_as_it_is(tokens: Tokens) -> Tokens:
    """Read each value that is no UTF-8 as ISO 8859-1: one value's bytes do not decide on another's."""
    data = tokens.data.to_pybytes()
    beyond = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) >= 0x80)
    size = np.diff(tokens.offsets)
    parts, done = list[bytes](), 0
    for value in np.unique(np.searchsorted(tokens.offsets, beyond, "right") - 1).tolist():
        first, last = tokens.offsets[value:value + 2].tolist()
        text = _as_utf8(data[first:last])
        parts += [data[done:first], text]
        done, size[value] = last, len(text)
    offsets = np.concatenate(([0], np.cumsum(size))).astype(np.int32)
    return replace(tokens, data=pa.py_buffer(b"".join((*parts, data[done:]))), offsets=offsets)


def _as_utf8(text: bytes) -> bytes:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("iso8859-1").encode("utf-8")
    return text


def _with_escapes_decoded(tokens: Tokens, charset: str) -> Tokens:
    """Decode value by value: each begins in ASCII, whatever the escape sequences of ISO 2022 before it were."""
    data, edges = tokens.data.to_pybytes(), tokens.offsets.tolist()
    texts = [data[first:last].decode(charset, "replace") for first, last in pairwise(edges)]
    offsets = np.cumsum([0, *(len(text.encode()) for text in texts)]).astype(np.int32)
    return replace(tokens, data=_buffer("".join(texts)), offsets=offsets)


def _buffer(text: str) -> pa.Buffer:
    return pa.py_buffer(text.encode())


@lru_cache(maxsize=32)
def _widths(charset: str) -> Int32s:
    return np.array([len(bytes((code,)).decode(charset, "replace").encode("utf-8")) for code in range(256)], dtype=np.int32)


def join(parts: Sequence[Tokens]) -> Tokens:
    """Put the tokens of several buffers behind one another; positions stay those of each buffer."""
    if len(parts) == 1:
        return parts[0]
    base = np.cumsum([0, *(len(part.data) for part in parts)])
    offsets = [np.zeros(1, dtype=np.int32), *(part.offsets[1:] + np.int32(at) for part, at in zip(parts, base[:-1], strict=True))]
    kinds, empty = [np.zeros(0, dtype=np.uint8)], [np.zeros(0, dtype=np.int64)]
    return Tokens(
        pa.py_buffer(b"".join(part.data for part in parts)), np.concatenate(offsets),
        np.concatenate(kinds + [part.kinds for part in parts]),
        np.concatenate(empty + [part.start for part in parts]), np.concatenate(empty + [part.end for part in parts]),
        np.concatenate(empty + [part.empty for part in parts]), np.concatenate(empty + [part.needless for part in parts]),
    )
