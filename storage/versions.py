"""Versions of documents: a forced replay loads one again, and the new version takes the place of the old in the same transaction.

Nothing is changed or removed: the old rows stay, with a note of what superseded them, since which night and why.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import audit
from storage.canonical import canonical_json, content_hash, storable
from storage.records import Publication
from storage.tables import DECISIONS, SUPERSEDED
from transforms.model import DOCUMENTS


def next_versions(connection: Connection, interchange_ids: Collection[str]) -> dict[str, str]:
    """Return, for each document of some interchanges that is loaded, the key that its next version gets: a point and a number are added."""
    last: dict[str, int] = {}
    for interchange in sorted(interchange_ids):
        # A document's key is that of its interchange, a dash and its ordinal: a range of the key.
        mine = (DECISIONS.c.document_id > f"{interchange}-") & (DECISIONS.c.document_id < f"{interchange}.")
        for key in connection.execute(sa.select(DECISIONS.c.document_id).where(mine, DECISIONS.c.outcome == "loaded")).scalars():
            first, _, number = key.partition(".")
            last[first] = max(last.get(first, 1), int(number or 1))
    return {first: f"{first}.{number + 1}" for first, number in sorted(last.items())}


def supersede(connection: Connection, publication: Publication) -> None:
    """Note, of each document that a forced replay loads again, the version that it takes the place of; and audit it with the reason."""
    if not publication.supersedes:
        return
    night = publication.night
    by = {old: each for each in reversed(publication.supersedes) for old in _present(connection, each.document_id, each.by_document_id)}
    rows = storable([  # what an export has under other keys may take one place together: the first of them is named
        {"document_id": old, "by_document_id": each.by_document_id, "night_id": night.night_id, "known_at": night.sequence,
         "packet_key": publication.packet_key, "reason": each.reason} for old, each in reversed(by.items())
    ])
    if rows:
        connection.execute(SUPERSEDED.insert(), rows)
    reasons = sorted({each.reason for each in publication.supersedes})
    audit.append(connection, night_id=night.night_id, action="documents.superseded", subject=publication.packet_key, detail={
        "loaded_again": len({each.by_document_id for each in publication.supersedes}), "superseded": len(rows), "reasons": reasons,
        "versions": content_hash(canonical_json([[row["document_id"], row["by_document_id"]] for row in rows])),
    })


def superseded(connection: Connection, *, known_at: int | None = None) -> pa.Table:
    """Return ``document_id`` of what is superseded, as it was known at a night, or now."""
    query = sa.select(SUPERSEDED.c.document_id).order_by(SUPERSEDED.c.document_id)
    ids = connection.execute(query if known_at is None else query.where(SUPERSEDED.c.known_at <= known_at)).scalars()
    return pa.table({"document_id": pa.array(list(ids), pa.string())})


def _present(connection: Connection, document_id: str, by_document_id: str) -> list[str]:
    """Return the loaded versions of a document before a given one that nothing has superseded: at most one."""
    key = DOCUMENTS.c.document_id
    number = by_document_id.removeprefix(f"{document_id}.")
    earlier = [document_id, *(f"{document_id}.{each}" for each in range(2, int(number) if number.isdigit() else 2))]
    query = sa.select(key).where(key.in_(earlier), key.not_in(sa.select(SUPERSEDED.c.document_id))).order_by(key)
    return list(connection.execute(query).scalars())
