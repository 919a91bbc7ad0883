"""Leases: who may publish now. The token that comes with one is checked in every transaction that decides something, so that a
holder who slept past its end cannot write. The time is an argument: these are operational tables, and no row of data carries it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from edi.errors import LeaseLostError
from storage import audit
from storage.database import lock_table, writing
from storage.records import Lease
from storage.tables import ATTEMPTS, LEASES


def acquire(connection: Connection, name: str, *, holder: str, now: datetime, seconds: int, gone: str = "") -> Lease | None:
    """Take a lease, or renew one's own; None while somebody else holds it. Every take-over has a higher token.

    Args:
        gone: a holder that is known to have died; its lease is free before it runs out.
    """
    lock_table(connection, LEASES)
    row = connection.execute(sa.select(LEASES).where(LEASES.c.name == name)).one_or_none()
    if row is not None and row.holder not in (holder, gone, "") and datetime.fromisoformat(row.expires_at) > now:
        return None
    token = 1 if row is None else row.token + (row.holder != holder)
    values = {"holder": holder, "token": token, "expires_at": (now + timedelta(seconds=seconds)).isoformat()}
    if row is None:
        connection.execute(LEASES.insert(), {"name": name, **values})
    else:
        connection.execute(LEASES.update().where(LEASES.c.name == name).values(**values))
    return Lease(name, holder, token)


def renew(connection: Connection, lease: Lease, *, now: datetime, seconds: int) -> None:
    """Go on holding a lease, also past its end where nobody took it meanwhile.

    Raises:
        LeaseLostError: somebody did.
    """
    mine = (LEASES.c.name == lease.name) & (LEASES.c.token == lease.token) & (LEASES.c.holder == lease.holder)
    until = (now + timedelta(seconds=seconds)).isoformat()
    if not connection.execute(LEASES.update().where(mine).values(expires_at=until)).rowcount:
        raise _lost(lease)


def holder_of(connection: Connection, name: str) -> str:
    """Return who holds a lease, in time or past it; empty where nobody does."""
    return str(connection.execute(sa.select(LEASES.c.holder).where(LEASES.c.name == name)).scalar_one_or_none() or "")


def release(connection: Connection, lease: Lease) -> None:
    """Give a lease back; its token stays spent."""
    mine = (LEASES.c.name == lease.name) & (LEASES.c.token == lease.token)
    connection.execute(LEASES.update().where(mine).values(holder=""))


def check(connection: Connection, lease: Lease) -> None:
    """Refuse to go on where somebody else has taken over; in the transaction that writes."""
    query = sa.select(LEASES.c.token, LEASES.c.holder).where(LEASES.c.name == lease.name).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None or (row.token, row.holder) != (lease.token, lease.holder):
        raise _lost(lease)


@contextmanager
def fenced(engine: Engine, lease: Lease | None, *, night_id: str, subject: str) -> Iterator[Connection]:
    """Run one writing transaction that holds only while the lease does; a refusal is audited, then raised.

    Args:
        lease: what is checked first; None where nobody competes.
        subject: what was to be written, for the audit.

    Raises:
        LeaseLostError: somebody else has taken over; nothing was written.
    """
    with audited(engine, lease, night_id=night_id, subject=subject), writing(engine) as connection:
        if lease is not None:
            check(connection, lease)
        yield connection


@contextmanager
def audited(engine: Engine, lease: Lease | None, *, night_id: str, subject: str) -> Iterator[None]:
    """Note a refusal in the audit, in a transaction of its own since the refused one is rolled back; then let it go on."""
    try:
        yield
    except LeaseLostError:
        if lease is not None:
            with writing(engine) as connection:
                last = connection.execute(sa.select(LEASES.c.token).where(LEASES.c.name == lease.name)).scalar_one_or_none()
                audit.append(connection, night_id=night_id, action="lease.refused", subject=subject,
                             detail={"lease": lease.name, "token": lease.token, "token_now": last})
        raise


def _lost(lease: Lease) -> LeaseLostError:
    return LeaseLostError(f"the lease {lease.name} has passed to another run while this one was stopped; let that one finish, "
                          "or run again after it")


def begin_attempt(connection: Connection, *, night_id: str, step: str, started_at: datetime) -> int:
    """Note that a run begins a step, and return its number; one that never ends tells of what it was doing when it died."""
    lock_table(connection, ATTEMPTS)
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(ATTEMPTS.c.attempt), 0)).where(ATTEMPTS.c.night_id == night_id))
    attempt = int(last.scalar_one()) + 1
    row = {"night_id": night_id, "attempt": attempt, "step": step, "started_at": started_at.isoformat(), "outcome": "running"}
    connection.execute(ATTEMPTS.insert(), row)
    return attempt


def has_failed(connection: Connection, *, night_id: str, step: str) -> bool:
    """Tell whether an attempt at a step failed, or never ended. To be asked before the next one begins, by whoever holds the lease."""
    query = sa.select(ATTEMPTS.c.attempt).where(ATTEMPTS.c.night_id == night_id, ATTEMPTS.c.step == step, ATTEMPTS.c.outcome != "done")
    return connection.execute(query.limit(1)).scalar_one_or_none() is not None


def end_attempt(connection: Connection, *, night_id: str, attempt: int, outcome: str) -> None:
    """Note how an attempt ended."""
    mine = (ATTEMPTS.c.night_id == night_id) & (ATTEMPTS.c.attempt == attempt)
    connection.execute(ATTEMPTS.update().where(mine).values(outcome=outcome))
