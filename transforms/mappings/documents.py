"""What a mapping is given (the transactions of one type, with who they belong to) and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from edi.findings import Finding
from edi.segments import Ints, SegmentTable, Text

HEAD_COLUMNS = (
    "document_id", "system_code", "partner_id", "direction_code", "type_code", "file_hash", "interchange_number",
    "transaction_ordinal", "map_hash", "guide_hash", "settings_hash", "known_at", "business_date",
)


@dataclass(frozen=True, slots=True, eq=False)
class Documents:
    """Transactions of one mapping: d rows, ascending by place."""

    table: SegmentTable
    first: Ints  # d: segment index of ST or UNH
    stop: Ints  # d: just past SE or UNT
    heads: pa.Table  # d rows of HEAD_COLUMNS
    currency: Text  # d: the agreement's currency
    interchange_ordinal: Ints  # d: ordinal of the interchange in its file, for places
    decimal_mark: str = "."
    units: Mapping[str, str] = field(default_factory=dict)  # wire unit code -> ours, of this standard

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Rows by canonical table, and findings about values that could not be read (place.transaction tells the document)."""

    tables: Mapping[str, pa.Table]
    findings: tuple[Finding, ...] = ()
