"""Where a long interchange may be cut: after a whole transaction if there is one, else between two segments."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from edi.dialect import Role
from edi.edifact.delimiters import split_segment
from edi.limits import Limits
from edi.octets import BLOCK, PADDING, Octets
from edi.reading.buffers import Found
from edi.reading.envelopes import ENVELOPES
from edi.reading.scouting import follows_terminator, is_released, segment_end, terminator_before
from edi.segments import Delimiters

_NEWLINES = b"\r\n"
_MOST_NOTHING = 1 << 22  # octets of empty segments and blanks that are followed
_LONGEST_TAG = 64  # octets, escapes and blanks behind it included; a longer one is none of an envelope's
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
    chosen = _stop(data, found, at, last, room, limits)
    if chosen is None:
        return None
    stop, shown = chosen
    if _behind_empty_segments(data, stop, last, found.dialect.delimiters, PADDING) < last:
        return stop, shown
    return last, last if shown == stop else shown  # a last part without a segment could not tell which trailers are missing


def _stop(data: Octets, found: Found, at: int, last: int, room: int, limits: Limits) -> tuple[int, int] | None:
    stop = _after_transaction(data, found, at, at + room)
    if stop is None and room < limits.part_bytes:
        return None
    if stop is None:
        limit = min(at + limits.max_part_bytes, last)
        stop = (last if limit == last else None) or _after_transaction(data, found, at, limit) or _after_segment(data, found, at, limit)
    if stop is not None:
        return stop, stop
    first = _behind_empty_segments(data, at, last, found.dialect.delimiters, _NEWLINES)
    stop = _end_of_segment(data, found, first, last)  # of one that is larger than a part: only its beginning is read
    return stop, min(stop, first + limits.max_segment_bytes + 1)


def _holds_segment(text: bytes, stop: int, delimiters: Delimiters) -> bool:
    return _behind_empty_segments(text, 0, stop, delimiters, PADDING) < min(stop, _MOST_NOTHING)


def _behind_empty_segments(data: Octets, at: int, last: int, delimiters: Delimiters, blanks: bytes) -> int:
    """Return where the terminators and blanks end that stand at a position, or how far they were followed."""
    pattern, step = _nothing(delimiters.segment, blanks), 256
    most = min(at + _MOST_NOTHING, last)
    while at < most:
        text = data[at:min(at + step, most)]
        found = pattern.match(text)
        passed = found.end() if found else 0
        at += passed
        if not passed or passed + len(delimiters.segment) <= len(text):
            break  # else what follows may be a terminator that was cut in two
        step = BLOCK
    return at


@lru_cache(maxsize=64)
def _nothing(segment: bytes, blanks: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?:[%b]|%b)*" % (re.escape(blanks), re.escape(segment)))


def _end_of_segment(data: Octets, found: Found, at: int, last: int) -> int:
    """Return the position just past a segment; binary data in it is passed over."""
    end = segment_end(data, at, found.dialect.delimiters)
    for first, behind in found.span.protected[bisect_left(found.span.protected, (at, 0)):]:
        if end is None or end <= first:
            break
        end = segment_end(data, behind, found.dialect.delimiters)
    return last if end is None else min(end, last)


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
    best = max(closed or 0, _before_empty_segments(text, opened, marks) if opened else 0)
    return at + best if _holds_segment(text, best, marks) else None


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
            stop = _before_empty_segments(text, place + len(marks.segment), marks)
            return at + stop if _holds_segment(text, stop, marks) else None
        place = text.rfind(marks.segment, 0, place)
    return None


def _before_empty_segments(text: bytes, stop: int, delimiters: Delimiters) -> int:
    """Return where the last segment before a place just past a terminator ends: empty ones belong to what follows, as newlines do."""
    end = segment_end(text, len(text[:stop].rstrip(PADDING + delimiters.segment)), delimiters)
    return stop if end is None else min(end, stop)


def _is_data(text: bytes, found: Found, at: int, place: int) -> bool:
    """Tell whether a place in a text that begins at a segment lies in binary data, or in characters of two bytes (ISO 2022)."""
    if found.dialect.charset == "iso2022_jp_2" and text.startswith(b"\x1b$", text.rfind(b"\x1b", 0, place)):
        return True
    ranges = found.span.protected
    before = bisect_right(ranges, at + place, key=lambda each: each[0]) - 1
    return before >= 0 and at + place < ranges[before][1]


def tag_at(data: Octets, at: int, delimiters: Delimiters) -> str:
    """Return the tag that begins at a position, newlines and empty segments in front of it left out; "" where there is none."""
    first = _behind_empty_segments(data, at, len(data), delimiters, _NEWLINES)
    tag = split_segment(data[first:first + _LONGEST_TAG], delimiters)[0][0]
    return tag.partition(delimiters.repetition.decode("latin-1"))[0].strip() if delimiters.repetition else tag
