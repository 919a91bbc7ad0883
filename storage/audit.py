"""The log of what was done, hash-chained: whoever changes, removes or inserts a record breaks every hash after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.canonical import canonical_json, content_hash
from storage.database import lock_table
from storage.relational import insert_rows
from storage.tables import AUDIT

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many records the log has, its last hash, and the first record that does not follow from the one before."""

    records: int
    head: str
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A record to be: what was done to what, in which night."""

    night_id: str
    action: str
    subject: str
    detail: dict[str, Any]


def append(connection: Connection, *, night_id: str, action: str, subject: str, detail: dict[str, Any]) -> str:
    """Add a record and return its hash."""
    return append_all(connection, [Entry(night_id, action, subject, detail)])


def append_all(connection: Connection, entries: Sequence[Entry]) -> str:
    """Add records in their order and return the hash of the last, which all before it are part of."""
    lock_table(connection, AUDIT)
    last = connection.execute(sa.select(AUDIT.c.sequence, AUDIT.c.hash).order_by(AUDIT.c.sequence.desc()).limit(1)).one_or_none()
    taken, digest = (0, GENESIS) if last is None else (last.sequence, last.hash)
    records = []
    for sequence, entry in enumerate(entries, taken + 1):
        record = {"sequence": sequence, "night_id": entry.night_id, "action": entry.action, "subject": entry.subject,
                  "detail": canonical_json(entry.detail), "previous_hash": digest}
        digest = content_hash(canonical_json(record))
        records.append({**record, "hash": digest})
    insert_rows(connection, AUDIT, records)
    return digest


def verify(connection: Connection, *, head: str | None = None) -> Verdict:
    """Follow the chain from its start.

    Args:
        head: a hash that was noted elsewhere and must occur in the chain; without one, records cut off at the end go unseen.
    """
    previous, count, broken, found = GENESIS, 0, None, head is None
    for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence)).mappings():
        count += 1
        record = {key: value for key, value in row.items() if key != "hash"}
        expected = {**record, "sequence": count, "previous_hash": previous}
        if broken is None and content_hash(canonical_json(expected)) != row["hash"]:
            broken = count
        previous = row["hash"]
        found = found or previous == head
    if broken is None and not found:
        broken = count + 1
    return Verdict(count, previous, broken)
