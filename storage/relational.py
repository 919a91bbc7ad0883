"""Canonical rows in and out of the database, and digests that say whether two stores hold the same."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from edi.errors import IntegrityError
from storage.canonical import REPLACEMENT, canonical_json, content_hash
from storage.database import chunks, open_database, reading, writing
from storage.records import Recount, Tally
from storage.tables import CUT_TABLES, DECISIONS, LEDGER, OPERATIONAL_TABLES, OUTCOMES
from transforms.model import DOCUMENTS, TABLES, arrow_schema

__all__ = [
    "all_tables", "count_rows", "dump", "insert_table", "open_database", "packet_rows", "read_table", "reading", "recount",
    "storable_table", "table_digest",
    "writing",
]

_BATCH = 50_000
_FEW = 50  # rows that are not worth a COPY


def all_tables() -> dict[str, sa.Table]:
    """Return canonical and ledger tables by name, sorted."""
    return dict(sorted({**TABLES, **LEDGER.tables}.items()))


def storable_table(data: pa.Table) -> pa.Table:
    """Return rows whose texts every store can hold, as ``storable`` does for one row; to be staged and inserted alike."""
    for place, field in enumerate(data.schema):
        if pa.types.is_string(field.type) and pc.any(pc.match_substring(data.column(place), "\0")).as_py():
            data = data.set_column(place, field, pc.replace_substring(data.column(place), "\0", REPLACEMENT))
    return data


def insert_table(connection: Connection, table: sa.Table, data: pa.Table) -> int:
    """Append rows; a key that is there already is an error. Return how many rows were written."""
    schema = arrow_schema(table)
    if data.schema.names != schema.names:
        raise IntegrityError(f"rows for {table.name} have other columns than the model; make them with its arrow_schema")
    for batch in data.cast(schema).to_batches(max_chunksize=_BATCH):
        texts = [_as_text(column) for column in batch.columns]
        if connection.dialect.name == "postgresql":
            _copy(connection, table, texts)
        else:
            marks = ", ".join("?" * len(texts))
            connection.exec_driver_sql(f"INSERT INTO {_target(table, connection)} VALUES ({marks})", _tuples(batch.columns, texts))
    return int(data.num_rows)


def insert_rows(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Append plain rows that all have the same columns; many of them are COPYed where the database can."""
    if rows and (len(rows) < _FEW or connection.dialect.name != "postgresql"):
        connection.execute(table.insert(), rows)
    elif rows:
        names = list(rows[0])
        with _copying(connection, f"COPY {_target(table, connection, names)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])


def read_table(connection: Connection, table: sa.Table, *, where: sa.ColumnElement[bool] | None = None) -> pa.Table:
    """Read rows with the model's schema, in the order of the primary key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    rows = connection.execute(query if where is None else query.where(where)).all()
    schema = arrow_schema(table)
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.Table.from_arrays([pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema)


def count_rows(connection: Connection, table: sa.Table, document_ids: Iterable[str] | None = None) -> int:
    """Count a table's rows, of some documents or of all."""
    query = sa.select(sa.func.count()).select_from(table)
    if document_ids is None:
        return int(connection.execute(query).scalar_one())
    return sum(int(connection.execute(query.where(table.c.document_id.in_(some))).scalar_one()) for some in chunks(document_ids))


def packet_rows(table: sa.Table, packet_key: str) -> sa.ColumnElement[bool]:
    """Return the condition that a canonical row belongs to a packet: its document was decided *loaded* there."""
    loaded = sa.select(DECISIONS.c.document_id).where(DECISIONS.c.packet_key == packet_key, DECISIONS.c.outcome == "loaded")
    return table.c.document_id.in_(loaded)


def recount(connection: Connection, *, packet_key: str | None = None, night_id: str | None = None) -> Recount:
    """Count from the database what a packet, a night, or (without either) the whole history holds.

    Transactions *loaded* are those whose row stands in ``documents``, not those that were decided to be: the two differ only
    when something went wrong, and then the totals do not cross-foot.
    """
    asked = {name: value for name, value in (("packet_key", packet_key), ("night_id", night_id)) if value is not None}
    rows = {name: int(count) for name, count in connection.execute(_counting(*asked), asked)}
    found = connection.execute(_decided(*asked), asked).all()
    outcomes = {
        outcome: _tally((amount, currency, stored if outcome == "loaded" else decided)
                        for kind, amount, currency, decided, document, stored in found
                        if kind == outcome and (outcome != "loaded" or document is not None))
        for outcome in OUTCOMES
    }
    return Recount(rows, outcomes)


def table_digest(where: Connection | pa.Table, name: str, *, cut: bool = False) -> str:
    """Return the SHA-256 of a table's rows, sorted: equal for equal content in SQLite, PostgreSQL, Parquet and memory.

    Args:
        cut: count the columns that depend on how the work was cut into packets, too.
    """
    table = all_tables()[name]
    names = [column.name for column in table.columns if cut or not column.info.get("cut")]
    if isinstance(where, pa.Table):
        rows: Iterable[tuple[object, ...]] = zip(*(where.cast(arrow_schema(table)).column(one).to_pylist() for one in names), strict=True)
    else:
        rows = (tuple(row) for row in where.execute(sa.select(*(table.c[one] for one in names))))
    return content_hash("\n".join(sorted(canonical_json(row) for row in rows)))


def dump(connection: Connection, tables: Iterable[str] | None = None, *, cut: bool = True) -> str:
    """Write tables as sorted text, a line a row: all but the operational ones, unless they are named.

    Args:
        cut: write also what depends on how the work was cut into packets and in which order it came.
    """
    left_out = OPERATIONAL_TABLES if cut else OPERATIONAL_TABLES | CUT_TABLES
    chosen = sorted(tables) if tables is not None else [name for name in all_tables() if name not in left_out]
    return "".join(line + "\n" for name in chosen for line in _lines(connection, all_tables()[name], cut))


def _lines(connection: Connection, table: sa.Table, cut: bool) -> list[str]:
    columns = [column for column in table.columns if cut or not column.info.get("cut")]
    return sorted(f"{table.name}\t{canonical_json(tuple(row))}" for row in connection.execute(sa.select(*columns)))


@cache
def _counting(*names: str) -> sa.CompoundSelect[Any]:
    """Return the statement that counts each table's rows of loaded documents whose decisions have some values: one for all tables."""
    loaded = sa.select(DECISIONS.c.document_id).where(*_having(names), DECISIONS.c.outcome == "loaded").cte("loaded")
    return sa.union_all(*(
        sa.select(sa.literal(name), sa.func.count()).select_from(table).where(table.c.document_id.in_(sa.select(loaded.c.document_id)))
        for name, table in sorted(TABLES.items())))


@cache
def _decided(*names: str) -> sa.Select[Any]:
    """Return the statement that asks for decisions that have some values, each with the document that was loaded for it."""
    present = DECISIONS.outerjoin(DOCUMENTS, (DOCUMENTS.c.document_id == DECISIONS.c.document_id) & (DECISIONS.c.outcome == "loaded"))
    return sa.select(
        DECISIONS.c.outcome, DECISIONS.c.stated_amount, DECISIONS.c.currency, DECISIONS.c.record_count,
        DOCUMENTS.c.document_id, DOCUMENTS.c.record_count,
    ).select_from(present).where(*_having(names))


def _having(names: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    return [DECISIONS.c[name] == sa.bindparam(name) for name in names]


def _tally(decided: Iterable[tuple[object, ...]]) -> Tally:
    documents = records = unknown = 0
    amounts: dict[str, object] = {}
    for amount, currency, count in decided:
        documents += 1
        records += int(count)  # type: ignore[call-overload]  # an integer column
        if amount is None:
            unknown += 1
        else:
            amounts[str(currency or "")] = amounts.get(str(currency or ""), 0) + amount  # type: ignore[operator]  # Decimals
    return Tally(documents, records, dict(sorted(amounts.items())), unknown)  # type: ignore[arg-type]  # Decimals


def _as_text(column: pa.Array) -> pa.Array:
    """Write a column as the text that both databases read back exactly."""
    if not pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    text = column.cast(pa.string())  # small numbers come out as 1E-7: those are written again
    if pc.any(pc.match_substring_regex(text, "[eE]")).as_py():
        return pa.array([None if value is None else format(value, "f") for value in column.to_pylist()], pa.string())
    return text


def _tuples(columns: list[pa.Array], texts: list[pa.Array]) -> list[tuple[object, ...]]:
    plain = [column.to_pylist() if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type) else text.to_pylist()
             for column, text in zip(columns, texts, strict=True)]
    return list(zip(*plain, strict=True))


def _copy(connection: Connection, table: sa.Table, texts: list[pa.Array]) -> None:
    """COPY straight into the table, in our transaction: a collision is an error, so nothing needs to be staged first."""
    buffer = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")  # null is bare, the empty text quoted
    pyarrow.csv.write_csv(pa.table(texts, names=[column.name for column in table.columns]), buffer, options)
    with _copying(connection, f"COPY {_target(table, connection)} FROM STDIN WITH (FORMAT csv)") as copy:
        copy.write(buffer.getvalue())


@contextmanager
def _copying(connection: Connection, statement: str) -> Iterator[Any]:
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as copy:
            yield copy
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(
            "COPY", None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True, dialect=connection.dialect,
        ) from None
    finally:
        cursor.close()


def _target(table: sa.Table, connection: Connection, names: Sequence[str] = ()) -> str:
    preparer = connection.dialect.identifier_preparer
    return f"{preparer.format_table(table)} ({', '.join(map(preparer.quote, names or table.columns.keys()))})"
