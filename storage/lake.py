"""The Parquet lake: deterministic bytes, hidden until the ledger has committed them, and one manifest that readers go by."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from edi.errors import IntegrityError
from storage import files
from storage.canonical import canonical_json, content_hash
from storage.database import reading
from storage.failpoints import declare, hit
from storage.relational import packet_rows, read_table
from storage.tables import LAKE_FILES
from transforms.model import TABLES, arrow_schema

STAGED = declare("lake.staged")
REVEALED = declare("lake.revealed")

MANIFEST = "manifest.json"
TOGETHER = ".together"  # a folder of copies that nobody but storage.together looks into
_PUBLISHING, _MANIFEST_LOCK = ".publishing.lock", ".manifest.lock"
_ROW_GROUP = 128 * 1024
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest has it."""

    path: str  # from the lake
    hash: str
    rows: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed from the lake, and whether every visible file and the manifest are there."""

    names: tuple[str, ...]
    is_complete: bool


def encode(table: pa.Table, *, name: str) -> bytes:
    """Write a canonical table as Parquet: the same rows give the same bytes, in whatever order or chunks they come."""
    model = TABLES[name]
    keys = [(column.name, "ascending") for column in model.primary_key.columns]
    rows = table.select(arrow_schema(model).names).cast(arrow_schema(model)).sort_by(keys).combine_chunks()
    buffer = io.BytesIO()
    pq.write_table(rows.replace_schema_metadata(None), buffer, version="2.6", compression="zstd", compression_level=3,
                   row_group_size=_ROW_GROUP, write_statistics=True, use_dictionary=True, data_page_version="1.0")
    return buffer.getvalue()


def lake_path(name: str, business_date: date, packet_key: str) -> str:
    """Return where a packet's rows of a table lie, relative to the lake."""
    if not _SAFE.fullmatch(packet_key):
        raise IntegrityError("a packet's key must be letters, digits, '_', '-' and '.', since it names its files")
    return f"{name}/business_date={business_date.isoformat()}/{packet_key}.parquet"


def date_of(path: str) -> str:
    """Return the business date that a file lies under, in ISO 8601."""
    return path.rpartition("/")[0][-len("2026-03-02"):]


def stage_tables(lake: Path, tables: Mapping[str, pa.Table], *, business_date: date, packet_key: str) -> list[dict[str, object]]:
    """Write a packet's tables under hidden names; return their rows for the ledger. Empty tables have no file."""
    staged: list[dict[str, object]] = []
    for name in sorted(name for name in tables if tables[name].num_rows):
        path = lake_path(name, business_date, packet_key)
        data = encode(tables[name], name=name)
        files.make_folder((lake / path).parent)
        files.stage(lake / path, data)
        hit(STAGED)
        staged.append({"packet_key": packet_key, "table_name": name, "path": path, "hash": content_hash(data),
                       "row_count": tables[name].num_rows, "state": "committed"})
    return staged


def reveal_packet(connection: Connection, lake: Path, packet_key: str) -> None:
    """Give a committed packet's files their names; what is not there, or not what was decided, is made again from the database."""
    mine = sa.select(LAKE_FILES).where(LAKE_FILES.c.packet_key == packet_key)
    for row in connection.execute(mine.order_by(LAKE_FILES.c.table_name, LAKE_FILES.c.path)).all():
        path = lake / row.path
        hidden = files.hidden_name(path)
        files.make_folder(path.parent)
        if _is(path, row.hash):
            files.sync_folder(path.parent)  # whoever revealed it may have been killed before this
        else:
            if not _is(hidden, row.hash):
                _stage_again(connection, path, row)
            files.reveal(hidden, path)
        hit(REVEALED)


def write_manifest(connection: Connection, lake: Path, *, also: str | None = None) -> None:
    """List the files of all visible packets, and of one that is about to be, for readers."""
    files_of = LAKE_FILES.c
    query = sa.select(files_of.table_name, files_of.path, files_of.hash, files_of.row_count).where(
        (files_of.state == "visible") | (files_of.packet_key == (also or ""))).order_by(files_of.table_name, files_of.path)
    tables: dict[str, list[dict[str, object]]] = {}
    for name, path, digest, rows in connection.execute(query).all():
        tables.setdefault(name, []).append({"hash": digest, "path": path, "rows": rows})
    text = canonical_json({"format": 1, "tables": tables})
    files.write_atomically(lake / MANIFEST, text.encode() + b"\n")


def read_manifest(lake: Path) -> dict[str, list[Listed]]:
    """Return the Parquet files that make up each table now, sorted by path; a table is left out where nothing is published."""
    if not (lake / MANIFEST).exists():
        return {}
    listed = json.loads((lake / MANIFEST).read_bytes())["tables"]
    return {name: [Listed(entry["path"], entry["hash"], entry["rows"]) for entry in entries] for name, entries in listed.items()}


def manifest_files(lake: Path, table: str) -> list[Path]:
    """Return the Parquet files that make up a table now, sorted; none where nothing is published."""
    return [lake / each.path for each in read_manifest(lake).get(table, [])]


def read_lake(lake: Path, name: str) -> pa.Table:
    """Read a table through the manifest, with the model's schema."""
    schema = arrow_schema(TABLES[name])
    parts = [pq.read_table(path, partitioning=None, schema=schema) for path in manifest_files(lake, name)]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def sweep(lake: Path, engine: Engine) -> Swept:
    """Remove staged and half-written files that no committed packet owns, and look whether what is visible is there; no content is read.

    Nothing is removed beside a publisher at work, even one that is stopped: the next run sweeps.
    """
    with ExitStack() as held:
        alone = lake.is_dir() and held.enter_context(nobody_publishing(lake))
        with reading(engine) as connection:
            known = {row.path: row.state for row in connection.execute(sa.select(LAKE_FILES.c.path, LAKE_FILES.c.state)).all()}
        present = set(_present(lake))
        orphans = sorted(lake / name for name in present - known.keys() if alone and _is_orphan(lake / name, lake, known))
        for path in orphans:
            files.remove(path)
    shown = {path for path, state in known.items() if state == "visible"}
    return Swept(tuple(path.relative_to(lake).as_posix() for path in orphans), not shown or {MANIFEST, *shown} <= present)


@contextmanager
def nobody_publishing(lake: Path) -> Iterator[bool]:
    """Say whether no publisher and no reader of copies is at work, and keep them away where none is."""
    with files.locked_if_free(lake / _PUBLISHING) as alone:
        yield alone


@contextmanager
def publishing(lake: Path) -> Iterator[None]:
    """Keep sweepers away while files are staged and revealed, or copies of them read."""
    files.make_folder(lake)
    with files.locked(lake / _PUBLISHING, shared=True):
        yield


@contextmanager
def changing_manifest(lake: Path) -> Iterator[None]:
    """Let one publisher at a time read the ledger and replace the manifest."""
    with files.locked(lake / _MANIFEST_LOCK):
        yield


def _present(lake: Path) -> Iterator[str]:
    """Yield the files of the lake by their paths from there, copies aside. Folders are asked, not each file: a year has thousands."""
    waiting = [str(lake)] if lake.is_dir() else []
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for each in entries:
                if each.is_dir(follow_symlinks=False):
                    if each.name != TOGETHER:
                        waiting.append(each.path)
                elif each.is_file():
                    yield each.path[len(str(lake)) + 1:]


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and files.file_hash(path) == digest


def _stage_again(connection: Connection, path: Path, row: sa.Row[tuple[object, ...]]) -> None:
    table = TABLES[row.table_name]
    data = encode(read_table(connection, table, where=packet_rows(table, row.packet_key)), name=table.name)
    if content_hash(data) != row.hash:
        raise IntegrityError(f"{path} is lost, and what the database holds gives other bytes than were decided; "
                             "keep everything, and check whether another version of pyarrow is installed")
    files.stage(path, data)


def _is_orphan(path: Path, lake: Path, known: Collection[str]) -> bool:
    """Tell whether a file that is not known itself is ours, and belongs to nothing that is."""
    if path.name.endswith(files.TEMPORARY) and path.name.startswith("."):
        return True
    if path.name.startswith(".") and path.name.endswith(files.STAGED):
        path = path.with_name(path.name[1:].removesuffix(files.STAGED))
        return path.relative_to(lake).as_posix() not in known or path.exists()
    return path.suffix == ".parquet"
