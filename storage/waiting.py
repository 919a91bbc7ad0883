"""Files whose rest is waited for: what the ledger has as pending, and no later look has settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import ARRIVALS, DECISIONS, NIGHTS


@dataclass(frozen=True, slots=True)
class WaitedFor:
    """A landed file that broke off."""

    file_hash: str
    name: str
    source: str
    since: date  # business date of the night that it arrived in
    last: date  # business date of the last night that has it as pending
    documents: int  # that are pending in that night


def waited_for(connection: Connection, *, deployment: str, until: date) -> list[WaitedFor]:
    """Return the files that are waited for at the end of a business date, the longest first.

    Args:
        deployment: whose nights.
        until: later nights are not looked at.
    """
    nights = sa.select(NIGHTS.c.night_id, NIGHTS.c.business_date).where(
        NIGHTS.c.deployment == deployment, NIGHTS.c.business_date <= until).subquery()
    mine, later = DECISIONS.alias("mine"), DECISIONS.alias("later")
    of_mine, of_later = nights.alias("of_mine"), nights.alias("of_later")
    same = [later.c[name] == mine.c[name] for name in ("file_hash", "interchange_ordinal", "transaction_ordinal")]
    after = (of_later.c.business_date > of_mine.c.business_date) | (
        (of_later.c.night_id == of_mine.c.night_id) & (later.c.copy > mine.c.copy))
    settled = sa.exists().select_from(later.join(of_later, of_later.c.night_id == later.c.night_id)).where(
        *same, after, later.c.outcome != "pending")
    query = sa.select(mine.c.file_hash, of_mine.c.night_id, of_mine.c.business_date, sa.func.count()).join(
        of_mine, of_mine.c.night_id == mine.c.night_id).where(mine.c.outcome == "pending", ~settled).group_by(
        mine.c.file_hash, of_mine.c.night_id, of_mine.c.business_date).order_by(mine.c.file_hash, of_mine.c.business_date)
    found: dict[str, list[sa.Row[tuple[str, str, date, int]]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.file_hash, []).append(row)
    return sorted((_arrived(connection, digest, rows) for digest, rows in found.items()), key=lambda each: (each.since, each.file_hash))


def _arrived(connection: Connection, digest: str, rows: list[sa.Row[tuple[str, str, date, int]]]) -> WaitedFor:
    first, last = rows[0], rows[-1]
    arrival = connection.execute(sa.select(ARRIVALS.c.name, ARRIVALS.c.source).where(
        ARRIVALS.c.night_id == first.night_id, ARRIVALS.c.hash == digest).order_by(ARRIVALS.c.arrival).limit(1)).one()
    return WaitedFor(digest, arrival.name, arrival.source, first.business_date, last.business_date, last[3])
