"""The inverse of the tokeniser: values and their structure to delimited bytes, with numpy and no Python object per value.

The text of the values is put where the marks leave room: delimiters behind values, release characters before what they
would otherwise mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from edi.reading.buffers import ISO_2022
from edi.scanning.tokens import COMPONENT, ELEMENT, REPETITION, SEGMENT, UNDECLARED, Bytes
from edi.segments import Bools, Delimiters, Ints, SegmentTable

_BINARY = {"BIN": 2, "BDS": 3}  # the element that holds raw bytes; the one before it states how many


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Values of consecutive segments, in the character set of the wire: ``v`` values, ``b`` bytes."""

    first: int  # index of the first value in its table
    text: Bytes  # b: all values behind one another
    offsets: Ints  # v + 1, into text
    kinds: Bytes  # v: what ends each value
    raw: Ints  # values (from 0 in this stretch) that are written as they are, whatever they hold
    charset: str


class UnencodableError(ValueError):
    """A value has characters that the character set lacks; ``value`` is its index in the table."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.value = value


def values_of(table: SegmentTable, first: int, stop: int) -> tuple[int, int]:
    """Return the range of the values of some consecutive segments."""
    a, b = table.repeat_first[table.element_first[table.segment_first[[first, stop]]]].tolist()
    return int(a), int(b)


def stretch_of(table: SegmentTable, first: int, stop: int, charset: str, raw: Ints) -> Stretch:
    """Take the values of some consecutive segments; ``raw`` are indices of values in the table, ascending.

    Raises:
        UnencodableError: a value does not exist in the character set.
    """
    a, b = values_of(table, first, stop)
    text, offsets = encoded(table.values[a:b], charset, a)
    within = raw[np.searchsorted(raw, a):np.searchsorted(raw, b)] - a
    return Stretch(a, text, offsets, kinds_of(table, first, stop), within, charset)


def kinds_of(table: SegmentTable, first: int, stop: int) -> Bytes:
    """Return what ends each value of some consecutive segments."""
    a, b = values_of(table, first, stop)
    kinds = np.full(b - a, COMPONENT, dtype=np.uint8)
    elements = table.segment_first[first:stop + 1]
    repeats = table.element_first[elements[0]:elements[-1] + 1]
    kinds[table.repeat_first[repeats[0] + 1:repeats[-1] + 1] - 1 - a] = REPETITION
    kinds[table.repeat_first[repeats[1:]] - 1 - a] = ELEMENT
    kinds[table.repeat_first[table.element_first[elements[1:]]] - 1 - a] = SEGMENT
    return kinds


def encoded(values: pa.Array, charset: str, first: int = 0) -> tuple[Bytes, Ints]:
    """Return the text of values in a character set, and where each begins and ends; ``first`` is the index of the first."""
    values = values.fill_null("") if values.null_count else values
    _, ends, data = values.buffers()
    if not len(values):
        return np.zeros(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    offsets = np.frombuffer(ends, dtype=np.int32)[values.offset:values.offset + len(values) + 1].astype(np.int64)
    text = np.frombuffer(data or b"", dtype=np.uint8)[offsets[0]:offsets[-1]]
    offsets = offsets - offsets[0]
    return (text, offsets) if charset == "utf-8" else _recoded(text, offsets, values, charset, first)


def _recoded(text: Bytes, offsets: Ints, values: pa.Array, charset: str, first: int) -> tuple[Bytes, Ints]:
    if charset == "iso2022_jp_2":  # each value begins in ASCII, so each is encoded by itself
        return _one_by_one(values, charset, first)
    if charset == UNDECLARED:
        return _as_it_would_be_read(text, offsets)
    try:
        recoded = text.tobytes().decode().encode(charset)
    except UnicodeEncodeError:
        return _one_by_one(values, charset, first)
    characters = np.append(0, np.cumsum((text & 0xC0) != 0x80))  # all other character sets have one byte for each
    return np.frombuffer(recoded, dtype=np.uint8), characters[offsets]


def _one_by_one(values: pa.Array, charset: str, first: int) -> tuple[Bytes, Ints]:
    texts: list[bytes] = []
    for at, value in enumerate(values.to_pylist()):
        try:
            texts.append(value.encode(charset))
        except UnicodeEncodeError as lacking:
            raise UnencodableError(first + at) from lacking
    return np.frombuffer(b"".join(texts), dtype=np.uint8), np.cumsum([0, *map(len, texts)])


def _as_it_would_be_read(text: Bytes, offsets: Ints) -> tuple[Bytes, Ints]:
    """Encode each value in ISO 8859-1 where our reader would take it for that, else in UTF-8."""
    size, parts, done = np.diff(offsets), list[bytes](), 0
    for value in np.unique(np.searchsorted(offsets, np.flatnonzero(text >= 0x80), "right") - 1).tolist():
        begin, end = offsets[value:value + 2].tolist()
        written = _undeclared(text[begin:end].tobytes())
        parts += [text[done:begin].tobytes(), written]
        done, size[value] = end, len(written)
    whole = b"".join((*parts, text[done:].tobytes()))
    return np.frombuffer(whole, dtype=np.uint8), np.append(0, np.cumsum(size))


def _undeclared(value: bytes) -> bytes:
    try:
        narrow = value.decode().encode("iso8859-1")
        narrow.decode()
    except UnicodeEncodeError:
        return value
    except UnicodeDecodeError:
        return narrow
    return value


def raw_values(table: SegmentTable, charsets: Sequence[str | None]) -> Ints:
    """Return the values that hold raw bytes: BIN02 and BDS03 whose length is as stated.

    Args:
        table: the segments.
        charsets: the character set of each interchange, None where it is not X12.
    """
    found = np.zeros(0, dtype=np.int64)
    for tag, element in _BINARY.items():
        segments = table.select(tag)
        segments = segments[(table.element_count(segments) >= element) & (table.interchange[segments] >= 0)]
        value = table.repeat_first[table.element_first[table.segment_first[segments] + element]]
        stated = table.element(segments, element - 1).to_pylist()
        holds = [
            number is not None and number.isascii() and number.isdigit() and int(number) == _size(table, at, charsets[owner])
            for number, at, owner in zip(stated, value.tolist(), table.interchange[segments].tolist(), strict=True)]
        found = np.append(found, value[np.array(holds, dtype=bool)])
    return np.sort(found)


def _size(table: SegmentTable, value: int, charset: str | None) -> int:
    return len(encoded(table.values[value:value + 1], charset, value)[0]) if charset else -1


def special(stretch: Stretch, marks: Delimiters) -> Ints:
    """Return the positions in a stretch's text of what would be taken for a service character of one byte."""
    meaning: Bools = np.zeros(256, dtype=bool)
    meaning[[mark[0] for mark in (*all_marks(marks), marks.release) if mark and len(mark) == 1]] = True
    at = np.flatnonzero(meaning[stretch.text])
    if len(stretch.raw) and len(at):
        at = at[~np.isin(owners(stretch, at), stretch.raw)]
    if stretch.charset == "iso2022_jp_2":
        runs = np.array([run.span() for run in ISO_2022.finditer(stretch.text.tobytes())], dtype=np.int64).reshape(-1, 2)
        at = at[np.searchsorted(runs[:, 0], at, "right") == np.searchsorted(runs[:, 1], at, "right")]
    return at


def all_marks(marks: Delimiters) -> tuple[bytes, ...]:
    """Return the delimiters that an interchange has, the release character not among them."""
    return tuple(mark for mark in (marks.element, marks.component, marks.repetition, marks.segment) if mark)


def owners(stretch: Stretch, at: Ints) -> Ints:
    """Return the value (from 0 in this stretch) that each position of the text lies in."""
    return np.searchsorted(stretch.offsets[1:], at, "right")


def render(stretch: Stretch, marks: Delimiters, escapes: Ints, newline: bytes) -> bytes:
    """Put values, delimiters and release characters behind one another.

    Args:
        stretch: whole segments.
        marks: the service characters.
        escapes: positions in its text before which a release character is to stand, ascending.
        newline: what stands between two segments.
    """
    behind = {
        COMPONENT: marks.component, REPETITION: marks.repetition or b"", ELEMENT: marks.element, SEGMENT: marks.segment + newline}
    size = np.array([0, *(len(mark) for mark in behind.values())])[stretch.kinds]
    passed = np.append(0, np.cumsum(size))
    ends = stretch.offsets[1:]
    place = ends + passed[:-1] + np.searchsorted(escapes, ends)
    out = np.empty(len(stretch.text) + int(passed[-1]) + len(escapes), dtype=np.uint8)
    is_text = np.ones(len(out), dtype=bool)
    for kind, mark in behind.items():
        spots = place[stretch.kinds == kind]
        for step, code in enumerate(mark):
            out[spots + step] = code
            is_text[spots + step] = False
    if len(escapes) and marks.release:
        spots = escapes + passed[owners(stretch, escapes)] + np.arange(len(escapes))
        out[spots] = marks.release[0]
        is_text[spots] = False
    out[is_text] = stretch.text
    return out[:len(out) - len(newline)].tobytes()
