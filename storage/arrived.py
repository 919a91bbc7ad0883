"""Questions about what arrived: which landed files a person means by a date, a partner, a control number or a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import ARRIVALS, DECISIONS, INTERCHANGES, NIGHTS

_SHORTEST_HASH = 6  # digits by which a content may be named


@dataclass(frozen=True, slots=True)
class Arrived:
    """A landed content, by its first arrival."""

    file_hash: str
    name: str
    business_date: date


def arrived(connection: Connection, *, deployment: str, business_date: date | None = None, partner_id: str = "", control_number: str = "",
            file: str = "") -> tuple[Arrived, ...]:
    """Return the planned contents that meet everything asked for, each once, sorted by hash.

    Args:
        business_date: of a night in which it came, for the first time or again.
        partner_id: to or from whom at least one of its documents was.
        control_number: of at least one of its interchanges, as sent.
        file: a name that it came under, or the beginning of its hash.
    """
    query = sa.select(ARRIVALS.c.hash, ARRIVALS.c.name, NIGHTS.c.business_date).join(
        NIGHTS, NIGHTS.c.night_id == ARRIVALS.c.night_id).where(NIGHTS.c.deployment == deployment)
    if partner_id:
        query = query.where(ARRIVALS.c.hash.in_(sa.select(DECISIONS.c.file_hash).where(DECISIONS.c.partner_id == partner_id)))
    if control_number:
        query = query.where(ARRIVALS.c.hash.in_(sa.select(INTERCHANGES.c.file_hash).where(INTERCHANGES.c.control_number == control_number)))
    if file:
        named = ARRIVALS.c.name == file
        digits = file.lower()
        is_hash = len(digits) >= _SHORTEST_HASH and not set(digits) - set("0123456789abcdef")
        query = query.where(named | ARRIVALS.c.hash.startswith(digits) if is_hash else named)
    rows = connection.execute(query.order_by(ARRIVALS.c.hash, NIGHTS.c.sequence, ARRIVALS.c.arrival)).all()
    wanted = {row.hash for row in rows if business_date in (None, row.business_date)}
    first: dict[str, Arrived] = {}
    for row in rows:
        if row.hash in wanted:
            first.setdefault(row.hash, Arrived(row.hash, row.name, row.business_date))
    return tuple(first.values())


def settled_places(connection: Connection, file_hash: str) -> frozenset[int]:
    """Return the ordinals of a file's documents that were loaded, or were found to be loaded already."""
    query = sa.select(DECISIONS.c.transaction_ordinal).where(DECISIONS.c.file_hash == file_hash,
                                                             DECISIONS.c.outcome.in_(("loaded", "duplicate")))
    return frozenset(connection.execute(query).scalars())
