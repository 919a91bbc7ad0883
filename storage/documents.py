"""Questions about loaded documents: the latest version of each, and what a night brought, counted and summed from the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import DECISIONS, PACKETS, SUPERSEDED
from transforms.model import DOCUMENTS, TABLES


def latest_versions(connection: Connection, source_id: str) -> list[tuple[str, str, str, int, str]]:
    """Return (key, document_id, content_hash, rows, file_hash) of the latest loaded version of every document of a CSV source, by key.

    One that was superseded is none: a document with another key has its rows.
    """
    query = (
        sa.select(DOCUMENTS.c.transaction_number, DOCUMENTS.c.document_id, DOCUMENTS.c.content_hash, DOCUMENTS.c.record_count,
                  DOCUMENTS.c.file_hash)
        .join(DECISIONS, (DECISIONS.c.document_id == DOCUMENTS.c.document_id) & (DECISIONS.c.outcome == "loaded"))
        .join(PACKETS, PACKETS.c.packet_key == DECISIONS.c.packet_key)
        .where(DOCUMENTS.c.type_code == source_id, DOCUMENTS.c.system_code != "edi",
               DOCUMENTS.c.document_id.not_in(sa.select(SUPERSEDED.c.document_id)))
        .order_by(DOCUMENTS.c.known_at, PACKETS.c.plan_round, PACKETS.c.ordinal, DOCUMENTS.c.document_id)
    )
    latest = {row[0]: (row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(query)}
    return [latest[key] for key in sorted(latest)]


def loaded_rows(connection: Connection, file_hash: str) -> dict[int, str]:
    """Return, for each row of a CSV export, the loaded document that has it: by byte offset; superseded ones have none."""
    found: dict[int, str] = {}
    for table in TABLES.values():
        query = sa.select(table.c.byte_offset, table.c.document_id).where(
            table.c.file_hash == file_hash, table.c.document_id.not_in(sa.select(SUPERSEDED.c.document_id)))
        found.update((int(offset), document) for offset, document in connection.execute(query))
    return found


def held_documents(connection: Connection, interchange_ids: Collection[str], *, except_for: Collection[str]) -> set[str]:
    """Return the documents of some interchanges that were quarantined and never loaded: what another try may release.

    Args:
        except_for: reason codes that a person must decide about.
    """
    held: set[str] = set()
    loaded = sa.select(DOCUMENTS.c.document_id)
    for interchange in sorted(interchange_ids):
        # A document's key is that of its interchange, a dash and its ordinal: a range of the key.
        mine = (DECISIONS.c.document_id > f"{interchange}-") & (DECISIONS.c.document_id < f"{interchange}.")
        query = sa.select(DECISIONS.c.document_id).where(
            mine, DECISIONS.c.outcome == "quarantined", DECISIONS.c.reason_code.not_in(sorted(except_for)),
            DECISIONS.c.document_id.not_in(loaded), DECISIONS.c.document_id.not_like("%.%"))  # a forced version is no first try
        held |= set(connection.execute(query).scalars())
    return held


def count_documents(connection: Connection, *, known_at: int) -> dict[str, int]:
    """Count a night's loaded documents by type from the rows themselves."""
    query = sa.select(DOCUMENTS.c.type_code, sa.func.count()).where(DOCUMENTS.c.known_at == known_at).group_by(DOCUMENTS.c.type_code)
    return {row[0]: int(row[1]) for row in connection.execute(query.order_by(DOCUMENTS.c.type_code))}


def count_records(connection: Connection, table: str, columns: Sequence[str], *, known_at: int) -> dict[str, int]:
    """Count distinct records of a night by type of document: distinct (document_id, columns) in a canonical table."""
    made = TABLES[table]
    distinct = sa.select(made.c.type_code, made.c.document_id, *(made.c[name] for name in columns)).where(
        made.c.known_at == known_at).distinct().subquery()
    query = sa.select(distinct.c.type_code, sa.func.count()).group_by(distinct.c.type_code).order_by(distinct.c.type_code)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def sum_money(connection: Connection, table: str, column: str, currency: str, *, known_at: int) -> dict[tuple[str, str], Decimal]:
    """Sum an amount of a night by (type of document, currency), exactly: SQLite keeps decimals as text, so it is done here."""
    made = TABLES[table]
    query = sa.select(made.c.type_code, made.c[currency], made.c[column]).where(made.c.known_at == known_at, made.c[column].is_not(None))
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for type_code, code, amount in connection.execute(query):
        sums[type_code, code] += amount
    return dict(sorted(sums.items()))
