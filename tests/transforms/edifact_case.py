"""Reads hand-written EDIFACT interchanges and gives their documents to a mapping, as a night would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from edi.reading.files import read
from transforms.mappings.documents import Documents, Mapped

UNITS = {"PCE": "EA", "CT": "CA", "KGM": "KGM"}


def interchange(type_code: str, *messages: str, version: str = "D:96A", una: str = "UNA:+.? '") -> bytes:
    """Wrap the segments of messages (UNH and UNT left out, one a line) in an interchange."""
    body = []
    for at, message in enumerate(messages, 1):
        segments = [line.strip() for line in message.strip().splitlines() if line.strip()]
        body += [f"UNH+{at}+{type_code}:{version}:UN'", *segments, f"UNT+{len(segments) + 2}+{at}'"]
    return "".join([una, "UNB+UNOC:3+THEM:14+US:14+260302:0800+1'", *body, f"UNZ+{len(messages)}+1'"]).encode()


def documents(data: bytes, *, currency: str = "EUR", units: Mapping[str, str] | None = None) -> Documents:
    """Read bytes and make the documents of all their transactions."""
    batch = read(data)
    made = batch.transactions
    count = len(made)
    heads = {
        "document_id": [f"doc{row}" for row in range(count)], "system_code": ["edi"] * count, "partner_id": ["acme"] * count,
        "direction_code": ["inbound"] * count, "type_code": batch.type_codes, "file_hash": ["f" * 64] * count,
        "interchange_number": ["1"] * count, "transaction_ordinal": made.ordinal.tolist(), "map_hash": ["m"] * count,
        "guide_hash": [None] * count, "settings_hash": ["s"] * count, "known_at": [1] * count,
        "business_date": [date(2026, 3, 2)] * count,
    }
    return Documents(
        table=batch.table, first=made.first_segment, stop=made.stop_segment, heads=pa.table(heads),
        currency=pa.array([currency] * count), interchange_ordinal=np.ones(count, dtype=np.int64),
        units=UNITS if units is None else units,
    )


def mapped(mapping: Callable[[Documents], Mapped], type_code: str, *messages: str, **wrapping: str) -> Mapped:
    """Map hand-written messages."""
    return mapping(documents(interchange(type_code, *messages, **wrapping)))


def rows(result: Mapped, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of a table as tuples; decimals without trailing zeros, dates as ISO text."""
    return [tuple(_plain(row[name]) for name in columns) for row in result.tables[table].to_pylist()]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return value.isoformat() if isinstance(value, date) else value
