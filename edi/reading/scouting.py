"""Where each interchange of a file begins and ends, before anything is tokenised.

Delimiters belong to an interchange, so its bounds must be known first. Only a few tags are searched for; a tag
counts where a segment can begin, so that the letters ISA inside data start nothing.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from edi import native
from edi.dialect import Header
from edi.edifact.delimiters import read_unb, split_segment
from edi.findings import Kind, Severity, kind
from edi.octets import BLOCK, PADDING, Octets, matches, visible
from edi.segments import Delimiters
from edi.x12.delimiters import read_isa

OUTSIDE = kind("envelope.outside", Severity.WARNING,
               "something stands outside of any interchange or transaction (bytes or segments: {count})",
               "Look at the file at this byte; ask the sender what it is if it is not mere padding.")
UNREADABLE = kind("x12.isa_unreadable", Severity.FATAL, "ISA has fewer than 16 elements or no usable delimiters",
                  "Ask the partner to send the interchange again with a complete ISA.")
BINARY_LENGTH = kind("envelope.binary_length", Severity.WARNING, "the stated length of binary data does not end at a segment's end",
                     "Ask the partner to state the length in bytes; the segment was split at its delimiters instead.")

OBJECT_TRAILER = kind("edifact.unp_reference", Severity.WARNING, "UNP does not repeat length (0810) and reference (0800) of its UNO",
                      "Compare with the partner what was sent; the object lies where UNO says.")

_STARTS = (b"ISA", b"UNB")
_TRAILERS = {"x12": b"IEA", "edifact": b"UNZ"}
_WITHIN = {"x12": (*_STARTS, b"BIN", b"BDS"), "edifact": (*_STARTS, b"UNO")}  # what is looked for in an interchange
_JOINED = {tags: b"".join(tags) for tags in (_STARTS, *_WITHIN.values())}  # as the kernel wants them
_LOOK_BACK = 4096  # a terminator further away than that is not looked for


class Span(NamedTuple):
    """One interchange's bytes: pieces to be tokenised one after another, and ranges in them that are binary."""

    start: int
    header: Header
    pieces: tuple[tuple[int, int], ...]
    protected: tuple[tuple[int, int], ...]
    is_ascii: bool = False  # surely; where it is False nobody knows

    @property
    def stop(self) -> int:
        return self.pieces[-1][1]


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of finding and where in the scouted bytes it was met."""

    kind: Kind
    at: int
    count: int = 0
    tag: str | None = None
    interchange: int | None = None
    reasons: str = ""


class _Finder:
    """Finds the next place of a few tags, block by block, so that a file is searched once however many interchanges it has."""

    def __init__(self, data: Octets) -> None:
        self.data = data
        self.only_ascii = True  # in all blocks so far
        self._block, self._text = -1, b""
        self._known: dict[bytes, tuple[int, int]] = {}  # without the kernel: tag -> first hit from a position on, in the block

    def next(self, tags: tuple[bytes, ...], at: int) -> tuple[int, bytes] | None:
        """Return the first place of any of the tags from a position on."""
        while at < len(self.data):
            block = at // BLOCK
            if block != self._block:
                self._block, self._known = block, {}
                self._text = self.data[block * BLOCK:(block + 1) * BLOCK + 2]
                self.only_ascii &= self._text.isascii()
            place = self._find(tags, at - block * BLOCK)
            if 0 <= place < BLOCK:
                return block * BLOCK + place, self._text[place:place + 3]
            at = (block + 1) * BLOCK
        return None

    def _find(self, tags: tuple[bytes, ...], at: int) -> int:
        if native.LIBRARY is not None:
            return native.find_tag(native.LIBRARY, self._text, at, _JOINED[tags])
        return min((place for tag in tags if (place := self._hit(tag, at)) >= 0), default=-1)

    def _hit(self, tag: bytes, at: int) -> int:
        hit, since = self._known.get(tag, (-2, 0))
        if hit == -2 or since > at or 0 <= hit < at:
            hit = self._text.find(tag, at)
            self._known[tag] = (hit, at)
        return hit


def read_header(data: Octets, at: int) -> Header | None:
    """Read the ISA or UNA/UNB that begins exactly at a position."""
    tag = data[at:at + 3]
    return read_isa(data, at) if tag == b"ISA" else read_unb(data, at) if tag[:2] == b"UN" else None


def scout(data: Octets) -> Iterator[tuple[Span | None, list[Fault]]]:
    """Find the interchanges of a file one after another, each with the faults met on the way; the last row may have faults only."""
    finder, at, ordinal = _Finder(data), 0, 0
    while at < len(data):
        faults: list[Fault] = []
        begin = _next_start(finder, at, faults)
        if begin is None:
            yield None, faults
            return
        ordinal += 1
        span = _span(finder, *begin, ordinal=ordinal, faults=faults)
        yield span, faults
        at = span.stop


def _next_start(finder: _Finder, at: int, faults: list[Fault]) -> tuple[int, Header] | None:
    """Return the next interchange from a position on; what is passed over becomes a fault."""
    data = finder.data
    first = visible(data, at)
    if first is None:
        return None
    look = first
    while True:
        header = read_header(data, look)
        if header and (look == first or header.fixed or data[look - 1] in b"\r\n"):
            break
        if look == first and is_tag(data, look, b"ISA"):
            faults.append(Fault(UNREADABLE, first, tag="ISA"))
        found = finder.next(_STARTS, look + 1)
        if found is None:
            look = len(data)
            break
        look = _with_una(data, found[0], look + 1)
    if look > first and not is_tag(data, first, b"ISA"):
        faults.append(Fault(OUTSIDE, first, count=look - first))
    return (look, header) if header and look < len(data) else None


def is_tag(data: Octets, at: int, tag: bytes) -> bool:
    """Tell whether a tag stands here with something after it that can be a delimiter."""
    after = data[at + 3:at + 4]
    return matches(data, at, tag) and after != b"" and not after.isalnum() and after not in PADDING


def _span(finder: _Finder, start: int, header: Header, *, ordinal: int, faults: list[Fault]) -> Span:
    """Follow an interchange to the start of the next one, or to the end of the file."""
    data, tags = finder.data, _WITHIN[header.standard]
    first, at = header.body, header.body + 3
    pieces: list[tuple[int, int]] = []
    protected: list[tuple[int, int]] = []
    while (found := finder.next(tags, at)) is not None:
        (place, tag), floor = found, at
        at = place + 3
        if tag in _STARTS:
            candidates = dict.fromkeys((_with_una(data, place, floor), place))
            stop = next((one for one in candidates if _begins(data, one, tag, header)), None)
            if stop is not None:
                pieces.append((first, stop))
                return Span(start, header, tuple(pieces), tuple(protected), finder.only_ascii)
            continue
        if not is_tag(data, place, tag) or not follows_terminator(data, place, header.delimiters):
            continue
        binary = _binary(data, place, header.delimiters) if header.standard == "x12" else _object(data, place, header.delimiters)
        if binary is None:
            faults.append(Fault(BINARY_LENGTH, place, tag=tag.decode(), interchange=ordinal))
            continue
        at = binary[1]
        if header.standard == "x12":
            protected.append(binary)
        else:  # the object belongs to no segment: the next piece begins behind it
            pieces.append((first, binary[0]))
            first = binary[1]
            if not _repeats(data, place, first, header.delimiters):
                faults.append(Fault(OBJECT_TRAILER, visible(data, first) or first, tag="UNP", interchange=ordinal))
    pieces.append((first, len(data)))
    return Span(start, header, tuple(pieces), tuple(protected), finder.only_ascii)


def only_span(data: bytes, header: Header) -> Span | None:
    """Return the interchange of a file that begins with it, is ASCII and has no tag that could mean more; None where it may have one."""
    at, tags = header.body + 3, _WITHIN[header.standard]
    if data.startswith(b"UNO", at + 1):  # the syntax identifier, UNOA to UNOY: no object
        at += 4
    if native.LIBRARY is not None:
        hit = native.find_tag(native.LIBRARY, data, at, _JOINED[tags])
    else:
        hit = max(data.find(tag, at) for tag in tags)
    return Span(0, header, ((header.body, len(data)),), (), True) if hit < 0 and data.isascii() else None


def _with_una(data: Octets, at: int, floor: int) -> int:
    """Return where the UNA before a UNB begins, or the same position where there is none."""
    una = data.rfind(b"UNA", max(at - 24, floor), at) if matches(data, at, b"UNB") else -1
    header = read_unb(data, una) if una >= 0 else None
    return una if header and header.body == at else at


def _begins(data: Octets, at: int, tag: bytes, current: Header) -> bool:
    """Tell whether a new interchange begins here, inside the bytes of the current one."""
    if not is_tag(data, at, tag) and not is_tag(data, at, b"UNA"):
        return False
    edge = at - len(BOM_UTF8) if at >= len(BOM_UTF8) and matches(data, at - len(BOM_UTF8), BOM_UTF8) else at  # files put behind one another
    follows = follows_terminator(data, edge, current.delimiters)
    if follows and tag == b"ISA" and current.standard == "x12":
        return True
    if not follows and edge == at and data[at - 1] not in b"\r\n" and not _in_or_behind_trailer(data, at, current):
        return False
    header = read_header(data, at)
    return header is not None and (header.fixed or (follows and tag != b"ISA"))


def _in_or_behind_trailer(data: Octets, at: int, current: Header) -> bool:
    """Tell whether a position lies in the trailer of the interchange, its terminator left out, or in what stands behind it."""
    text = data[max(current.body, at - _LOOK_BACK):at]
    trailer = _TRAILERS[current.standard] + current.delimiters.element
    return trailer in text and any(one.lstrip(PADDING).startswith(trailer) for one in text.split(current.delimiters.segment)[1:])


def follows_terminator(data: Octets, at: int, delimiters: Delimiters) -> bool:
    """Tell whether only padding lies between a position and the segment terminator before it."""
    return terminator_before(data, at, delimiters) is not None


def terminator_before(data: Octets, at: int, delimiters: Delimiters) -> int | None:
    """Return where the padding in front of a position begins, just past a terminator; None where something else stands there."""
    while at and data[at - 1] in PADDING and data[at - 1:at] != delimiters.segment:
        at -= 1
    before = at - len(delimiters.segment)
    ends = before >= 0 and matches(data, before, delimiters.segment) and not is_released(data, before, delimiters.release)
    return at if ends else None


def is_released(data: Octets, at: int, release: bytes | None) -> bool:
    """Tell whether the character at a position is escaped: an odd number of release characters precede it."""
    if not release or data[at - 1:at] != release:
        return False
    run, step = 0, 16
    while at:
        text = data[max(at - step, 0):at]
        others = len(text.rstrip(release))
        run += len(text) - others
        if others:
            break
        at, step = at - len(text), min(step * 16, BLOCK)
    return run % 2 == 1


def segment_end(data: Octets, at: int, delimiters: Delimiters) -> int | None:
    """Return the position just past the terminator of the segment at a position, None where there is none."""
    last, release = data.find(delimiters.segment, at), delimiters.release
    while release and last >= 0 and is_released(data, last, release):
        last += 1
        passed = _no_terminator(delimiters.segment, release).match(data[last:last + BLOCK])
        last = data.find(delimiters.segment, last + (passed.end() if passed else 0))
    return last + len(delimiters.segment) if last >= 0 else None


@lru_cache(maxsize=64)
def _no_terminator(segment: bytes, release: bytes) -> re.Pattern[bytes]:
    """Return the pattern of what ends no segment: other octets, and any one behind a release character."""
    return re.compile(rb"(?:[^%b%b]|%b.)*+" % ((re.escape(segment), re.escape(release), re.escape(release))), re.DOTALL)


def _binary(data: Octets, at: int, delimiters: Delimiters) -> tuple[int, int] | None:
    """Return the range of the raw bytes of BIN02 or BDS03, None where the length before them cannot be right."""
    stated = _length_pattern(delimiters.element).match(data[at:at + 64])
    if stated is None:
        return None
    first = at + stated.end()
    last = first + int(stated.group(1) or stated.group(2))
    ends = last == len(data) or matches(data, last, delimiters.segment)
    return (first, last) if ends else None


@lru_cache(maxsize=64)
def _length_pattern(element: bytes) -> re.Pattern[bytes]:
    mark = re.escape(element)
    return re.compile(rb"BIN%b([0-9]{1,12})%b|BDS%b[^%b]{0,20}%b([0-9]{1,12})%b" % ((mark,) * 6), re.DOTALL)


def _repeats(data: Octets, at: int, after: int, delimiters: Delimiters) -> bool:
    """Tell whether the UNP behind an object states the length and the reference of the UNO at a position."""
    header, trailer = (split_segment(data[first:first + 512], delimiters) for first in (at, visible(data, after) or after))
    if len(trailer) < 3 or trailer[2][0] != header[1][0]:
        return False
    stated = trailer[1][0]
    return stated.isascii() and stated.isdigit() and int(stated) == int(header[4][0])


def _object(data: Octets, at: int, delimiters: Delimiters) -> tuple[int, int] | None:
    """Return the range of the object between UNO and UNP (UNO 0810 states its length in octets)."""
    first = segment_end(data, at, delimiters)
    elements = split_segment(data[at:at + 512], delimiters)
    stated = elements[4][0] if len(elements) > 4 else ""
    if first is None or not (stated.isascii() and stated.isdigit() and len(stated) <= 12):
        return None
    after = first + int(stated)
    return (first, after) if data[after:after + 16].lstrip(PADDING).startswith(b"UNP") else None
