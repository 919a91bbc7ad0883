"""A file before it is tokenised: byte order mark and line wrapping taken off, interchanges found, charsets chosen.

Whatever is taken off, offsets keep counting the bytes of the file as it arrived.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np

from edi.detect import EMPTY, UNKNOWN, detect
from edi.dialect import Dialect
from edi.findings import Kind, Severity, kind
from edi.scouting import PADDING, Fault, Span, is_released, read_header, scout
from edi.segments import Delimiters, Ints

BOM = kind("detect.bom", Severity.NOTE, "the file begins with a UTF-8 byte order mark, which was skipped",
           "None needed; the sender may leave it out.")
WRAPPED = kind("detect.wrapped", Severity.NOTE, "the file is wrapped into lines of {count} characters, which were joined",
               "None needed; the sender may switch line wrapping off.")
FALLBACK = kind("charset.fallback", Severity.NOTE, "the interchange holds bytes that are neither ASCII nor UTF-8, read as ISO 8859-1",
                "Agree on a character set with the partner if names come out wrong.")
UNDECODABLE = kind("charset.undecodable", Severity.WARNING, "the interchange holds bytes that its declared character set does not have",
                   "Ask the partner to declare in UNB 0001 the character set that is used.")
MISDECLARED = kind("charset.looks_utf8", Severity.NOTE, "the interchange reads as UTF-8 too, but its declared character set was used",
                   "Agree on a character set with the partner if names come out wrong.")

_NARROWEST, _USUAL, _WIDEST = 32, 80, 1024
_NOT_PADDING = re.compile(rb"[^\r\n\t \x00\x1a]")
_LINE = re.compile(rb"[^\r\n]*(\r\n|\n|\r|$)")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read: a name for its places (content hash, or file name) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A scouted file. ``data`` is what is tokenised; ``origin`` turns its positions into offsets in the file."""

    name: str
    data: bytes
    shift: int
    removed: Ints | None  # positions in ``data`` before which one byte was removed, one entry a byte
    spans: tuple[Span, ...] = ()
    dialects: tuple[Dialect, ...] = ()
    faults: tuple[Fault, ...] = ()

    def origin(self, positions: Ints, *, ends: bool = False) -> Ints:
        """Return the offsets in the file as it arrived; an end lies just behind the byte before it."""
        if self.removed is None:
            return positions + self.shift
        if ends:
            return self.origin(positions - 1) + 1
        return positions + np.searchsorted(self.removed, positions, "right") + self.shift


def prepare(file: SourceFile) -> Source:
    """Scout one file."""
    data, shift = file.data, 0
    faults: list[Fault] = []
    if data.startswith(codecs.BOM_UTF8):
        data, shift = data[3:], 3
        faults.append(Fault(BOM, 0))
    data, removed, width = _unwrap(data)
    if width:
        faults.append(Fault(WRAPPED, 0, count=width))
    spans, met = scout(data)
    if not spans and not any(fault.kind.severity is Severity.FATAL for fault in met):
        found = detect(file.data)
        met = [Fault(EMPTY if found.empty else UNKNOWN, 0, reasons="; ".join(found.reasons))]
    dialects: list[Dialect] = []
    declared: list[Fault] = []
    ascii_only = data.isascii()
    for ordinal, span in enumerate(spans, 1):
        charset, wrong = ("utf-8", None) if ascii_only else _charset(data, span)
        dialects.append(Dialect(span.header.standard, span.header.delimiters, charset))
        kinds = (*span.header.faults, *((wrong,) if wrong else ()))
        declared += [Fault(what, span.header.body, tag=_TAGS[span.header.standard], interchange=ordinal) for what in kinds]
    return Source(file.name, data, shift, removed, tuple(spans), tuple(dialects), (*faults, *met, *declared))


_TAGS = {"x12": "ISA", "edifact": "UNB"}


def _charset(data: bytes, span: Span) -> tuple[str, Kind | None]:
    """Return the codec of an interchange's values, and what is to be said about it."""
    marks = span.header.delimiters
    text = b"".join(data[first:last] for first, last in span.pieces)
    if text.isascii():
        return "utf-8", None
    service = (marks.element, marks.component, marks.repetition, marks.release, marks.segment)
    apart = all(mark is None or len(mark) > 1 or mark.isascii() for mark in service)  # others could cut a character in two
    valid, declared = apart and _decodes(text, "utf-8"), span.header.charset
    if declared is None or declared == "utf-8":
        return ("utf-8", None) if valid else ("iso8859-1", FALLBACK)
    return declared, MISDECLARED if valid else None if _decodes(text, declared) else UNDECODABLE


def _decodes(text: bytes, charset: str) -> bool:
    try:
        text.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _unwrap(data: bytes) -> tuple[bytes, Ints | None, int]:
    """Join the lines of a file that was wrapped at a fixed column; else return it as it is."""
    first = _LINE.match(data)
    width = first.end(0) - len(first.group(1)) if first else 0
    if first is None or not _NARROWEST <= width <= _WIDEST or first.end() == len(data):
        return data, None, 0
    second = _LINE.match(data, first.end())
    if second is None or (len(second.group()) != len(first.group()) and _NOT_PADDING.search(data, second.end())):
        return data, None, 0
    header = read_header(data[:4 * _WIDEST].replace(b"\r", b"").replace(b"\n", b""), 0)
    if header is None or header.delimiters.segment.isalnum() or header.delimiters.segment in b"\r\n":
        return data, None, 0
    if data.endswith(header.delimiters.segment, 0, width):
        return data, None, 0
    lines = data.splitlines(keepends=True) if data.isascii() else re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", data)
    bare = [line.rstrip(b"\r\n") for line in lines]
    if any(len(line) > width or (len(line) < width and line and not line.endswith(header.delimiters.segment)) for line in bare[:-1]):
        return data, None, 0
    full = sum(len(line) == width for line in bare)
    if len(bare[-1]) > width or (full < 2 and width != _USUAL):  # one newline alone may as well be data
        return data, None, 0
    kept = np.cumsum([len(line) for line in bare])
    removed = np.repeat(kept, [len(line) - len(text) for line, text in zip(lines, bare, strict=True)])
    return b"".join(bare), removed.astype(np.int64), width


def terminated(data: bytes, first: int, last: int, delimiters: Delimiters) -> tuple[int, bytes]:
    """Return where a piece's segments stop, padding left out, and what must be added to terminate the last one."""
    while last > first and data[last - 1] in PADDING and data[last - 1:last] != delimiters.segment:
        last -= 1
    if is_released(data, last, delimiters.release):
        last -= 1  # a release character with nothing to release
    whole = data.endswith(delimiters.segment, first, last) and not is_released(data, last - len(delimiters.segment), delimiters.release)
    return last, b"" if whole else delimiters.segment
