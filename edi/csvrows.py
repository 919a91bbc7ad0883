"""CSV as a third dialect: records with byte offsets, which no CSV reader at hand gives.

Quote parity does what release characters do in EDIFACT: a delimiter or newline counts where an even number of
quotes stands before it.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from edi.errors import ConfigurationError
from edi.findings import Finding, Place, Severity, find, kind
from edi.scanning.tokens import Bytes
from edi.segments import Bools, Ints

BOM = kind("csv.bom", Severity.NOTE, "the export begins with a UTF-8 byte order mark, which was skipped", "None needed.")
EMPTY = kind("csv.empty", Severity.ERROR, "the export has no header", "Ask for the export again; even one without records has a header.")
RAGGED = kind("csv.ragged", Severity.ERROR, "the record has {fields} fields where the header has {expected}",
              "Look for an unquoted delimiter or newline in this record.")
QUOTE = kind("csv.unclosed_quote", Severity.ERROR, "a quote that opens here is never closed; the records behind it were read as one",
             "Repair the quote at its source and export again; the file may also be cut short.")
UNDECODABLE = kind("csv.undecodable", Severity.ERROR, "a value has bytes that are not {encoding}",
                   "Set the source's encoding to what the export is written in.")


_TOGETHER = 1 << 16  # octets


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """An export as columns of text, with the place of each record."""

    header: tuple[str, ...]
    columns: tuple[pa.Array, ...]  # strings; empty stays "", nothing is null
    offset: Ints  # byte offset of each record in the file
    record: Ints  # ordinal from 1, the header not counted
    ragged: Ints  # records (ordinals) with too few or too many fields; they were padded or cut
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Fields:
    """All fields of a file: where they begin and end, and the first field of each record."""

    start: Ints
    end: Ints
    record_first: Ints  # records + 1


def read_csv(data: bytes, *, delimiter: bytes, quote: bytes = b'"', encoding: str = "utf-8", name: str | None = None) -> CsvTable:
    """Read an export whose first record is its header.

    Args:
        data: the whole file.
        delimiter: one byte between fields.
        quote: one byte around fields that hold delimiters, newlines or (doubled) quotes; b"" for none.
        encoding: a codec that extends ASCII.
        name: of the file, for the places of findings.
    """
    encoding = "utf-8" if data.isascii() else _codec(encoding)
    shift = 3 if data.startswith(codecs.BOM_UTF8) else 0
    array = np.frombuffer(data, dtype=np.uint8)[shift:]
    fields, unclosed = _fields(array, delimiter, quote)
    findings = [find(BOM, Place(file=name, offset=0))] if shift else []
    if len(fields.record_first) < 2:
        return CsvTable((), (), _none(), _none(), _none(), (*findings, find(EMPTY, Place(file=name, offset=0))))
    counts, width = np.diff(fields.record_first), int(fields.record_first[1])
    offset = fields.start[fields.record_first[1:-1]] + shift
    record = np.arange(1, len(offset) + 1)
    ragged = record[counts[1:] != width]
    if unclosed is not None:
        findings.append(find(QUOTE, Place(file=name, offset=unclosed + shift)))
    findings += [
        find(RAGGED, Place(file=name, offset=int(offset[at - 1]), segment=at), fields=int(counts[at]), expected=width)
        for at in ragged.tolist()]
    columns, header, rows = [], [], len(counts)
    together = max(1, _TOGETHER * width // len(array))  # columns of a small export cost more in calls than in octets
    for first in range(0, width, together):
        these = np.arange(first, min(first + together, width))[:, np.newaxis]
        index = np.where(these < counts, fields.record_first[:-1] + these, -1).reshape(-1)
        texts, bad = _texts(array, fields, index, quote, encoding)
        for column in range(len(these)):
            header.append(texts[column * rows].as_py())
            columns.append(texts[column * rows + 1:(column + 1) * rows])
        findings += [_undecodable(name, int(fields.start[index[at]]) + shift, at % rows, header[first + at // rows], encoding)
                     for at in bad.tolist()]
    return CsvTable(tuple(header), tuple(columns), offset, record, ragged, tuple(findings))


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as unknown:
        raise ConfigurationError(f"encoding {encoding} is unknown; name one that Python knows, such as utf-8 or cp1252") from unknown


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _undecodable(name: str | None, offset: int, record: int, column: str, encoding: str) -> Finding:
    return find(UNDECODABLE, Place(file=name, offset=offset, segment=record or None, tag=column), encoding=encoding)


def _fields(array: Bytes, delimiter: bytes, quote: bytes) -> tuple[_Fields, int | None]:
    """Find all fields, blank lines left out, and where an unclosed quote opens."""
    newline, quotes = array == 10, _none()
    if not newline.any():
        newline = array == 13  # a lone CR ends records only where nothing else does
    breaks = np.flatnonzero(newline | (array == delimiter[0]))
    if quote:
        quotes = _meaningful(array, np.flatnonzero(array == quote[0]), delimiter)
        breaks = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    if len(array) and (not len(breaks) or not newline[breaks[-1]] or breaks[-1] != len(array) - 1):
        breaks = np.append(breaks, len(array))
    ends_record = np.append(newline, True)[breaks]
    start = np.concatenate((_none(), [0], breaks + 1))[:len(breaks)]
    end = np.where(ends_record & (breaks > start) & (np.append(array, 0)[breaks - 1] == 13), breaks - 1, breaks)
    begins_record = np.concatenate((np.ones(1, dtype=bool), ends_record))[:len(breaks)]
    real = ~(begins_record & ends_record & (start == end))  # blank lines
    start, end, ends_record = start[real], end[real], ends_record[real]
    unclosed = int(quotes[-1]) if len(quotes) % 2 else None
    return _Fields(start, end, np.concatenate((_none(), [0], np.flatnonzero(ends_record) + 1))), unclosed


def _meaningful(array: Bytes, quotes: Ints, delimiter: bytes) -> Ints:
    """Leave out quotes in the middle of unquoted fields, such as inches: they open nothing.

    A quote opens where a field begins. Where every quote that ought to open one does, nothing need be left out.
    """
    opening = quotes[::2]
    before = array[np.maximum(opening - 1, 0)]
    if ((opening == 0) | np.isin(before, [delimiter[0], 10, 13, *array[quotes[:1]]])).all():
        return quotes
    kept: list[int] = []
    is_open = False
    for at in quotes.tolist():
        if is_open or at == 0 or array[at - 1] in (delimiter[0], 10, 13) or (kept and kept[-1] == at - 1):
            kept.append(at)
            is_open = not is_open
    return np.array(kept, dtype=np.int64)


def _texts(array: Bytes, fields: _Fields, index: Ints, quote: bytes, encoding: str) -> tuple[pa.Array, Ints]:
    """Gather one column as UTF-8 strings, quotes taken off, and the rows that could not be decoded."""
    there = index >= 0
    safe = np.where(there, index, 0)
    start = np.where(there, fields.start[safe], 0)
    end = np.where(there, fields.end[safe], 0)
    quoted = _quoted(array, start, end, quote)
    start, end = start + quoted, end - quoted
    size = end - start
    offsets = np.concatenate((_none(), [0], np.cumsum(size)))
    at = np.repeat(start - offsets[:-1], size) + np.arange(int(offsets[-1]))
    raw = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(size), [None, pa.py_buffer(offsets), pa.py_buffer(array[at])])
    texts, bad = _decoded(raw, encoding)
    if quoted.any():
        doubled = pc.replace_substring(texts, (quote * 2).decode("latin-1"), quote.decode("latin-1"))
        texts = pc.if_else(pa.array(quoted), doubled, texts)
    return texts, bad


def _quoted(array: Bytes, start: Ints, end: Ints, quote: bytes) -> Bools:
    if not quote or not len(array):
        return np.zeros(len(start), dtype=bool)
    last = len(array) - 1
    opens, closes = array[np.minimum(start, last)] == quote[0], array[np.clip(end - 1, 0, last)] == quote[0]
    quoted: Bools = (end - start >= 2) & opens & closes
    return quoted


def _decoded(raw: pa.LargeBinaryArray, encoding: str) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    if encoding == "utf-8":
        try:
            return raw.cast(pa.string()), _none()
        except pa.ArrowInvalid:
            pass  # one value at least is not UTF-8; which one is found below
    texts: list[str] = []
    bad: list[int] = []
    known: dict[bytes, str] = {}
    for row, value in enumerate(raw.to_pylist()):
        try:
            texts.append(known[value] if value in known else known.setdefault(value, value.decode(encoding)))
        except UnicodeDecodeError:
            texts.append(value.decode(encoding, "replace"))
            bad.append(row)
    return pa.array(texts, pa.string()), np.array(bad, dtype=np.int64)
