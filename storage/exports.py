"""What became of the rows of CSV exports, night by night: new, changed, unchanged, set aside, vanished, and which documents are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.canonical import fields_of
from storage.records import Publication
from storage.tables import ABSENCES, EXPORTS

Row = dict[str, Any]


def record_exports(connection: Connection, publication: Publication) -> None:
    """Write what became of a packet's exports, and which documents a snapshot no longer has, or has again.

    Exports of a source are numbered as they are published: nights may be finished in another order than their dates have.
    """
    where = {"night_id": publication.night.night_id, "packet_key": publication.packet_key}
    for one in publication.exports:
        last = sa.select(sa.func.coalesce(sa.func.max(EXPORTS.c.ordinal), 0)).where(EXPORTS.c.source_id == one.source_id)
        connection.execute(EXPORTS.insert(), {**fields_of(one), **where, "ordinal": int(connection.execute(last).scalar_one()) + 1})
    if publication.absences:
        connection.execute(ABSENCES.insert(), [{**fields_of(row), **where} for row in publication.absences])


def load_exports(connection: Connection, *, night_id: str) -> list[Row]:
    """Return what became of a night's exports, by source and in the order in which they were published."""
    query = sa.select(EXPORTS).where(EXPORTS.c.night_id == night_id).order_by(EXPORTS.c.source_id, EXPORTS.c.ordinal)
    return [dict(row) for row in connection.execute(query).mappings()]


def export_before(connection: Connection, export: Row) -> Row | None:
    """Return the export of the same source that was published before one."""
    query = sa.select(EXPORTS).where(EXPORTS.c.source_id == export["source_id"], EXPORTS.c.ordinal < export["ordinal"])
    row = connection.execute(query.order_by(EXPORTS.c.ordinal.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else dict(row)


def gone_documents(connection: Connection, source_id: str) -> set[str]:
    """Return the documents of a source that a snapshot no longer had, and none has had since."""
    same = [ABSENCES.c[name] == EXPORTS.c[name] for name in ("night_id", "file_hash", "copy")]
    query = sa.select(ABSENCES.c.document_id, ABSENCES.c.is_gone).join(EXPORTS, sa.and_(*same)).where(
        ABSENCES.c.source_id == source_id).order_by(EXPORTS.c.ordinal)
    latest = {row.document_id: row.is_gone for row in connection.execute(query)}
    return {document for document, is_gone in latest.items() if is_gone}


def by_source(exports: Sequence[Row]) -> dict[str, Row]:
    """Add up the exports of a night by source."""
    found: dict[str, Row] = {}
    for one in exports:
        made = found.setdefault(one["source_id"], {"kind": one["kind"], **{
            name: {"documents": 0, "rows": 0} for name in ("new", "changed", "unchanged", "vanished", "set_aside")}})
        for name in ("new", "changed", "unchanged", "vanished", "set_aside"):
            made[name]["documents"] += one[f"{name}_documents"]
            made[name]["rows"] += one[f"{name}_rows"]
    return dict(sorted(found.items()))
