"""When partners began to number their interchanges anew: approved by a person, kept for ever, each in one transaction with its audit."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage import audit
from storage.database import lock_table, writing
from storage.failpoints import declare, hit
from storage.tables import EPOCHS

BEGUN = declare("epochs.begun")
WRITTEN = declare("epochs.written")
AUDITED = declare("epochs.audited")
COMMITTED = declare("epochs.committed")


def begin_epoch(engine: Engine, partner_id: str, begins: date, *, reason: str, by: str) -> bool:
    """Record that a partner's numbering begins again on a business date; False where that was recorded before.

    Args:
        reason: why, in a person's words; kept in the audit.
        by: who says so; kept in the audit.
    """
    hit(BEGUN)
    with writing(engine) as connection:
        lock_table(connection, EPOCHS)
        mine = (EPOCHS.c.partner_id == partner_id) & (EPOCHS.c.begins == begins)
        if connection.execute(sa.select(EPOCHS.c.reason).where(mine)).scalar_one_or_none() is not None:
            return False
        connection.execute(EPOCHS.insert(), {"partner_id": partner_id, "begins": begins, "reason": reason})
        hit(WRITTEN)
        audit.append(connection, night_id="", action="epoch.begun", subject=partner_id,
                     detail={"begins": begins.isoformat(), "reason": reason, "by": by})
        hit(AUDITED)
    hit(COMMITTED)
    return True


def epochs(connection: Connection) -> dict[str, tuple[date, ...]]:
    """Return by partner the business dates on which numbering began again."""
    found: dict[str, tuple[date, ...]] = {}
    for row in connection.execute(sa.select(EPOCHS).order_by(EPOCHS.c.partner_id, EPOCHS.c.begins)):
        found[row.partner_id] = (*found.get(row.partner_id, ()), row.begins)
    return found
