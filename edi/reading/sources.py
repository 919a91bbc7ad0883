"""A file before it is tokenised: byte order mark and line wrapping taken off, interchanges found, charsets chosen.

Whatever is taken off, offsets keep counting the bytes of the file as it arrived.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edi.dialect import Dialect, dialect
from edi.findings import Kind, Severity, kind
from edi.octets import BLOCK, FileOctets, Octets, blocks, visible
from edi.reading.detect import EMPTY, UNKNOWN, detect, is_archive
from edi.reading.lines import Lines
from edi.reading.origins import Origin, Shifted
from edi.reading.recoding import UTF16, as_utf8, is_utf16
from edi.reading.scouting import Fault, Span, only_span, read_header, scout
from edi.reading.wrapping import WRAPPED, is_surely_unwrapped, unwrap, unwrapped_octets
from edi.scanning.tokens import UNDECLARED

BOM = kind("detect.bom", Severity.NOTE, "the file begins with a UTF-8 byte order mark, which was skipped",
           "None needed; the sender may leave it out.")
FALLBACK = kind("charset.fallback", Severity.NOTE, "the interchange holds values that are neither ASCII nor UTF-8, read as ISO 8859-1",
                "Agree on a character set with the partner if names come out wrong.")
UNDECODABLE = kind("charset.undecodable", Severity.WARNING, "the interchange holds bytes that its declared character set does not have",
                   "Ask the partner to declare in UNB 0001 the character set that is used.")
MISDECLARED = kind("charset.looks_utf8", Severity.NOTE, "the interchange reads as UTF-8 too, but its declared character set was used",
                   "Agree on a character set with the partner if names come out wrong.")

_TAGS = {"x12": "ISA", "edifact": "UNB"}
_SEVEN_BITS = "iso2022_jp_2"  # characters of two octets, all of which ASCII has too
_AS_IT_IS = Shifted(0)


class SourceFile(NamedTuple):
    """A file to be read: a name for its places (content hash, or file name) and its bytes."""

    name: str
    data: bytes


class Scouted(NamedTuple):
    """An interchange that was found, how it is to be tokenised, and what was met on the way; without a span, only the latter."""

    ordinal: int  # in the file, from 1
    span: Span | None
    dialect: Dialect | None
    faults: tuple[Fault, ...]


class Source(NamedTuple):
    """A file with everything taken off that is not EDI. ``origin`` turns positions in ``data`` into offsets in the file."""

    name: str
    data: Octets
    origin: Origin
    lines: Lines
    faults: tuple[Fault, ...] = ()  # of the file as a whole
    scouted: tuple[Scouted, ...] = ()  # all interchanges, where the file is read at once

    def offset(self, position: int) -> int:
        """Return the offset in the file of one position."""
        origin = self.origin
        return position + origin.shift if isinstance(origin, Shifted) else int(origin(np.array([position]))[0])


def prepare(file: SourceFile) -> Source:
    """Scout one file that is held in memory."""
    return scouted_alone(file) or scouted_in_full(file)


def scouted_alone(file: SourceFile) -> Source | None:
    """Scout a file that is one interchange in ASCII and nothing else, as most are, in a third of the time; None where it is not."""
    data = file.data
    header = read_header(data, 0)
    if header is None or header.faults or header.charset == _SEVEN_BITS or not is_surely_unwrapped(data, header):
        return None
    span = only_span(data, header)
    if span is None:
        return None
    only = Scouted(1, span, dialect(header.standard, header.delimiters, "utf-8"), ())
    return Source(file.name, data, _AS_IT_IS, Lines(data), (), (only,))


def scouted_in_full(file: SourceFile) -> Source:
    """Scout a file whatever it is."""
    data, shift, faults = file.data, 0, []
    if data.startswith(codecs.BOM_UTF8):
        data, shift = data[3:], 3
        faults.append(Fault(BOM, 0))
    elif is_utf16(data):
        data, stepped = as_utf8(data)
        return _scouted(file, data, stepped, [Fault(UTF16, 0)])
    text, steps, width = unwrap(data, shift)
    if steps is not None:
        return _scouted(file, text, steps, [*faults, Fault(WRAPPED, 0, count=width)])
    return _scouted(file, data, Shifted(shift), faults)


def _scouted(file: SourceFile, data: bytes, origin: Origin, faults: list[Fault]) -> Source:
    found = tuple(interchanges(data))
    if (not found or found[0].span is None) and not any(fault.kind.severity is Severity.FATAL for each in found for fault in each.faults):
        found, faults = (), [*faults, nothing_found(data)]  # only the last has no span
    return Source(file.name, data, origin, Lines(file.data), tuple(faults), found)


def nothing_found(data: Octets) -> Fault:
    """Return the fault of a file that holds no interchange, with what it looks like."""
    block = (visible(data, 0) or 0) // BLOCK
    found = detect(data[block * BLOCK:(block + 1) * BLOCK])
    return Fault(EMPTY if found.empty else UNKNOWN, 0, reasons="; ".join(found.reasons))


def open_source(name: str, path: Path, size: int) -> Source | None:
    """Look into a file that is read part by part; None where it must be held as a whole to be read (UTF-16, uneven wrapping)."""
    head = FileOctets(path, size)[:1 << 16]
    if is_utf16(head):
        return None
    skip = 3 if head.startswith(codecs.BOM_UTF8) else 0
    faults = (Fault(BOM, 0),) if skip else ()
    data, lines = FileOctets(path, size, skip), Lines(FileOctets(path, size))
    wrapped = unwrapped_octets(data, head[skip:], skip)
    if wrapped is None:
        return None
    text, origin, width = wrapped
    return Source(name, text, origin, lines, (*faults, *((Fault(WRAPPED, 0, count=width),) if width else ())))


def interchanges(data: Octets) -> Iterator[Scouted]:
    """Find the interchanges of a file one after another; an archive has none, though some may be stored in it as they are."""
    if is_archive(data[:4]):
        return
    ordinal = 0
    for span, met in scout(data):
        if span is None:
            yield Scouted(ordinal, None, None, tuple(met))
            continue
        ordinal += 1
        is_plain = span.is_ascii and span.header.charset != _SEVEN_BITS
        charset, wrong = ("utf-8", None) if is_plain else _charset(data, span)
        kinds = (*span.header.faults, *((wrong,) if wrong else ()))
        declared = (Fault(what, span.header.body, tag=_TAGS[span.header.standard], interchange=ordinal) for what in kinds)
        yield Scouted(ordinal, span, dialect(span.header.standard, span.header.delimiters, charset), (*met, *declared))


def _charset(data: Octets, span: Span) -> tuple[str, Kind | None]:
    """Return the codec of an interchange's values, and what is to be said about it."""
    declared = span.header.charset
    if declared == _SEVEN_BITS:
        return declared, None if _decodes(data, span, declared) else UNDECODABLE
    if all(stretch.isascii() for stretch in _text(data, span)):
        return "utf-8", None
    marks = span.header.delimiters
    service = (marks.element, marks.component, marks.repetition, marks.release, marks.segment)
    apart = all(mark is None or len(mark) > 1 or mark.isascii() for mark in service)  # others could cut a character in two
    valid = apart and _decodes(data, span, "utf-8")
    if declared is None or declared == "utf-8":
        return ("utf-8", None) if valid else (UNDECLARED if apart else "iso8859-1", FALLBACK)
    return declared, MISDECLARED if valid else None if _decodes(data, span, declared) else UNDECODABLE


def _text(data: Octets, span: Span) -> Iterator[bytes]:
    for first, last in span.pieces:
        yield from blocks(data, first, last)


def _decodes(data: Octets, span: Span, charset: str) -> bool:
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        for stretch in _text(data, span):
            decoder.decode(stretch)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
