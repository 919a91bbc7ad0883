"""Where each interchange of a file begins and ends, before anything is tokenised.

Delimiters belong to an interchange, so its bounds must be known first. Only a few tags are searched for; a tag
counts where a segment can begin, so that the letters ISA inside data start nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from edi.dialect import Header
from edi.edifact.delimiters import read_unb, split_segment
from edi.findings import Kind, Severity, kind
from edi.segments import Delimiters
from edi.x12.delimiters import read_isa

OUTSIDE = kind("envelope.outside", Severity.WARNING, "{count} bytes or segments stand outside of any interchange or transaction",
               "Look at the file at this byte; ask the sender what it is if it is not mere padding.")
UNREADABLE = kind("x12.isa_unreadable", Severity.FATAL, "ISA has fewer than 16 elements or no usable delimiters",
                  "Ask the partner to send the interchange again with a complete ISA.")
BINARY_LENGTH = kind("envelope.binary_length", Severity.WARNING, "the stated length of binary data does not end at a segment's end",
                     "Ask the partner to state the length in bytes; the segment was split at its delimiters instead.")

PADDING = b"\r\n\t \x00\x1a"
_STARTS = (b"ISA", b"UNB")
_TRAILERS = {"x12": b"IEA", "edifact": b"UNZ"}
_BINARY = {"x12": (b"BIN", b"BDS"), "edifact": (b"UNO",)}
_NOT_PADDING = re.compile(rb"[^\r\n\t \x00\x1a]")


@dataclass(frozen=True, slots=True)
class Span:
    """One interchange's bytes: pieces to be tokenised one after another, and ranges in them that are binary."""

    start: int
    header: Header
    pieces: tuple[tuple[int, int], ...]
    protected: tuple[tuple[int, int], ...]

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
    """Remembers the next place of each tag, so that a file of many interchanges is searched only once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._next: dict[bytes, int] = {}

    def next(self, tags: tuple[bytes, ...], at: int) -> tuple[int, bytes] | None:
        for tag in tags:
            if self._next.get(tag, -1) < at:
                found = self.data.find(tag, at)
                self._next[tag] = len(self.data) if found < 0 else found
        place, tag = min((self._next[tag], tag) for tag in tags)
        return (place, tag) if place < len(self.data) else None


def read_header(data: bytes, at: int) -> Header | None:
    """Read the ISA or UNA/UNB that begins exactly at a position."""
    return read_isa(data, at) if data[at:at + 3] == b"ISA" else read_unb(data, at) if data[at:at + 2] == b"UN" else None


def scout(data: bytes) -> tuple[list[Span], list[Fault]]:
    """Find all interchanges of a file, and what lies between them."""
    finder, at = _Finder(data), 0
    spans: list[Span] = []
    faults: list[Fault] = []
    while at < len(data):
        begin = _next_start(finder, at, faults)
        if begin is None:
            break
        span = _span(finder, *begin, ordinal=len(spans) + 1, faults=faults)
        spans.append(span)
        at = span.stop
    return spans, faults


def _next_start(finder: _Finder, at: int, faults: list[Fault]) -> tuple[int, Header] | None:
    """Return the next interchange from a position on; what is passed over becomes a fault."""
    data = finder.data
    visible = _NOT_PADDING.search(data, at)
    if visible is None:
        return None
    first = look = visible.start()
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


def is_tag(data: bytes, at: int, tag: bytes) -> bool:
    """Tell whether a tag stands here with something after it that can be a delimiter."""
    after = data[at + 3:at + 4]
    return data[at:at + 3] == tag and after != b"" and not after.isalnum() and after not in PADDING


def _span(finder: _Finder, start: int, header: Header, *, ordinal: int, faults: list[Fault]) -> Span:
    """Follow an interchange to the start of the next one, or to the end of the file."""
    data, tags = finder.data, _STARTS + _BINARY[header.standard]
    first, at = header.body, header.body + 3
    pieces: list[tuple[int, int]] = []
    protected: list[tuple[int, int]] = []
    while (found := finder.next(tags, at)) is not None:
        (place, tag), floor = found, at
        at = place + 3
        if tag in _STARTS:
            stop = next((one for one in (_with_una(data, place, floor), place) if _begins(data, one, tag, header)), None)
            if stop is not None:
                pieces.append((first, stop))
                return Span(start, header, tuple(pieces), tuple(protected))
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
    pieces.append((first, len(data)))
    return Span(start, header, tuple(pieces), tuple(protected))


def _with_una(data: bytes, at: int, floor: int) -> int:
    """Return where the UNA before a UNB begins, or the same position where there is none."""
    una = data.rfind(b"UNA", max(at - 24, floor), at) if data[at:at + 3] == b"UNB" else -1
    header = read_unb(data, una) if una >= 0 else None
    return una if header and header.body == at else at


def _begins(data: bytes, at: int, tag: bytes, current: Header) -> bool:
    """Tell whether a new interchange begins here, inside the bytes of the current one."""
    if not is_tag(data, at, tag) and not is_tag(data, at, b"UNA"):
        return False
    header = read_header(data, at)
    if follows_terminator(data, at, current.delimiters):
        if tag == b"ISA":
            return current.standard == "x12" or (header is not None and header.fixed)
        return header is not None
    if header is None or not header.fixed:
        return False
    last = data.rfind(current.delimiters.segment, current.body, at) + len(current.delimiters.segment)
    return data[at - 1] in b"\r\n" or data[last:at].lstrip(PADDING).startswith(_TRAILERS[current.standard] + current.delimiters.element)


def follows_terminator(data: bytes, at: int, delimiters: Delimiters) -> bool:
    """Tell whether only padding lies between a position and the segment terminator before it."""
    while at and data[at - 1] in PADDING and data[at - 1:at] != delimiters.segment:
        at -= 1
    if not data.endswith(delimiters.segment, 0, at):
        return False
    return not is_released(data, at - len(delimiters.segment), delimiters.release)


def is_released(data: bytes, at: int, release: bytes | None) -> bool:
    """Tell whether the character at a position is escaped: an odd number of release characters precede it."""
    before = at
    while release and before and data[before - 1:before] == release:
        before -= 1
    return (at - before) % 2 == 1


def _binary(data: bytes, at: int, delimiters: Delimiters) -> tuple[int, int] | None:
    """Return the range of the raw bytes of BIN02 or BDS03, None where the length before them cannot be right."""
    stated = _length_pattern(delimiters.element).match(data, at)
    if stated is None:
        return None
    first = stated.end()
    last = first + int(stated.group(1) or stated.group(2))
    ends = last == len(data) or data.startswith(delimiters.segment, last)
    return (first, last) if ends else None


@lru_cache(maxsize=64)
def _length_pattern(element: bytes) -> re.Pattern[bytes]:
    mark = re.escape(element)
    return re.compile(rb"BIN%b([0-9]{1,12})%b|BDS%b[^%b]{0,20}%b([0-9]{1,12})%b" % ((mark,) * 6), re.DOTALL)


def _object(data: bytes, at: int, delimiters: Delimiters) -> tuple[int, int] | None:
    """Return the range of the object between UNO and UNP (UNO 0810 states its length in octets)."""
    last = data.find(delimiters.segment, at)
    while last >= 0 and is_released(data, last, delimiters.release):
        last = data.find(delimiters.segment, last + 1)
    elements = split_segment(data[at:at + 512], delimiters)
    stated = elements[4][0] if len(elements) > 4 else ""
    if last < 0 or not (stated.isascii() and stated.isdigit() and len(stated) <= 12):
        return None
    first = last + len(delimiters.segment)
    after = first + int(stated)
    follows = data[after:after + 16].lstrip(PADDING).startswith(b"UNP")
    return (first, after) if follows else None
