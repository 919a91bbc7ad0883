"""Conflicts of control numbers, and what a person ruled: one ruling on one content, for ever, in one transaction with its audit record.

The ruling is carried out by the next plan. That it was is told by the interchange's own record, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from edi.errors import ConfigurationError
from storage import audit
from storage.database import lock_table, writing
from storage.failpoints import declare, hit
from storage.tables import ARRIVALS, DECISIONS, IDENTITY, INTERCHANGES, NIGHTS, RULINGS

BEGUN = declare("rulings.begun")
WRITTEN = declare("rulings.written")
AUDITED = declare("rulings.audited")
COMMITTED = declare("rulings.committed")


@dataclass(frozen=True, slots=True)
class Contender:
    """One content that came under a contested number, as it came first."""

    interchange_id: str
    identity: tuple[str, ...]  # of the number, with usage and epoch
    verdict: str  # "conflict" where it is held
    content_hash: str
    file_hash: str
    name: str  # that its file arrived under
    source: str
    interchange_ordinal: int
    business_date: date
    partner_id: str
    direction_code: str
    documents: tuple[tuple[str, int], ...]  # type and count
    money: tuple[tuple[str, Decimal], ...]  # by currency, as stated
    ruling: str | None
    is_carried_out: bool
    is_judged_anew: bool  # in a later epoch of its partner's numbering


@dataclass(frozen=True, slots=True)
class OpenRuling:
    """A ruling that no plan has carried out yet."""

    interchange_id: str
    ruling: str
    file_hash: str
    name: str
    source: str
    interchange_ordinal: int
    epoch: int


def rule(engine: Engine, interchange_id: str, ruling: str, *, reason: str, by: str) -> bool:
    """Record that a held interchange is approved or refused; False where the same was ruled before.

    Args:
        ruling: "approved" or "refused".
        reason: why, in a person's words; kept in the audit.
        by: who says so; kept in the audit.

    Raises:
        ConfigurationError: it is not held as a conflict, or the opposite was ruled.
    """
    hit(BEGUN)
    with writing(engine) as connection:
        lock_table(connection, RULINGS)
        before = connection.execute(sa.select(RULINGS.c.ruling).where(RULINGS.c.interchange_id == interchange_id)).scalar_one_or_none()
        if before is not None and before != ruling:
            raise ConfigurationError(f"{interchange_id[:12]} was {before} already, and a ruling stands; "
                                     "have the partner send it again under a new number")
        held = connection.execute(sa.select(INTERCHANGES.c.night_id).where(
            INTERCHANGES.c.interchange_id == interchange_id, INTERCHANGES.c.verdict == "conflict").limit(1)).scalar_one_or_none()
        if held is None:
            raise ConfigurationError(f"{interchange_id[:12]} is not held as a conflict; `crossfoot conflicts` lists those that are")
        if before is None:
            connection.execute(RULINGS.insert(), {"interchange_id": interchange_id, "ruling": ruling, "reason": reason})
            hit(WRITTEN)
            audit.append(connection, night_id=held, action=f"conflict.{ruling}", subject=interchange_id,
                         detail={"reason": reason, "by": by})
            hit(AUDITED)
    hit(COMMITTED)
    return before is None


def open_rulings(connection: Connection, *, deployment: str, until: date) -> list[OpenRuling]:
    """Return the rulings to be carried out in a night of some business date, by file and place."""
    held, done = INTERCHANGES.alias("held"), INTERCHANGES.alias("done")
    carried_out = sa.exists().where(done.c.interchange_id == RULINGS.c.interchange_id, done.c.verdict == RULINGS.c.ruling)
    query = sa.select(RULINGS.c.interchange_id, RULINGS.c.ruling, held.c.file_hash, held.c.interchange_ordinal, held.c.epoch,
                      held.c.night_id).join(held, held.c.interchange_id == RULINGS.c.interchange_id).join(
        NIGHTS, NIGHTS.c.night_id == held.c.night_id).where(
        held.c.verdict == "conflict", NIGHTS.c.deployment == deployment, NIGHTS.c.business_date <= until, ~carried_out).order_by(
        RULINGS.c.interchange_id, NIGHTS.c.business_date, held.c.file_hash, held.c.copy)
    first: dict[str, OpenRuling] = {}
    for row in connection.execute(query):
        if row.interchange_id not in first:
            name, source = _arrival(connection, row.night_id, row.file_hash)
            first[row.interchange_id] = OpenRuling(row.interchange_id, row.ruling, row.file_hash, name, source, row.interchange_ordinal,
                                                   row.epoch)
    return sorted(first.values(), key=lambda each: (each.file_hash, each.interchange_ordinal))


def contenders(connection: Connection, *, deployment: str) -> list[Contender]:
    """Return every content that came under a contested number, by number and by night."""
    contested = sa.select(*[INTERCHANGES.c[name] for name in IDENTITY]).where(INTERCHANGES.c.verdict == "conflict").distinct().subquery()
    same = sa.and_(*[INTERCHANGES.c[name] == contested.c[name] for name in IDENTITY])
    query = sa.select(INTERCHANGES, NIGHTS.c.business_date).join(contested, same).join(
        NIGHTS, NIGHTS.c.night_id == INTERCHANGES.c.night_id).where(
        NIGHTS.c.deployment == deployment, INTERCHANGES.c.verdict.in_(("new", "reissue", "conflict", "approved", "refused"))).order_by(
        *[INTERCHANGES.c[name] for name in IDENTITY], NIGHTS.c.business_date, INTERCHANGES.c.file_hash, INTERCHANGES.c.copy)
    rows: dict[str, list[Any]] = {}
    for row in connection.execute(query).mappings():
        rows.setdefault(row["interchange_id"], []).append(row)
    rulings = dict(connection.execute(sa.select(RULINGS.c.interchange_id, RULINGS.c.ruling)).tuples().all())
    return [_contender(connection, found, rulings.get(key)) for key, found in rows.items()]


def _judged_anew(connection: Connection, row: Any) -> bool:
    same = [INTERCHANGES.c[name] == row[name] for name in (*IDENTITY, "content_hash") if name != "epoch"]
    return connection.execute(sa.select(sa.exists().where(*same, INTERCHANGES.c.epoch > row["epoch"]))).scalar_one()


def _contender(connection: Connection, rows: Sequence[Any], ruling: str | None) -> Contender:
    first, last = rows[0], rows[-1]
    name, source = _arrival(connection, first["night_id"], first["file_hash"])
    decided = connection.execute(sa.select(DECISIONS).where(
        DECISIONS.c.night_id == first["night_id"], DECISIONS.c.file_hash == first["file_hash"], DECISIONS.c.copy == first["copy"],
        DECISIONS.c.interchange_ordinal == first["interchange_ordinal"]).order_by(DECISIONS.c.transaction_ordinal)).mappings().all()
    types: dict[str, int] = {}
    money: dict[str, Decimal] = {}
    for one in decided:
        types[one["type_code"] or "?"] = types.get(one["type_code"] or "?", 0) + 1
        if one["stated_amount"] is not None:
            money[one["currency"] or "?"] = money.get(one["currency"] or "?", Decimal(0)) + one["stated_amount"]
    partner, direction = next(((one["partner_id"], one["direction_code"]) for one in decided), ("unknown", "inbound"))
    return Contender(
        first["interchange_id"], tuple(str(first[name]) for name in IDENTITY), last["verdict"], first["content_hash"], first["file_hash"],
        name, source, first["interchange_ordinal"], first["business_date"], partner, direction,
        tuple(sorted(types.items())), tuple(sorted(money.items())), ruling, any(row["verdict"] == ruling for row in rows),
        _judged_anew(connection, first))


def _arrival(connection: Connection, night_id: str, file_hash: str) -> tuple[str, str]:
    """Return the name and the source that a file arrived with; empty where that night only looked at it again."""
    row = connection.execute(sa.select(ARRIVALS.c.name, ARRIVALS.c.source).where(
        ARRIVALS.c.night_id == night_id, ARRIVALS.c.hash == file_hash).order_by(ARRIVALS.c.arrival).limit(1)).one_or_none()
    return ("", "") if row is None else (row.name, row.source)
