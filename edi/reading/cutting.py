"""Where a long interchange may be cut: after a whole transaction if there is one, else between two segments."""

from __future__ import annotations

from bisect import bisect_right

from edi.dialect import Role
from edi.limits import Limits
from edi.octets import Octets, is_padding, matches, visible
from edi.reading.buffers import Found
from edi.reading.envelopes import ENVELOPES
from edi.reading.scouting import follows_terminator, is_released, segment_end, terminator_before
from edi.segments import Delimiters

_NEAR = 1 << 16  # the last transaction of a part mostly ends within so many bytes


def cut(data: Octets, found: Found, at: int, last: int, room: int, limits: Limits) -> tuple[int, int] | None:
    """Return where the next stretch of an interchange stops, and how much of it is to be read.

    Args:
        data: what is tokenised.
        found: the interchange.
        at: where the stretch begins, at a segment.
        last: where the piece of the interchange ends.
        room: how many bytes the part can still take.
        limits: how long a part may grow so that a transaction stays whole; how long a segment may be.

    Returns:
        None where no whole transaction fits into the room of a part that has something already.
    """
    if last - at <= room:
        return last, last
    stop = _after_transaction(data, found, at, at + room)
    if stop is None and room < limits.batch_bytes:
        return None
    if stop is None:
        limit = min(at + limits.max_part_bytes, last)
        stop = (last if limit == last else None) or _after_transaction(data, found, at, limit) or _after_segment(data, found, at, limit)
    if stop is not None:
        return stop, stop
    end = segment_end(data, at, found.dialect.delimiters)  # one segment larger than a part: only its beginning is read
    stop = last if end is None else min(end, last)
    return stop, min(stop, at + limits.max_segment_bytes + 1)


def _after_transaction(data: Octets, found: Found, at: int, limit: int) -> int | None:
    """Return the last place before a limit that is behind a transaction's trailer, or in front of a transaction's header."""
    near = limit - _NEAR
    if near > at and found.dialect.standard == "x12" and found.dialect.delimiters.segment not in b"\r\n":
        stop = _last_transaction(data, found, near, limit)  # what stands further in front decides nothing about these
        if stop is not None:
            return stop
    return _last_transaction(data, found, at, limit)


def _last_transaction(data: Octets, found: Found, at: int, limit: int) -> int | None:
    marks, envelope = found.dialect.delimiters, ENVELOPES[found.dialect.standard]
    text = data[at:limit]
    closing = _last(text, found, at, envelope.tag(Role.TRANSACTION_END).encode() + marks.element)
    closed = segment_end(text, closing, marks) if closing is not None else None
    opening = _last(text, found, at, envelope.tag(Role.TRANSACTION).encode() + marks.element)
    opened = terminator_before(text, opening, marks) if opening is not None else None
    while opened and marks.segment in b"\r\n" and text[opened - 2:opened - 1] == marks.segment:
        opened -= 1  # blank lines belong to what follows, as newlines do behind other terminators
    best = max(closed or 0, opened or 0)
    return None if is_padding(text, best) else at + best


def _last(text: bytes, found: Found, at: int, tag: bytes) -> int | None:
    place = text.rfind(tag)
    while place > 0:
        if follows_terminator(text, place, found.dialect.delimiters) and not _is_data(text, found, at, place):
            return place
        place = text.rfind(tag, 0, place)
    return None


def _after_segment(data: Octets, found: Found, at: int, limit: int) -> int | None:
    marks, text = found.dialect.delimiters, data[at:limit]
    place = text.rfind(marks.segment)
    while place > 0:
        if not is_released(text, place, marks.release) and not _is_data(text, found, at, place):
            return at + place + len(marks.segment)
        place = text.rfind(marks.segment, 0, place)
    return None


def _is_data(text: bytes, found: Found, at: int, place: int) -> bool:
    """Tell whether a place in a text that begins at a segment lies in binary data, or in characters of two bytes (ISO 2022)."""
    if found.dialect.charset == "iso2022_jp_2" and text.startswith(b"\x1b$", text.rfind(b"\x1b", 0, place)):
        return True
    ranges = found.span.protected
    before = bisect_right(ranges, at + place, key=lambda each: each[0]) - 1
    return before >= 0 and at + place < ranges[before][1]


def tag_at(data: Octets, at: int, delimiters: Delimiters) -> str:
    """Return the tag that begins at a position, newlines and empty segments in front of it left out; "" where there is none."""
    first = visible(data, at)
    while first is not None and matches(data, first, delimiters.segment):
        first = visible(data, first + len(delimiters.segment))
    text = data[first:first + 4].decode("latin-1") if first is not None else ""
    return text[:next((index for index, code in enumerate(text) if not code.isalnum()), len(text))]
