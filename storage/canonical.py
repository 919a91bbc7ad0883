"""One way to write a value as text and to hash it, so that equal content is equal bytes whoever wrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

REPLACEMENT = "\ufffd"


def canonical_json(value: Any) -> str:
    """Write JSON with sorted keys, no spaces and ASCII only; decimals with all their digits, bytes as hex."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain)


def content_hash(content: str | bytes) -> str:
    """Return the SHA-256 of a text or of bytes."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass of plain values by name; nothing is copied, which for tens of thousands of them is felt."""
    names, values = _fields(value.__class__)
    return dict(zip(names, values(value), strict=True))


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def storable(rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return rows whose texts every database can hold: PostgreSQL has no NUL, so that it becomes U+FFFD in all of them alike.

    The landed bytes keep what was sent, and the check of elements reports it; a stray byte must not stop a night. Hardly any row
    has one: a column at a time is looked at.
    """
    texts = ("".join([value for row in rows if isinstance(value := row[name], str)]) for name in (rows[0] if rows else ()))
    if not any("\0" in text for text in texts):
        return rows
    return [{name: value.replace("\0", REPLACEMENT) if isinstance(value, str) else value for name, value in row.items()} for row in rows]


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no canonical text")
