"""Read-only SQL over what is published: canonical tables from Parquet through the manifest, decisions and breaks from the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from edi.errors import ConfigurationError
from flows.settings import Settings
from storage.database import open_database, reading
from storage.lake import manifest_files
from storage.relational import all_tables
from transforms.model import TABLES, empty

LEDGER_TABLES = ("nights", "decisions", "findings", "breaks", "rule_totals", "packets", "audit", "superseded")

# A night tells every break that is open or has just closed: adding up over nights would count one many times.
CURRENT_BREAKS = """CREATE VIEW current_breaks AS SELECT breaks.* FROM breaks JOIN nights USING (night_id)
WHERE nights.sequence = (SELECT max(sequence) FROM nights JOIN breaks USING (night_id))"""


def query(settings: Settings, sql: str) -> pa.Table:
    """Run one SELECT.

    Raises:
        ConfigurationError: for anything but a single SELECT, and where the SQL cannot be run; the message says why.
    """
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
            raise ConfigurationError("query: only one SELECT at a time; write `crossfoot query \"select ...\"`")
        with _connection(settings) as connection:
            return connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        tables = ", ".join(sorted((*TABLES, *LEDGER_TABLES, "current_breaks")))
        raise ConfigurationError(f"query: {str(error).splitlines()[0]}\ntables: {tables}") from None


def _connection(settings: Settings) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    for name in TABLES:
        files = manifest_files(settings.lake, name)
        if files:
            connection.execute(f'CREATE VIEW "{name}_history" AS SELECT * FROM read_parquet([{_listed(files)}], hive_partitioning = false)')
        else:
            connection.register(f"{name}_history", empty(TABLES[name]))
    engine = open_database(settings.database_url)
    with reading(engine) as rows:
        for name in LEDGER_TABLES:
            table = all_tables()[name]
            connection.register(name, _arrow(table, rows.execute(sa.select(table)).mappings().all()))
    for name in TABLES:  # a version that a forced replay took the place of stays in the history
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM "{name}_history" '
                           "WHERE document_id NOT IN (SELECT document_id FROM superseded)")
    connection.execute(CURRENT_BREAKS)
    folder = str(settings.lake).replace("'", "''")
    connection.execute(f"SET allowed_directories = ['{folder}']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _listed(files: list[Path]) -> str:
    return ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)


def _arrow(table: sa.Table, rows: Any) -> pa.Table:
    kinds = {column.name: pa.string() if isinstance(column.type, sa.Text) else None for column in table.columns}
    arrays = [pa.array([row[name] for row in rows], kind) if kind or rows else pa.array([], pa.string()) for name, kind in kinds.items()]
    return pa.table(arrays, names=list(kinds))


def as_json(table: pa.Table) -> str:
    """Return rows as a JSON array of objects; decimals and dates as text, so that no digit is lost."""
    return json.dumps(table.to_pylist(), default=str, ensure_ascii=False)
