"""What a home folder and its database hold, read once, and what a proof remembers from before: what the invariants judge."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.settings import Settings
from storage.audit import Verdict, verify
from storage.canonical import canonical_json, content_hash
from storage.database import open_database, reading
from storage.relational import all_tables, dump
from storage.tables import LEDGER, OPERATIONAL_TABLES
from tests.faults.oracle import Place, Transaction, contract_of, documents_of_export, transactions_of
from tests.flows.nights import visible
from transforms.model import TABLES

Row = Mapping[str, Any]
State = tuple[str, dict[str, bytes]]  # what World.state() gives

UNREAD = ("findings", "settings_archive", "attempts")  # tables that no invariant asks about
MOST_KEPT = 1024  # contents of tables that are remembered


@dataclass(slots=True)
class Memory:
    """What was seen after earlier faults: acknowledgments by name, how far packets and items were, the end of the audit chain."""

    acknowledgments: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    audit_head: str | None = None


@dataclass(frozen=True)
class Evidence:
    """A home folder and its database at one instant."""

    settings: Settings
    ledger: Mapping[str, list[Row]]
    rows: Mapping[str, Mapping[str, Counter[str]]]  # canonical table -> document -> digests of its rows
    figures: Mapping[str, list[Row]]  # canonical table -> its rows
    chain: Verdict
    files: Mapping[str, Path]  # every file under home, by its path from there

    @cached_property
    def manifest(self) -> dict[str, list[dict[str, Any]]]:
        """What readers go by; empty before the first publication."""
        path = self.settings.lake / "manifest.json"
        return json.loads(path.read_bytes())["tables"] if path.exists() else {}  # type: ignore[no-any-return]

    @cached_property
    def arrivals(self) -> dict[str, list[Row]]:
        """The lines of the sidecars of what arrived, by business date."""
        found: dict[str, list[Row]] = defaultdict(list)
        for name, path in self.files.items():
            parts = Path(name).parts
            if parts[:2] == ("landing", "arrivals") and name.endswith(".json") and not parts[-1].startswith("."):
                found[parts[2]].extend(json.loads(line) for line in path.read_bytes().splitlines())
        return dict(found)

    def loaded(self) -> Iterator[Row]:
        """Yield the decisions that loaded a document."""
        return (row for row in self.ledger["decisions"] if row["outcome"] == "loaded")

    def transactions(self, file_hash: str, name: str) -> dict[Place, Transaction] | None:
        """Return what the oracle says of a landed file; None where it has no opinion."""
        return _asked(self.settings.landing / file_hash[:2] / file_hash, name, self.settings.data)


def gather(settings: Settings) -> Evidence:
    """Read everything there is."""
    ledger: dict[str, list[Row]] = {}
    figures: dict[str, list[Row]] = {}
    counted: dict[str, Mapping[str, Counter[str]]] = {}
    with reading(open_database(settings.database_url)) as connection:
        for name in LEDGER.tables.keys() - set(UNREAD):
            ledger[name] = stored(connection, name).rows
        for name in TABLES:
            found = stored(connection, name)
            figures[name], counted[name] = found.rows, found.digests
        chain = verify(connection)
    return Evidence(settings, ledger, counted, figures, chain, {
        path.relative_to(settings.home).as_posix(): path for path in sorted(settings.home.rglob("*")) if path.is_file()})


def state_of(settings: Settings) -> State:
    """Return what ``World.state`` does, a table at a time."""
    with reading(open_database(settings.database_url)) as connection:
        text = "".join(stored(connection, name).lines for name in all_tables() if name not in OPERATIONAL_TABLES)
    return text, visible(settings)


class Stored:
    """What a table holds: nights of a proof leave much the same, and so what follows from it is worked out once for each content."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.rows: list[Row] = [dict(row) for row in connection.execute(sa.select(all_tables()[name])).mappings()]
        self.lines = dump(connection, [name])

    @cached_property
    def digests(self) -> dict[str, Counter[str]]:
        """Return the digests of a canonical table's rows by document."""
        return digests(self.rows)


_stored: dict[tuple[str, str], Stored] = {}


def stored(connection: Connection, name: str) -> Stored:
    """Return what a table holds; it is read whole each time. Written out, 1 is not 1.0."""
    driver: Any = connection.connection.driver_connection
    content = (name, repr(list(driver.execute(f'SELECT * FROM "{name}"'))))
    if content not in _stored:
        if len(_stored) >= MOST_KEPT:
            _stored.clear()
        _stored[content] = Stored(connection, name)
    return _stored[content]


def digests(rows: list[Row]) -> dict[str, Counter[str]]:
    """Return the digests of canonical rows by document."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["document_id"]][content_hash(canonical_json(row))] += 1
    return dict(found)


_of_files: dict[str, dict[str, Counter[str]]] = {}


def lake_digests(path: Path, file_hash: str) -> dict[str, Counter[str]]:
    """Return the digests of a Parquet file's rows by document; remembered, since its bytes are known by their hash."""
    if file_hash not in _of_files:
        _of_files[file_hash] = digests(pq.read_table(path, partitioning=None).to_pylist())
    return _of_files[file_hash]


def _asked(path: Path, name: str, data: Path) -> dict[Place, Transaction] | None:
    content = path.read_bytes()
    if content_hash(content) != path.name:
        return {}  # the archive is damaged: nothing that was decided about it will fit
    return _told(content, name, data)


@lru_cache(maxsize=4096)
def _told(content: bytes, name: str, data: Path) -> dict[Place, Transaction] | None:
    contract = contract_of(name, data)
    if contract is not None:
        return documents_of_export(content, contract)
    return transactions_of(content) or None
