"""Identities that are kept for ever: interchanges that came, and control numbers that we gave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from storage.canonical import REPLACEMENT, fields_of, storable
from storage.records import CounterKey, Interchange, Night
from storage.relational import insert_rows
from storage.tables import COUNTERS, INTERCHANGES, NIGHTS

_PAIR = [INTERCHANGES.c[name] for name in (
    "standard", "sender_qualifier", "sender_id", "receiver_qualifier", "receiver_id", "usage_code")]
_CHUNK = 400  # SQLite limits the number of values in a statement


def seen_interchanges(connection: Connection, *, control_numbers: Collection[str] = (), content_hashes: Collection[str] = (),
                      apart_from_night: str | None = None) -> list[Interchange]:
    """Return the interchanges on record that share a control number or a content with what has come.

    All pairs of partners are returned; the planner compares whole identities. The order is that of their places.

    Args:
        apart_from_night: the night that is being planned; what its first attempt has recorded is no memory.
    """
    found: dict[tuple[str, str, int, int], Interchange] = {}
    for column, values in ((INTERCHANGES.c.control_number, control_numbers), (INTERCHANGES.c.content_hash, content_hashes)):
        every = sorted({value.replace("\0", REPLACEMENT) for value in values})
        for start in range(0, len(every), _CHUNK):
            for seen in _load(connection, column.in_(every[start:start + _CHUNK])):
                if seen.night_id != apart_from_night:
                    found[seen.night_id, seen.file_hash, seen.copy, seen.interchange_ordinal] = seen
    return [found[key] for key in sorted(found)]


def wrapped_epochs(connection: Connection, *, least: int) -> list[tuple[tuple[str, ...], int]]:
    """Return (pair with usage, epoch) of all epochs from one on: few, or none."""
    query = sa.select(*_PAIR, INTERCHANGES.c.epoch).where(INTERCHANGES.c.epoch >= least).distinct()
    return [(tuple(row[:-1]), row[-1]) for row in connection.execute(query)]


def epochs_of_numbers(connection: Connection, low: str, high: str) -> list[tuple[tuple[str, ...], int]]:
    """Return (pair with usage, epoch) of all numbers on record between two of one width, both included."""
    number = INTERCHANGES.c.control_number
    query = sa.select(*_PAIR, INTERCHANGES.c.epoch).where(number.between(low, high), sa.func.length(number) == len(high)).distinct()
    return [(tuple(row[:-1]), row[-1]) for row in connection.execute(query)]


def numbers_from(connection: Connection, standard: str, senders: Collection[str], *, deployment: str, until: int) -> Sequence[sa.Row[Any]]:
    """Return the control numbers that came from some addresses up to a place in the sequence of nights, each with its night and verdict."""
    query = sa.select(*_PAIR, INTERCHANGES.c.epoch, INTERCHANGES.c.control_number, INTERCHANGES.c.verdict, NIGHTS.c.sequence).join(
        NIGHTS, NIGHTS.c.night_id == INTERCHANGES.c.night_id).where(
        INTERCHANGES.c.standard == standard, INTERCHANGES.c.sender_id.in_(sorted(senders)), NIGHTS.c.deployment == deployment,
        NIGHTS.c.sequence <= until).distinct()
    return connection.execute(query).all()


def record_interchanges(connection: Connection, interchanges: Sequence[Interchange], *, night: Night, packet_key: str) -> None:
    """Record identities and verdicts; a second first one of an identity is refused by the database."""
    where = {"night_id": night.night_id, "packet_key": packet_key}
    rows = storable([{**fields_of(interchange), **where} for interchange in interchanges])
    insert_rows(connection, INTERCHANGES, rows)


def allocate(connection: Connection, counter: CounterKey, count: int = 1) -> int:
    """Take the next control numbers of ours and return the first; they are given back if the transaction fails."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = fields_of(counter)
    statement = make(COUNTERS).values(**row, last=count)
    taken = statement.on_conflict_do_update(index_elements=list(row), set_={"last": COUNTERS.c.last + count})
    return int(connection.execute(taken.returning(COUNTERS.c.last)).scalar_one()) - count + 1


def _load(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Interchange]:
    columns = [column for column in INTERCHANGES.columns if column.name != "packet_key"]
    return [Interchange(**row) for row in connection.execute(sa.select(*columns).where(condition)).mappings()]
