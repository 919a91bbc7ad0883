"""What reading a CSV export is given and what it gives back, as values that its steps and ``flows`` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from edi.findings import Finding
from edi.segments import Bools, Ints, Text


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """The latest loaded version of a document key."""

    document_id: str
    content_hash: str
    record_count: int = 0
    is_gone: bool = False  # the last snapshot did not have it


@dataclass(frozen=True, slots=True)
class ExportContext:
    """The file and the night that an export is read in."""

    file_hash: str
    known_at: int
    business_date: date
    settings_hash: str
    map_hash: str
    units: Mapping[str, str]  # unit code of CSV exports -> ours


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """A document of an export: all rows with the same key, wherever they stand in the file."""

    ordinal: int  # in the file, from 1, by first record
    key: str  # values of the key columns, joined by "|"
    document_id: str
    content_hash: str
    verdict: str  # "new", "changed" or "unchanged"
    partner_id: str | None
    first_record: int
    byte_offset: int
    record_count: int
    amount: Decimal | None  # None: unknown, or nothing is stated
    currency: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """An export, read: canonical rows of all its documents, the unchanged ones included."""

    documents: tuple[ExportDocument, ...]
    tables: Mapping[str, pa.Table]
    findings: tuple[Finding, ...]
    vanished: tuple[str, ...]  # keys that a snapshot no longer has, and the one before had
    file_error: str | None  # the code of the finding that holds the whole file
    record_count: int  # rows read; trailer and blank lines are none


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The n rows of an export as text, the trailer taken off."""

    columns: Mapping[str, Text]  # "" where empty, never null
    offset: Ints
    record: Ints
    suspect: Bools  # rows that could not be read: what stands in their columns need not belong there

    def __len__(self) -> int:
        return len(self.record)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Which of the d documents each row belongs to."""

    keys: Text  # d
    document: Ints  # n: index of the row's document
    line_ordinal: Ints  # n: position of the row in its document, from 1
    first: Ints  # d: the first row
    order: Ints  # n: rows by document, in the file's order within it
    count: Ints  # d: how many rows

    def __len__(self) -> int:
        return len(self.first)
