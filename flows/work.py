"""What is being done with a packet: the night it belongs to, and what its documents have become so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from edi.findings import Finding
from edi.segments import Interchange
from flows.definitions import Definitions
from flows.outcomes import Outcome
from storage.records import Supersession
from transforms.exports_model import KnownDocument
from transforms.model import TABLES, empty


@dataclass(frozen=True, slots=True)
class NightContext:
    """A night as its packets see it. ``slot_at`` is the only instant there is."""

    night_id: str
    sequence: int
    business_date: date
    slot_at: datetime
    environment: str
    definitions: Definitions


@dataclass(slots=True)
class Document:
    """A transaction or a document of a CSV export on its way to an outcome."""

    document_id: str
    standard: str
    type_code: str
    partner_id: str
    direction_code: str
    file_hash: str
    copy: int
    interchange_ordinal: int
    transaction_ordinal: int
    interchange_number: str | None
    control_number: str | None
    record_count: int = 0
    stated_amount: Decimal | None = None
    currency: str | None = None
    has_money: bool = False
    outcome: Outcome | None = None
    findings: list[Finding] = field(default_factory=list)
    change: str = ""  # of a CSV export's document: new, changed or unchanged


@dataclass(frozen=True, slots=True)
class ReadExport:
    """An export that was read: what it was compared with, and which documents it no longer has, or has again."""

    file_hash: str
    copy: int
    source_id: str
    kind: str
    known_documents: int
    vanished: tuple[KnownDocument, ...] = ()
    returned: tuple[KnownDocument, ...] = ()
    replaceable: Mapping[str, KnownDocument] = field(default_factory=dict)  # by key: documents under other keys may take their place


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """An acknowledgment to be rendered once its control number is allocated, inside the publishing transaction."""

    partner_id: str
    kind: str  # "997", "999", "TA1" or "CONTRL"
    answers: str  # interchange_id
    place: tuple[str, int, int]  # file hash, copy, ordinal of the interchange that it answers
    counter: tuple[str, ...]
    render: Callable[[int], bytes]
    name: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class SeenInterchange:
    """An interchange for the ledger's memory."""

    interchange: Interchange
    interchange_id: str
    epoch: int
    file_hash: str
    copy: int
    verdict: str
    partner_id: str


@dataclass(slots=True, eq=False)
class PacketWork:
    """Everything that reading a packet gave, ready to be published."""

    packet_key: str
    documents: list[Document] = field(default_factory=list)
    file_findings: list[Finding] = field(default_factory=list)
    pieces: dict[str, list[pa.Table]] = field(default_factory=dict)
    interchanges: list[SeenInterchange] = field(default_factory=list)
    acknowledgments: list[Acknowledgment] = field(default_factory=list)
    offered_again: list[str] = field(default_factory=list)  # interchange_ids whose first acknowledgment goes out again
    archive: dict[str, tuple[str, str]] = field(default_factory=dict)  # hash -> (kind, text)
    expectations: Counter[str] = field(default_factory=Counter)  # evaluated, failed
    exports: list[ReadExport] = field(default_factory=list)
    supersedes: list[Supersession] = field(default_factory=list)

    def add_tables(self, tables: Mapping[str, pa.Table]) -> None:
        """Add mapped rows."""
        for name, table in tables.items():
            self.pieces.setdefault(name, []).append(table)

    def table(self, name: str) -> pa.Table:
        """Return all rows of a canonical table."""
        return pa.concat_tables(self.pieces[name]) if name in self.pieces else empty(TABLES[name])

    def keep(self, document_ids: Iterable[str]) -> dict[str, pa.Table]:
        """Return the rows of some documents, by table in the model's order; tables without rows are left out."""
        wanted = pa.array(sorted(document_ids), pa.string())
        kept = {name: self.table(name) for name in TABLES if name in self.pieces}
        kept = {name: table.filter(pc.is_in(table.column("document_id"), value_set=wanted)) for name, table in kept.items()}
        return {name: table for name, table in kept.items() if len(table)}
