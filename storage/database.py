"""The one primary database: opening it, its transactions, and errors that never carry a row's values.

A connection lives for one transaction. There are some tens of them a night, and so nothing goes stale over a failover, and
nothing is shared by accident between threads or with a forked process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from edi.errors import ConfigurationError, CrossfootError, DeviceError, IntegrityError, RetryableError
from storage import files
from storage.failpoints import declare, hit
from storage.tables import LEDGER
from storage.views import VIEWS
from transforms.model import METADATA

BEGUN = declare("database.begun")
BEFORE_COMMIT = declare("database.before_commit")
COMMITTED = declare("database.committed")

_BUSY_MS = 60_000
_FULL = {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "53100"}
_TOO_LONG = {"25P03", "25P04"}  # PostgreSQL ended a session that was idle in its transaction, or took too long over it
_FSYNC_FAILED = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC")  # PostgreSQL stops its own server
_SCHEMA_LOCK = 7_227_004  # any number, the same in every process
_COLUMNS = {  # (table or view, its columns); asking SQLAlchemy table by table takes longer than all else at the start of a command
    "sqlite": "SELECT m.name, group_concat(c.name) FROM sqlite_master m JOIN pragma_table_info(m.name) c GROUP BY m.name",
    "postgresql": "SELECT c.relname, string_agg(a.attname, ',') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                  "WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p', 'v') "
                  "AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.relname",
}
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {_BUSY_MS}")


def open_database(url: str) -> Engine:
    """Open SQLite or PostgreSQL and make the tables and views that are missing.

    Raises:
        ConfigurationError: the URL names no database that we know.
        RetryableError: the database does not answer.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigurationError("the database's URL cannot be read; write sqlite:///path or postgresql://...") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        engine = _sqlite(parsed)
    elif backend in ("postgresql", "postgres"):
        from storage.postgres import make_engine  # the driver is loaded where it is used

        engine = make_engine(parsed)
    else:
        raise ConfigurationError(f"database '{backend}' is not supported; write sqlite:///path or postgresql://...")
    _create(engine)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one transaction: committed when the block ends, rolled back when it raises."""
    with explained():
        with engine.begin() as connection:
            hit(BEGUN)
            yield connection
            hit(BEFORE_COMMIT)
        hit(COMMITTED)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run a transaction that only reads, and never waits for a writer."""
    with explained(), engine.connect() as connection:
        yield connection.execution_options(crossfoot_reading=True)


@contextmanager
def explained() -> Iterator[None]:
    """Turn the database's errors into ours. The cause is dropped: it can quote values."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise translate(error) from None


def translate(error: sa.exc.DBAPIError) -> CrossfootError:
    """Return our error for one of the database's: only its class, code and constraint are told."""
    original: Any = error.orig
    told = [type(original).__name__]
    for name in ("sqlstate", "sqlite_errorname"):
        if getattr(original, name, None):
            told.append(str(getattr(original, name)))
    diagnosis = getattr(original, "diag", None)
    place = [getattr(diagnosis, name, None) for name in ("table_name", "column_name", "constraint_name")]
    what = ", ".join([*told, *[str(part) for part in place if part]])
    if getattr(original, "sqlite_errorname", None) in _FSYNC_FAILED:
        return DeviceError(f"the database's fsync failed ({what}), so what was written last cannot be trusted; this run ends here. Look at "
                           "the device of the database's file and at the kernel's log, mend or change it, then run again")
    if _FULL & set(told):
        return RetryableError(f"the database's disk is full ({what}); free some space there, then run again")
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) or error.connection_invalidated or _TOO_LONG & set(told):
        return RetryableError(f"the database did not answer as it should ({what}); look whether it is up and has space, then run again")
    if isinstance(original, Exception) and "constraint failed: " in str(original):  # SQLite names columns there, never values
        what += ", " + str(original).split("constraint failed: ")[1]
    return IntegrityError(f"the database refused what we wrote ({what}); keep everything and look at the plan and the ledger")


def chunks(values: Iterable[str], size: int = 400) -> Iterator[list[str]]:
    """Cut values into sorted pieces that fit into one statement: SQLite limits how many may stand in it."""
    every = sorted(set(values))
    for start in range(0, len(every), size):
        yield every[start:start + size]


def lock_table(connection: Connection, table: sa.Table) -> None:
    """Let one writer at a time number the rows of a table; on SQLite there is only one anyhow."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'LOCK TABLE "{table.name}" IN SHARE ROW EXCLUSIVE MODE')


def _sqlite(url: sa.URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigurationError("the database must be a file, since work is spread over connections; write sqlite:///path")
    path = Path(url.database)
    files.make_folder(path.parent)
    files.make_empty(path)  # made by us first, so that nobody else can read it
    engine = sa.create_engine(url, hide_parameters=True, poolclass=NullPool)
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    for pragma in reversed(_PRAGMAS):  # the busy timeout first: switching to WAL can meet a lock
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("crossfoot_reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _create(engine: Engine) -> None:
    """Make what is missing. Mostly nothing is, and then nobody who is writing need be waited for."""
    with reading(engine) as connection:
        if not _missing(connection):
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
        missing = _missing(connection)
        for metadata in (METADATA, LEDGER):
            metadata.create_all(connection, [table for table in metadata.sorted_tables if table.name in missing], checkfirst=False)
        for name in missing & set(VIEWS):
            connection.exec_driver_sql(f"CREATE VIEW {name} AS {VIEWS[name]}")


def _missing(connection: Connection) -> set[str]:
    """Return the names of tables and views that are not there.

    Raises:
        ConfigurationError: another version of the model made the database: rows would land in the wrong columns, or not at all.
    """
    stored = {name: frozenset(columns.split(",")) for name, columns in connection.exec_driver_sql(_COLUMNS[connection.dialect.name])}
    tables = _modelled()
    for name, columns in tables.items():
        if stored.get(name, columns) != columns:
            raise ConfigurationError(f"table {name} of the database has other columns than this version's model; "
                                     "set another database, or move this one away and replay the landed files")
    return {*tables, *VIEWS} - set(stored)


@cache
def _modelled() -> dict[str, frozenset[str]]:
    """Return the columns of each table of the model; a night opens its database more than once."""
    return {table.name: frozenset(column.name for column in table.columns) for table in (*METADATA.sorted_tables, *LEDGER.sorted_tables)}
